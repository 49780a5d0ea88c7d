"""How a platform, a browser or an attacker sends one launch, for the table of cases.

Every way gives the last answer of ours: what the case is about.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import time_machine
from cryptography.hazmat.primitives import serialization
from werkzeug.test import TestResponse

from lti_mentor.clock import now
from lti_mentor.lti.keysets import KeySets
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import DeploymentPolicy, Registration
from lti_mentor.web import EXTENSION
from tests.platform import AGS, MISSING, Answer, Platform, jwk, private_key, running
from tests.tool import PUBLIC_URL, Tool, page_data

Send = Callable[[Tool], TestResponse]
Make = Callable[[dict[str, Any], Platform], str]
"""Turns a good payload into what is posted as id_token."""


def claims(**changes: Any) -> Send:
    """Sign a learner's launch with these claims changed; MISSING leaves one out."""
    return lambda tool: tool.launch(**changes)[1]


def message(kind: str, **changes: Any) -> Send:
    return claims(message_type=kind, **changes)


def selection(**settings: Any) -> Send:
    """Ask for content, with these deep linking settings changed."""
    return lambda tool: tool.launch(**tool.platform.deep_linking(**settings))[1]


def at(**seconds: int) -> Send:
    """Sign moments so many seconds from now."""

    def send(tool: Tool) -> TestResponse:
        moment = int(time.time())
        return tool.launch(**{k: moment + v for k, v in seconds.items()})[1]

    return send


def token(make: Make) -> Send:
    """Post something else than the token this platform would sign."""

    def send(tool: Tool) -> TestResponse:
        login = tool.login()
        made = make(tool.platform.claims(login.query), tool.platform)
        return tool.post(login, made)

    return send


def keys(*published: Any, make: Make | None = None) -> Send:
    """Let the platform publish these keys, then launch."""

    def send(tool: Tool) -> TestResponse:
        tool.platform.keys = list(published)
        return (token(make) if make else claims())(tool)

    return send


def key_set(answer: Answer) -> Send:
    """Let the platform answer this when it is asked for its keys."""

    def send(tool: Tool) -> TestResponse:
        tool.platform.routes["/jwks"] = lambda _: answer
        return claims()(tool)

    return send


def form(**changed: str) -> Send:
    """Post a good launch with fields of the form changed; empty leaves one out."""

    def send(tool: Tool) -> TestResponse:
        login = tool.login()
        signed = tool.platform.sign(tool.platform.claims(login.query))
        given = {"state": login.data["state"], "id_token": signed} | changed
        return tool.browser.post(
            "/lti/launch", data={k: v for k, v in given.items() if v}
        )

    return send


def login(**changed: str) -> Send:
    """Only begin a login, with parameters changed; empty leaves one out."""
    return lambda tool: tool.login(None, None, **changed).response


# --- tokens nobody should believe --------------------------------------------------


def _b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(alg: str) -> Make:
    return lambda payload, _: f"{_b64({'alg': alg, 'kid': 'k1'})}.{_b64(payload)}."


