"""Reading programs, participants and mentorships."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from lti_mentor.db import get_public
from lti_mentor.mentoring.models import (
    LIVING,
    OPEN,
    VERSIONS,
    Consent,
    MatchRun,
    Mentorship,
    MentorshipState,
    Message,
    Part,
    Participant,
    Program,
    ProgramContext,
    ProgramState,
    Proposal,
    Purpose,
    RunState,
    Voice,
)
from lti_mentor.mentoring.view import Whom, everybody
from lti_mentor.people.models import (
    STAFF,
    Context,
    Membership,
    Person,
    Role,
    Standing,
)

_RUNNING_IN = (
    select(Program)
    .join(ProgramContext)
    .where(
        ProgramContext.context_id == bindparam("context"),
        Program.state == ProgramState.RUNNING,
    )
    .order_by(Program.id)
)


def programs_in(session: Session, context: Context) -> Sequence[Program]:
    """Return the running programs a course belongs to, oldest first."""
    return session.scalars(_RUNNING_IN, {"context": context.id}).all()


def zone_for(session: Session, person: Person, context: Context | None) -> str | None:
    """Return the zone of who has none: their programs', that of whoever leads them."""
    mine = Program.id.in_(
        select(Participant.program_id).where(Participant.person_id == person.id)
    )
    here = (
        Program.audience.any(ProgramContext.context_id == context.id)
        if context
        else mine
    )
    query = (
        select(Person.zone)
        .join(Program, Program.coordinator_id == Person.id)
        .where(
            Program.state == ProgramState.RUNNING,
            Person.zone.is_not(None),
            or_(mine, here),
        )
        .order_by(Program.id)
        .limit(1)
    )
    return session.scalar(query)


def program_in(session: Session, context: Context, public_id: str) -> Program:
    """Return a program of this course.

    Raises:
        Missing: No such program, or not of this course.
    """
    in_context = Program.audience.any(ProgramContext.context_id == context.id)
    return get_public(session, Program, public_id, in_context)


def leads(session: Session, program: Program, person: Person) -> bool:
    """Say whether somebody leads a program: by name, or as staff of its only course."""
    if program.is_led_by(person):
        return True
    if not program.is_of_one_course:
        return False
    seat = (
        select(Membership.id)
        .join(ProgramContext, ProgramContext.context_id == Membership.context_id)
        .where(
            ProgramContext.program_id == program.id,
            Membership.person_id == person.id,
            Membership.role.in_(STAFF),
            Membership.is_active,
        )
        .limit(1)
    )
    return session.scalar(seat) is not None


def participant_of(
    session: Session, program: Program, person: Person
) -> Participant | None:
    """Return somebody's part in a program, if any."""
    query = select(Participant).filter_by(program_id=program.id, person_id=person.id)
    return session.scalars(query).one_or_none()


def participants(
    session: Session, program: Program, part: Part, whom: Whom = everybody
) -> Sequence[Participant]:
    """Return everybody with this part, by name; the test student is nobody."""
    return session.scalars(roll(program, part, whom)).all()


def roll(program: Program, part: Part, whom: Whom = everybody) -> Select[Participant]:
    """Return the query for everybody with this part, by name."""
    return (
        select(Participant)
        .join(Person, Person.id == Participant.person_id)
        .where(
            Participant.program_id == program.id,
            Participant.part == part,
            Person.is_test.is_(False),
            whom(Participant.person_id),
        )
        .order_by(Person.name, Participant.id)
        .options(joinedload(Participant.person), joinedload(Participant.endorsed_by))
    )


def count_places(session: Session, program: Program) -> int:
    """Return how many learners the mentors of a program have room for together."""
    query = roll(program, Part.MENTOR).order_by(None)
    total = query.with_only_columns(func.coalesce(func.sum(Participant.capacity), 0))
    return session.scalar(total) or 0


