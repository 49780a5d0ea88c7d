"""What an admin, a registration page or a launch does to a registration."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, Refused
from lti_mentor.platforms import queries
from lti_mentor.platforms.copies import is_copy
from lti_mentor.platforms.models import (
    Deployment,
    DeploymentPolicy,
    Feature,
    Health,
    HealthRow,
    LMSKind,
    Registration,
)
from lti_mentor.platforms.origins import KNOWN, MOST, checked, origin_of, read

_FIXED = {
    "id",
    "public_id",
    "created_at",
    "issuer",
    "client_id",
    "environment",
    "deployments",
}


def add(  # noqa: PLR0913 - one argument for each thing an admin types
    session: Session,
    *,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    name: str | None = None,
    deployments: Iterable[str] = (),
    origins: Iterable[str] = (),
    **settings: Any,
) -> Registration:
    """Add a registration, or change the one with this issuer and client id.

    `settings` are other columns of Registration (`lms_kind`, `lms_url`, `lms_token`,
    `lrs_url`, `lrs_key`, `lrs_secret`, `lrs_token_url`, `caliper_url`, `caliper_key`,
    `lms_admins`, `token_audience`, `is_active`);
    None leaves a column as it is. Naming deployments lists them (D2).

    Raises:
        Invalid: An address or a setting that cannot be (`platform.bad_address`,
            `platform.bad_setting`).
    """
    registration = queries.find(session, issuer, client_id)
    if registration is None:
        registration = Registration(
            issuer=issuer, client_id=client_id, name=name or issuer, origins=[]
        )
        registration.lms_kind = _family(issuer)
        registration.is_copy = is_copy(issuer)
        session.add(registration)
    addresses = {"auth_url": auth_url, "token_url": token_url, "jwks_url": jwks_url}
    _set(registration, {"name": name, **addresses, **settings})
    for url in origins:
        _add_origin(registration, url)
    session.flush()
    for deployment_id in deployments:
        accept_deployment(session, registration, deployment_id)
        registration.deployment_policy = DeploymentPolicy.LISTED
    return registration


def accept_deployment(
    session: Session, registration: Registration, deployment_id: str
) -> Deployment:
    """Let launches from this deployment in, seen before or not."""
    deployment = queries.deployment(session, registration, deployment_id)
    if deployment is None:
        deployment = Deployment(registration=registration, deployment_id=deployment_id)
        session.add(deployment)
    deployment.is_accepted = True
    session.flush()
    return deployment


def meet_deployment(
    session: Session, registration: Registration, deployment_id: str
) -> Deployment:
    """Find the deployment of a launch; learn it, or list it for the admin (D2)."""
    deployment = queries.deployment(session, registration, deployment_id)
    if deployment is None:
        learns = registration.deployment_policy is DeploymentPolicy.LEARN
        deployment = Deployment(
            registration=registration, deployment_id=deployment_id, is_accepted=learns
        )
        session.add(deployment)
        session.flush()
    return deployment


def meet_platform(session: Session, registration: Registration, guid: str) -> bool:
    """Remember the platform's guid; False when it is not the one we know (D1)."""
    if registration.platform_guid is None:
        registration.platform_guid = guid
    if guid in {registration.platform_guid, *registration.accepted_guids}:
        return True
    registration.held_guid, registration.held_at = guid, now()
    set_health(
        session, registration, Feature.LAUNCH, Health.FAILED, "launch.other_platform"
    )
    return False


def let_in(session: Session, registration: Registration, guid: str) -> None:
    """Accept launches of the platform that was held: it is ours, too.

    Raises:
        Conflict: Another one was held meanwhile (`platform.held_changed`).
    """
    if registration.held_guid != guid:
        raise Conflict("platform.held_changed")
    registration.accepted_guids = [*registration.accepted_guids, guid]
    keep_out(session, registration)


