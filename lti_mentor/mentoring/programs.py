"""Starting a program and taking part in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Invalid, NotAllowed
from lti_mentor.mentoring import (
    approval,
    candidates,
    queries,
    requests,
    service,
    waiting,
    wishes,
)
from lti_mentor.mentoring.models import (
    VERSIONS,
    Chip,
    Consent,
    Exclusion,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramContext,
    ProgramSkill,
    Purpose,
)
from lti_mentor.mentoring.presets import PRESETS
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import service as skills
from lti_mentor.skills.models import Skill

WEEK_HOURS = 168


@dataclass(frozen=True, slots=True)
class ProgramAnswers:
    """The three answers a program needs; everything else is preset (P3)."""

    name: str
    skills: tuple[Skill, ...]
    weeks: int = 6
    default_capacity: int | None = None
    """Mentees a mentor has unless they say otherwise; None = as the preset says."""
    preset: str = "course_transfer"
    """Key of `presets.PRESETS`: what is not asked comes from it."""


def start_program(
    session: Session, context: Context, by: Person, answers: ProgramAnswers
) -> Program:
    """Start a program for the learners of a course: presets, then the three answers.

    Raises:
        Invalid: A name is missing or the length makes no sense.
        NotAllowed: Not here, or not by this person (see `approval.first_state`).
    """
    if not answers.name.strip():
        raise Invalid("program.name_missing")
    preset = PRESETS.get(answers.preset)
    if preset is None:
        raise Invalid("program.preset")
    capacity = answers.default_capacity
    capacity = preset.capacity if capacity is None else capacity
    if not 1 <= answers.weeks <= 52 or not 1 <= capacity <= 20:
        raise Invalid("program.numbers")
    program = Program(
        registration_id=context.registration_id,
        name=answers.name.strip()[:255],
        state=approval.first_state(session, context, by),
        coordinator=by,
        purpose=answers.preset,
        kind=preset.kind,
        weeks=answers.weeks,
        cadence_days=preset.cadence_days,
        default_capacity=capacity,
        learners_choose=preset.learners_choose,
        measures=list(preset.measures),
        audience=[ProgramContext(context=context)],
        skills=[ProgramSkill(skill=skill) for skill in answers.skills],
    )
    session.add(program)
    session.flush()
    record(
        session,
        Verb.STARTED_PROGRAM,
        program,
        registration=context.registration,
        actor=by,
        context=context,
    )
    return program


def take_in(
    session: Session,
    program: Program,
    people: Iterable[Person],
    part: Part,
    *,
    source: str = "lms",
) -> int:
    """Propose people for a part; who already has one keeps it. Return how many new."""
    there = set(
        session.scalars(
            select(Participant.person_id).where(Participant.program_id == program.id)
        )
    )
    new = {person.id: person for person in people if person.id not in there}
    session.add_all(
        Participant(
            program=program,
            person=person,
            part=part,
            source=source,
            capacity=program.default_capacity if part is Part.MENTOR else 0,
        )
        for person in new.values()
    )
    session.flush()
    return len(new)


def endorse(
    session: Session,
    program: Program,
    person: Person,
    *,
    by: Person,
    source: str = "endorsed",
) -> Participant:
    """Name somebody as a mentor, vouching for the program's skills (P6).

    Kept apart as a source of its own, with who said it and when. A learner who is
    named leaves the demand: one part per person and program (D12).

    Raises:
        NotAllowed: Said by somebody who does not lead the program.
    """
    if not queries.leads(session, program, by):
        raise NotAllowed("program.not_yours")
    participant = ensure_part(session, program, person, Part.MENTOR)
    if participant.part is Part.MENTEE:
        participant.part = Part.MENTOR
        participant.capacity = program.default_capacity
    participant.source = source
    participant.endorsed_by, participant.endorsed_at = by, now()
    skills.endorse(session, person, [named.skill for named in program.skills], by=by)
    return participant


def consent(
    session: Session,
    program: Program,
    person: Person,
    *,
    answer: bool,
    purpose: Purpose = Purpose.TAKE_PART,
) -> None:
    """Keep what somebody answered to today's wording."""
    session.add(
        Consent(
            person_id=person.id,
            program_id=program.id,
            purpose=purpose,
            text_version=VERSIONS[purpose],
            answer=answer,
        )
    )
    session.flush()


