"""A gradebook and a record store on loopback, as strict as the real ones.

The gradebook follows Moodle 4.5.6 (measured): a score of the stored second or an
older one is 409, one that is not FullyGraded erases the grade. The store takes all
of a batch or none of it, and 409 for a changed statement of a known id.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "Basic a2V5OnNlY3JldA=="
"""`key` and `secret`, as the record store wants to see them."""


@dataclass
class Outside:
    """What the two servers hold, and what goes wrong in them."""

    url: str = ""
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the gradebook holds, by person."""
    posted: list[dict[str, Any]] = field(default_factory=list)
    """Every score that was taken, in order."""
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    """How many statements each call brought."""
    status: int | None = None
    """Answer this to everything but tokens."""
    headers: dict[str, str] = field(default_factory=dict)
    envelopes: list[dict[str, Any]] = field(default_factory=list)
    """What the Caliper endpoint took."""
    store_tokens: list[str] = field(default_factory=list)
    """Access tokens the record store gave; only the newest is good."""
    refused_verbs: set[str] = field(default_factory=set)
    lost_scopes: set[str] = field(default_factory=set)
    columns: list[dict[str, Any]] = field(default_factory=list)
    """The gradebook's columns at `/items`."""
    loses_answers: int = 0
    """So many columns are made, but the answer says 500."""
    forgets: int = 0
    """So many scores are taken, but the answer says 500."""
    takes: int | None = None
    """So many scores are taken, then it is away; None = all."""

    def grade(self, person: str, score: float | None, at: str = "") -> None:
        """Put something into the gradebook by hand."""
        self.results[person] = {
            "userId": person,
            "resultScore": score,
            "resultMaximum": 100,
            "timestamp": at,
        }


@contextmanager
def serving() -> Iterator[Outside]:
    """Run both on one free port."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*get(outside, self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*post(outside, self.path, body, self.headers))

        def _answer(self, status: int, body: object) -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in outside.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        outside.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield outside
        server.shutdown()


def get(outside: Outside, path: str) -> tuple[int, object]:
    if outside.status:
        return outside.status, {"errors": {"message": "down"}}
    if urlsplit(path).path == "/items":
        return 200, outside.columns
    (person,) = parse_qs(urlsplit(path).query)["user_id"]
    row = outside.results.get(person)
    return 200, [{k: v for k, v in row.items() if v is not None}] if row else []


def post(outside: Outside, path: str, body: bytes, headers: Any) -> tuple[int, object]:
    if path == "/token":
        scope = parse_qs(body.decode())["scope"][0]
        if any(lost in scope for lost in outside.lost_scopes):
            return 400, {"error": "invalid_scope"}
        return 200, {"access_token": "t", "expires_in": 3600, "scope": scope}
    if outside.status:
        return outside.status, {"errors": {"message": "no, says lena@example.org"}}
    if path in RECORDS:
        return RECORDS[path](outside, body, headers)
    takes = column if urlsplit(path).path == "/items" else score
    return takes(outside, json.loads(body))


def column(outside: Outside, given: dict[str, Any]) -> tuple[int, object]:
    made = given | {"id": f"{outside.url}/items/{len(outside.columns) + 7}"}
    outside.columns.append(made)
    if outside.loses_answers:
        outside.loses_answers -= 1
        return 500, None
    return 201, made


def score(outside: Outside, given: dict[str, Any]) -> tuple[int, object]:
    held = outside.results.get(given["userId"])
    if held and held["timestamp"][:19] >= given["timestamp"][:19]:
        return 409, {"reason": "newer"}
    final = given["gradingProgress"] == "FullyGraded"
    points = given.get("scoreGiven") if final else None
    if outside.takes is not None:
        outside.takes -= 1
        if outside.takes < 0:
            return 503, None
    outside.grade(given["userId"], points, given["timestamp"])
    outside.posted.append(given)
    if outside.forgets:
        outside.forgets -= 1
        return 500, None
    return 200, None


def store(outside: Outside, body: bytes, headers: Any) -> tuple[int, object]:
    batch = json.loads(body)
    outside.batches.append(len(batch))
    good = f"Bearer {outside.store_tokens[-1]}" if outside.store_tokens else KEY
    if headers["Authorization"] != good:
        return 401, None
    if not headers["X-Experience-API-Version"].startswith("1.0"):
        return 400, {"error": "version"}
    if any(row["verb"]["id"] in outside.refused_verbs for row in batch):
        return 400, {"error": "this verb is unknown here"}
    for row in batch:
        known = outside.statements.get(row["id"])
        if known is not None and known != row:
            return 409, {"error": "conflict"}
    outside.statements |= {row["id"]: row for row in batch}
    return 200, [row["id"] for row in batch]


def store_token(outside: Outside, body: bytes, headers: Any) -> tuple[int, object]:
    if headers["Authorization"] != KEY or body != b"grant_type=client_credentials":
        return 401, {"error": "invalid_client"}
    outside.store_tokens.append(f"token-{len(outside.store_tokens)}")
    return 200, {"access_token": outside.store_tokens[-1], "expires_in": 3600}


def endpoint(outside: Outside, body: bytes, headers: Any) -> tuple[int, object]:
    given = json.loads(body)
    if headers["Authorization"] != "Bearer caliper-key":
        return 401, None
    if any(event["action"] in outside.refused_verbs for event in given["data"]):
        return 422, {"message": "this action is unknown here"}
    outside.envelopes.append(given)
    return 200, None


RECORDS = {
    "/xapi/statements": store,
    "/store-token": store_token,
    "/caliper": endpoint,
}
