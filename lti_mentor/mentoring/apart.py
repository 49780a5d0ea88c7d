"""Who must not be paired with whom: said in private, obeyed by every match (P8)."""

from collections import defaultdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict, Invalid
from lti_mentor.mentoring.models import Avoidance, Exclusion, Participant, Program
from lti_mentor.people.models import Person

MAX_AVOIDED = 20
"""How many people somebody may name in one program."""


def pairs(session: Session, program: Program) -> set[frozenset[int]]:
    """Return everybody who is kept apart in a program, two by two, whoever said so."""
    said = select(Exclusion.one_id, Exclusion.other_id).where(
        Exclusion.program_id == program.id
    )
    return {frozenset(two) for two in session.execute(said)} | _named(session, program)


def _named(session: Session, program: Program) -> set[frozenset[int]]:
    """Compare what people typed with who is there; most programs end at the first line.

    In Python, because SQLite's `lower` knows Latin letters only.
    """
    rows = session.execute(
        select(Avoidance.person_id, Avoidance.words).filter_by(program_id=program.id)
    ).all()
    if not rows:
        return set()
    called: dict[str, set[int]] = defaultdict(set)
    for person_id, *names in session.execute(
        select(Person.id, Person.name, Person.email)
        .join(Participant, Participant.person_id == Person.id)
        .where(Participant.program_id == program.id)
    ):
        for name in names:
            called[plain(name or "")].add(person_id)
    return {
        frozenset({by, other})
        for by, words in rows
        for other in called[plain(words)]
        if other != by
    }


def plain(words: str) -> str:
    """Return words as they are compared: no case, single spaces."""
    return " ".join(words.split()).casefold()


def of(session: Session, program: Program, person: Person) -> list[Avoidance]:
    """Return what somebody wrote; only they may see it."""
    query = select(Avoidance).filter_by(program_id=program.id, person_id=person.id)
    return list(session.scalars(query.order_by(Avoidance.id)))


def avoid(session: Session, program: Program, person: Person, words: str) -> None:
    """Keep somebody away; twice is once. Says nothing on whether they take part.

    Raises:
        Invalid: Nothing was written, or far too much.
        Conflict: They have named as many as anybody may.
    """
    words = " ".join(words.split())
    if not words or len(words) > Avoidance.words.type.length:
        raise Invalid("avoidance.words")
    there = of(session, program, person)
    if plain(words) in {plain(one.words) for one in there}:
        return
    if len(there) >= MAX_AVOIDED:
        raise Conflict("avoidance.many", most=MAX_AVOIDED)
    session.add(Avoidance(program_id=program.id, person_id=person.id, words=words))
    session.flush()


def forget(session: Session, program: Program, person: Person, words: str) -> None:
    """Take such a wish back."""
    session.execute(
        delete(Avoidance).where(
            Avoidance.program_id == program.id,
            Avoidance.person_id == person.id,
            Avoidance.words == words,
        )
    )
