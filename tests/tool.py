"""Our tool with a browser in front of it, for tests that go over HTTP."""

import ipaddress
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup
from cryptography.hazmat.primitives import serialization
from flask import Flask
from flask.testing import FlaskClient
from pylti1p3.registration import Registration
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_mentor.app import create_app
from lti_mentor.config import Settings
from lti_mentor.db import Base, transaction
from lti_mentor.lti.keysets import KeySets
from lti_mentor.lti.models import KeyState, ToolKey
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import service
from lti_mentor.web import EXTENSION, db
from tests.conftest import SECRET
from tests.platform import Platform, private_key

PUBLIC_URL = "http://localhost:8000"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
SECRETS = (SECRET,)
KID = "tool-key"


@dataclass
class Login:
    """A login as the browser saw it."""

    query: dict[str, str]
    """The authorization request, with the login's target added."""
    data: dict[str, Any]
    """What the page gave to its script."""
    response: TestResponse


@dataclass
class Signed:
    """A session the browser holds."""

    token: str
    handle: str
    next: str
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Tool:
    """The tool, one browser, one platform."""

    app: Flask
    platform: Platform
    browser: FlaskClient

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session on the tool's database; commits at the end."""
        with self.app.app_context(), transaction(db.session()) as session:
            yield session

    def another_browser(self) -> FlaskClient:
        return self.app.test_client()

    def login(
        self,
        browser: FlaskClient | None = None,
        platform: Platform | None = None,
        **changes: str,
    ) -> Login:
        """Begin a login by POST and follow it to the platform's address."""
        platform = platform or self.platform
        given = {
            "iss": platform.url,
            "client_id": platform.client_id,
            "login_hint": "hint-1",
            "lti_message_hint": '{"cmid":13,"launchid":"x"}',
            "target_link_uri": f"{PUBLIC_URL}/lti/launch",
        } | changes
        response = (browser or self.browser).post(
            "/lti/login", data={k: v for k, v in given.items() if v}
        )
        if response.status_code not in {200, 302}:
            return Login({}, {}, response)
        data = _way_on(response)
        query = dict(parse_qsl(urlsplit(data["auth_url"]).query))
        query["target_link_uri"] = given["target_link_uri"]
        return Login(query, data, response)

    def post(self, login: Login, id_token: str, **form: str) -> TestResponse:
        """Post what a platform would post back."""
        state = login.data.get("state", "")
        given = {"state": state, "id_token": id_token} | form
        return self.browser.post("/lti/launch", data=given)

    def launch(self, **claims: Any) -> tuple[Login, TestResponse]:
        """Log in and launch with these claims changed."""
        login = self.login()
        payload = self.platform.claims(login.query, **claims)
        return login, self.post(login, self.platform.sign(payload))

    def opened(self, login: Login, launched: TestResponse) -> dict[str, Any]:
        """Do what the finish page's script does, and return the session."""
        given = page_data(launched)
        if "opened" in given:  # a cookie has proved this browser
            return dict(given["opened"])
        return dict(self.exchange(login, launched).get_json())

    def exchange(self, login: Login, launched: TestResponse) -> TestResponse:
        """Show the secret of a login that left no cookie."""
        ticket, secret = page_data(launched)["ticket"], login.data["secret"]
        return self.browser.post(
            "/lti/session", json={"ticket": ticket, "secret": secret}
        )

    def sign_in(self, **claims: Any) -> Signed:
        """Launch all the way into a session."""
        login, launched = self.launch(**claims)
        assert launched.status_code == 200, launched.text
        answer = self.opened(login, launched)
        return Signed(answer["token"], answer["handle"], answer["next"], answer)


def page_data(response: TestResponse) -> dict[str, Any]:
    """Return what a launch page gives to its script."""
    found = BeautifulSoup(response.text, "html.parser").find(id="launch")
    assert found is not None, response.text
    return dict(json.loads(found.text))


def code_of(response: TestResponse) -> str:
    """Return the code on an error page, or in an error's JSON."""
    if response.is_json:
        return str(response.get_json()["code"])
    found = BeautifulSoup(response.text, "html.parser").select_one(
        ".problem-codes code"
    )
    return found.text if found else ""


def _way_on(response: TestResponse) -> dict[str, Any]:
    """Return where a login leads: by script, or at once where cookies are kept."""
    if response.status_code == 200:
        return page_data(response)
    query = dict(parse_qsl(urlsplit(response.location).query))
    return {"auth_url": response.location, "state": query["state"], "secret": None}


def build(tmp_path: Path, platform: Platform, **settings: Any) -> Tool:
    """Make a tool on a fresh SQLite file that knows this platform."""
    return fresh(make_app(tmp_path, **settings), platform)


def make_app(folder: Path, **settings: Any) -> Flask:
    """Make the app with an empty database; it may serve many tests."""
    given = {
        "secret_keys": SECRETS,
        "database_url": f"sqlite:///{folder / 'tool.db'}",
        "public_url": PUBLIC_URL,
        "private_platforms": LOOPBACK,
    } | settings
    app = create_app(Settings(**given), Outbound(LOOPBACK, sleep=lambda _seconds: None))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def fresh(app: Flask, platform: Platform) -> Tool:
    """Forget what an app knew but this platform."""
    old = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(old, keysets=KeySets(old.http))
    tool = Tool(app, platform, app.test_client())
    with tool.session() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        session.add(tool_key())
        service.add(session, **platform.registration(name="Test LMS"))
    return tool


def close(app: Flask) -> None:
    """Let go of an app's database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def tool_key() -> ToolKey:
    """Return a signing key that needs no seconds to be made."""
    private = private_key(KID)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return ToolKey(
        kid=Registration.get_jwk(public.decode())["kid"],
        private_pem=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        public_pem=public.decode(),
        state=KeyState.ACTIVE,
    )
