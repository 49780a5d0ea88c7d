"""Skills an instructor types where the LMS knows none, up to five (P29)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import granting, queries, service
from lti_mentor.skills.models import ContextSkill, Skill

MOST = 5
"""How many skills a course may have that no LMS names."""


def keep(
    session: Session, context: Context, by: Person, lines: Sequence[tuple[str, str]]
) -> bool:
    """Keep typed skills: each line has the public id it had, or none, and its name.

    A line left empty takes its skill out of the course; programs and records that
    name it keep it. False = nothing was changed.

    Raises:
        Invalid: Two lines say the same (`skill.twice`), too many (`skill.too_many`).
        Conflict: A skill is no longer there (`skill.gone`): somebody else changed it.
    """
    named = [(id_, " ".join(label.split())[:255]) for id_, label in lines]
    _check([label.casefold() for _, label in named if label])
    before = queries.typed_in(session, context)
    there = {str(skill.public_id): skill for skill in before}
    old = [(skill.id, skill.label) for skill in before]
    for id_, label in named:
        if label and id_ and id_ not in there:
            raise Conflict("skill.gone")
        _one(session, context, there.get(id_), label)
    after = queries.typed_in(session, context)
    if len(after) > max(MOST, len(old)):
        raise Invalid("skill.too_many")
    if [(skill.id, skill.label) for skill in after] == old:
        return False
    granting.grant(session, context)
    record(
        session,
        Verb.NAMED_SKILLS,
        context,
        registration=context.registration,
        actor=by,
        context=context,
        skills=[str(skill.public_id) for skill in after],
    )
    return True


def _check(labels: Sequence[str]) -> None:
    if len(labels) > MOST:
        raise Invalid("skill.too_many")
    if len(set(labels)) < len(labels):
        raise Invalid("skill.twice")


def _one(session: Session, context: Context, skill: Skill | None, label: str) -> None:
    if skill is None and label:
        service.type_skill(session, context, label)
    elif skill is not None and label:
        skill.label = label
    elif skill is not None:
        _drop(session, context, skill)
    session.flush()


def _drop(session: Session, context: Context, skill: Skill) -> None:
    row = session.scalars(
        select(ContextSkill).filter_by(context_id=context.id, skill_id=skill.id)
    ).one()
    session.delete(row)
