"""Asks our Moodle what the recorded one was asked, in the order of the recording."""

import json
import secrets
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from bs4 import BeautifulSoup

from lti_mentor.demo.campus import Campus
from lti_mentor.demo.lti import ALL_SCOPES, LINEITEM_READ, SCORE
from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.webservice.account import keep_token
from tests.demo.shape import differences, learn
from tests.demo.stand_in import StandIn

FOLDER = Path(__file__).parent.parent / "recordings"
THERE = "http://localhost:8081"
TOOL = "http://tool.localhost:9001"
FULL, NO_VIEW, BARE = "f" * 32, "e" * 32, "d" * 32
PERSONS = {
    "admin": 2,
    "manager": 61,
    "editingteacher": 59,
    "noneditingteacher": 60,
    "graduate_mentor_enrolled_as_student": 53,
}
"""Who launched; anybody else is the first student."""


@dataclass
class Answer:
    """What a request was answered, recorded or ours."""

    status: int
    media_type: str
    body: Any = None
    form: dict[str, Any] = field(default_factory=dict)


def recordings() -> dict[str, dict[str, Any]]:
    """Return every recording, those with a date first, by date."""
    loaded = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
    return dict(
        sorted(
            loaded.items(), key=lambda pair: (_when(pair[1]), _rank(pair[0]), pair[0])
        )
    )


WITHIN_A_SECOND = {
    "lti_ags_li_list_resource": 2,
    "lti_ags_li_list_rlid": 2,
    "lti_ags_li_list_tag": 2,
    "lti_ags_li_list": 0,
    "lti_ags_li_create": 1,
    "lti_ags_li_": 2,
    "lti_ags_score_after": 4,
    "lti_ags_results_": 5,
}
"""What came first among requests of one second, by the beginning of the name."""


def _rank(name: str) -> int:
    ranks = (rank for start, rank in WITHIN_A_SECOND.items() if name.startswith(start))
    return next(ranks, 3)


def _when(recording: Any) -> float:
    answer = recording.get("response", {}) if isinstance(recording, dict) else {}
    headers = answer.get("headers", {}) if isinstance(answer, dict) else {}
    date = headers.get("Date")
    return parsedate_to_datetime(date).timestamp() if date else float("inf")


