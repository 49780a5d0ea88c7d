"""OAuth2 for the REST API (Canvas app/controllers/oauth2_provider_controller.rb)."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.developer_keys import create_api_key
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import DeveloperKey
from tests.demo.canvas.api import Api
from tests.demo.canvas.browser import Visitor

BACK = "https://tool.example/oauth/canvas"


class Client:
    """An API client and a person who may let it in."""

    def __init__(self, campus: Campus, key: DeveloperKey) -> None:
        self.url, self.key = campus.canvas.url, key
        self.visitor = Visitor(campus, "Ines Keller")

    def ask(self, **changes: str) -> requests.Response:
        query = {
            "client_id": self.key.client_id,
            "response_type": "code",
            "redirect_uri": BACK,
            "state": "s1",
        }
        return self.visitor.see(
            "/login/oauth2/auth", params=query | changes, allow_redirects=False
        )

    def decide(self, decision: str) -> dict[str, str]:
        page = BeautifulSoup(self.ask().text, "html.parser")
        ticket = page.select_one("input[name=ticket]")
        assert ticket
        answer = self.visitor.post(
            f"{self.url}/login/oauth2/accept",
            data={"ticket": ticket["value"], "decision": decision},
            allow_redirects=False,
        )
        return told(answer)

    def token(self, **fields: str) -> Any:
        known = {"client_id": self.key.client_id, "client_secret": self.key.secret}
        with requests.Session() as web:
            return web.post(f"{self.url}/login/oauth2/token", data=known | fields)

    def exchange(self) -> Any:
        code = self.decide("accept")["code"]
        return self.token(grant_type="authorization_code", code=code)


def told(answer: requests.Response) -> dict[str, str]:
    where = answer.headers["Location"]
    assert where.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


@pytest.fixture
def client(campus: Campus, canvas: Institution) -> Client:
    return Client(campus, create_api_key(canvas, "Mentor", BACK, "secret"))


def test_a_code_becomes_two_tokens(client: Client, api: Api):
    body = client.exchange().json()

    api.token = body["access_token"]
    assert body["user"]["name"] == "Ines Keller"
    assert body["expires_in"] == 3600
    assert body["refresh_token"]
    assert api.ask("users/self").json()["name"] == "Ines Keller"


def test_the_person_may_refuse(client: Client):
    assert client.decide("deny") == {"error": "access_denied", "state": "s1"}


def test_a_code_works_once_and_for_ten_minutes(client: Client):
    first, second = (client.decide("accept")["code"] for _ in range(2))
    client.token(grant_type="authorization_code", code=first)

    again = client.token(grant_type="authorization_code", code=first)
    with time_machine.travel(time.time() + 601, tick=True):
        late = client.token(grant_type="authorization_code", code=second)

    for answer in (again, late):
        assert answer.status_code == 400
        assert answer.json() == {
            "error": "invalid_grant",
            "error_description": "authorization_code not found",
        }


def test_a_refresh_gives_a_new_access_token_only(client: Client, api: Api):
    body = client.exchange().json()
    refresh = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}

    first = client.token(**refresh).json()
    second = client.token(**refresh).json()

    assert "refresh_token" not in first
    for dead in (body["access_token"], first["access_token"]):
        api.token = dead
        assert api.ask("users/self").status_code == 401
    api.token = second["access_token"]
    assert api.ask("users/self").status_code == 200


def test_an_unknown_refresh_token_is_400(client: Client):
    answer = client.token(grant_type="refresh_token", refresh_token="nope")

    assert answer.status_code == 400
    assert answer.json()["error_description"] == "refresh_token not found"


def test_anothers_code_is_incorrect(client: Client, canvas: Institution):
    code = client.decide("accept")["code"]
    client.key = create_api_key(canvas, "Other", BACK, "other")

    answer = client.token(grant_type="authorization_code", code=code)

    assert answer.json()["error_description"] == "incorrect client"


def test_a_wrong_secret_is_401_with_a_challenge(client: Client):
    answer = client.token(grant_type="refresh_token", client_secret="wrong")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Canvas OAuth 2.0"


def test_revoking_ends_the_token(client: Client, api: Api):
    api.token = client.exchange().json()["access_token"]

    gone = api.ask(f"{client.url}/login/oauth2/token", "DELETE")
    again = api.ask(f"{client.url}/login/oauth2/token", "DELETE")

    assert (gone.status_code, again.status_code) == (200, 401)
    assert api.ask("users/self").status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "login"}, "unsupported_prompt_type"),
        ({"prompt": "none"}, "interaction_required"),
    ],
)
def test_errors_come_back_with_the_state(
    client: Client, changes: dict[str, str], error: str
):
    assert told(client.ask(**changes)) == {"error": error, "state": "s1"}


def test_scopes_must_be_the_keys_own(client: Client):
    client.key.enforce_scopes = True
    client.key.scopes = ["url:GET|/api/v1/courses"]

    without = told(client.ask())
    other = told(client.ask(scope="url:GET|/api/v1/users/:user_id"))
    good = client.ask(scope="url:GET|/api/v1/courses")

    assert without["error"] == other["error"] == "invalid_scope"
    assert good.status_code == 200


def test_a_key_that_is_off_is_told(client: Client):
    client.key.on = False

    assert told(client.ask())["error"] == "unauthorized_client"


def test_an_unknown_client_or_address_stays_in_canvas(client: Client):
    unknown = client.ask(client_id="1")
    elsewhere = client.ask(redirect_uri="https://evil.example/")
    below = client.ask(redirect_uri="https://eu.tool.example/oauth")

    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")
    assert elsewhere.status_code == 400
    assert below.status_code == 200


def test_without_a_session_prompt_none_says_so(client: Client, campus: Campus):
    client.visitor = Visitor(campus)

    assert told(client.ask(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("refuses", [True, False])
def test_consent_may_refuse_frames(client: Client, campus: Campus, refuses: bool):
    campus.canvas.faults.set(canvas_refuses_framed_oauth=refuses)

    assert ("X-Frame-Options" in client.ask().headers) is refuses
