"""Programs that wait until an organisation admin lets them begin (P30)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring.models import Program, ProgramContext, ProgramState
from lti_mentor.people import organisation
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration, Starting


def first_state(session: Session, context: Context, by: Person) -> ProgramState:
    """Return the state in which somebody's program begins in a course.

    Raises:
        NotAllowed: The tool is not on there (`course.off`), or only named people may
            start programs (`program.not_named`).
    """
    if not organisation.is_on(session, context):
        raise NotAllowed("course.off")
    if not organisation.may_start(by):
        raise NotAllowed("program.not_named")
    needs_yes = context.registration.starting is Starting.APPROVAL
    is_named = by.may_start or by.is_org_admin
    return ProgramState.DRAFT if needs_yes and not is_named else ProgramState.RUNNING


def waiting(session: Session, registration: Registration) -> Sequence[Program]:
    """Return the programs that wait, the oldest first."""
    query = (
        select(Program)
        .where(
            Program.registration_id == registration.id,
            Program.state == ProgramState.DRAFT,
        )
        .order_by(Program.id)
        .options(joinedload(Program.coordinator))
    )
    return session.scalars(query).all()


def answered(session: Session, context: Context) -> Program | None:
    """Return the newest program of a course if it waits or was declined."""
    query = (
        select(Program)
        .where(Program.audience.any(ProgramContext.context_id == context.id))
        .order_by(Program.id.desc())
        .limit(1)
    )
    newest = session.scalars(query).first()
    is_open = newest and newest.state in {ProgramState.DRAFT, ProgramState.DECLINED}
    return newest if is_open else None


def require_running(program: Program) -> None:
    """Stop unless people may be asked to take part.

    Raises:
        Conflict: It waits for an organisation admin, or has ended
            (`program.not_running`).
    """
    if program.state is not ProgramState.RUNNING:
        raise Conflict("program.not_running")


def approve(session: Session, program: Program, by: Person) -> None:
    """Let a program begin.

    Raises:
        Conflict: It does not wait any more (`program.answered`).
    """
    _answer(session, program, by, ProgramState.RUNNING, "")


def decline(session: Session, program: Program, by: Person, words: str) -> None:
    """Let a program not begin, with a sentence for whoever started it.

    Raises:
        Conflict: It does not wait any more (`program.answered`).
    """
    _answer(session, program, by, ProgramState.DECLINED, words.strip()[:500])


def _answer(
    session: Session, program: Program, by: Person, state: ProgramState, words: str
) -> None:
    if program.state is not ProgramState.DRAFT:
        raise Conflict("program.answered")
    program.state, program.answer = state, words
    record(
        session,
        Verb.ANSWERED_PROGRAM,
        program,
        registration=program.registration,
        actor=by,
        state=state.value,
    )
