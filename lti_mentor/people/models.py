"""Persons, the courses they are in, and the links that lead here."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.platforms.models import Registration


class Role(enum.StrEnum):
    """What a person may be in one context; decided by context roles only."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    """Teaching assistant: sees the course, grades nothing on their own."""
    OBSERVER = "observer"
    """LTI's `Mentor`: a parent or adviser who looks on; never our mentor."""
    VIEWER = "viewer"
    """Unknown or no role: the least."""


STAFF = frozenset({Role.INSTRUCTOR, Role.ASSISTANT})
"""Roles that see the course board."""


class Person(Public, Base):
    """Somebody of one registration; never joined by e-mail or name (D3)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("registration_id", "sub"),
        UniqueConstraint("registration_id", "lms_user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    sub: Mapped[str | None] = mapped_column(String(255))
    """The platform's subject; null while known by the LMS API only."""
    lms_user_id: Mapped[str | None] = mapped_column(String(255))
    """The id the LMS API uses; on Moodle the same as `sub`."""
    legacy_id: Mapped[str | None] = mapped_column(String(255), index=True)
    """What LTI 1.1 called them; older Canvas names observed people by it."""
    username: Mapped[str | None] = mapped_column(String(255))
    """As web services gave it; joins report rows, is shown to nobody."""
    name: Mapped[str] = mapped_column(String(255), default="")
    """Display name; empty when the platform tells none."""
    email: Mapped[str | None] = mapped_column(String(255))
    refused_email: Mapped[str | None] = mapped_column(String(255))
    """The address a mail server refused for good; a new one is tried again."""
    locale: Mapped[str | None] = mapped_column(String(35))
    zone: Mapped[str | None] = mapped_column(String(64))
    """IANA time zone; null = the program's."""
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Who told language and zone: {"zone": {"launch": "Europe/Madrid"}} (`wishes`)."""
    is_test: Mapped[bool] = mapped_column(default=False)
    """The LMS's test student: stays out of matching and numbers."""
    is_org_admin: Mapped[bool] = mapped_column(default=False)
    """Named organisation admin of this registration."""
    is_reader: Mapped[bool] = mapped_column(default=False)
    """Sees the organisation's reports, never names."""
    may_start: Mapped[bool] = mapped_column(default=False)
    """Named to start programs, where only named people may."""
    last_seen: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def address(self) -> str | None:
        """Where a mail reaches them, as far as anybody knows."""
        return None if self.email == self.refused_email else self.email


class Standing(enum.StrEnum):
    """How somebody belongs to a course; none of these ends a mentorship (P26)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    """The LMS lists them and lets them in no longer."""
    CONCLUDED = "concluded"
    """The course is over for them."""
    LEFT = "left"
    """A complete list of a running course does not name them."""


class FamilySource(enum.StrEnum):
    """How we know which course something is an offering of (P27)."""

    CODE = "code"
    """The course code that its label begins with."""
    HISTORY = "history"
    """A launch said what it was copied from."""


class ContextKind(enum.StrEnum):
    """A course, or a door for everybody of the platform (D5)."""

    COURSE = "course"
    HUB = "hub"


class Context(Public, Base):
    """A course of one registration, or its hub."""

    __tablename__ = "context"
    __table_args__ = (
        UniqueConstraint("registration_id", "lti_id"),
        UniqueConstraint("registration_id", "lms_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    lti_id: Mapped[str | None] = mapped_column(String(255))
    """`context.id` of launches; null while known by the LMS API only."""
    lms_id: Mapped[str | None] = mapped_column(String(255))
    """The course id of the LMS API."""
    group_id: Mapped[str | None] = mapped_column(String(255))
    """The sub-account (Canvas) or category (Moodle) it stands in, by the LMS's id."""
    group_name: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[ContextKind] = mapped_column(
        word(ContextKind), default=ContextKind.COURSE
    )
    title: Mapped[str] = mapped_column(String(500), default="")
    label: Mapped[str] = mapped_column(String(255), default="")
    """The short code, such as NEG101."""
    family: Mapped[str | None] = mapped_column(String(255), index=True)
    """Offerings of one course share this (P27), such as the label without its term."""
    family_by: Mapped[FamilySource | None] = mapped_column(word(FamilySource))
    """How that is known; null = by the code, or nobody knows."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    """When the LMS began to treat the course as over."""
    memberships_url: Mapped[str | None]
    """NRPS address of the last launch that carried one."""
    lineitems_url: Mapped[str | None]
    """AGS container of the last launch that carried one."""
    ags_scopes: Mapped[list[str]] = mapped_column(default=list)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who asked to have the tool switched on here; null = nobody waits."""
    asked_by: Mapped[Person | None] = relationship()
    asked_at: Mapped[datetime | None]
    asked_answer: Mapped[str] = mapped_column(String(500), default="")
    """What an organisation admin said when it stayed off."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class OfferingWord(Base):
    """What a course's instructor said of one other course (P27).

    It holds for the course it was said in; the other one's own family stays as it is.
    """

    __tablename__ = "offering_word"
    __table_args__ = (UniqueConstraint("context_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship(foreign_keys=context_id)
    other_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    other: Mapped[Context] = relationship(foreign_keys=other_id)
    is_offering: Mapped[bool]
    """Yes, it is one; or no, it is none, whatever its code or history says."""
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Base):
    """A person in a context; gone members stay, marked inactive."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    role: Mapped[Role] = mapped_column(word(Role))
    standing: Mapped[Standing] = mapped_column(word(Standing), default=Standing.ACTIVE)
    from_launch: Mapped[bool] = mapped_column(default=False)
    """The role came from a launch and wins over the roster's (Moodle's NRPS calls
    a non-editing teacher a learner)."""
    seen_at: Mapped[datetime] = mapped_column(default=now)
    """When a launch, or news of the roster, last showed this person here."""
    accessed_at: Mapped[datetime | None]
    """When they were last in the course itself, as the LMS says."""
    activities_at: Mapped[datetime | None]
    """When the LMS was last asked for their single activities."""
    levels_at: Mapped[datetime | None]
    """When the LMS was last asked for their levels alone."""

    @hybrid_property
    def is_active(self) -> bool:
        """Say whether the course is theirs now; gone members stay as they were."""
        return self.standing is Standing.ACTIVE

    @is_active.inplace.setter
    def _set_active(self, active: bool) -> None:  # noqa: FBT001 - a setter
        self.standing = Standing.ACTIVE if active else Standing.LEFT

    @is_active.inplace.expression
    @classmethod
    def _is_active(cls) -> ColumnElement[bool]:
        return cls.standing == Standing.ACTIVE


