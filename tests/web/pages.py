"""Open pages as somebody, and hold each to what every page must keep."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_mentor.db import Base, transaction
from lti_mentor.lti.models import ToolKey
from lti_mentor.people import sessions
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import Context, Person, Role
from lti_mentor.platforms.origins import origins_of
from lti_mentor.web import db
from tests.tool import tool_key

HANDLERS = re.compile(r"on[a-z]+|style|hx-on.*")
"""Attributes that would be code or style inside the page."""
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-confirm")
"""Attributes that somebody reads or hears."""


@dataclass
class Page:
    """An answered page, parsed; templates are left out."""

    response: TestResponse
    soup: BeautifulSoup

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def heading(self) -> str:
        return self.one("h1").get_text(" ", strip=True)

    @property
    def text(self) -> str:
        return self.one("#main").get_text(" ", strip=True)

    def one(self, css: str) -> Tag:
        found = self.soup.select(css)
        assert len(found) == 1, f"{len(found)} of {css}"
        return found[0]

    def errors(self) -> list[str]:
        """Return what the summary on top of a refused form says."""
        items = self.soup.select("[data-error-summary] li")
        return [item.get_text(" ", strip=True) for item in items]

    def actions(self) -> list[str]:
        """Return where this page's forms lead."""
        return [str(form["action"]) for form in self.soup.select("form[action]")]


@dataclass
class Visitor:
    """Somebody with an open session."""

    app: Flask
    token: str
    handle: str
    frame_ancestors: str
    is_shell_checked: bool = False

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        address = path if path.startswith("/s/") else f"/s/{self.handle}{path}"
        return self.app.test_client().open(
            address, method=method, headers=headers, **options
        )

    def get(self, path: str, status: int = 200) -> Page:
        """Open a page, hold it to the rules of every page and of its shell."""
        if not self.is_shell_checked:
            check_shell(self.app.test_client().get(f"/s/{self.handle}{path}"), self)
            self.is_shell_checked = True
        return self._checked(self.ask("GET", path), status)

    def post(self, path: str, status: int = 303, **form: Any) -> Page:
        """Send a form; an answered page is held to the rules as well."""
        answer = self.ask("POST", path, data=form)
        if answer.status_code == 303:
            assert self.token not in answer.location
        return self._checked(answer, status)

    def follow(self, path: str, **form: Any) -> Page:
        """Send a form and open where it leads."""
        answer = self.post(path, **form).response
        return self._checked(self.ask("GET", answer.location), 200)

    def _checked(self, answer: TestResponse, status: int) -> Page:
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        page = parse(answer)
        if answer.mimetype == "text/html" and status != 303:
            check_page(page, self)
        return page


def parse(answer: TestResponse) -> Page:
    soup = BeautifulSoup(answer.text, "html.parser")
    for unused in soup.find_all("template"):
        unused.decompose()
    return Page(answer, soup)


def check_shell(answer: TestResponse, visitor: Visitor) -> None:
    """The shell alone is a document: who may frame it, and no data in it."""
    assert answer.status_code == 200
    policy = policy_of(answer)
    assert policy["frame-ancestors"] == visitor.frame_ancestors
    assert visitor.token not in answer.text
    check_headers(answer)


def check_headers(answer: TestResponse) -> None:
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"].startswith("'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert not [n for n in answer.headers.keys() if n.startswith("Access-Control")]  # noqa: SIM118 - werkzeug's headers iterate over pairs


def policy_of(answer: TestResponse) -> dict[str, str]:
    said = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in said)}


def check_page(page: Page, visitor: Visitor) -> None:
    """Hold a page inside a session to what all of them keep."""
    check_headers(page.response)
    assert policy_of(page.response)["frame-ancestors"] == visitor.frame_ancestors
    check_words(page)
    check_fields(page)
    check_nothing_inline(page)
    check_links(page, visitor)


def check_words(page: Page) -> None:
    assert page.heading
    title = page.soup.select("title")
    assert len(title) == 1 and page.heading in title[0].text
    top = page.one("#page")
    assert top["lang"] and top["dir"] in {"ltr", "rtl"}


