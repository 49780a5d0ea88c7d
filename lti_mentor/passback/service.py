"""Working off deliveries: claim, render, send, settle; no transaction while sending."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import (
    RECORDS,
    Delivery,
    DeliveryState,
    Destination,
)
from lti_mentor.activity.service import queue_delivery
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import Conflict, Outside
from lti_mentor.lti import services
from lti_mentor.lti.services import Services
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.passback import ags, caliper, columns, queries, records, xapi
from lti_mentor.passback.outcome import Outcome, dead, settle, waiting
from lti_mentor.passback.records import Format
from lti_mentor.platforms.dialects import dialect_of
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.platforms.service import set_health

BATCH = 50
"""Deliveries of one claim; a statement batch is as big."""
MANY = 500
"""Superseded scores let go of in one transaction."""
GIVE_UP_AFTER = timedelta(days=7)
"""How long a server may be away before a person has to look."""
KEPT_CODES = frozenset({ags.OVERWRITE, columns.ANEW})
"""What somebody has decided on a delivery stays decided while it waits."""
BREATH = timedelta(seconds=2)
"""Pause where a server took some and then failed without naming a time."""
Sessions = Callable[[], Session]


@dataclass(frozen=True, slots=True)
class Sender:
    """What delivering needs beside the database."""

    sessions: Sessions
    http: Outbound
    public_url: str
    """Begins the ids of our objects in statements."""


def deliver(
    sender: Sender, registration_id: int, destination: Destination
) -> datetime | None:
    """Work off a batch; return now where more waits, None where nothing does.

    Where the other side fails half-way, the rest waits a little.

    Raises:
        Outside: The other side is away; what was claimed waits, older than a week
            it is dead.
    """
    done: list[int] = []
    try:
        count = _SENDING[destination](sender, registration_id, done)
    except Outside as failure:
        _put_back(sender, registration_id, destination, failure)
        if not done:
            raise
        return now() + _pause(failure)
    return now() if count == BATCH else None


def _pause(failure: Outside) -> timedelta:
    """Return how long to leave them alone who took some and then no more.

    No failure of the job: its growing pauses are for those who take nothing at all.
    """
    asked = failure.details.get("retry_after")
    return timedelta(seconds=asked) if isinstance(asked, int | float) else BREATH


def _send_scores(sender: Sender, registration_id: int, done: list[int]) -> int:
    with sender.sessions() as session, transaction(session):
        registration = _open(session, registration_id)
        if registration is None:
            return 0
        if _collapse(session, registration) == MANY:
            return BATCH
        ids = _claim(session, registration, Destination.AGS)
        if not ids:
            return 0
        gradebook = services.connect(session, registration, sender.http)
    for delivery_id in ids:
        _provide_column(sender.sessions, delivery_id, gradebook)
        letter = _score_letter(sender.sessions, delivery_id)
        if letter is not None:
            outcome = ags.send(letter, gradebook)
            _settle(sender.sessions, {delivery_id: outcome})
            done.append(delivery_id)
    return len(ids)


def _collapse(session: Session, registration: Registration) -> int:
    """Let go of scores with a later one behind them, in one go; return how many.

    One transaction each, with no call between them, would keep every other writer
    of a SQLite database out for seconds.
    """
    found = queries.superseded(session, registration.id, MANY)
    for delivery in found:
        settle(delivery, Outcome(DeliveryState.SUPERSEDED, "ags.superseded"))
    session.flush()
    return len(found)


def _provide_column(sessions: Sessions, delivery_id: int, gradebook: Services) -> None:
    """Find or make the column where the platform has named none."""
    with sessions() as session, transaction(session):
        delivery = session.get_one(Delivery, delivery_id)
        registration = session.get_one(Registration, delivery.registration_id)
        if not registration.is_written_to:
            return
        dialect = dialect_of(registration.lms_kind)
        wanted = columns.wanted(session, delivery, dialect)
    if wanted is None:
        return
    url = columns.find_or_create(wanted, gradebook)
    with sessions() as session, transaction(session):
        columns.keep(session, wanted, url)


def _score_letter(sessions: Sessions, delivery_id: int) -> ags.Letter | None:
    """Render just before sending: a newer score may have come, or been settled."""
    with sessions() as session, transaction(session):
        delivery = session.get_one(Delivery, delivery_id)
        if delivery.state is not DeliveryState.WAITING:
            return None
        registration = session.get_one(Registration, delivery.registration_id)
        if not registration.is_written_to:
            return None
        letter = ags.render(session, delivery, dialect_of(registration.lms_kind))
        if isinstance(letter, Outcome):
            settle(delivery, letter)
            return None
        return letter


def _send_records(
    destination: Destination,
    style: Format,
    sender: Sender,
    registration_id: int,
    _done: list[int],
) -> int:
    with sender.sessions() as session, transaction(session):
        registration = _open(session, registration_id)
        store = registration and style.store_of(registration, sender.public_url)
        if registration is None or not store:
            return 0
        ids = _claim(session, registration, destination)
        letters = _letters(session, ids, registration, style, sender.public_url)
    if letters:
        post = partial(_post, style, store, sender.http)
        _settle(sender.sessions, records.send(destination, letters, post))
        _note_health(sender, registration_id, destination, Health.OK, "lrs.accepted")
    return len(ids)


def _post(
    style: Format, store: records.Store, http: Outbound, batch: Sequence[records.Record]
) -> Reply:
    return style.post(batch, store, http)


def _letters(
    session: Session,
    ids: Iterable[int],
    registration: Registration,
    style: Format,
    public_url: str,
) -> list[records.Letter]:
    letters = []
    for delivery_id in ids:
        delivery = session.get_one(Delivery, delivery_id)
        found = style.record(session, delivery.activity, registration, public_url)
        if isinstance(found, Outcome):
            settle(delivery, found)
        else:
            receipt = style.receipt(found)
            letters.append(records.Letter(delivery_id, found, receipt))
    return letters


_SENDING: Mapping[Destination, Callable[[Sender, int, list[int]], int]] = {
    Destination.AGS: _send_scores,
    Destination.XAPI: partial(_send_records, Destination.XAPI, xapi),
    Destination.CALIPER: partial(_send_records, Destination.CALIPER, caliper),
}


def _open(session: Session, registration_id: int) -> Registration | None:
    registration = session.get(Registration, registration_id)
    if registration is not None and registration.is_copy:
        _settle_copy(session, registration)
    is_open = registration is not None and registration.is_written_to
    return registration if is_open else None


def _settle_copy(session: Session, registration: Registration) -> None:
    """Say on everything that waits that a test or beta copy is never written to."""
    for destination in Destination:
        while found := queries.waiting(session, registration.id, destination, BATCH):
            for delivery in found:
                settle(delivery, Outcome(DeliveryState.SKIPPED, "delivery.copy"))
            session.flush()


def _claim(
    session: Session, registration: Registration, destination: Destination
) -> list[int]:
    """Take the oldest; the job's lease keeps every other worker away from them."""
    found = queries.waiting(session, registration.id, destination, BATCH)
    for delivery in found:
        delivery.attempts += 1
        delivery.tried_at = now()
    return [delivery.id for delivery in found]