class Replay:
    """One campus, seeded as the recorded site, and the tool beside it."""

    def __init__(self, campus: Campus, tool: StandIn) -> None:
        self.campus, self.tool = campus, tool
        self.moodle = campus.moodle
        self.registered = self.moodle.world.tools[1]
        self.registered.jwks_url = tool.url + "/lti/jwks"
        world = self.moodle.world
        for token, rights in ((FULL, "full"), (NO_VIEW, "no-view"), (BARE, "bare")):
            keep_token(world, token, 62, rights=rights)
        tool.kid = "k1"
        self.used = ""

    def ask(self, name: str, recording: dict[str, Any]) -> list[str] | None:
        """Return the differences; None when this recording cannot be asked."""
        for prefix, asker in ASKERS.items():
            if name.startswith(prefix):
                return asker(self, name, recording)  # type: ignore[no-any-return]
        return None

    def here(self, url: str) -> str:
        return url.replace(THERE, self.moodle.url)

    # web services

    def web_service(self, name: str, recording: dict[str, Any]) -> list[str]:
        body = dict(recording["request"].get("body", {}))
        body.setdefault("wsfunction", "core_webservice_get_site_info")
        body["wstoken"] = _ws_token(name)
        if name != "ws_err_no_format":
            body["moodlewsrestformat"] = "json"
        if name == "ws_course_completion_before_cron":
            self._finish(20)
        url = self.moodle.url + "/webservice/rest/server.php"
        answer = requests.post(url, data=body, timeout=10)  # noqa: TID251
        found = compare(recording["response"], answer)
        theirs = recording["response"]["body"]
        if isinstance(theirs, dict) and "exception" in theirs:
            ours = answer.json()
            found += [
                f"{key}: {ours.get(key)!r}, recorded {theirs[key]!r}"
                for key in ("exception", "errorcode", "message")
                if ours.get(key) != theirs[key]
            ]
        return found

    def _finish(self, person: int) -> None:
        """Complete what the recorded session had completed by then."""
        world = self.moodle.world
        with world.change():
            for number in world.courses[2].criteria:
                gradebook.complete(world, world.activities[number], person, 1)

    # LTI services

    def service(self, name: str, recording: dict[str, Any]) -> list[str]:
        asked = recording["request"]
        headers = {
            key: value
            for key, value in asked.get("headers", {}).items()
            if key in ("Accept", "Content-Type")
        }
        token = self._service_token(name)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._privacy(name)
        body = asked.get("body")
        data = self.here(body) if isinstance(body, str) else None
        answer = requests.request(
            asked["method"],
            self.here(asked["url"]),
            headers=headers,
            data=data,
            timeout=10,
        )
        self._privacy("")
        found = compare(recording["response"], answer)
        reason = recording["response"].get("reason", "")
        if self.here(reason)[:60].lower() != answer.reason[:60].lower():
            found.append(f"reason {answer.reason!r}, recorded {reason!r}")
        return found

    def _service_token(self, name: str) -> str:
        tool, tokens = self.registered, self.moodle.tokens
        if name.endswith("notoken"):
            return ""
        if name.endswith("badtoken"):
            return "garbage"
        if name.endswith("expiredtoken"):
            return tokens.issue(tool, ALL_SCOPES, -1)
        narrow = {"wrongscope": SCORE, "badscope": LINEITEM_READ}
        for end, scope in narrow.items():
            if name.endswith(end):
                return tokens.issue(tool, [scope])
        return tokens.issue(tool, ALL_SCOPES)

    def _privacy(self, name: str) -> None:
        delegated = "name2" in name and "nrps" in name and "rlid" not in name
        hidden = "name0" in name or delegated
        self.registered.claims = [] if hidden else ["name", "email"]

    # tokens

    def token(self, name: str, recording: dict[str, Any]) -> list[str]:
        body = dict(recording["request"]["body"])
        assertion = body["client_assertion"]
        claims = dict(assertion["_decoded_claims"])
        life = claims["exp"] - claims["iat"]
        claims |= {"iat": int(time.time()), "exp": int(time.time()) + life}
        if claims.get("jti") is None:
            claims.pop("jti", None)
        header = assertion["_decoded_header"]
        if header["alg"] == "HS256":
            secret = "secret" * 8
            signed = jwt.encode(
                claims, secret, algorithm="HS256", headers={"kid": "k1"}
            )
        else:
            signed = self.tool.sign(claims, kid=header["kid"])
        body["client_assertion"] = signed
        if "jwks" in name:
            self.registered.jwks_url = "http://127.0.0.1:9/jwks"
            self.moodle.tool_keys.forget()
        url = self.moodle.url + "/mod/lti/token.php"
        answer = requests.post(url, data=body, timeout=10)  # noqa: TID251
        self.registered.jwks_url = self.tool.url + "/lti/jwks"
        return compare(recording["response"], answer, exact="error")

    # registration

    def registration(self, name: str, recording: dict[str, Any]) -> list[str] | None:
        asked = recording["request"]
        if "openid-registration.php" not in asked["url"]:
            return None
        headers = {"Authorization": f"Bearer {self._registration_token(name)}"}
        if "no_token" in name:
            headers = {}
        before = self.registered.jwks_url
        answer = requests.request(
            asked["method"],
            self.here(asked["url"]),
            headers=headers,
            json=asked.get("body"),
            timeout=10,
        )
        self.registered.jwks_url = before
        self.used = (
            headers.get("Authorization", "")[7:] if "post" in name else self.used
        )
        return compare(recording["response"], answer, exact="scope")

    def _registration_token(self, name: str) -> str:
        if "garbage" in name:
            return "garbage"
        now = int(time.time())
        claims = {
            "sub": secrets.token_hex(8)[:15],
            "scope": "reg",
            "iat": now,
            "exp": now + 600,
        }
        if "bad_jwt" in name:
            return self.tool.sign(claims)
        if "update" in name:
            claims |= {"sub": "1", "scope": "reg-update"}
        if "used" in name or "reused" in name:
            claims["sub"] = "used"
            self.moodle.world.extra.setdefault("used_tokens", []).append("used")
        return self.moodle.keys.sign(claims)

    # browser

    def browser(self, person: int) -> requests.Session:
        session = requests.Session()
        session.get(f"{self.moodle.url}/become/{person}", timeout=10)
        return session

    def auth(self, name: str, recording: dict[str, Any]) -> list[str]:
        with self.browser(3) as session:
            query = dict(recording["request"]["query"])
            if "lti_message_hint" in query:
                query["lti_message_hint"] = self._hint(session)
            url = f"{self.moodle.url}/mod/lti/auth.php?{urlencode(query)}"
            if name.endswith("replay"):
                session.get(url, timeout=10)
            if name.endswith("other_session"):
                session.get(f"{self.moodle.url}/become/4", timeout=10)
            if name.endswith("no_cookie"):
                session.cookies.clear()
            answer = session.get(url, timeout=10)
        return compare_form(recording["response"], answer, self.here)

    def _hint(self, session: requests.Session, cmid: int = 13) -> str:
        page = session.get(
            f"{self.moodle.url}/mod/lti/launch.php?id={cmid}", timeout=10
        )
        return str(fields(page.text)["lti_message_hint"])

    def launch(self, name: str, recording: dict[str, Any]) -> list[str] | None:
        who = name.removeprefix("lti_launch_")
        if who == "not_logged_in":
            return self._not_logged_in(recording)
        self._privacy(name)
        link = self.moodle.world.links[1]
        link.consumer_key = "12345" if "resourcekey" in name else ""
        with self.browser(PERSONS.get(who, 3)) as session:
            hint = self._hint(session, 14 if "nograde" in name else 13)
            query = {
                "scope": "openid",
                "response_type": "id_token",
                "response_mode": "form_post",
                "client_id": self.registered.client_id,
                "redirect_uri": TOOL + "/launch",
                "login_hint": str(PERSONS.get(who, 3)),
                "lti_message_hint": hint,
                "state": "st-123",
                "nonce": "n",
            }
            url = f"{self.moodle.url}/mod/lti/auth.php?{urlencode(query)}"
            answer = session.get(url, timeout=10)
        self._privacy("")
        link.consumer_key = ""
        recorded = {"status": 200, "headers": recording["auth_headers"]}
        return compare_form({**recorded, **recording["response"]}, answer, self.here)

    def _not_logged_in(self, recording: dict[str, Any]) -> list[str]:
        url = f"{self.moodle.url}/mod/lti/launch.php?id=13"
        answer = requests.get(url, timeout=10)  # noqa: TID251
        ours, theirs = fields(answer.text), recording["response"]["fields"]
        found = [] if set(ours) == set(theirs) else [f"{ours}, recorded {theirs}"]
        return found + ([] if ours["login_hint"] == "0" else ["login_hint"])

    def deep_link(self, name: str, recording: dict[str, Any]) -> list[str]:
        with self.browser(59) as session:
            url = f"{self.moodle.url}/mod/lti/contentitem.php?id=1&course=2"
            begun = fields(session.get(url, timeout=10).text)
            query = {
                "scope": "openid",
                "response_type": "id_token",
                "response_mode": "form_post",
                "client_id": begun["client_id"],
                "redirect_uri": TOOL + "/launch",
                "login_hint": begun["login_hint"],
                "lti_message_hint": begun["lti_message_hint"],
                "nonce": "n",
            }
            page = session.get(
                f"{self.moodle.url}/mod/lti/auth.php?{urlencode(query)}", timeout=10
            )
        claims = jwt.decode(
            fields(page.text)["id_token"], options={"verify_signature": False}
        )
        theirs = recording["response"]["claims"]
        return differences(claims, learn(theirs)) + _same_claims(claims, theirs)

    def begin_registration(self, name: str, recording: dict[str, Any]) -> list[str]:
        path = "/mod/lti/startltiadvregistration.php?url=http://new.example/register"
        with self.browser(2) as session:
            answer = session.get(
                self.moodle.url + path, allow_redirects=False, timeout=10
            )
        ours = parse_qs(urlsplit(answer.headers["Location"]).query)
        recorded = recording["request"]["query"]
        token = ours["registration_token"][0]
        claims = jwt.decode(token, options={"verify_signature": False})
        found = differences(
            claims, learn(recorded["registration_token"]["_decoded_claims"])
        )
        return found + ([] if set(ours) == set(recorded) else [str(ours)])

    def register_again(self, name: str, recording: dict[str, Any]) -> list[str]:
        path = "/mod/lti/startltiadvregistration.php?url=" + TOOL + "/register"
        with self.browser(2) as session:
            text = session.get(self.moodle.url + path, timeout=10).text
        words = "There are existing tools attached to the registration's domain."
        links = BeautifulSoup(text, "html.parser").select("a[href*=startlti]")
        return [] if words in text and len(links) >= 2 else [text[:200]]

    def simple(self, name: str, recording: dict[str, Any]) -> list[str]:
        with self.browser(3) as session:
            answer = session.get(self.here(recording["request"]["url"]), timeout=10)
        return compare(recording["response"], answer)


