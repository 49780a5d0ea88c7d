"""A small learning record store: xAPI statements over HTTP."""

import copy
import hmac
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.rows import Statement
from lti_mentor.demo.shell import campus
from lti_mentor.demo.world import World

VERSIONS = ("1.0", "2.0")
"""Beginnings of the xAPI versions it speaks."""
PAGE = 25
"""Most statements of one answer unless the caller asks for fewer."""
COMPARED = ("actor", "verb", "object", "result", "context")
"""What must be equal for two statements of one id to be the same."""


class Refused(Exception):
    """A request the store does not take."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


routes = Blueprint("lrs", __name__, url_prefix="/xapi")


@routes.before_request
def check() -> Response | None:
    """Let in who has the key and says which xAPI they speak."""
    if request.path.endswith("/about"):
        return None
    basic, door = request.authorization, campus().lrs
    given = f"{basic.username}:{basic.password}" if basic else ""
    if not hmac.compare_digest(given.encode(), f"{door.key}:{door.secret}".encode()):
        return Response(status=401, headers={"WWW-Authenticate": "Basic"})
    if not request.headers.get("X-Experience-API-Version", "").startswith(VERSIONS):
        raise Refused(400, "X-Experience-API-Version is missing")
    return None


@routes.after_request
def say_version(answer: Response) -> Response:
    """Name the version in every answer, as the standard asks."""
    answer.headers["X-Experience-API-Version"] = "2.0.0"
    return answer


@routes.errorhandler(Refused)
def refuse(error: Refused) -> Response:
    """Answer a refusal with its reason."""
    answer = jsonify(error=error.reason)
    answer.status_code = error.status
    return answer


@routes.get("/about")
def about() -> Response:
    """Say which versions are spoken."""
    return jsonify(version=["1.0.3", "2.0.0"])


@routes.post("/statements")
def post() -> Response:
    """Keep one statement or a batch."""
    body = request.get_json(silent=True)
    return jsonify(store(campus().records, body if isinstance(body, list) else [body]))


@routes.put("/statements")
def put() -> Response:
    """Keep one statement under the id in the address."""
    wanted = request.args.get("statementId", "")
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or body.get("id", wanted) != wanted:
        raise Refused(400, "the id of the statement is not the one in the address")
    store(campus().records, [{**body, "id": wanted}])
    return Response(status=204)


@routes.get("/statements")
def get() -> Response:
    """Answer one statement or a page of them."""
    return read(campus().records)


def store(world: World, batch: list[Any]) -> list[str]:
    """Keep all statements or none and return their ids.

    Raises:
        Refused: One is no statement (400) or differs from a kept one (409).
    """
    with world.change():
        fresh: dict[str, Statement] = {}
        for body in batch:
            statement = _checked(body)
            kept = world.statements.get(statement.id) or fresh.get(statement.id)
            if kept and not _same(kept.body, statement.body):
                raise Refused(409, "another statement has this id")
            if not kept:
                fresh[statement.id] = statement
        world.statements.update(fresh)
        _void(world, list(fresh.values()))
    return [body["id"] for body in batch]


def read(world: World) -> Response:
    """Answer one statement, or a page of them with a `more` link."""
    wanted = request.args.get("statementId")
    if wanted is not None:
        found = world.statements.get(wanted)
        if found is None or found.voided:
            raise Refused(404, "no such statement")
        return jsonify(found.body)
    found_all = [row for row in reversed(_newest_last(world)) if _asked_for(row)]
    start = int(request.args.get("from", 0))
    limit = min(int(request.args.get("limit", 0)) or PAGE, PAGE)
    page = found_all[start : start + limit]
    more = ""
    if start + limit < len(found_all):
        query = request.args.to_dict() | {"from": str(start + limit)}
        more = request.path + "?" + "&".join(f"{k}={v}" for k, v in query.items())
    return jsonify(statements=[row.body for row in page], more=more)


def _newest_last(world: World) -> list[Statement]:
    return [row for row in list(world.statements.values()) if not row.voided]


def _asked_for(row: Statement) -> bool:
    verb = request.args.get("verb")
    activity = request.args.get("activity")
    registration = request.args.get("registration")
    body = row.body
    return (
        verb in (None, body["verb"]["id"])
        and activity in (None, body["object"].get("id"))
        and registration in (None, body.get("context", {}).get("registration"))
    )


def _checked(body: Any) -> Statement:
    if not isinstance(body, dict):
        raise Refused(400, "not a statement")
    missing = [name for name in ("actor", "verb", "object") if name not in body]
    if missing:
        raise Refused(400, f"missing {missing[0]}")
    if not isinstance(body["verb"], dict) or ":" not in str(body["verb"].get("id")):
        raise Refused(400, "verb.id is no IRI")
    if not _identifies(body["actor"]):
        raise Refused(400, "actor has no identifier")
    body.setdefault("id", str(uuid.uuid4()))
    try:
        uuid.UUID(body["id"])
    except ValueError:
        raise Refused(400, "id is no uuid") from None
    kept = copy.deepcopy(body)
    kept["stored"] = datetime.now(UTC).isoformat()
    kept.setdefault("timestamp", kept["stored"])
    kept.setdefault("version", "2.0.0")
    return Statement(body["id"], kept, int(time.time()))


def _identifies(actor: Any) -> bool:
    if not isinstance(actor, dict):
        return False
    return any(name in actor for name in ("account", "mbox", "mbox_sha1sum", "openid"))


def _same(kept: dict[str, Any], new: dict[str, Any]) -> bool:
    return all(kept.get(name) == new.get(name) for name in COMPARED)


def _void(world: World, statements: list[Statement]) -> None:
    for row in statements:
        if row.body["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided":
            target = world.statements.get(row.body["object"].get("id", ""))
            if target:
                target.voided = True
