"""What whoever leads a program changes in it later (P3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import approval, queries, requests
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Program,
    ProgramContext,
    ProgramSkill,
    ProgramState,
)
from lti_mentor.mentoring.presets import MEASURES
from lti_mentor.people.models import Context, Person

MOST = {"weeks": 52, "cadence_days": 60, "default_capacity": 20, "answer_days": 30}
"""How much is still believable; the least is always one."""
NEXT: dict[ProgramState, frozenset[ProgramState]] = {
    ProgramState.RUNNING: frozenset({ProgramState.PAUSED, ProgramState.ARCHIVED}),
    ProgramState.PAUSED: frozenset({ProgramState.RUNNING, ProgramState.ARCHIVED}),
    ProgramState.ARCHIVED: frozenset({ProgramState.RUNNING}),
}
"""Steps a leader may take; waiting for an approval is no step of theirs."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that was preset, as it should be from now on."""

    name: str
    weeks: int
    cadence_days: int
    default_capacity: int
    answer_days: int
    learners_choose: bool = False
    measures: tuple[str, ...] = ()
    baseline: dict[str, int] = field(default_factory=dict)
    """Measure -> what it says before the program works, in per cent."""
    preparation: Context | None = None


def change(session: Session, program: Program, changes: Changes, *, by: Person) -> None:
    """Change a program; what was promised to pairs that exist stays as it is.

    Raises:
        NotAllowed: Said by somebody who does not lead the program.
        Invalid: No name, or a number nobody can mean.
    """
    _must_lead(session, program, by)
    if not changes.name.strip():
        raise Invalid("program.name_missing")
    numbers = {name: getattr(changes, name) for name in MOST}
    if not all(1 <= number <= MOST[name] for name, number in numbers.items()):
        raise Invalid("program.numbers")
    known = set(MEASURES) >= {*changes.measures, *changes.baseline}
    if not known or not all(0 <= one <= 100 for one in changes.baseline.values()):
        raise Invalid("program.measures")
    program.name = changes.name.strip()[:255]
    for name, number in numbers.items():
        setattr(program, name, number)
    program.learners_choose = changes.learners_choose
    program.measures = list(changes.measures)
    program.preparation = changes.preparation
    _keep_baseline(program, changes.baseline)
    _tell(session, program, by, what="settings")
    requests.ask_next(session, program)


def _keep_baseline(program: Program, said: dict[str, int]) -> None:
    before = {name: n for name, n in program.baseline.items() if name != "at"}
    if said != before:
        day = now().date().isoformat()
        program.baseline = said | {"at": day} if said else {}


def move(session: Session, program: Program, to: ProgramState, *, by: Person) -> None:
    """Rest, go on, or put away. Pairs that work together go on in any case.

    Put away, offers that wait are taken back. Twice is once.

    Raises:
        NotAllowed: Said by somebody who does not lead the program.
        Conflict: From here that is no step.
    """
    _must_lead(session, program, by)
    if program.state is to:
        return
    if to not in NEXT.get(program.state, frozenset()):
        raise Conflict("program.step", now=program.state, wanted=to)
    program.state = to
    if to is ProgramState.ARCHIVED:
        waiting = select(Mentorship).where(
            Mentorship.program_id == program.id,
            Mentorship.state == MentorshipState.OFFERED,
        )
        offers = session.scalars(waiting.with_for_update(skip_locked=True)).all()
        requests.withdraw_all(session, offers)
    _tell(session, program, by, what=to.value)
    requests.ask_next(session, program)


def duplicate(session: Session, program: Program, name: str, *, by: Person) -> Program:
    """Begin another program with the same settings, courses and skills; no people.

    Raises:
        NotAllowed: Said by somebody who does not lead it, or may start none here.
        Invalid: It has no name.
    """
    _must_lead(session, program, by)
    if not name.strip():
        raise Invalid("program.name_missing")
    course = program.audience[0].context
    twin = Program(
        registration_id=program.registration_id,
        name=name.strip()[:255],
        state=approval.first_state(session, course, by),
        coordinator=by,
        audience=[ProgramContext(context=one.context) for one in program.audience],
        skills=[
            ProgramSkill(skill=one.skill, priority=one.priority)
            for one in program.skills
        ],
        **{column: getattr(program, column) for column in _COPIED},
    )
    session.add(twin)
    session.flush()
    record(
        session,
        Verb.STARTED_PROGRAM,
        twin,
        registration=course.registration,
        actor=by,
        context=course,
    )
    return twin


_COPIED = (
    "purpose",
    "kind",
    "learners_choose",
    "measures",
    "preparation_id",
    "weeks",
    "cadence_days",
    "default_capacity",
    "answer_days",
)


def add_course(
    session: Session, program: Program, course: Context, *, by: Person
) -> None:
    """Open it to the learners of one more course; twice is once.

    From two courses on it is led by name only, so only who leads it so may do that.

    Raises:
        NotAllowed: Said by somebody who neither coordinates it nor stands in.
    """
    if not program.is_led_by(by) or course.registration_id != program.registration_id:
        raise NotAllowed("program.not_yours")
    if course.id not in {place.context_id for place in program.audience}:
        program.audience.append(ProgramContext(context=course))
        session.flush()
        _tell(session, program, by, what="course_added")


def drop_course(
    session: Session, program: Program, course: Context, *, by: Person
) -> None:
    """Close it to a course again; who has a part keeps it.

    Raises:
        NotAllowed: Said by somebody who neither coordinates it nor stands in.
        Conflict: It is the only course.
    """
    if not program.is_led_by(by):
        raise NotAllowed("program.not_yours")
    rows = [place for place in program.audience if place.context_id == course.id]
    if len(rows) == len(program.audience):
        raise Conflict("program.last_course")
    for row in rows:
        program.audience.remove(row)
    session.flush()
    _tell(session, program, by, what="course_dropped")


def in_course(session: Session, course: Context) -> Sequence[Program]:
    """Return every program of a course for its staff: what runs first, newest first."""
    query = (
        select(Program)
        .where(Program.audience.any(ProgramContext.context_id == course.id))
        .order_by(Program.id.desc())
    )
    found = session.scalars(query).all()
    return sorted(found, key=lambda one: _ORDER.index(one.state))


_ORDER = (
    ProgramState.RUNNING,
    ProgramState.DRAFT,
    ProgramState.PAUSED,
    ProgramState.DECLINED,
    ProgramState.ARCHIVED,
)


def _must_lead(session: Session, program: Program, by: Person) -> None:
    if not queries.leads(session, program, by):
        raise NotAllowed("program.not_yours")


def _tell(session: Session, program: Program, by: Person, *, what: str) -> None:
    record(
        session,
        Verb.CHANGED_PROGRAM,
        program,
        registration=program.registration,
        actor=by,
        what=what,
    )