def keep_out(session: Session, registration: Registration) -> None:
    """Forget the launch that was held; the next one from there is held again."""
    registration.held_guid, registration.held_at = None, None
    row = queries.health(session, registration).get(Feature.LAUNCH)
    if row is not None:
        session.delete(row)
    session.flush()


def add_origin(registration: Registration, typed: str) -> None:
    """Keep one more address beside the registration's own.

    Raises:
        Invalid: It cannot be taken (`origin.bad`, `origin.wildcard`), or they are
            too many (`origin.many`).
    """
    origin = checked(registration, typed)
    if len(registration.origins) >= MOST:
        raise Invalid("origin.many")
    if origin not in registration.origins:
        registration.origins = [*registration.origins, origin]


def drop_origin(registration: Registration, origin: str) -> None:
    """Keep an address no longer; a launch that the LMS signs may bring it back."""
    registration.origins = [one for one in registration.origins if one != origin]


def move(session: Session, arriving: Registration, kept: Registration) -> None:
    """Let `kept` launch as `arriving` would have, which is forgotten (D1).

    Raises:
        Conflict: They are not of one LMS, `arriving` is in use, or it holds rows
            (`platform.not_movable`).
    """
    if arriving.is_active or arriving is kept or arriving.issuer != kept.issuer:
        raise Conflict("platform.not_movable")
    names = ("client_id", "auth_url", "token_url", "jwks_url", "token_audience")
    told = {name: getattr(arriving, name) for name in names}
    deployments = [one.deployment_id for one in arriving.deployments]
    session.delete(arriving)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("platform.not_movable") from None
    for name, value in told.items():
        setattr(kept, name, value)
    kept.is_active = True
    for deployment_id in deployments:
        accept_deployment(session, kept, deployment_id)


def set_health(  # noqa: PLR0913 - a row of Setup and health, column by column
    session: Session,
    registration: Registration,
    feature: Feature,
    state: Health,
    code: str,
    *,
    details: dict[str, Any] | None = None,
    answer: str | None = None,
) -> HealthRow:
    """Write the last real answer about one feature; `answer` must be redacted."""
    row = session.scalars(
        select(HealthRow).where(
            HealthRow.registration_id == registration.id, HealthRow.feature == feature
        )
    ).first()
    if row is None:
        row = HealthRow(registration_id=registration.id, feature=feature)
        session.add(row)
    row.state, row.code, row.details = state, code, details or {}
    row.answer = answer[:500] if answer else None
    row.checked_at = now()
    session.flush()
    return row


def learn_family(registration: Registration, product_family: str) -> None:
    """Take the family a launch names, where nobody told us one."""
    if registration.lms_kind is LMSKind.OTHER and product_family in set(LMSKind):
        registration.lms_kind = LMSKind(product_family)


def require_active(registration: Registration | None) -> Registration:
    """Return a registration that launches may use.

    Raises:
        Refused: Unknown (`login.unknown`) or not yet approved
            (`login.pending`).
    """
    if registration is None:
        raise Refused("login.unknown")
    if not registration.is_active:
        raise Refused("login.pending")
    return registration


def _set(registration: Registration, values: dict[str, Any]) -> None:
    columns = set(Registration.__mapper__.columns.keys()) - _FIXED
    for column, value in values.items():
        if column not in columns:
            raise Invalid("platform.bad_setting", setting=column)
        if column.endswith("_url") and value and origin_of(value) is None:
            raise Invalid("platform.bad_address", setting=column)
        if value is not None:
            setattr(registration, column, value)


def _add_origin(registration: Registration, url: str) -> None:
    try:
        origin = read(url)
    except Invalid:
        raise Invalid("platform.bad_address", setting="origins") from None
    if origin not in registration.origins:
        registration.origins = [*registration.origins, origin]


def _family(issuer: str) -> LMSKind:
    return LMSKind.CANVAS if issuer in KNOWN else LMSKind.OTHER
