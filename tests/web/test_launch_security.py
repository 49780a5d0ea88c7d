"""What holds for the whole house, whatever page or table comes next."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from lti_mentor.app import create_app
from lti_mentor.config import Settings
from lti_mentor.db import Base
from lti_mentor.lti import configuration, services
from lti_mentor.people.models import Person
from lti_mentor.web import EXTENSION
from tests.conftest import SECRET
from tests.platform import MISSING, ROLE, Platform
from tests.tool import PUBLIC_URL, Tool, build, close, page_data

OBSERVER = f"{ROLE}membership#Mentor"
EVIL = "https://evil.test/take"
NO_TENANTS = {"registration", "tool_key", "job", "one_use_link"}
"""Tables about the installation; jobs and links hold ids of what they are about."""


def test_every_row_of_a_person_leads_to_one_tenant_and_cannot_lose_it():
    """Over columns that are never null: nobody's data is nobody's."""
    reached = set(NO_TENANTS)
    waiting = {table.name: table for table in Base.metadata.sorted_tables}
    for _ in range(len(waiting)):
        for table in waiting.values():
            if required(table) & (reached - NO_TENANTS | {"registration"}):
                reached.add(table.name)

    assert set(waiting) - reached == set()


def required(table: sa.Table) -> set[str]:
    """Return the tables every row of this one must point to."""
    return {
        key.column.table.name
        for column in table.columns
        for key in column.foreign_keys
        if not column.nullable
    }


def test_browsers_are_told_to_come_back_over_https(tmp_path: Path, platform: Platform):
    told = {"public_url": "https://tool.example.edu", "private_platforms": ()}
    tool = build(tmp_path, platform, **told)

    answers = [tool.browser.get(path) for path in ("/healthz", "/s/x/home", "/nothing")]

    said = {answer.headers["Strict-Transport-Security"] for answer in answers}
    assert said == {"max-age=31536000"}
    close(tool.app)


def test_on_ones_own_machine_nothing_is_said_of_https(tool: Tool):
    assert "Strict-Transport-Security" not in tool.browser.get("/healthz").headers


@pytest.mark.parametrize(
    "name", ["redirect_uri", "return_url", "return_to", "next", "url", "relaunch_url"]
)
def test_what_a_request_adds_leads_nowhere(tool: Tool, name: str):
    login = tool.login(None, None, **{name: EVIL})
    launched = tool.post(
        login, tool.platform.sign(tool.platform.claims(login.query)), **{name: EVIL}
    )
    opened = tool.opened(login, launched)
    headers = {"Authorization": f"Bearer {opened['token']}"}
    home = tool.browser.get(f"{opened['next']}?{name}={EVIL}", headers=headers)

    assert home.status_code == 200
    for answer in (login.response, launched, home):
        assert not [way for way in ways_out(answer) if "evil" in way]
    assert login.query["redirect_uri"] == f"{PUBLIC_URL}/lti/launch"


def ways_out(answer: TestResponse) -> list[str]:
    """Return every address an answer may lead a browser to."""
    soup = BeautifulSoup(answer.text, "html.parser")
    attributes = ("href", "src", "action", "formaction", "content")
    found = [str(tag[a]) for tag in soup.find_all(True) for a in attributes if a in tag]
    return [*found, answer.headers.get("Location", "")]


def test_no_address_of_a_launch_holds_what_opens_a_session(tool: Tool):
    tool.browser = tool.app.test_client(use_cookies=False)
    login, launched = tool.launch()
    ticket, secret = page_data(launched)["ticket"], login.data["secret"]
    opened = tool.exchange(login, launched).get_json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    home = tool.browser.get(opened["next"], headers=headers)

    kept = (ticket, secret, opened["token"], login.query["nonce"], login.data["state"])
    for answer in (login.response, launched, home):
        ours = [way for way in ways_out(answer) if not way.startswith("http")]
        assert not [way for way in ours if any(secret in way for secret in kept)]
    assert not [secret for secret in kept if secret in opened["next"]]


def test_we_ask_for_the_scopes_our_calls_use_and_for_no_other():
    used = {
        value
        for value in vars(services).values()
        if isinstance(value, str) and "/scope/" in value
    }

    assert set(configuration.CANVAS_SCOPES) == used


def test_whom_we_call_is_told_who_we_are(tmp_path: Path, platform: Platform):
    told = {"secret_keys": (SECRET,), "public_url": "https://tool.example.edu"}
    database = f"sqlite:///{tmp_path}/x.db"
    app = create_app(Settings(database_url=database, **told))  # type: ignore[arg-type]

    agent = app.extensions[EXTENSION].http.session().headers["User-Agent"]

    assert agent == "lti-mentor (+https://tool.example.edu)"
    close(app)


def home(tool: Tool, **claims: Any) -> str:
    """Launch, and return what the first page says."""
    signed = tool.sign_in(**claims)
    answer = tool.browser.get(
        signed.next, headers=signed.headers, follow_redirects=True
    )
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def test_an_observer_sees_those_the_platform_names_and_nobody_else(tool: Tool):
    home(tool)
    home(tool, sub="learner-2", name="Nora Next")
    watching = {"sub": "parent", "name": "Pat Parent", "roles": [OBSERVER]}

    named = home(tool, **watching, role_scope_mentor=["learner-1"])
    unnamed = home(tool, **watching)
    learning = home(tool, sub="learner-3", role_scope_mentor=["learner-1"])

    assert "Lena Learner" in named
    assert "Nora Next" not in named + unnamed
    assert "Lena Learner" not in unnamed
    assert "Those you accompany" not in learning


def test_who_comes_without_a_name_has_a_neutral_one(tool: Tool):
    unsaid = ("name", "given_name", "family_name", "email")

    said = home(tool, **dict.fromkeys(unsaid, MISSING))

    with tool.session() as session:
        code = str(session.query(Person).one().public_id)[:4].upper()
    assert f"Person {code}" in said
