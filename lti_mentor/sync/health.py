"""Trying what an LMS lets us do, so that Setup and health says what is true (P1)."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.db import transaction
from lti_mentor.jobs import queries as job_queries
from lti_mentor.jobs import service as jobs
from lti_mentor.jobs.models import Job
from lti_mentor.lti import keys
from lti_mentor.people.models import Context, Person, WebSession
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Deployment, Feature, Health, Registration
from lti_mentor.platforms.service import set_health
from lti_mentor.sync import notices
from lti_mentor.sync.findings import Doors, Finding, Known, Way
from lti_mentor.sync.probes import TRIES, Probe

log = logging.getLogger(__name__)

HEALTH = "health"
"""Job kind that tries everything, or one feature, once."""
MOST_WAYS = 6
"""Ways of coming in that are told."""


def request(
    session: Session, registration: Registration, feature: Feature | None = None
) -> None:
    """Ask for a check of one feature or of all; a worker does it."""
    tenant = str(registration.public_id)
    jobs.enqueue(
        session,
        HEALTH,
        key=f"{tenant}/{feature or 'all'}",
        payload={"registration": tenant, "feature": feature and feature.value},
        registration_id=registration.id,
    )


def under_way(session: Session, registration: Registration) -> set[Feature]:
    """Return the features that are being checked, or wait to be."""
    open_jobs = select(Job.payload).where(
        Job.kind == HEALTH,
        Job.registration_id == registration.id,
        Job.state.in_(job_queries.OPEN),
    )
    asked = [payload.get("feature") for payload in session.scalars(open_jobs)]
    if None in asked:
        return set(Feature)
    return {Feature(one) for one in asked}


def check(
    session: Session,
    registration: Registration,
    doors: Doors,
    public_url: str,
    features: Collection[Feature] = tuple(TRIES),
) -> list[Finding]:
    """Try features; each one's row is written as soon as it is known.

    A course that has been launched before is what they are tried on.
    """
    with transaction(session):
        registration_id = registration.id
        known = _known(session, registration, public_url)
    probe, found = Probe(known, doors), []
    for feature in features:
        finding = probe.find(feature)
        found.append(finding)
        with transaction(session):
            _keep(session, session.get_one(Registration, registration_id), finding)
    return found


def _keep(session: Session, registration: Registration, found: Finding) -> None:
    if found.state is Health.FAILED:
        why = (registration.public_id, found.code, found.answer or "")
        log.warning("health.failed registration=%s code=%s %s", *why)
    if found.code == "notices.asked" and _has_heard(session, registration):
        found = replace(found, code="notices.heard", details={})
    set_health(
        session,
        registration,
        found.feature,
        found.state,
        found.code,
        details=dict(found.details),
        answer=found.answer,
    )


def _has_heard(session: Session, registration: Registration) -> bool:
    row = queries.health(session, registration).get(Feature.NOTICES)
    return row is not None and row.code == "notices.heard"


def _known(session: Session, registration: Registration, public_url: str) -> Known:
    context = _newest_course(session, registration)
    store = registration.lrs_url
    secrets = (registration.lrs_key or "", registration.lrs_secret or "")
    last, ways = _launches(session, registration)
    published = keys.published(session)["keys"]
    return Known(
        kind=registration.lms_kind,
        public_url=public_url,
        jwks_url=registration.jwks_url,
        own_keys=frozenset(str(key["kid"]) for key in published),
        roster_url=context.memberships_url if context else None,
        course=context.lms_id if context else None,
        lrs=(store, *secrets) if store else None,
        last_launch=last,
        ways=ways,
        waiting_deployments=_waiting(session, registration),
        doors=notices.doors(session, registration),
        is_written_to=registration.is_written_to,
        is_held=registration.held_guid is not None,
    )


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


def _waiting(session: Session, registration: Registration) -> int:
    query = select(func.count(Deployment.id)).where(
        Deployment.registration_id == registration.id, ~Deployment.is_accepted
    )
    return session.scalar(query) or 0


def _launches(
    session: Session, registration: Registration
) -> tuple[datetime | None, tuple[Way, ...]]:
    """Return when somebody came in last, and how people did lately."""
    last = session.scalar(
        select(func.max(Person.last_seen)).filter_by(registration_id=registration.id)
    )
    recent = select(WebSession.launch).filter_by(registration_id=registration.id)
    came = session.scalars(recent.order_by(WebSession.id.desc()).limit(1000))
    return last, tuple(_ways(launch.get("came") or {} for launch in came))


def _ways(came: Iterable[dict[str, str]]) -> Iterable[Way]:
    counted = Counter(
        (one["browser"], one["container"]) for one in came if len(one) == 2
    )
    for (browser, container), count in counted.most_common(MOST_WAYS):
        yield Way(browser, container, count)
