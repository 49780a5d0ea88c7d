"""An LMS we are registered with: the tenant, its deployments, its state of health."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, Secret, word


class LMSKind(enum.StrEnum):
    """Which family of LMS this is; decides the client and the dialect."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    OTHER = "other"


class DeploymentPolicy(enum.StrEnum):
    """What to do with a deployment id we have never seen (D2)."""

    LEARN = "learn"
    LISTED = "listed"


class Reach(enum.StrEnum):
    """In which courses the tool is switched on (P30)."""

    EVERYWHERE = "everywhere"
    CHOSEN = "chosen"
    """Only where a `Place` says so."""


class Starting(enum.StrEnum):
    """Which teachers may start programs."""

    FREELY = "freely"
    APPROVAL = "approval"
    """A program waits until an organisation admin approves it."""
    NAMED = "named"
    """Only people an organisation admin has named."""


class Registration(Public, Base):
    """One (issuer, client_id): the tenant (D1). Endpoints are stored, never derived.

    All hosted Canvas customers share one issuer, so neither address nor issuer
    names an institution; only this row does.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id", "environment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    """What the admin calls this LMS."""
    issuer: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    environment: Mapped[str] = mapped_column(String(20), default="")
    """`beta` or `test` where logins said so; a copy has people and rows of its own."""
    is_copy: Mapped[bool] = mapped_column(default=False)
    """A test or beta copy of an LMS: nothing is ever written or mailed from it."""
    auth_url: Mapped[str]
    """Where the browser is sent to be recognised (OIDC authorization endpoint)."""
    token_url: Mapped[str]
    jwks_url: Mapped[str]
    token_audience: Mapped[str | None]
    """`aud` of our client assertion where the platform wants another than token_url."""
    origins: Mapped[list[str]] = mapped_column(default=list)
    """Scheme, host and port of every page that may frame us or be called by us."""
    lms_kind: Mapped[LMSKind] = mapped_column(word(LMSKind), default=LMSKind.OTHER)
    lms_url: Mapped[str | None]
    """Base address of the LMS API; null = LTI services only."""
    lms_token: Mapped[str | None] = mapped_column(Secret)
    """Web-service or access token of the LMS API; encrypted."""
    lms_admins: Mapped[bool] = mapped_column(default=True)
    """Institution administrators of this LMS are organisation admins here (D5)."""
    deployment_policy: Mapped[DeploymentPolicy] = mapped_column(
        word(DeploymentPolicy), default=DeploymentPolicy.LEARN
    )
    platform_guid: Mapped[str | None] = mapped_column(String(255))
    """`tool_platform.guid` of the first launch; another one is held for the admin."""
    accepted_guids: Mapped[list[str]] = mapped_column(default=list)
    """Further guids that an admin has let in."""
    held_guid: Mapped[str | None] = mapped_column(String(255))
    """Guid of the last launch that was held because nobody has let it in."""
    held_at: Mapped[datetime | None]
    reach: Mapped[Reach] = mapped_column(word(Reach), default=Reach.EVERYWHERE)
    starting: Mapped[Starting] = mapped_column(word(Starting), default=Starting.FREELY)
    lrs_url: Mapped[str | None]
    """xAPI endpoint (the part before `/statements`); null = no statements."""
    lrs_key: Mapped[str | None] = mapped_column(String(255))
    lrs_secret: Mapped[str | None] = mapped_column(Secret)
    lrs_token_url: Mapped[str | None]
    """Where key and secret are changed into tokens (OAuth2 client credentials); null =
    the store takes them themselves."""
    caliper_url: Mapped[str | None]
    """Endpoint for Caliper 1.2 events; null = no events."""
    caliper_key: Mapped[str | None] = mapped_column(Secret)
    """Bearer the endpoint wants to see."""
    writes_paused: Mapped[bool] = mapped_column(default=False)
    """Nothing is written to the LMS or the LRS while this is on."""
    hides_times: Mapped[bool] = mapped_column(default=False)
    """No page says how fast somebody named answers (P23)."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    deployments: Mapped[list["Deployment"]] = relationship(
        back_populates="registration", cascade="all, delete-orphan"
    )

    @property
    def is_written_to(self) -> bool:
        """Say whether anything may leave for this LMS, its record store or people."""
        return self.is_active and not self.is_copy and not self.writes_paused


class PlaceKind(enum.StrEnum):
    """By what a place is chosen."""

    COURSE = "course"
    GROUP = "group"
    """A Canvas sub-account or a Moodle category, with all courses in it."""


class Place(Public, Base):
    """Where the tool is switched on, while it is not on everywhere."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("registration_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    kind: Mapped[PlaceKind] = mapped_column(word(PlaceKind))
    key: Mapped[str] = mapped_column(String(255))
    """Public id of the course; the LMS's own id of the group."""
    name: Mapped[str] = mapped_column(String(500), default="")
    """As the admin calls it."""


class Deployment(Public, Base):
    """One installation of the tool inside a platform."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship(back_populates="deployments")
    deployment_id: Mapped[str] = mapped_column(String(255))
    is_accepted: Mapped[bool] = mapped_column(default=True)
    """False = seen, waits for the admin; no person is stored until accepted."""
    first_seen: Mapped[datetime] = mapped_column(default=now)


class Feature(enum.StrEnum):
    """One row of Setup and health (P1)."""

    LAUNCH = "launch"
    KEYS = "keys"
    ROSTER = "roster"
    GRADES = "grades"
    NOTICES = "notices"
    """Whether the LMS tells us of copied courses."""
    COMPLETION = "completion"
    SKILLS = "skills"
    LRS = "lrs"
    MAIL = "mail"
    CLOCK = "clock"


class Health(enum.StrEnum):
    """How a feature stands."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    OFF = "off"


class HealthRow(Base):
    """The last real answer an LMS gave about one feature."""

    __tablename__ = "health_row"
    __table_args__ = (UniqueConstraint("registration_id", "feature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    feature: Mapped[Feature] = mapped_column(word(Feature))
    state: Mapped[Health] = mapped_column(word(Health))
    code: Mapped[str] = mapped_column(String(80))
    """Which sentence the page shows (`roster.read`, `skills.forbidden`, ...)."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Parameters of that sentence: counts, the missing permission's exact name."""
    answer: Mapped[str | None] = mapped_column(String(500))
    """The LMS's own words, redacted."""
    checked_at: Mapped[datetime] = mapped_column(default=now)
