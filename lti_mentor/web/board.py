"""Course board, your ten minutes: what needs you first, done in place."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.errors import Conflict
from lti_mentor.mentoring import queries, wishes
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.models import Feature, HealthRow
from lti_mentor.practice import queries as practice
from lti_mentor.practice import service
from lti_mentor.practice.models import FINAL, PracticeWork, Turn, WorkState
from lti_mentor.reports import receipts
from lti_mentor.sync import queries as sync
from lti_mentor.sync import service as sync_service
from lti_mentor.sync.models import SyncState
from lti_mentor.web import db, inbox, sentences
from lti_mentor.web.pages import Answer, blueprint, done, render, scope

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
    works = practice.works_in(session, course, sections)
    chosen = request.args.get("group", "")
    return render(
        "instructor/board.html",
        course=course,
        needs_me=[w for w in works if w.turn is Turn.INSTRUCTOR],
        not_begun=(absent := practice.not_begun(session, course, sections)),
        bar=_bar(works, len(absent)),
        chosen=chosen,
        works=[w for w in works if not chosen or _group(w) == chosen],
        learners=len({w.learner_id for w in works}) + len(absent),
        load=_load(works),
        latest=receipts.newest_scores(session, [w.public_id for w in works]),
        programs=queries.programs_in(session, course),
        wishes=wishes.count(session, course),
        inbox=inbox.waiting(),
        tried_out=practice.works_in(session, course, sections, tried_out=True),
        is_limited=sections is not None,
        assignments=practice.assignments_in(session, course),
        states=sentences.WORKS,
        turns=sentences.TURNS,
        **_readiness(course),
    )


def _load(works: Sequence[PracticeWork]) -> list[tuple[Person, int]]:
    """Count each mentor's learners with open work, the fullest first."""
    carried = {
        (w.reviewer.id, w.learner_id): w.reviewer
        for w in works
        if w.reviewer and w.state not in FINAL
    }
    people = {mentor.id: mentor for mentor in carried.values()}
    counted = Counter(mentor_id for mentor_id, _ in carried)
    return [(people[mentor], count) for mentor, count in counted.most_common()]


def _group(work: PracticeWork) -> str:
    return next(name for name, _, states in GROUPS if work.state in states)


def _bar(works: Any, absent: int) -> list[dict[str, Any]]:
    counted = Counter(_group(work) for work in works)
    parts = [
        {"name": name, "label": label, "count": counted[name]}
        for name, label, _ in GROUPS
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
