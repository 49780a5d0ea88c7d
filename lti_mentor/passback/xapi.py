"""Statements to a learning record store: who did what, without names or texts."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lti_mentor.activity.models import Activity, DeliveryState, Verb
from lti_mentor.errors import Outside
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.passback.outcome import Outcome, dead, skipped
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.origins import KNOWN

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


@dataclass(frozen=True, slots=True)
class Store:
    """A record store and how to get in."""

    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


def store_of(registration: Registration) -> Store:
    """Return where this registration's statements go."""
    return Store(
        url=registration.lrs_url or "",
        key=registration.lrs_key or "",
        secret=registration.lrs_secret or "",
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A statement ready to be sent, free of the database."""

    delivery_id: int
    statement: dict[str, Any] = field(repr=False)

    @property
    def receipt(self) -> dict[str, Any]:
        """What the person it is about may read later."""
        names = ("id", "timestamp")
        kept = {name: self.statement[name] for name in names}
        return {**kept, "verb": self.statement["verb"]["id"]}


def statement(
    activity: Activity, registration: Registration, public_url: str
) -> dict[str, Any] | Outcome:
    """Translate an activity; its id is the activity's, so that a store knows it again.

    What the passing of time did is said of the learner it happened to.
    """
    who = activity.actor or activity.learner
    if who is None or not who.sub:
        return skipped("xapi.nobody")
    if who.is_test or (activity.learner and activity.learner.is_test):
        return skipped("xapi.test_student")
    home = home_page(registration, public_url)
    iri, reads = VERBS[activity.verb]
    return _without_none(
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


def home_page(registration: Registration, public_url: str) -> str:
    """Return the address that makes account names unique: the LMS's own (D21).

    Never the shared issuer of hosted Canvas, where subjects of two customers meet.
    """
    own = [o for o in registration.origins if "*" not in o and o not in KNOWN]
    auth = urlsplit(registration.auth_url)
    shared = registration.issuer in KNOWN
    fallback = f"{public_url}/xapi/registration/{registration.public_id}"
    ends = [] if shared else [f"{auth.scheme}://{auth.netloc}"]
    return next(filter(None, [registration.lms_url, *own, *ends]), fallback)


def account(person: Person, home: str) -> dict[str, Any]:
    """Return a person as an account: no name, no mail address."""
    return {
        "objectType": "Agent",
        "account": {"homePage": home, "name": person.sub},
    }


def send(letters: Sequence[Letter], store: Store, http: Outbound) -> dict[int, Outcome]:
    """Send statements and return each one's outcome; no transaction is open.

    A store takes all of a batch or none, so a refused batch goes one by one.

    Raises:
        Outside: Nobody answered, asked for patience, or did not let us in.
    """
    reply = _post(letters, store, http)
    if reply.status in {200, 204}:
        return {letter.delivery_id: _sent(letter) for letter in letters}
    if len(letters) > 1:
        outcomes: dict[int, Outcome] = {}
        for letter in letters:
            outcomes |= send([letter], store, http)
        return outcomes
    (letter,) = letters
    if reply.status == 409:
        return {letter.delivery_id: _sent(letter, "xapi.already_there")}
    return {letter.delivery_id: dead("xapi.refused", _words(reply))}


def _post(letters: Sequence[Letter], store: Store, http: Outbound) -> Reply:
    secret = base64.b64encode(f"{store.key}:{store.secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {secret}",
        "Content-Type": "application/json",
        "X-Experience-API-Version": VERSION,
    }
    body = json.dumps([letter.statement for letter in letters], allow_nan=False)
    address = f"{store.url.rstrip('/')}/statements"
    refusals = {400, 409, 413, 422}
    return http.request(
        "POST", address, headers=headers, data=body, allow_statuses=refusals
    )


def _sent(letter: Letter, code: str = "xapi.accepted") -> Outcome:
    return Outcome(DeliveryState.SENT, code, sent=letter.receipt)


def _words(reply: Reply) -> str:
    """Return a short explanation; stores differ, and some echo the statement."""
    try:
        answer = reply.json()
    except Outside:
        return str(reply.status)
    said = answer.get("error") or answer.get("message") if type(answer) is dict else ""
    return f"{reply.status} {said if isinstance(said, str) else ''}".strip()


def _thing(activity: Activity, public_url: str) -> dict[str, Any]:
    kind = activity.object_type
    return _without_none(
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
    return _without_none(
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


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