ASKERS: dict[str, Any] = {
    "ws_concurrency": lambda *_: None,
    "ws_": Replay.web_service,
    "lti_nrps_": Replay.service,
    "lti_ags_": Replay.service,
    "lti_token_": Replay.token,
    "lti_reg_01": Replay.begin_registration,
    "lti_reg_02": Replay.simple,
    "lti_reg_again": Replay.register_again,
    "lti_reg_": Replay.registration,
    "lti_auth_": Replay.auth,
    "lti_deeplink": Replay.deep_link,
    "lti_launch_": Replay.launch,
    "lti_quirk_aud": Replay.launch,
    "lti_jwks": Replay.simple,
    "lti_view_page": Replay.simple,
    "lti_oidc_initiation_page": Replay.simple,
}
"""How recordings are asked, by the beginning of their name."""
NO_VIEWS = ("ws_quirk_", "ws_gradereport_user_")
"""Recorded before the account had every mod/*:view."""


def _ws_token(name: str) -> str:
    if name.startswith("ws_err_bare_"):
        return BARE
    if name == "ws_err_bad_token":
        return "0" * 32
    return NO_VIEW if name.startswith(NO_VIEWS) else FULL


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    inputs = BeautifulSoup(page, "html.parser").select("form input[name]")
    return {str(row["name"]): str(row.get("value", "")) for row in inputs}


