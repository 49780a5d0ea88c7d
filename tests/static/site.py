"""A site with nothing but the shell: every component, forms that refuse, a draft box.

It answers what static/app.js asks of the real server, and keeps what it was told, so
that a browser test can look at both sides.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader

from lti_mentor.web import fixed, i18n, names

ROOT = Path(__file__).parents[2]
TOKEN = "bearer-of-the-test"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
NAV = [
    {"label": "My mentorship", "url": "/s/h1/gallery", "current": True, "count": 0},
    {"label": "Practice", "url": "/s/h1/form", "current": False, "count": 2},
    {"label": "Skills", "url": "/s/h1/second", "current": False, "count": 0},
]
HERE = {
    "home": "/s/h1/gallery",
    "place": "Data literacy, autumn",
    "person": "Lin Okafor",
    "help": "/s/h1/second",
    "profile": "/s/h1/second",
    "privacy": "/s/h1/second",
    "zone": "Berlin time",
    "lms": "canvas",
    "again": "https://lms.example/courses/1/external_tools/2",
}


@dataclass
class Told:
    """What the browser told the site."""

    drafts: dict[str, Any] = field(default_factory=dict)
    extended: int = 0
    ended: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    is_over: bool = False
    expires_in: int = 1800
    ends_in: int = 28_800
    who: str = "one"


def make(language: str | None = None) -> tuple[Flask, Told]:
    """Build the site in one language and the record of what it was told."""
    app = Flask("shell-site", static_folder=str(ROOT / "lti_mentor" / "static"))
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            FileSystemLoader(ROOT / "tests/static/pages"),
        ]
    )
    i18n.init(app, locale=lambda: language)
    fixed.init(app)
    app.add_template_filter(names.named)
    app.add_template_filter(names.initials)
    told = Told()
    _guard(app, told)
    _launch(app, told)
    _pages(app, told)
    _services(app, told)
    return app, told


def _guard(app: Flask, told: Told) -> None:
    @app.before_request
    def shell_or_page() -> str | None:
        told.logged.append(request.full_path)
        if not request.path.startswith("/s/"):
            return None
        if "Authorization" not in request.headers:
            return render_template("shell.html")
        if told.is_over or request.headers["Authorization"] != f"Bearer {TOKEN}":
            abort(401)
        return None

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _launch(app: Flask, told: Told) -> None:
    retry = {"iss": "https://lms.example", "login_hint": "7"}

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> str:
        return render_template(
            "login.html",
            auth_url="/finish",
            state="state-1",
            secret="secret-1",
            storage_target=request.args.get("storage_target"),
            storage_origin=request.args.get("origin", "*"),
            retry=retry,
            reason=None,
        )

    @app.get("/finish")
    def finish() -> str:
        return render_template(
            "finish.html",
            retry=retry,
            launch={
                "step": "finish",
                "ticket": "ticket-1",
                "state": "state-1",
                "storage_target": "_parent",
                "storage_origin": "*",
            },
        )

    @app.post("/lti/session")
    def session() -> Any:
        told.secrets.append(request.json.get("secret"))
        if told.secrets[-1] != "secret-1":
            abort(400)
        return jsonify(
            token=TOKEN,
            handle="h1",
            expires_in=told.expires_in,
            ends_in=told.ends_in,
            next="/s/h1/gallery",
            who=told.who,
        )

    @app.post("/lti/session/extend")
    def extend() -> Any:
        told.extended += 1
        return jsonify(expires_in=1800)

    @app.post("/lti/session/end")
    def end() -> Any:
        told.ended.append(request.headers["Authorization"])
        return "", 204

    @app.get("/error")
    def error() -> Any:
        return render_template(
            "error.html",
            code="launch.replayed",
            correlation="7f3a",
            title="This link was used already.",
            advice="Open the tool again from your course.",
            details=[("Platform", "https://lms.example")],
            retry=retry,
        ), 400


def _pages(app: Flask, told: Told) -> None:
    @app.get("/s/h1/gallery")
    def gallery() -> str:
        return render_template("gallery.html", nav=NAV, here=HERE)

    @app.get("/s/h1/second")
    def second() -> str:
        notice = {"text": "It is done.", "undo_url": "/s/h1/form"}
        return render_template("second.html", nav=NAV, here=HERE, notice=notice)

    @app.get("/s/h1/form")
    def form() -> str:
        return render_template("form.html", nav=NAV, here=HERE, errors={}, given={})

    @app.post("/s/h1/form")
    def send() -> Any:
        given = request.form.to_dict()
        told.sent.append(given)
        if given.get("goal") == "refuse":
            errors = {"goal": "Say it in more than one word."}
            page = render_template(
                "form.html", nav=NAV, here=HERE, errors=errors, given=given
            )
            return page, 422
        return redirect("/s/h1/second", 303)


def _services(app: Flask, told: Told) -> None:
    @app.route("/s/h1/drafts/<key>", methods=["GET", "POST", "DELETE"])
    def draft(key: str) -> Any:
        if request.method == "POST":
            told.drafts[key] = request.json
        elif request.method == "DELETE":
            told.drafts.pop(key, None)
        elif key in told.drafts:
            return jsonify(told.drafts[key])
        return "", 204

    @app.post("/s/h1/ticket")
    def ticket() -> Any:
        assert request.json == {"path": "/s/h1/list.csv"}
        return jsonify(ticket="once")

    @app.get("/file/once")
    def file() -> Any:
        disposition = {"Content-Disposition": "attachment; filename=list.csv"}
        return Response("name\nLin\n", mimetype="text/csv", headers=disposition)