def _settle(sessions: Sessions, outcomes: Mapping[int, Outcome]) -> None:
    with sessions() as session, transaction(session):
        for delivery_id, outcome in outcomes.items():
            settle(session.get_one(Delivery, delivery_id), outcome)


def _put_back(
    sender: Sender, registration_id: int, destination: Destination, failure: Outside
) -> None:
    """Say on every claimed row why it still waits, or that nobody answers any more."""
    status = failure.details.get("status")
    words = f"{failure.code} {status}" if status else failure.code
    with sender.sessions() as session, transaction(session):
        for delivery in queries.waiting(session, registration_id, destination, BATCH):
            given_up = delivery.activity.at < now() - GIVE_UP_AFTER
            ending = dead if given_up else waiting
            keep = delivery.code if delivery.code in KEPT_CODES else None
            settle(delivery, ending(keep or f"{destination}.no_answer", words))
    if destination in RECORDS:
        failed = (Health.FAILED, "lrs.failed", words)
        _note_health(sender, registration_id, destination, *failed)


def _note_health(
    sender: Sender,
    registration_id: int,
    destination: Destination,
    state: Health,
    code: str,
    answer: str | None = None,
) -> None:
    """Say how the record store is; the Caliper endpoint speaks where there is none."""
    with sender.sessions() as session, transaction(session):
        registration = session.get_one(Registration, registration_id)
        if destination is Destination.XAPI or not registration.lrs_url:
            set_health(session, registration, Feature.LRS, state, code, answer=answer)


