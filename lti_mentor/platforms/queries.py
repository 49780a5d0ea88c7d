"""Reading registrations, their deployments and their health."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_mentor.platforms.models import Deployment, Feature, HealthRow, Registration
from lti_mentor.platforms.origins import origins_of

# Asked at every launch, so put together once.
_FIND = select(Registration).where(
    Registration.issuer == bindparam("issuer"),
    Registration.client_id == bindparam("client_id"),
    Registration.environment == bindparam("environment"),
)
_DEPLOYMENT = select(Deployment).where(
    Deployment.registration_id == bindparam("registration"),
    Deployment.deployment_id == bindparam("deployment"),
)


def find(
    session: Session, issuer: str, client_id: str, environment: str = ""
) -> Registration | None:
    """Return the registration with this issuer and client id, active or not."""
    asked = {"issuer": issuer, "client_id": client_id, "environment": environment}
    return session.scalars(_FIND, asked).first()


def only_one(session: Session, issuer: str) -> Registration | None:
    """Return the issuer's active registration where it has exactly one."""
    found = session.scalars(
        select(Registration)
        .where(
            Registration.issuer == issuer,
            Registration.environment == "",
            Registration.is_active.is_(True),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def everyone(session: Session) -> Sequence[Registration]:
    """Return all registrations, oldest first."""
    return session.scalars(select(Registration).order_by(Registration.id)).all()


def deployment(
    session: Session, registration: Registration, deployment_id: str
) -> Deployment | None:
    """Return a deployment seen before."""
    asked = {"registration": registration.id, "deployment": deployment_id}
    return session.scalars(_DEPLOYMENT, asked).first()


def health(session: Session, registration: Registration) -> dict[Feature, HealthRow]:
    """Return what each feature last answered."""
    rows = session.scalars(
        select(HealthRow).where(HealthRow.registration_id == registration.id)
    )
    return {row.feature: row for row in rows}


def all_origins(session: Session, most: int = 60) -> list[str]:
    """Return origins of all active registrations, for pages before one is known."""
    active = [r for r in everyone(session) if r.is_active]
    found = dict.fromkeys(origin for r in active for origin in origins_of(r))
    return list(found)[:most]
