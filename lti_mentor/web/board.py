"""Course board, your ten minutes: what needs you first, done in place."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.errors import Conflict
from lti_mentor.mentoring import queries, wishes
from lti_mentor.people.models import Context
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.models import Feature, HealthRow
from lti_mentor.practice import overview, service
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import FINAL, PracticeWork, WorkState
from lti_mentor.reports import receipts
from lti_mentor.sync import queries as sync
from lti_mentor.sync import service as sync_service
from lti_mentor.sync.models import SyncState
from lti_mentor.web import db, inbox, sentences
from lti_mentor.web.pages import Answer, blueprint, done, page_number, render, scope

bp = blueprint("board", __name__)

GROUPS: tuple[tuple[str, LazyString, frozenset[WorkState]], ...] = (
    ("waiting", _("Waiting for a mentor"), frozenset({WorkState.WAITING_MENTOR})),
    (
        "planning",
        _("Planning"),
        frozenset({WorkState.PLANNING, WorkState.PLAN_REVIEW}),
    ),
    (
        "practising",
        _("Practising"),
        frozenset({WorkState.PRACTISING, WorkState.REVISING, WorkState.IN_REVIEW}),
    ),
    ("reflecting", _("Verified"), frozenset({WorkState.REFLECTING})),
    ("done", _("Completed"), FINAL),
    ("late", _("Past its date"), frozenset({WorkState.EXPIRED})),
)
"""Parts of the bar; those who have opened no practice stand after them."""
NOT_BEGUN = "not_begun"
"""The bar's last part: learners who have opened no practice."""
READ = (Feature.COMPLETION, Feature.SKILLS)
"""What the LMS's account is tried for; where it may read only a part, the card says."""
RUNNING = frozenset({SyncState.WAITING, SyncState.RUNNING})


@bp.get("/board")
def show() -> Answer:
    """Show what needs the instructor, then everybody."""
    course, sections = scope().require_course(), scope().sections
    session = db.session()
    chosen, number = request.args.get("group", ""), page_number()
    waiting, oldest = overview.for_instructor(session, course, sections)
    absent = overview.not_begun(
        session, course, sections, number if chosen == NOT_BEGUN else 1
    )
    works = overview.works(
        session, course, sections, states=_states(chosen), number=number
    )
    return render(
        "instructor/board.html",
        course=course,
        waiting=waiting,
        oldest=oldest,
        not_begun=absent,
        bar=_bar(overview.counted(session, course, sections), absent.total),
        chosen=chosen,
        works=works,
        learners=overview.learners(session, course, sections) + absent.total,
        load=overview.load(session, course, sections),
        latest=receipts.newest_scores(session, [w.public_id for w in works.rows]),
        programs=queries.programs_in(session, course),
        wishes=wishes.count(session, course),
        inbox=inbox.waiting(),
        tried_out=overview.tried_out(session, course, sections),
        is_limited=sections is not None,
        assignments=practice.assignments_in(session, course),
        states=sentences.WORKS,
        turns=sentences.TURNS,
        **_readiness(course),
    )


def _states(chosen: str) -> frozenset[WorkState]:
    """Return the states of a part of the bar; of no part, all of them."""
    known = {name: states for name, _, states in GROUPS} | {NOT_BEGUN: frozenset()}
    return known.get(chosen, frozenset(WorkState))


def _bar(counted: Mapping[WorkState, int], absent: int) -> list[dict[str, Any]]:
    parts = [
        {"name": name, "label": label, "count": sum(counted.get(s, 0) for s in states)}
        for name, label, states in GROUPS
    ]
    nobody = {"name": NOT_BEGUN, "label": _("Not opened yet"), "count": absent}
    return [part for part in (*parts, nobody) if part["count"]]


def _readiness(course: Context) -> dict[str, Any]:
    session = db.session()
    found = sync.readiness(session, course, scope().sections)
    health = platforms.health(session, course.registration)
    return {
        "ready": found,
        "limits": [health[one] for one in READ if _is_limited(health.get(one))],
        "is_reading": found.run is not None and found.run.state in RUNNING,
    }


def _is_limited(row: HealthRow | None) -> bool:
    return row is not None and bool(row.details.get("missing"))


@bp.get("/board/reading")
def reading() -> Answer:
    """Show how far the reading of the course is; asked for again while it runs."""
    course = scope().require_course()
    return render("instructor/reading.html", course=course, **_readiness(course))


@bp.post("/board/sync")
def read_again() -> Answer:
    """Read the course from the LMS now."""
    course = scope().require_course()
    sync_service.request(db.session(), course)
    return done("board.show", "syncing")


@bp.post("/board/<work>/settle")
def settle(work: str) -> Answer:
    """Close a work with the score it has."""
    found = _work(work)
    if found.state in FINAL:
        raise Conflict("practice.closed", now=found.state)
    service.settle(db.session(), found, scope().person)
    return done("board.show", "settled")


@bp.post("/board/<work>/excuse")
def excuse(work: str) -> Answer:
    """Let a learner off."""
    service.excuse(db.session(), _work(work), scope().person)
    return done("board.show", "excused")


def _work(public_id: str) -> PracticeWork:
    course = scope().require_course()
    scope().require(scope().may_run_course, "scope.not_instructor")
    return practice.work_in(db.session(), course, public_id, scope().sections)