class SectionSeat(Base):
    """A person in a section of a course: a Canvas section, a Moodle group."""

    __tablename__ = "section_seat"
    __table_args__ = (UniqueConstraint("context_id", "person_id", "section"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    section: Mapped[str] = mapped_column(String(255))
    """The LMS's id of it."""


class ResourceLink(Public, Base):
    """A place in a course where our tool is linked."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("context_id", "lti_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    lti_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500), default="")
    page_url: Mapped[str | None]
    """The LMS page that opens this link, for addresses in mails (D8)."""


class LineItem(Public, Base):
    """A column of the gradebook that we may write to.

    Moodle accepts scores for *other* activities' items, so a row exists only for an
    address from a launch claim, our own create, or a list filtered by our ids.
    """

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("context_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    url: Mapped[str]
    maximum: Mapped[float] = mapped_column(default=100)
    """scoreMaximum of our scores; the platform rescales."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class WebSession(Public, Base):
    """A launch that became a session: who, where, as what. The handle is `public_id`.

    The bearer is 256 random bits; only its digest is stored. It lives in the page's
    memory and sessionStorage, never in a cookie or a URL (D9).
    """

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    context_id: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context | None] = relationship()
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    resource_link: Mapped[ResourceLink | None] = relationship()
    role: Mapped[Role] = mapped_column(word(Role))
    is_org_admin: Mapped[bool] = mapped_column(default=False)
    is_read_only: Mapped[bool] = mapped_column(default=False)
    """An admin acting as somebody else looks on and changes nothing."""
    launch: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What later steps of this session need of the launch: message type, deep-linking
    settings, locale, return address; no names."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime] = mapped_column(default=now)
    """When the LMS last said, by the launch or its roster, that the role is theirs."""
    expires_at: Mapped[datetime]
    """Absolute end; idle end is computed from last_seen."""
    ended_at: Mapped[datetime | None]


class Draft(Base):
    """Text somebody was typing; survives an ended session and a relaunch (D10)."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str] = mapped_column(String(120))
    """Which form, with the public id of what it is about."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime] = mapped_column(default=now)


class LinkKind(enum.StrEnum):
    """The named kinds of one-use links (D8)."""

    LAUNCH_TICKET = "launch_ticket"
    DOWNLOAD = "download"
    REGISTRATION_INVITE = "registration_invite"
    NOTICE = "notice"
    """The nonce of a platform's notice: it is taken once."""
    ANSWER = "answer"
    """One button of a mail: one answer to one question of one person."""
    STEP = "step"
    """A way from a mail to one step; opens nothing by itself, so it may be followed
    more than once."""


class OneUseLink(Base):
    """A random address or ticket that works once, for one purpose, for a short time."""

    __tablename__ = "one_use_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[LinkKind] = mapped_column(word(LinkKind))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it leads to, by ids; no names, no secrets."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