def has_consented(
    session: Session,
    person: Person,
    program: Program,
    purpose: Purpose = Purpose.TAKE_PART,
) -> bool:
    """Say whether the newest answer is a yes to today's wording."""
    query = (
        select(Consent.answer, Consent.text_version)
        .filter_by(person_id=person.id, program_id=program.id, purpose=purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    newest = session.execute(query).first()
    return newest is not None and tuple(newest) == (True, VERSIONS[purpose])


def is_party(person: Person) -> ColumnElement[bool]:
    """Return the condition that keeps mentorships to those of this person (D4)."""
    return or_(Mentorship.mentor_id == person.id, Mentorship.mentee_id == person.id)


def mentorships_of(session: Session, person: Person) -> Sequence[Mentorship]:
    """Return every mentorship this person is or was a party to, newest first."""
    return session.scalars(_mentorships_of(), {"person": person.id}).all()


@cache
def _mentorships_of() -> Select[Mentorship]:
    """Everybody's page asks this; putting it together costs more than asking."""
    person = bindparam("person", type_=Integer)
    return (
        select(Mentorship)
        .where(or_(Mentorship.mentor_id == person, Mentorship.mentee_id == person))
        .order_by(Mentorship.id.desc())
        .options(
            joinedload(Mentorship.mentor),
            joinedload(Mentorship.mentee),
            joinedload(Mentorship.program),
            joinedload(Mentorship.context),
        )
    )


def mentorship_of(session: Session, person: Person, public_id: str) -> Mentorship:
    """Return a mentorship this person is a party to.

    Raises:
        Missing: No such mentorship, or somebody else's.
    """
    return get_public(session, Mentorship, public_id, is_party(person))


def offers_to(session: Session, program: Program, person: Person) -> list[Mentorship]:
    """Return the offers of a program that wait for somebody's answer."""
    query = select(Mentorship).where(
        Mentorship.program_id == program.id,
        Mentorship.state == MentorshipState.OFFERED,
        is_party(person),
    )
    return list(session.scalars(query))


def living_mentorship(
    session: Session, program: Program, mentee: Person
) -> Mentorship | None:
    """Return the mentorship in which this mentee works now, if any."""
    query = (
        select(Mentorship)
        .where(
            Mentorship.program_id == program.id,
            Mentorship.mentee_id == mentee.id,
            Mentorship.state.in_(LIVING),
        )
        .order_by(Mentorship.id)
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def open_mentorships(
    session: Session, program: Program, whom: Whom = everybody
) -> Sequence[Mentorship]:
    """Return the offered and living mentorships of a program."""
    return session.scalars(open_ones(program, whom)).all()


def open_ones(program: Program, whom: Whom = everybody) -> Select[Mentorship]:
    """Return the query for the offered and living mentorships, oldest first."""
    return (
        select(Mentorship)
        .where(
            Mentorship.program_id == program.id,
            Mentorship.state.in_(OPEN),
            whom(Mentorship.mentee_id),
        )
        .order_by(Mentorship.id)
        .options(joinedload(Mentorship.mentor), joinedload(Mentorship.mentee))
    )


def newest_run(session: Session, program: Program) -> MatchRun | None:
    """Return the newest match run that was not discarded."""
    query = (
        select(MatchRun)
        .where(MatchRun.program_id == program.id, MatchRun.state != RunState.DISCARDED)
        .order_by(MatchRun.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def run_of(session: Session, program: Program, public_id: str) -> MatchRun:
    """Return a run of this program.

    Raises:
        Missing: No such run here.
    """
    return get_public(session, MatchRun, public_id, MatchRun.program_id == program.id)


def proposals(
    session: Session, run: MatchRun, whom: Whom = everybody
) -> Sequence[Proposal]:
    """Return the pairs of a run, weakest first: those need a look."""
    return session.scalars(proposed(run, whom)).all()


def proposed(run: MatchRun, whom: Whom = everybody) -> Select[Proposal]:
    """Return the query for the pairs of a run, weakest first."""
    return (
        select(Proposal)
        .where(Proposal.run_id == run.id, whom(Proposal.mentee_id))
        .order_by(Proposal.is_dropped, Proposal.score, Proposal.id)
        .options(joinedload(Proposal.mentee), joinedload(Proposal.mentor))
    )


def thread(session: Session, mentorship: Mentorship) -> Sequence[Message]:
    """Return the messages of the two, oldest first."""
    query = (
        select(Message)
        .filter_by(mentorship_id=mentorship.id)
        .order_by(Message.id)
        .options(joinedload(Message.author))
    )
    return session.scalars(query).all()


def program_for(session: Session, person: Person, public_id: str) -> Program:
    """Return a program somebody has a part in, or whose course they learn in.

    Raises:
        Missing: No such program, or not theirs.
    """
    has_part = Program.id.in_(
        select(Participant.program_id).filter_by(person_id=person.id)
    )
    learns_here = Program.audience.any(
        ProgramContext.context_id.in_(
            select(Membership.context_id).where(
                Membership.person_id == person.id,
                Membership.role == Role.LEARNER,
                Membership.is_active,
            )
        )
    )
    is_open = and_(Program.state == ProgramState.RUNNING, learns_here)
    return get_public(session, Program, public_id, or_(has_part, is_open))


def parts_of(session: Session, person: Person) -> Sequence[Participant]:
    """Return every part somebody has in any program, newest first."""
    query = (
        select(Participant)
        .filter_by(person_id=person.id)
        .order_by(Participant.id.desc())
        .options(joinedload(Participant.program))
    )
    return session.scalars(query).all()


def voices(session: Session, mentorship: Mentorship) -> dict[int, Voice]:
    """Return what each of two people said, by person id; not all of it is for both."""
    query = select(Voice).filter_by(mentorship_id=mentorship.id)
    return {voice.person_id: voice for voice in session.scalars(query)}


def fit_checked(session: Session, person: Person) -> set[int]:
    """Return the ids of the mentorships in which somebody has said whether it fits."""
    query = select(Voice.mentorship_id).where(
        Voice.person_id == person.id, Voice.fit_at.is_not(None)
    )
    return set(session.scalars(query))


def with_a_gap(
    session: Session, programs: Sequence[Program], standings: Collection[Standing]
) -> Sequence[Mentorship]:
    """Return the mentorships under way of which one has such a seat, oldest first.

    The mentee's is in the course it grew out of, the mentor's in any.
    """
    seat = exists().where(Membership.standing.in_(standings))
    query = (
        select(Mentorship)
        .where(
            Mentorship.program_id.in_([program.id for program in programs]),
            Mentorship.state.in_(LIVING),
            or_(
                seat.where(
                    Membership.context_id == Mentorship.context_id,
                    Membership.person_id == Mentorship.mentee_id,
                ),
                seat.where(Membership.person_id == Mentorship.mentor_id),
            ),
        )
        .order_by(Mentorship.id)
        .options(
            joinedload(Mentorship.mentor),
            joinedload(Mentorship.mentee),
            joinedload(Mentorship.program),
        )
    )
    return session.scalars(query).all()


def count_living_in(session: Session, course: Context) -> int:
    """Return how many mentorships that grew out of a course are under way."""
    query = select(func.count(Mentorship.id)).where(
        Mentorship.context_id == course.id, Mentorship.state.in_(LIVING)
    )
    return session.scalar(query) or 0
