"""Trying what an LMS lets us do, so that Setup and health says what is true (P1)."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_clients import LMSClient, LMSError
from lms_clients.capabilities import Ability, Capabilities
from lti_mentor.db import transaction
from lti_mentor.errors import MentorError
from lti_mentor.jobs import service as jobs
from lti_mentor.lti import services
from lti_mentor.lti.services import Services
from lti_mentor.people.models import Context
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.platforms.service import set_health

HEALTH = "health"
"""Job kind that tries everything once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one try said."""

    feature: Feature
    state: Health
    code: str
    details: dict[str, Any] = field(default_factory=dict)
    answer: str | None = None


def request(session: Session, registration: Registration) -> None:
    """Ask for a check; a worker does it."""
    jobs.enqueue(
        session,
        HEALTH,
        key=str(registration.public_id),
        payload={"registration": str(registration.public_id)},
        registration_id=registration.id,
    )


def check(
    session: Session,
    registration: Registration,
    lti: Services,
    client: LMSClient | None,
) -> list[Finding]:
    """Try roster, grades, completion and skills; write a row for each.

    A course that has been launched before is what they are tried on.
    """
    with transaction(session):
        context = _newest_course(session, registration)
        roster = context.memberships_url if context else None
        course = context.lms_id if context else None
        registration_id = registration.id
    found = [_grades(lti), _roster(lti, roster), *_api(client, course)]
    with transaction(session):
        registration = session.get_one(Registration, registration_id)
        for one in found:
            set_health(
                session,
                registration,
                one.feature,
                one.state,
                one.code,
                details=one.details,
                answer=one.answer,
            )
    return found


def _newest_course(session: Session, registration: Registration) -> Context | None:
    query = (
        select(Context)
        .where(
            Context.registration_id == registration.id,
            Context.memberships_url.is_not(None),
        )
        .order_by(Context.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _grades(lti: Services) -> Finding:
    wanted = frozenset({services.SCORE, services.RESULT_READ, services.LINE_ITEM})
    try:
        said = lti.token(*sorted(wanted)).scopes
    except MentorError as problem:
        return _refused(Feature.GRADES, problem)
    granted = wanted if said is None else said  # silence grants what was asked
    missing = sorted(wanted - granted)
    if services.SCORE not in granted:
        return Finding(
            Feature.GRADES, Health.FAILED, "grades.no_scope", {"missing": missing}
        )
    state = Health.PARTIAL if missing else Health.OK
    code = "grades.partial" if missing else "grades.ok"
    return Finding(Feature.GRADES, state, code, {"missing": missing})


def _roster(lti: Services, url: str | None) -> Finding:
    if url is None:
        return Finding(Feature.ROSTER, Health.OFF, "roster.no_launch_yet")
    try:
        count = sum(1 for _ in lti.members(url))
    except MentorError as problem:
        return _refused(Feature.ROSTER, problem)
    return Finding(Feature.ROSTER, Health.OK, "roster.ok", {"count": count})


def _refused(feature: Feature, problem: MentorError) -> Finding:
    status = problem.details.get("status")
    words = problem.code if status is None else f"{problem.code} (HTTP {status})"
    return Finding(feature, Health.FAILED, f"{feature}.refused", answer=words)


NEEDS: dict[Feature, tuple[Ability, ...]] = {
    Feature.COMPLETION: (Ability.COURSE_COMPLETIONS, Ability.ACTIVITY_COMPLETIONS),
    Feature.SKILLS: (Ability.SKILLS, Ability.PROFICIENCIES),
}
"""What a feature needs of the LMS API."""


def _api(client: LMSClient | None, course: str | None) -> list[Finding]:
    if client is None:
        return [Finding(feature, Health.OFF, "api.no_token") for feature in NEEDS]
    try:
        abilities = client.capabilities(course)
    except LMSError as problem:
        words = _words(problem)
        return [
            Finding(feature, Health.FAILED, f"{feature}.refused", answer=words)
            for feature in NEEDS
        ]
    return [_feature(feature, abilities) for feature in NEEDS]


def _words(problem: LMSError) -> str:
    said = type(problem).__name__
    return f"{said} (HTTP {problem.status})" if problem.status else said


def _feature(feature: Feature, abilities: Capabilities) -> Finding:
    needed = [abilities[ability] for ability in NEEDS[feature]]
    off = [one for one in needed if not one.is_on]
    details = {
        "missing": [one.missing for one in off if one.missing],
        "menu": [one.menu for one in off if one.menu],
    }
    if not off:
        return Finding(feature, Health.OK, f"{feature}.ok")
    state = Health.PARTIAL if len(off) < len(needed) else Health.FAILED
    return Finding(feature, state, f"{feature}.{state}", details)
