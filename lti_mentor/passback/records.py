"""What statements and events have in common: where they go, of whom, and in batches."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, DeliveryState, Destination
from lti_mentor.errors import Outside
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.passback.outcome import Outcome, dead, skipped
from lti_mentor.people.models import Person
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.origins import KNOWN

REFUSALS = frozenset({400, 409, 413, 422})
"""Answers that are about what was sent, not about whether the other side is there."""
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """Where records go and how to get in; free of the database."""

    url: str
    key: str = field(repr=False)
    secret: str = field(default="", repr=False)
    token_url: str = ""
    """Where the key is changed into access tokens; empty: the key itself is shown."""
    sender: str = ""
    """Address of this tool: who says so."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record ready to be sent."""

    delivery_id: int
    record: Record = field(repr=False)
    receipt: Record
    """What the person it is about may read later."""


class Format(Protocol):
    """How one kind of destination wants its records; `xapi` and `caliper` are these."""

    def store_of(self, registration: Registration, public_url: str) -> Store | None:
        """Return where this registration's records go; None where nowhere."""

    def record(
        self,
        session: Session,
        activity: Activity,
        registration: Registration,
        public_url: str,
    ) -> Record | Outcome:
        """Translate an activity, or say why it is not told."""

    def receipt(self, record: Record) -> Record:
        """Return the few words of a record that are kept."""

    def post(self, records: Sequence[Record], store: Store, http: Outbound) -> Reply:
        """Send a batch; refusals (`REFUSALS`) are answers."""


def send(
    destination: Destination,
    letters: Sequence[Letter],
    post: Callable[[Sequence[Record]], Reply],
) -> dict[int, Outcome]:
    """Send records and return each one's outcome; no transaction is open.

    A receiver takes all of a batch or none, so a refused batch goes one by one.

    Raises:
        Outside: Nobody answered, asked for patience, or did not let us in.
    """
    reply = post([letter.record for letter in letters])
    if reply.status not in REFUSALS:
        accepted = f"{destination}.accepted"
        return {letter.delivery_id: _sent(letter, accepted) for letter in letters}
    if len(letters) > 1:
        outcomes: dict[int, Outcome] = {}
        for letter in letters:
            outcomes |= send(destination, [letter], post)
        return outcomes
    (letter,) = letters
    if reply.status == 409:
        return {letter.delivery_id: _sent(letter, f"{destination}.already_there")}
    return {letter.delivery_id: dead(f"{destination}.refused", words_of(reply))}


def nobody(activity: Activity, destination: Destination) -> Outcome | None:
    """Say why an activity is told of no one: erased, without a subject, or a test."""
    who = activity.actor or activity.learner
    if who is None or not who.sub:
        return skipped(f"{destination}.nobody")
    if who.is_test or (activity.learner and activity.learner.is_test):
        return skipped(f"{destination}.test_student")
    return None


def who_of(activity: Activity) -> Person | None:
    """Return who did it; what the passing of time did is said of the learner."""
    return activity.actor or activity.learner


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


def basic(key: str, secret: str) -> str:
    """Return the header that shows a key and its secret."""
    return f"Basic {base64.b64encode(f'{key}:{secret}'.encode()).decode()}"


def without_none(values: Record) -> Record:
    """Leave out what is not known."""
    return {name: value for name, value in values.items() if value is not None}


def words_of(reply: Reply) -> str:
    """Return a short explanation; receivers differ, and some echo what was sent."""
    try:
        answer = reply.json()
    except Outside:
        return str(reply.status)
    said = answer.get("error") or answer.get("message") if type(answer) is dict else ""
    return f"{reply.status} {said if isinstance(said, str) else ''}".strip()


def _sent(letter: Letter, code: str) -> Outcome:
    return Outcome(DeliveryState.SENT, code, sent=letter.receipt)
