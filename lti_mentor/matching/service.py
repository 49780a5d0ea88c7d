"""From the tables to a draft of pairs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.db import reading, transaction
from lti_mentor.jobs import service as jobs
from lti_mentor.matching import engine
from lti_mentor.matching.hours import utc_grid, utc_hours
from lti_mentor.matching.pool import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.mentoring import apart as keeping
from lti_mentor.mentoring import candidates, drafts, preparation, queries
from lti_mentor.mentoring.models import (
    MatchRun,
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramKind,
    Proposal,
    RunState,
)
from lti_mentor.people.models import Person
from lti_mentor.skills import queries as skills
from lti_mentor.skills.models import LevelSource, SkillLevel

MATCH = "match"
"""Job kind that computes one run."""
OUT = frozenset({ParticipantState.PAIRING_DECLINED, ParticipantState.LEFT})
"""Who is not matched."""
APART = frozenset({MentorshipState.DECLINED, MentorshipState.ENDED})
"""Two whose mentorship went so are not proposed to each other again."""

PROVEN = (LevelSource.LMS, LevelSource.MENTOR, LevelSource.ENDORSED)
"""Sources that make a mentor; what people say of themselves does not."""

Levels = dict[tuple[int, int, LevelSource], SkillLevel]


def request(session: Session, program: Program, by: Person) -> MatchRun:
    """Ask for a new draft; an unfinished older one is put aside."""
    older = select(MatchRun).where(
        MatchRun.program_id == program.id,
        MatchRun.state.in_([RunState.WAITING, RunState.DRAFT]),
    )
    for run in session.scalars(older):
        run.state = RunState.DISCARDED
    run = MatchRun(
        program=program,
        state=RunState.WAITING,
        inputs_hash="",
        engine_version=engine.ENGINE,
        mentees=0,
        mentors=0,
        matched=0,
        total=0,
        gap=0,
        started_by_id=by.id,
    )
    session.add(run)
    session.flush()
    jobs.enqueue(
        session,
        MATCH,
        key=str(run.public_id),
        payload={"run": str(run.public_id)},
        registration_id=program.registration_id,
    )
    return run


def compute(session: Session, run_id: int) -> None:
    """Fill a waiting run with the best set of pairs; a second time changes nothing.

    Reads in one unit, solves with no transaction open (a large pool takes its time,
    and on SQLite every writer would wait), writes in another.
    """
    with reading(session):
        run = session.get_one(MatchRun, run_id)
        if run.state is not RunState.WAITING:
            return
        pool, seed = pool_of(session, run.program), run.seed
    found = engine.run(pool, seed=seed)
    with transaction(session):
        run = session.get_one(MatchRun, run_id)
        if run.state is RunState.WAITING:  # else discarded meanwhile
            _keep(session, run, pool, found)


def _keep(
    session: Session, run: MatchRun, pool: Pool, found: engine.MatchResult
) -> None:
    run.inputs_hash, run.engine_version = found.fingerprint, found.engine
    run.mentees, run.mentors = len(pool.mentees), len(pool.mentors)
    run.matched, run.total, run.gap = found.matched, found.total, found.gap
    run.prices = found.prices
    run.unmatched = [{"person": u.mentee, "rule": u.rule} for u in found.unmatched]
    run.state = RunState.DRAFT
    _propose(session, run, found.pairs)
    record(
        session,
        Verb.MATCHED,
        run,
        registration=run.program.registration,
        matched=run.matched,
        gap=run.gap,
    )


def _propose(session: Session, run: MatchRun, pairs: Sequence[engine.Pair]) -> None:
    taking_part = (
        select(Person)
        .join(Participant, Participant.person_id == Person.id)
        .where(Participant.program_id == run.program_id)
    )
    people = {str(p.public_id): p for p in session.scalars(taking_part)}
    session.add_all(
        Proposal(
            run=run,
            mentee=people[pair.mentee],
            mentor=people[pair.mentor],
            score=pair.score,
            band=pair.band,
            components=pair.components,
            reasons=[reason.as_json() for reason in pair.reasons],
            is_pinned=pair.is_pinned,
        )
        for pair in pairs
    )
    session.flush()


def pool_of(session: Session, program: Program) -> Pool:
    """Return everybody who could be paired now, without those who have a partner."""
    taken = queries.open_mentorships(session, program)
    served = {mentorship.mentee_id for mentorship in taken}
    load = Counter(mentorship.mentor_id for mentorship in taken)
    mentees = [
        p
        for p in queries.participants(session, program, Part.MENTEE)
        if _is_in(p) and p.person_id not in served and not p.person.is_test
    ]
    mentors = _mentors(session, program)
    return pool_between(session, program, mentees, mentors, load)


def pool_between(
    session: Session,
    program: Program,
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    load: Mapping[int, int],
) -> Pool:
    """Return some learners and some mentors as a pool; `load` = places taken."""
    levels = _levels(session, program, [*mentees, *mentors])
    apart = _apart(session, program)
    completed = _completed(session, program)
    week = _monday(now().date())
    return Pool(
        mentees=tuple(
            Mentee(
                needs=_needs(program, p.person_id, levels),
                goes_first=p.goes_first_since is not None,
                **_somebody(p, week, apart),
            )
            for p in mentees
        ),
        mentors=tuple(
            Mentor(
                strengths=_strengths(program, p.person_id, levels, completed),
                capacity=max(0, drafts.capacity_of(p) - load.get(p.person_id, 0)),
                is_paused=bool(p.paused_until and p.paused_until > now()),
                **_somebody(p, week, apart),
            )
            for p in mentors
        ),
        on=now().date(),
        labels={str(s.skill.public_id): s.skill.label for s in program.skills},
    )


def _mentors(session: Session, program: Program) -> list[Participant]:
    """Return who could help now: prepared where that is asked; among peers, anybody."""
    found = list(queries.participants(session, program, Part.MENTOR))
    if program.kind is ProgramKind.PEER:
        found += queries.participants(session, program, Part.MENTEE)
    missing = preparation.unprepared(session, program, found)
    return [p for p in found if p.state not in OUT and p.person_id not in missing]


def _is_in(p: Participant) -> bool:
    return p.state not in OUT and not (p.paused_until and p.paused_until > now())


def _somebody(p: Participant, week: date, apart: dict[int, set[str]]) -> dict[str, Any]:
    person = p.person
    zone = person.zone or p.program.zone
    language = (person.locale or "").split("-")[0].split("_")[0].lower()
    return {
        "id": str(person.public_id),
        "hours": _hours(p, zone, week),
        "languages": frozenset(p.languages or ([language] if language else [])),
        "blocked": frozenset(apart.get(person.id, ())),
    }


def _hours(p: Participant, zone: str, week: date) -> frozenset[int]:
    """Return when somebody has time; a grid filled in hour by hour wins over chips."""
    if p.hours:
        return utc_grid(p.hours, zone, week)
    return utc_hours(p.chips, zone, week)


def _levels(
    session: Session, program: Program, everybody: Sequence[Participant]
) -> Levels:
    people = [p.person_id for p in everybody]
    return skills.levels_of(session, people, [s.skill_id for s in program.skills])


def _needs(program: Program, person_id: int, levels: Levels) -> tuple[Need, ...]:
    """What a learner still lacks; a skill nobody assessed counts as all to learn."""
    return tuple(
        Need(
            str(named.skill.public_id),
            gap=_gap(person_id, named.skill_id, levels),
            priority=named.priority,
        )
        for named in program.skills
    )


def _gap(person_id: int, skill_id: int, levels: Levels) -> float:
    known = [
        level.level
        for source in (LevelSource.LMS, LevelSource.MENTOR)
        if (level := levels.get((person_id, skill_id, source)))
    ]
    return 1.0 - max(known, default=0.0)


def _strengths(
    program: Program, person_id: int, levels: Levels, completed: Mapping[int, date]
) -> tuple[Strength, ...]:
    """What a mentor can do, by source.

    Where a source does not say when it saw a skill (Moodle's reports do not), the
    day the course was completed stands for it.
    """
    return tuple(
        Strength(
            str(named.skill.public_id),
            level.level,
            observed=_seen(level, completed.get(person_id)),
            source=str(source),
        )
        for named in program.skills
        for source in PROVEN
        if (level := levels.get((person_id, named.skill_id, source)))
    )


def _seen(level: SkillLevel, completed: date | None) -> date | None:
    return level.observed_at.date() if level.observed_at else completed


def _completed(session: Session, program: Program) -> dict[int, date]:
    """When graduates completed the course, newest first."""
    found: dict[int, date] = {}
    offerings = [context.id for context in candidates.offerings(session, program)]
    for completion in skills.completed(session, offerings):
        if completion.completed_at:
            found.setdefault(completion.person_id, completion.completed_at.date())
    return found


def _apart(session: Session, program: Program) -> dict[int, set[str]]:
    """Who must not meet whom: exclusions, and pairs that declined or ended."""
    past = session.execute(
        select(Mentorship.mentee_id, Mentorship.mentor_id).where(
            Mentorship.program_id == program.id, Mentorship.state.in_(APART)
        )
    ).all()
    both = [tuple(pair) for pair in (*keeping.pairs(session, program), *past)]
    ids = {person for pair in both for person in pair}
    people = session.scalars(select(Person).where(Person.id.in_(ids)))
    names = {person.id: str(person.public_id) for person in people}
    apart: dict[int, set[str]] = {}
    for one, other in both:
        apart.setdefault(one, set()).add(names[other])
        apart.setdefault(other, set()).add(names[one])
    return apart


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