def pause(session: Session, registration: Registration) -> None:
    """Write nothing to this LMS and its record store until `resume`."""
    registration.writes_paused = True
    session.flush()


def resume(session: Session, registration: Registration) -> None:
    """Write again, what waited first."""
    registration.writes_paused = False
    session.flush()
    for destination in Destination:
        queue_delivery(session, registration, destination)


def retry(session: Session, delivery: Delivery) -> None:
    """Send a dead, skipped or held delivery (again), looking at the gradebook first.

    Where its column was deleted, this asks for a new one.

    Raises:
        Conflict: It was sent, or its place was taken (`delivery.settled`).
    """
    is_gone = delivery.code == ags.COLUMN_GONE
    _again(session, delivery, columns.ANEW if is_gone else None)
    if is_gone:
        columns.forget(session, delivery)


def overwrite(session: Session, delivery: Delivery) -> None:
    """Send a held score over what somebody put into the gradebook; they confirmed it.

    Raises:
        Conflict: It does not wait for a decision (`delivery.settled`).
    """
    _must_be(delivery, {DeliveryState.HELD})
    _again(session, delivery, ags.OVERWRITE)


def keep_theirs(session: Session, delivery: Delivery) -> None:
    """Leave the gradebook as somebody changed it; a later score asks anew.

    Raises:
        Conflict: It does not wait for a decision (`delivery.settled`).
    """
    _must_be(delivery, {DeliveryState.HELD})
    settle(delivery, Outcome(DeliveryState.SKIPPED, "ags.kept_theirs"))
    session.flush()


def discard(session: Session, delivery: Delivery) -> None:
    """Give a delivery up for good; its words stay.

    Raises:
        Conflict: It is settled already (`delivery.settled`).
    """
    open_states = {DeliveryState.DEAD, DeliveryState.HELD, DeliveryState.WAITING}
    _must_be(delivery, open_states)
    settle(
        delivery, Outcome(DeliveryState.SKIPPED, "delivery.discarded", delivery.words)
    )
    session.flush()


def sweep(session: Session) -> int:
    """Queue every place for which something waits; return how many there are."""
    places = queries.open_places(session)
    ids = {registration_id for registration_id, _ in places}
    found = session.scalars(select(Registration).where(Registration.id.in_(ids)))
    registrations = {row.id: row for row in found}
    for registration_id, destination in places:
        queue_delivery(session, registrations[registration_id], destination)
    return len(places)


def _again(session: Session, delivery: Delivery, code: str | None) -> None:
    _must_be(delivery, {DeliveryState.DEAD, DeliveryState.SKIPPED, DeliveryState.HELD})
    delivery.state, delivery.code, delivery.words = DeliveryState.WAITING, code, None
    delivery.attempts, delivery.settled_at = 0, None
    session.flush()
    registration = session.get_one(Registration, delivery.registration_id)
    queue_delivery(session, registration, delivery.destination)


def _must_be(delivery: Delivery, states: set[DeliveryState]) -> None:
    if delivery.state not in states:
        raise Conflict("delivery.settled", now=delivery.state)
