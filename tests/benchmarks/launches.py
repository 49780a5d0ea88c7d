"""One launch, as a browser makes it: ours, and the example's, of the same token."""

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import serialization

from tests.benchmarks import load
from tests.platform import Platform, private_key

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
WARM, ONE_BY_ONE, AT_ONCE, CLIENTS = 20, 150, 600, 8
CLASS = 200
"""Learners who open a new course in the same second."""

Connection = http.client.HTTPConnection
Figures = dict[str, Any]


class Launcher(Protocol):
    """Goes from the click in the course to the first page."""

    def __call__(self, connection: Connection, sub: str) -> None: ...


def ours(
    lms: Platform, public_url: str, course: str = "course-1", *, is_new: bool = False
) -> Launcher:
    """Return our launch in a browser that keeps cookies, as most do.

    Login, launch with the session in it, first page. One that has been here
    before says so by the probe, and its login needs no page of its own; `is_new` has
    never been here.
    """
    target = f"{public_url}/lti/launch"
    kept = {} if is_new else {"Cookie": "__Host-lti_probe=1"}

    def launch(connection: Connection, sub: str) -> None:
        begun = urlencode(_initiation(lms, target))
        answer = _send(connection, "/lti/login", begun, FORM, kept)
        way = _data(answer.page)["auth_url"] if is_new else answer.headers["Location"]
        login = dict(parse_qsl(urlsplit(way).query))
        token = _token(lms, login, target, sub, course)
        sent = urlencode({"state": login["state"], "id_token": token})
        cookies = {"Cookie": _cookies(answer)}
        launched = _send(connection, "/lti/launch", sent, FORM, cookies)
        _enter(connection, _data(launched.page)["opened"])

    return launch


def ours_by_script(
    lms: Platform, public_url: str, course: str = "course-1"
) -> Launcher:
    """Return our launch where no cookie is kept: the page shows the secret itself."""
    target = f"{public_url}/lti/launch"

    def launch(connection: Connection, sub: str) -> None:
        begun = urlencode(_initiation(lms, target))
        data = _data(_send(connection, "/lti/login", begun, FORM).page)
        login = dict(parse_qsl(urlsplit(data["auth_url"]).query))
        token = _token(lms, login, target, sub, course)
        sent = urlencode({"state": data["state"], "id_token": token})
        launched = _data(_send(connection, "/lti/launch", sent, FORM).page)
        proof = {"ticket": launched["ticket"], "secret": data["secret"]}
        answer = _send(connection, "/lti/session", json.dumps(proof), JSON)
        _enter(connection, json.loads(answer.page))

    return launch


def example(lms: Platform, url: str) -> Launcher:
    """Return the example's launch: its check for cookies, login, launch page."""
    target = f"{url}/launch/"

    def launch(connection: Connection, sub: str) -> None:
        begun = _initiation(lms, target)
        _send(connection, "/login/", urlencode(begun), FORM)
        again = urlencode(begun | {"lti1p3_new_window": "1"})
        answer = _get(connection, f"/login/?{again}", {})
        login = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        token = _token(lms, login, target, sub, "course-1")
        sent = urlencode({"state": login["state"], "id_token": token})
        _send(connection, "/launch/", sent, FORM, {"Cookie": _cookies(answer)})

    return launch


def measure(
    port: int, launch: Launcher, name: str, busy: Callable[[], float]
) -> Figures:
    """Return p50 and p95, launches a second, and the server's own time for one.

    `busy` tells the processor seconds the server has used so far: the figure that a
    noisy neighbour changes least.
    """

    def ask(connection: Connection, n: int) -> None:
        launch(connection, f"{name}-{n}")

    load.latency(port, ask, WARM)
    found: dict[str, Any] = dict(load.latency(port, ask, ONE_BY_ONE))
    before = busy()
    found["per_second"] = load.throughput(port, ask, AT_ONCE, CLIENTS)
    found["server_ms_each"] = round((busy() - before) / AT_ONCE * 1000, 2)
    return found


def nine_o_clock(port: int, launch: Launcher, lms: Platform) -> dict[str, Any]:
    """Let a whole class open a course nobody opened before, all at once."""
    took: list[float] = []
    errors: list[str] = []
    asked_keys = len(lms.requests("/jwks"))
    ready = threading.Barrier(CLASS)

    def learner(n: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        ready.wait()
        begun = time.perf_counter()
        try:
            launch(connection, f"nine-{n}")
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            errors.append(str(error) or type(error).__name__)
        took.append((time.perf_counter() - begun) * 1000)
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=learner, args=(n,)) for n in range(CLASS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load.summary(took) | {
        "learners": CLASS,
        "errors": errors[:5],
        "all_in_s": round(time.perf_counter() - begun, 2),
        "jwks_fetched": len(lms.requests("/jwks")) - asked_keys,
    }


def example_config(lms: Platform) -> dict[str, Any]:
    """Return what the example reads of its platform from a file."""
    return {
        lms.url: {
            "default": True,
            "client_id": lms.client_id,
            "auth_login_url": f"{lms.url}/auth",
            "auth_token_url": f"{lms.url}/token",
            "key_set_url": f"{lms.url}/jwks",
            "key_set": None,
            "private_key_file": "example.pem",
            "deployment_ids": [lms.deployment_id],
        }
    }


def some_key() -> str:
    """Return a private key for the example: its configuration insists on one."""
    form = serialization.PrivateFormat.PKCS8
    key = private_key("example")
    return key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    ).decode()


@dataclass(frozen=True, slots=True)
class _Answer:
    page: bytes
    headers: http.client.HTTPMessage


def _enter(connection: Connection, opened: dict[str, Any]) -> None:
    """Fetch the first page, as the launch's own document does."""
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    _get(connection, opened["next"], bearer)


def _get(connection: Connection, path: str, headers: dict[str, str]) -> _Answer:
    return _ask(connection, "GET", path, None, headers)


def _send(
    connection: Connection,
    path: str,
    body: str,
    kind: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> _Answer:
    return _ask(connection, "POST", path, body, {"Content-Type": kind, **headers})


def _ask(
    connection: Connection,
    method: str,
    path: str,
    body: str | None,
    headers: dict[str, str],
) -> _Answer:
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    page = answer.read()
    if answer.status not in {200, 302, 303}:
        raise RuntimeError(f"{path} answered {answer.status}")
    return _Answer(page, answer.headers)


def _cookies(answer: _Answer) -> str:
    """Return the Cookie header of a browser that keeps what it was given."""
    given = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(cookie.partition(";")[0] for cookie in given)


def _initiation(lms: Platform, target: str) -> dict[str, str]:
    return {
        "iss": lms.url,
        "client_id": lms.client_id,
        "login_hint": "1",
        "lti_message_hint": "{}",
        "target_link_uri": target,
    }


def _token(
    lms: Platform, login: dict[str, str], target: str, sub: str, course: str
) -> str:
    context = {
        "id": course,
        "label": course.upper(),
        "title": "Negotiation",
        "type": ["CourseSection"],
    }
    known = login | {"target_link_uri": target}
    return lms.sign(lms.claims(known, sub=sub, context=context))


def _data(page: bytes) -> dict[str, Any]:
    found = re.search(rb'id="launch"[^>]*>(.*?)</script>', page, re.DOTALL)
    if found is None:
        raise RuntimeError("no launch page")
    return dict(json.loads(found[1]))