def set_up(
    session: Session,
    participant: Participant,
    *,
    chips: list[str],
    introduction: str,
    hours: list[int] | None = None,
    capacity: int | None = None,
) -> None:
    """Keep a person's own answers and count them in.

    Raises:
        NotAllowed: They have not agreed to take part (D14).
        Invalid: More mentees than anybody can carry, an unknown chip or hour.
    """
    if not queries.has_consented(session, participant.person, participant.program):
        raise NotAllowed("consent.missing")
    if not set(Chip) >= set(chips):
        raise Invalid("participant.chips")
    if not set(range(WEEK_HOURS)) >= set(hours or ()):
        raise Invalid("participant.hours")
    if capacity is not None and not 0 <= capacity <= 20:
        raise Invalid("participant.capacity")
    if participant.part is Part.MENTOR and capacity is not None:
        participant.capacity = capacity
    participant.chips = chips
    participant.hours = sorted(set(hours or ()))
    participant.introduction = introduction.strip()[:2000]
    participant.set_up_at = now()
    waiting.begin(participant)
    if participant.state is not ParticipantState.ACTIVE:
        participant.state = ParticipantState.ACTIVE
        record(
            session,
            Verb.JOINED,
            participant,
            registration=participant.program.registration,
            actor=participant.person,
        )


def decline_pairing(session: Session, participant: Participant) -> None:
    """Practise without a mentor: nobody sees why and it costs nothing (P5).

    Offers that wait for an answer are declined with it.
    """
    person, program = participant.person, participant.program
    participant.state = ParticipantState.PAIRING_DECLINED
    waiting.end(participant)
    requests.forget(session, program, person)
    for offer in queries.offers_to(session, program, person):
        service.decline(session, offer, person)
    record(
        session,
        Verb.DECLINED_PAIRING,
        participant,
        registration=participant.program.registration,
        actor=participant.person,
    )


def exclude(
    session: Session, program: Program, one: Person, other: Person, *, by: Person
) -> None:
    """Keep two people from ever being paired in this program.

    Raises:
        NotAllowed: Said by a third person who does not lead the program.
        Invalid: Somebody cannot be kept from themselves.
    """
    if one.id == other.id:
        raise Invalid("exclusion.oneself")
    if by.id not in {one.id, other.id} and not queries.leads(session, program, by):
        raise NotAllowed("program.not_yours")
    first, second = sorted((one.id, other.id))
    there = select(Exclusion.id).filter_by(
        program_id=program.id, one_id=first, other_id=second, said_by_id=by.id
    )
    if session.scalar(there) is None:
        session.add(
            Exclusion(
                program_id=program.id,
                one_id=first,
                other_id=second,
                said_by_id=by.id,
            )
        )


def gather(session: Session, program: Program) -> tuple[int, int]:
    """Propose graduates as mentors and the other learners as mentees.

    Safe to repeat after each reading of the LMS: who has a part keeps it, who
    graduated since is a new mentor. Who wished for a mentor before is marked so.
    Returns how many mentors and mentees are new.
    """
    graduated = candidates.graduated(session, program).order_by(Person.id)
    mentors = session.scalars(graduated).all()
    new_mentors = take_in(session, program, mentors, Part.MENTOR)
    waiting = candidates.demand(session, program)
    wished = {who.id for who in wishes.who_said_so(session, program, Part.MENTEE)}
    first = [person for person in waiting if person.id in wished]
    new = take_in(session, program, first, Part.MENTEE, source=WISHED)
    return new_mentors, new + take_in(session, program, waiting, Part.MENTEE)


WISHED = "wished"
"""Source of who would have liked a mentor before there was a program."""


def name_stand_in(
    session: Session, program: Program, person: Person | None, *, by: Person
) -> None:
    """Let somebody of the staff lead a program beside its coordinator; None = nobody.

    Raises:
        NotAllowed: Said by somebody who does not lead the program.
        Invalid: Neither coordinator nor a stranger stands in.
    """
    if not queries.leads(session, program, by):
        raise NotAllowed("program.not_yours")
    if person is not None and person not in candidates.stand_ins(session, program):
        raise Invalid("program.stand_in")
    program.stand_in = person
    session.flush()


def ensure_part(
    session: Session, program: Program, person: Person, part: Part
) -> Participant:
    """Return somebody's part in a program, giving them `part` where they have none."""
    take_in(session, program, [person], part)
    return session.scalars(
        select(Participant).filter_by(program_id=program.id, person_id=person.id)
    ).one()


def pause(participant: Participant, until: datetime | None) -> None:
    """Stay out of matching until a moment, or come back in (None)."""
    participant.paused_until = until