def hs256(payload: dict[str, Any], _: Platform) -> str:
    """Sign with the platform's public key as if it were a shared secret."""
    pem = (
        private_key("k1")
        .public_key()
        .public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return symmetric(pem)(payload, _)


def symmetric(secret: bytes) -> Make:
    def make(payload: dict[str, Any], _: Platform) -> str:
        head = _b64({"alg": "HS256", "typ": "JWT", "kid": "k1"})
        text = f"{head}.{_b64(payload)}"
        return (
            f"{text}.{_b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"
        )

    return make


OCT = {"kty": "oct", "kid": "k1", "k": _b64(b"x" * 32)}
"""A symmetric key, published as if it were a public one."""


def signed_as(key: str, alg: str = "RS256", **headers: Any) -> Make:
    head = {"kid": "k1"} | headers
    return lambda payload, _: jwt.encode(payload, private_key(key), alg, head)


def nested(*_: Any) -> str:
    return f"{_b64({'alg': 'RS256', 'kid': 'k1'})}.{_b64(b'[' * 20000)}.x"


def a_list(*_: Any) -> str:
    return jwt.api_jws.encode(b"[1]", private_key("k1"), "RS256", {"kid": "k1"})


def padded(size: int) -> Make:
    return lambda payload, lms: lms.sign(payload | {"x": "y" * size})


# --- more than one step ------------------------------------------------------------


def unlisted_deployment(tool: Tool) -> TestResponse:
    """The admin lists deployments; this one is not among them."""
    with tool.session() as session:
        policy = DeploymentPolicy.LISTED
        _only(tool, session).deployment_policy = policy
    return claims()(tool)


def other_client(tool: Tool) -> TestResponse:
    """Two clients of one issuer; the second logs in and launches."""
    _second_client(tool)
    began = tool.login(client_id="client-2")
    payload = tool.platform.claims(began.query, aud="client-2")
    return tool.post(began, tool.platform.sign(payload))


def no_client_of_two(tool: Tool) -> TestResponse:
    _second_client(tool)
    return tool.login(client_id="").response


def no_client_of_one(tool: Tool) -> TestResponse:
    began = tool.login(client_id="")
    return tool.post(began, tool.platform.sign(tool.platform.claims(began.query)))


def rotated(tool: Tool) -> TestResponse:
    """The platform changes its key; a good launch with the new one follows."""
    claims()(tool)
    tool.platform.keys = [jwk("k2")]
    with time_machine.travel(now() + timedelta(seconds=61)):
        return token(lambda payload, lms: lms.sign(payload, key="k2"))(tool)


def twice(tool: Tool) -> TestResponse:
    """Two launches ask for the keys once."""
    claims()(tool)
    answer = claims()(tool)
    assert len(tool.platform.requests("/jwks")) == 1
    return answer


def slow_key_set(tool: Tool) -> TestResponse:
    """The key set takes longer than we wait (here 0.2 s instead of 5)."""
    known = tool.app.extensions[EXTENSION]
    impatient = KeySets(known.http, timeout=(0.2, 0.2))
    tool.app.extensions[EXTENSION] = replace(known, keysets=impatient)
    return key_set(Answer(body={"keys": [jwk("k1")]}, delay=1))(tool)


def dead_key_set(tool: Tool) -> TestResponse:
    with tool.session() as session:
        _only(tool, session).jwks_url = "http://127.0.0.1:9/jwks"
    return claims()(tool)


def without_cookies(tool: Tool) -> TestResponse:
    """A browser that keeps no cookie opens its session by what it stored itself."""
    tool.browser = tool.app.test_client(use_cookies=False)
    return tool.exchange(*tool.launch())


def pushed(tool: Tool) -> TestResponse:
    """The victim's browser posts what the attacker's login led to."""
    began = tool.login()
    signed = tool.platform.sign(tool.platform.claims(began.query))
    victim = tool.another_browser()
    data = {"state": began.data["state"], "id_token": signed}
    ticket = page_data(victim.post("/lti/launch", data=data))["ticket"]
    return victim.post("/lti/session", json={"ticket": ticket})


def replayed(tool: Tool) -> TestResponse:
    began = tool.login()
    signed = tool.platform.sign(tool.platform.claims(began.query))
    assert tool.post(began, signed).status_code == 200
    return tool.post(began, signed)


def replayed_for_another(tool: Tool) -> TestResponse:
    began, _ = tool.launch()
    payload = tool.platform.claims(began.query, sub="somebody-else")
    return tool.post(began, tool.platform.sign(payload))


def nonce_of_another_login(tool: Tool) -> TestResponse:
    first, second = tool.login(), tool.login()
    return tool.post(second, tool.platform.sign(tool.platform.claims(first.query)))


def token_of_another_client(tool: Tool) -> TestResponse:
    _second_client(tool)
    began = tool.login()
    payload = tool.platform.claims(began.query, aud="client-2")
    return tool.post(began, tool.platform.sign(payload))


def token_of_another_issuer(tool: Tool) -> TestResponse:
    """Mix-up: a second platform we trust answers the first one's login."""
    with ExitStack() as stack:
        other = stack.enter_context(running())
        with tool.session() as session:
            service.add(session, **other.registration())
        began = tool.login()
        return tool.post(began, other.sign(other.claims(began.query)))


def by_get(tool: Tool) -> TestResponse:
    began = tool.login()
    signed = tool.platform.sign(tool.platform.claims(began.query))
    query = {"state": began.data["state"], "id_token": signed}
    return tool.browser.get("/lti/launch", query_string=query)


def ticket_elsewhere(tool: Tool) -> TestResponse:
    """A launch read by somebody else opens nothing, whatever they claim to know."""
    tool.browser = tool.app.test_client(use_cookies=False)
    _, launched = tool.launch()
    given = {"ticket": page_data(launched)["ticket"], "secret": "x" * 43}
    return tool.another_browser().post("/lti/session", json=given)


def ticket_elsewhere_by_https(tool: Tool) -> TestResponse:
    """The same where a cookie proves the browser: another one has no such cookie."""
    browser = tool.app.test_client()
    began = tool.login(browser)
    signed = tool.platform.sign(tool.platform.claims(began.query))
    data = {"state": began.data["state"], "id_token": signed}
    other = tool.another_browser()
    other.set_cookie("__Host-lti_probe", "1", domain="localhost")
    page = page_data(other.post("/lti/launch", data=data, base_url="https://localhost"))
    assert "opened" not in page
    return other.post("/lti/session", json={"ticket": page["ticket"], "secret": None})


def replayed_without_cookies(tool: Tool) -> TestResponse:
    began = tool.login()
    signed = tool.platform.sign(tool.platform.claims(began.query))
    assert tool.post(began, signed).status_code == 200
    data = {"state": began.data["state"], "id_token": signed}
    return tool.another_browser().post("/lti/launch", data=data)


def many_launches(tool: Tool) -> TestResponse:
    """Twelve launches leave one short cookie behind, and no session in it."""
    browser = tool.app.test_client()
    for _ in range(12):
        query = dict(parse_qsl(urlsplit(_begin_by_https(tool, browser)).query))
        payload = tool.platform.claims(query | {"target_link_uri": _TARGET})
        data = {"state": query["state"], "id_token": tool.platform.sign(payload)}
        launched = browser.post("/lti/launch", data=data, base_url=_HTTPS)
        assert "opened" in page_data(launched)
    kept = [one for one in (browser._cookies or {}).values() if one.value]
    assert [one.key for one in kept] == ["__Host-lti_probe"]
    return launched


def cookies_of_a_login(tool: Tool) -> TestResponse:
    answer = tool.login().response
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-lti_")
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"):
            assert word in cookie
    assert len(answer.headers.getlist("Set-Cookie")) == 2
    return answer


def foreign_target(tool: Tool) -> TestResponse:
    began = tool.login(target_link_uri="https://evil.test/x")
    assert began.query["redirect_uri"] == f"{PUBLIC_URL}/lti/launch"
    return began.response


def login_by_get(tool: Tool) -> TestResponse:
    query = {"iss": tool.platform.url, "login_hint": "1", "target_link_uri": _TARGET}
    return tool.browser.get("/lti/login", query_string=query)


def bound_deployment(tool: Tool) -> TestResponse:
    """The login's deployment and storage target are kept; another one is refused."""
    began = tool.login(lti_deployment_id="deployment-2", lti_storage_target="_parent")
    assert began.data["storage_target"] == "_parent"
    return tool.post(began, tool.platform.sign(tool.platform.claims(began.query)))


def query_in_address(tool: Tool) -> TestResponse:
    with tool.session() as session:
        _only(tool, session).auth_url = f"{tool.platform.url}/auth?tenant=7"
    began = tool.login()
    assert began.data["auth_url"].count("?") == 1
    assert began.query["tenant"] == "7"
    return began.response


def script_in_hint(tool: Tool) -> TestResponse:
    began = tool.login(login_hint="</script><script>alert(1)</script>")
    assert "<script>alert" not in began.response.text
    return began.response


_HTTPS = "https://localhost"
_TARGET = f"{PUBLIC_URL}/lti/launch"


def _begin_by_https(tool: Tool, browser: Any) -> str:
    given = {"iss": tool.platform.url, "login_hint": "1", "target_link_uri": _TARGET}
    answer = browser.post("/lti/login", data=given, base_url=_HTTPS)
    if answer.status_code == 302:
        return str(answer.location)
    return str(page_data(answer)["auth_url"])


def _second_client(tool: Tool) -> None:
    with tool.session() as session:
        service.add(session, **tool.platform.registration(client_id="client-2"))


def _only(tool: Tool, session: Any) -> Registration:
    return queries.everyone(session)[0]


REVIEW = {
    "for_user": {"user_id": "learner-2"},
    AGS: {"lineitem": "https://lms.test/li/1"},
}
PRIVACY = {
    "for_user": {"user_id": "learner-2"},
    "context": MISSING,
    "resource_link": MISSING,
}
