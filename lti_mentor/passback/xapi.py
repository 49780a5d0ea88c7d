"""Statements to a learning record store: who did what, without names or texts."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Destination, Verb
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.passback.outcome import Outcome, skipped
from lti_mentor.passback.records import (
    REFUSALS,
    Record,
    Store,
    basic,
    home_page,
    nobody,
    who_of,
    without_none,
)
from lti_mentor.passback.tokens import TOKENS
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration

VERSION = "1.0.3"
"""Every store understands it, those of xAPI 2.0 too."""
_ADL = "http://adlnet.gov/expapi/verbs/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"
VERBS: dict[Verb, tuple[str, str]] = {
    Verb.BEGAN_MENTORSHIP: (_STREAMS + "start", "started"),
    Verb.AGREED: (_STREAMS + "agree", "agreed"),
    Verb.ENDED_MENTORSHIP: (_STREAMS + "terminate", "ended"),
    Verb.HELD_SESSION: ("http://id.tincanapi.com/verb/mentored", "mentored"),
    Verb.PLANNED: ("http://id.tincanapi.com/verb/planned-learning", "planned"),
    Verb.PLAN_AGREED: (_STREAMS + "accept", "agreed to the plan"),
    Verb.APPLIED: (_STREAMS + "submit", "submitted"),
    Verb.ASKED_REVISION: (_STREAMS + "return", "returned"),
    Verb.VERIFIED: (_STREAMS + "approve", "verified"),
    Verb.REFLECTED: (_ADL + "commented", "reflected"),
    Verb.COMPLETED_PRACTICE: (_ADL + "completed", "completed"),
    Verb.SETTLED_PRACTICE: (_STREAMS + "close", "closed"),
    Verb.SCORED: (_ADL + "scored", "scored"),
}
"""Verb IRIs of known vocabularies, and how they read in English."""
TYPES: dict[str, str] = {
    "practice_work": "http://adlnet.gov/expapi/activities/performance",
    "mentoring_session": "http://adlnet.gov/expapi/activities/meeting",
    "context": "http://adlnet.gov/expapi/activities/course",
}
"""Activity types by table; others have none."""
COMPLETING = frozenset({Verb.COMPLETED_PRACTICE, Verb.SETTLED_PRACTICE})


def store_of(registration: Registration, public_url: str) -> Store | None:
    """Return where this registration's statements go; None where nowhere."""
    if not registration.lrs_url:
        return None
    return Store(
        url=registration.lrs_url,
        key=registration.lrs_key or "",
        secret=registration.lrs_secret or "",
        token_url=registration.lrs_token_url or "",
        sender=public_url,
    )


def record(
    _session: Session, activity: Activity, registration: Registration, public_url: str
) -> Record | Outcome:
    """Translate an activity; its id is the activity's, so that a store knows it again.

    What the passing of time did is said of the learner it happened to.
    """
    who = who_of(activity)
    why_not = nobody(activity, Destination.XAPI)
    if why_not is not None or who is None:
        return why_not or skipped("xapi.nobody")
    home = home_page(registration, public_url)
    iri, reads = VERBS[activity.verb]
    return without_none(
        {
            "id": str(activity.public_id),
            "actor": account(who, home),
            "verb": {"id": iri, "display": {"en": reads}},
            "object": _thing(activity, public_url),
            "result": _result(activity),
            "context": _context(activity, home, public_url),
            "timestamp": activity.at.isoformat(timespec="milliseconds"),
        }
    )


def receipt(statement: Record) -> Record:
    """Return what the person it is about may read later."""
    kept = {name: statement[name] for name in ("id", "timestamp")}
    return {**kept, "verb": statement["verb"]["id"]}


def account(person: Person, home: str) -> dict[str, Any]:
    """Return a person as an account: no name, no mail address."""
    return {
        "objectType": "Agent",
        "account": {"homePage": home, "name": person.sub},
    }


def post(statements: Sequence[Record], store: Store, http: Outbound) -> Reply:
    """Send a batch; a token the store no longer takes is renewed once.

    Raises:
        Outside: Nobody answered, asked for patience, or did not let us in.
    """
    if not store.token_url:
        return _post(statements, store, http, basic(store.key, store.secret))
    bearer = f"Bearer {TOKENS.get(store, http)}"
    reply = _post(statements, store, http, bearer, REFUSALS | {401})
    if reply.status != 401:
        return reply
    TOKENS.forget(store)
    return _post(statements, store, http, f"Bearer {TOKENS.get(store, http)}")


def _post(
    statements: Sequence[Record],
    store: Store,
    http: Outbound,
    authorization: str,
    answers: frozenset[int] = REFUSALS,
) -> Reply:
    headers = {
        "Authorization": authorization,
        "Content-Type": "application/json",
        "X-Experience-API-Version": VERSION,
    }
    body = json.dumps(statements, allow_nan=False)
    address = f"{store.url.rstrip('/')}/statements"
    return http.request(
        "POST", address, headers=headers, data=body, allow_statuses=answers
    )


def _thing(activity: Activity, public_url: str) -> dict[str, Any]:
    kind = activity.object_type
    return without_none(
        {
            "objectType": "Activity",
            "id": f"{public_url}/xapi/{kind}/{activity.object_id}",
            "definition": {"type": TYPES[kind]} if kind in TYPES else None,
        }
    )


def _result(activity: Activity) -> dict[str, Any] | None:
    if activity.verb in COMPLETING:
        return {"completion": not activity.data.get("excused", False)}
    points, maximum = activity.data.get("points"), activity.data.get("maximum")
    if activity.verb is not Verb.SCORED or points is None or not maximum:
        return None
    raw, most = float(points), float(maximum)
    scaled = round(min(raw / most, 1.0), 4)
    return {
        "score": {"raw": raw, "min": 0.0, "max": most, "scaled": scaled},
        "completion": bool(activity.data.get("final")),
    }


def _context(activity: Activity, home: str, public_url: str) -> dict[str, Any]:
    is_work = activity.object_type == "practice_work"
    extensions = {f"{public_url}/xapi/data": activity.data} if activity.data else {}
    if activity.learner and activity.learner.sub and activity.actor:
        about = account(activity.learner, home)["account"]
        extensions[f"{public_url}/xapi/learner"] = about
    return without_none(
        {
            "registration": str(activity.object_id) if is_work else None,
            "platform": "LTI Mentor",
            "contextActivities": _course(activity.context, public_url),
            "extensions": extensions or None,
        }
    )


def _course(context: Context | None, public_url: str) -> dict[str, Any] | None:
    if context is None:
        return None
    definition: dict[str, Any] = {"type": TYPES["context"]}
    if context.title:
        definition["name"] = {"und": context.title}
    course = {
        "objectType": "Activity",
        "id": f"{public_url}/xapi/context/{context.public_id}",
        "definition": definition,
    }
    return {"grouping": [course]}
