"""What the protocol must remember: logins under way, and our signing keys."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentor.clock import now
from lti_mentor.db import Base, Secret, word


class LoginState(Base):
    """A login sent to a platform, waiting for its one launch.

    Kept, marked used, for a day: a second post of the same launch is then told apart
    from an unknown one.
    """

    __tablename__ = "login_state"
    __table_args__ = (Index("ix_login_state_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    nonce_digest: Mapped[str] = mapped_column(String(64))
    secret_digest: Mapped[str] = mapped_column(String(64))
    """Of the secret that only the browser that began the login holds."""
    redirect_uri: Mapped[str]
    target_link_uri: Mapped[str]
    """As the unsigned login said it; the signed claim must agree."""
    deployment_id: Mapped[str | None] = mapped_column(String(255))
    """As the login said it, where it did; the signed claim must agree."""
    hint: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids read from `lti_message_hint` that the launch does not repeat (cmid)."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KeyState(enum.StrEnum):
    """Where one of our signing keys is in its life."""

    PENDING = "pending"
    """Published so that platforms learn it; signs nothing yet."""
    ACTIVE = "active"
    RETIRING = "retiring"
    """Signs nothing any more; still published for what it signed."""
    RETIRED = "retired"


class ToolKey(Base):
    """An RSA key we sign client assertions and deep-linking answers with."""

    __tablename__ = "tool_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    """RFC 7638 thumbprint."""
    private_pem: Mapped[str] = mapped_column(Secret)
    public_pem: Mapped[str]
    state: Mapped[KeyState] = mapped_column(word(KeyState))
    since: Mapped[datetime] = mapped_column(default=now)
    """When it came into this state."""
