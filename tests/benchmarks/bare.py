"""The peer: a bare Flask page with as many rows, for what the frame itself costs."""

import os

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html><html lang="en"><title>{{ one.name }}</title>
<h1>{{ one.name }}</h1>
<ul>{% for row in rows %}<li>{{ row.name }}</li>{% endfor %}</ul>"""


class Base(DeclarativeBase):
    pass


class Learner(Base):
    __tablename__ = "learner"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


db = SQLAlchemy(model_class=Base)


def app() -> Flask:
    made = Flask(__name__)
    made.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    db.init_app(made)

    @made.get("/learner/<key>")
    def learner(key: str) -> str:
        one = db.session.scalars(select(Learner).filter_by(key=key)).one()
        near = select(Learner).where(Learner.id > one.id).limit(20)
        return render_template_string(
            PAGE, one=one, rows=db.session.scalars(near).all()
        )

    return made


def fill(learners: int) -> None:
    """Make the table with this many rows."""
    with app().app_context():
        db.create_all()
        db.session.add_all(
            Learner(key=f"key-{n}", name=f"Learner {n}") for n in range(learners)
        )
        db.session.commit()
