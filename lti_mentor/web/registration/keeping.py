"""What an installation writes down, by either way, and what an invitation is for."""

import enum

from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict
from lti_mentor.lti.registration import Platform, Registered
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.origins import origin_of

INVITE = LinkKind.REGISTRATION_INVITE


class Outcome(enum.StrEnum):
    """How an installation ended."""

    CONNECTED = "connected"
    WAITING = "waiting"
    """Nobody had invited it: the operator approves it."""
    RENEWED = "renewed"
    """It was there already; only the platform's own entry has changed."""


def is_invited(session: Session, invite: str) -> bool:
    """Say whether an invitation is still good, without using it."""
    return bool(invite) and links.look(session, INVITE, invite) is not None


def keep(session: Session, registered: Registered, invite: str) -> Outcome:
    """Write a registration down; what is there already is never overwritten.

    The invitation is used up only by what it was for: a platform that is let in.

    Raises:
        Conflict: This issuer and client id belong to a platform with other addresses
            (`registration.taken`).
    """
    platform = registered.platform
    known = queries.find(session, platform.issuer, registered.client_id)
    if known is not None and not _is_same(known, platform):
        raise Conflict("registration.taken")
    if known is not None and known.is_active:
        return Outcome.RENEWED
    is_let_in = bool(invite) and links.use(session, INVITE, invite) is not None
    registration = known or _add(session, registered)
    registration.is_active = registration.lms_admins = is_let_in
    return Outcome.CONNECTED if is_let_in else Outcome.WAITING


def _add(session: Session, registered: Registered) -> Registration:
    platform = registered.platform
    registration = service.add(
        session,
        issuer=platform.issuer,
        client_id=registered.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        name=platform.name or origin_of((*platform.origins, platform.issuer)[0]),
        origins=platform.origins,
        lms_kind=platform.family,
        token_audience=platform.token_audience,
        platform_guid=platform.guid,
    )
    for deployment_id in registered.deployment_ids:
        service.accept_deployment(session, registration, deployment_id)
    return registration


def _is_same(known: Registration, platform: Platform) -> bool:
    told = (platform.auth_url, platform.token_url, platform.jwks_url)
    return (known.auth_url, known.token_url, known.jwks_url) == told
