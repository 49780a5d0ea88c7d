"""How soon mentors usually answer, where the organisation lets that be said (P23)."""

from collections import defaultdict
from collections.abc import Collection
from math import ceil
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.mentoring.models import Mentorship
from lti_mentor.platforms.models import Registration

LEAST = 2
"""From how many answers on something is usual."""
DAY = 86_400


def days_to_answer(
    session: Session, registration: Registration, mentors: Collection[int]
) -> dict[int, int]:
    """Return person id -> days, the middle of their answers; 1 = within a day.

    Empty where nobody's times are to be shown; who answered once only is left out.
    """
    if registration.hides_times or not mentors:
        return {}
    rows = session.execute(
        select(
            Mentorship.mentor_id, Mentorship.offered_at, Mentorship.mentor_accepted_at
        ).where(
            Mentorship.mentor_id.in_(mentors),
            Mentorship.mentor_accepted_at.is_not(None),
        )
    )
    taken: dict[int, list[float]] = defaultdict(list)
    for mentor, offered, accepted in rows:
        if accepted is not None:
            taken[mentor].append((accepted - offered).total_seconds() / DAY)
    return {
        mentor: max(1, ceil(median(days)))
        for mentor, days in taken.items()
        if len(days) >= LEAST
    }
