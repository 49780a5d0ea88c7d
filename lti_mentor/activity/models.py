"""What happened, and what must be told to whom."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.people.models import Context, Person


class Verb(enum.StrEnum):
    """What can happen; the one list that reports, timelines and passback share."""

    STARTED_PROGRAM = "started_program"
    ANSWERED_PROGRAM = "answered_program"
    """An organisation admin let it begin, or not."""
    NAMED_OFFERING = "named_offering"
    """An instructor said that another course is an offering of theirs, or is none."""
    NAMED_SKILLS = "named_skills"
    """An instructor typed skills the LMS does not know."""
    SAID_DONE = "said_done"
    """An instructor said what counts as done."""
    JOINED = "joined"
    DECLINED_PAIRING = "declined_pairing"
    CHANGED_PROGRAM = "changed_program"
    CHOSE = "chose"
    """A learner ranked mentors."""
    REQUESTED = "requested"
    """A mentor was asked because a learner wished for them."""
    WITHDREW = "withdrew"
    ASKED_QUESTION = "asked_question"
    MATCHED = "matched"
    PUBLISHED = "published"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    BEGAN_MENTORSHIP = "began_mentorship"
    AGREED = "agreed"
    PAUSED_MENTORSHIP = "paused_mentorship"
    RESUMED_MENTORSHIP = "resumed_mentorship"
    CONCLUDED_MENTORSHIP = "concluded_mentorship"
    ENDED_MENTORSHIP = "ended_mentorship"
    PLANNED = "planned"
    PLAN_AGREED = "plan_agreed"
    APPLIED = "applied"
    HANDED_IN = "handed_in"
    """The first application of a practice: a hand-in where the gradebook knows one."""
    ASKED_REVISION = "asked_revision"
    VERIFIED = "verified"
    REFLECTED = "reflected"
    COMPLETED_PRACTICE = "completed_practice"
    SETTLED_PRACTICE = "settled_practice"
    SCORED = "scored"
    OFFERED_SESSION = "offered_session"
    BOOKED_SESSION = "booked_session"
    MOVED_SESSION = "moved_session"
    CLAIMED_SESSION = "claimed_session"
    """One of the two says they met; the other may object."""
    DISPUTED_SESSION = "disputed_session"
    HELD_SESSION = "held_session"
    CANCELLED_SESSION = "cancelled_session"


class Destination(enum.StrEnum):
    """Where an activity may be told."""

    AGS = "ags"
    XAPI = "xapi"
    CALIPER = "caliper"


RECORDS = frozenset({Destination.XAPI, Destination.CALIPER})
"""Where learning records go; the gradebook takes scores and hand-ins only."""

DESTINATIONS: dict[Verb, frozenset[Destination]] = {
    Verb.SCORED: RECORDS | {Destination.AGS},
    Verb.HANDED_IN: frozenset({Destination.AGS}),
    Verb.BEGAN_MENTORSHIP: RECORDS,
    Verb.AGREED: RECORDS,
    Verb.ENDED_MENTORSHIP: RECORDS,
    Verb.PLANNED: RECORDS,
    Verb.PLAN_AGREED: RECORDS,
    Verb.APPLIED: RECORDS,
    Verb.ASKED_REVISION: RECORDS,
    Verb.VERIFIED: RECORDS,
    Verb.REFLECTED: RECORDS,
    Verb.COMPLETED_PRACTICE: RECORDS,
    Verb.SETTLED_PRACTICE: RECORDS,
    Verb.HELD_SESSION: RECORDS,
}
"""Which destinations take a verb (D20); a verb not listed stays with us."""


ANNOUNCED: frozenset[Verb] = frozenset(
    {
        Verb.PUBLISHED,
        Verb.ACCEPTED,
        Verb.BEGAN_MENTORSHIP,
        Verb.DECLINED,
        Verb.ENDED_MENTORSHIP,
        Verb.OFFERED_SESSION,
        Verb.BOOKED_SESSION,
        Verb.MOVED_SESSION,
        Verb.CLAIMED_SESSION,
        Verb.CANCELLED_SESSION,
        Verb.PLANNED,
        Verb.PLAN_AGREED,
        Verb.APPLIED,
        Verb.ASKED_REVISION,
        Verb.VERIFIED,
    }
)
"""Which verbs somebody is told of outside the LMS; the notices say whom and how."""


class Activity(Public, Base):
    """Who did what to what, and when; written once, never changed.

    Holds ids, codes and numbers only: no names, no text (D21).
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_object", "object_type", "object_id"),
        Index("ix_activity_registration_verb", "registration_id", "verb", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who did it; null = the passing of time."""
    actor: Mapped[Person | None] = relationship(foreign_keys=actor_id)
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose learning it is about, where it is about somebody's."""
    learner: Mapped[Person | None] = relationship(foreign_keys=learner_id)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context | None] = relationship()
    verb: Mapped[Verb] = mapped_column(word(Verb))
    object_type: Mapped[str] = mapped_column(String(60))
    """Name of the table the object is in."""
    object_id: Mapped[UUID]
    """Public id of the object."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Codes and numbers that explain it: score, basis, reason."""


class DeliveryState(enum.StrEnum):
    """How far a delivery got."""

    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"
    """The gradebook says something else than we last sent: somebody decides."""
    SUPERSEDED = "superseded"
    """A newer one for the same place went instead."""
    SKIPPED = "skipped"
    """Rightly not sent; `code` says why."""
    DEAD = "dead"
    """Refused for good, or too often; an admin sees it with the LMS's words."""


class Delivery(Public, Base):
    """One activity on its way to one destination. It says *what*; a job says *when*."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("activity_id", "destination"),
        Index("ix_delivery_due", "registration_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    destination: Mapped[Destination] = mapped_column(word(Destination))
    state: Mapped[DeliveryState] = mapped_column(
        word(DeliveryState), default=DeliveryState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    sent: Mapped[dict[str, Any] | None]
    """What we last sent, by ids and numbers: the receipt (P18)."""
    code: Mapped[str | None] = mapped_column(String(80))
    """Outcome: `ags.accepted`, `ags.superseded`, `xapi.refused`, ..."""
    words: Mapped[str | None] = mapped_column(String(500))
    """What the other side said, redacted."""