def check_fields(page: Page) -> None:
    """Every field has a label, every id is there once and every reference leads."""
    ids = Counter(str(tag["id"]) for tag in page.soup.select("[id]"))
    assert [one for one, times in ids.items() if times > 1] == []
    labelled = {str(label["for"]) for label in page.soup.select("label[for]")}
    for box in page.soup.select("#main input, #main textarea, #main select"):
        wrapped = box.find_parent("label") is not None
        hidden = box.get("type") == "hidden"
        assert hidden or wrapped or box.get("id") in labelled, str(box)
    named = ("aria-labelledby", "aria-describedby", "aria-controls")
    for tag in page.soup.select(", ".join(f"[{name}]" for name in named)):
        for name in named:
            for wanted in str(tag.get(name, "")).split():
                assert wanted in ids, f"{name} {wanted}"
    for link in page.soup.select('a[href^="#"]'):
        assert str(link["href"])[1:] in ids, str(link)
    for button in page.soup.select("button, summary, a[href]"):
        said = button.get_text(strip=True) or button.get("aria-label")
        assert said, str(button)
    for level in page.soup.select("label, legend, th"):
        assert level.get_text(strip=True), str(level)


def check_nothing_inline(page: Page) -> None:
    for tag in page.soup.find_all(True):
        assert tag.name != "style"
        for name in tag.attrs:
            assert not HANDLERS.fullmatch(name), str(tag)
    for script in page.soup.find_all("script"):
        assert script.get("type") == "application/json", str(script)


def check_links(page: Page, visitor: Visitor) -> None:
    """No address carries who somebody is, or what opens a session."""
    own = f"/s/{visitor.handle}/"
    assert visitor.token not in page.response.text
    assert "@example.edu" not in page.response.text
    for css, name in (("[href]", "href"), ("[action]", "action"), ("[src]", "src")):
        for tag in page.soup.select(css):
            address = str(tag[name])
            assert "@" not in address and "ticket" not in address, address
            inside = address.startswith((own, "#", "/static/", "data:,"))
            outside = tag.get("rel") or tag.get("hx-boost") == "false"
            assert inside or outside, address
            if address.startswith("http"):
                assert not address.startswith("http://localhost:8000"), address


def english_left(page: Page) -> list[str]:
    """Return Latin text outside the pseudo-language's brackets.

    Names and texts of the rows are Cyrillic, so whatever is left was never given to
    gettext. Codes, addresses and JSON for scripts are no words.
    """
    for silent in page.soup.select("script, code, a[rel~=noopener], .avatar"):
        silent.decompose()
    said = [page.soup.get_text(" ")]
    for name in SPOKEN:
        said += [str(tag[name]) for tag in page.soup.select(f"[{name}]")]
    return [left for text in said for left in _latin(text)]


def _latin(text: str) -> list[str]:
    while True:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        if shorter == text:
            return re.findall(r"[A-Za-z][A-Za-z' ]*", text)
        text = shorter


@dataclass
class House:
    """The app, and a session on its database for the test's own rows."""

    app: Flask
    session: Session
    visitors: dict[tuple[Any, ...], Visitor] = field(default_factory=dict)

    def visitor(
        self,
        person: Person,
        role: Role = Role.LEARNER,
        course: Context | None = None,
        **options: Any,
    ) -> Visitor:
        """Open a session; rows made so far are committed first.

        Options: `is_org_admin`, `is_read_only`, `launch`.
        """
        launch = options.pop("launch", {})
        arrival = Arrival(person.registration, person, role, course, **options)
        opened = sessions.open_now(self.session, arrival, launch, page="home")
        frames = ["'self'", *origins_of(person.registration)]
        self.session.commit()
        return Visitor(self.app, opened.token, opened.handle, " ".join(frames))

    def again(self) -> None:
        """Read the rows anew: a request may have changed them."""
        self.session.rollback()
        self.session.expire_all()

    def dump(self, without: Iterable[str] = ()) -> dict[str, list[Any]]:
        """Return every row of every table, to see that nothing has changed."""
        self.again()
        tables = [t for t in Base.metadata.sorted_tables if t.name not in set(without)]
        rows = {t.name: list(self.session.execute(select(t))) for t in tables}
        self.session.rollback()
        return rows


@contextmanager
def house(app: Flask) -> Iterator[House]:
    """Forget what an app knew, and give its empty database to a test."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        with transaction(session):
            for table in reversed(Base.metadata.sorted_tables):
                if table.name != ToolKey.__tablename__:
                    session.execute(table.delete())
            if session.scalar(select(ToolKey.id).limit(1)) is None:
                session.add(tool_key())
        yield House(app, session)