def compare(
    recorded: dict[str, Any], answer: requests.Response, exact: str = ""
) -> list[str]:
    """Return how an answer is unlike the recorded one."""
    found = []
    if answer.status_code != recorded["status"]:
        found.append(f"status {answer.status_code}, recorded {recorded['status']}")
    theirs = recorded.get("headers", {}).get("Content-Type", "")
    ours = answer.headers.get("Content-Type", "")
    if theirs and theirs != ours:
        found.append(f"type {ours}, recorded {theirs}")
    body = recorded.get("body")
    if isinstance(body, str):
        return found + _compare_text(body, answer)
    try:
        mine = answer.json()
    except ValueError:
        return [*found, f"no JSON: {answer.text[:80]}"]
    found += differences(mine, learn(body))
    if exact and isinstance(body, dict) and mine.get(exact) != body.get(exact):
        found.append(f"{exact}: {mine.get(exact)!r}, recorded {body.get(exact)!r}")
    return found


def _compare_text(body: str, answer: requests.Response) -> list[str]:
    for start in ("[HTML page]", "<?xml", "<form"):
        if body.startswith(start):
            good = "<!doctype" in answer.text.lower() or answer.text.startswith("<?xml")
            return [] if good else [f"text {answer.text[:60]!r}"]
    return [] if body == answer.text else [f"{answer.text!r}, recorded {body!r}"]


def compare_form(
    recorded: dict[str, Any], answer: requests.Response, here: Any
) -> list[str]:
    """Return how a self-posting page is unlike the recorded one."""
    found = []
    if answer.status_code != recorded.get("status", 200):
        found.append(f"status {answer.status_code}, recorded {recorded['status']}")
    if recorded.get("status") == 404:
        return found
    form = BeautifulSoup(answer.text, "html.parser").select_one("form")
    action = str(form["action"]) if form else ""
    if urlsplit(action).path != urlsplit(here(recorded["form_action"])).path:
        found.append(f"action {action}, recorded {recorded['form_action']}")
    ours, theirs = fields(answer.text), recorded["form"]
    if set(ours) != set(theirs):
        found.append(f"fields {sorted(ours)}, recorded {sorted(theirs)}")
    if "id_token" in ours and "id_token" in theirs:
        claims = jwt.decode(ours["id_token"], options={"verify_signature": False})
        found += differences(claims, learn(theirs["id_token"]["_decoded_claims"]))
        found += _same_claims(claims, theirs["id_token"]["_decoded_claims"])
    for name in set(ours) & set(theirs) - {"id_token"}:
        if ours[name] != theirs[name]:
            found.append(f"{name}: {ours[name]!r}, recorded {theirs[name]!r}")
    return found


SAME = ("sub", "aud", "context", "roles", "resource_link", "lis", "message_type")
"""Claims whose very values are the recorded ones."""


def _same_claims(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return [
        f"{key}: {ours.get(key)!r}, recorded {value!r}"
        for key, value in theirs.items()
        if key.rpartition("/")[2] in SAME and ours.get(key) != value
    ]
