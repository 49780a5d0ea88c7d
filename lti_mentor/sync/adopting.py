"""An instructor names an earlier offering nobody has opened the tool in (P27).

The LMS's API lists more courses than somebody teaches. Before one is taken for an
offering, its own roster must name this instructor as its teacher (D4).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_clients import LMSClient, NotFound
from lms_clients import types as lms
from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.db import get_public, keep, reading, transaction
from lti_mentor.errors import Missing
from lti_mentor.jobs import queries as job_queries
from lti_mentor.jobs import service as jobs
from lti_mentor.jobs.models import Job
from lti_mentor.outbound import Outbound
from lti_mentor.people import family
from lti_mentor.people import queries as courses
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms import lms as api
from lti_mentor.sync import listed, queries, service

ADOPT = "adopt"
"""Job kind that looks whether somebody teaches a course, and takes it in."""
NOT_TAUGHT = "not_taught"
"""What is kept of a course whose roster does not name them as its teacher."""


def request(session: Session, context: Context, person: Person, course: str) -> None:
    """Ask to take in a course that the last reading listed.

    Raises:
        Missing: It was not listed.
    """
    run = queries.newest_listing(session, context)
    if run is None or course not in {other["id"] for other in run.others}:
        raise Missing("context.missing")
    jobs.enqueue(
        session,
        ADOPT,
        key=f"{context.public_id}:{course}"[:200],
        payload={
            "context": str(context.public_id),
            "person": str(person.public_id),
            "course": course,
        },
        registration_id=context.registration_id,
    )


def under_way(session: Session, context: Context) -> set[str]:
    """Return the courses that are being looked at, or wait to be."""
    query = select(Job.payload).where(
        Job.kind == ADOPT,
        Job.registration_id == context.registration_id,
        Job.state.in_(job_queries.OPEN),
    )
    mine = str(context.public_id)
    return {
        payload["course"]
        for payload in session.scalars(query)
        if payload["context"] == mine
    }


def adopt(
    sessions: Callable[[], Session], http: Outbound, asked: Mapping[str, Any]
) -> bool:
    """Take a course in, if its roster names whoever asked as its teacher."""
    with sessions() as session:
        with reading(session):
            context = get_public(session, Context, asked["context"])
            person = get_public(session, Person, asked["person"])
            if not context.registration.is_active:
                return False
            client = api.connect(context.registration, http)
            lms_id = person.lms_user_id
        is_theirs = teaches(client, asked["course"], lms_id)
        with transaction(session):
            settle(session, context, person, asked["course"], is_theirs=is_theirs)
        return is_theirs


def teaches(client: LMSClient, course: str, lms_id: str | None) -> bool:
    """Ask a course's roster whether it names somebody as its teacher.

    A course that is gone since it was listed is nobody's: asking again helps nobody.
    """
    with suppress(NotFound):
        return any(
            member.id == lms_id and lms.Role.INSTRUCTOR in member.roles
            for member in client.members(course)
        )
    return False


def settle(
    session: Session, context: Context, person: Person, course: str, *, is_theirs: bool
) -> None:
    """Take a course in and read it soon, or note that it is not theirs."""
    if is_theirs:
        _take(session, context, person, course)
        service.queue(session, context)
    else:
        _refuse(session, context, course)
    session.flush()


def _refuse(session: Session, context: Context, course: str) -> None:
    run = queries.newest_listing(session, context)
    if run is not None:
        run.others = [
            {**other, "answer": NOT_TAUGHT} if other["id"] == course else other
            for other in run.others
        ]


def _take(session: Session, context: Context, person: Person, course: str) -> None:
    run = queries.newest_listing(session, context)
    told = next((o for o in run.others if o["id"] == course), {}) if run else {}
    other = _row(session, context, course)
    keep(other, title=told.get("name"), label=told.get("code"))
    session.flush()
    name(session, context, other, person, is_one=True)


def _row(session: Session, context: Context, course: str) -> Context:
    """Return our row of a course of the LMS's API, new where there is none."""
    tenant, sub = context.registration, listed.subject_of(context, course)
    there = courses.context_by_lms_id(session, tenant, course)
    if there is None and sub:  # Moodle: one id
        there = courses.context_by_lti_id(session, tenant, sub)
    if there is None:
        there = Context(registration_id=tenant.id, lti_id=sub)
        session.add(there)
    there.lms_id = course
    return there


def name(
    session: Session, context: Context, other: Context, by: Person, *, is_one: bool
) -> bool:
    """Keep an instructor's word about another course, and that it was said."""
    if not family.say(session, context, other, by, is_one=is_one):
        return False
    record(
        session,
        Verb.NAMED_OFFERING,
        context,
        registration=context.registration,
        actor=by,
        context=context,
        other=str(other.public_id),
        is_one=is_one,
    )
    return True
