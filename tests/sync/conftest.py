from datetime import UTC, datetime

import pytest

from lms_clients import (
    Completion,
    Course,
    CourseCompletion,
    FakeLMS,
    Member,
    Proficiency,
    Profile,
    Role,
    Skill,
)
from lti_mentor.platforms.models import LMSKind
from tests.builders import World, world


@pytest.fixture(params=[LMSKind.MOODLE, LMSKind.CANVAS])
def w(session, request) -> World:
    """A course (id 7 in its LMS) whose people were here before, on either LMS."""
    made = world(session, lms_kind=request.param)
    session.commit()
    return made


def filled(people: int = 3) -> FakeLMS:
    """An LMS with course 7 and everything known of its people."""
    ids = [str(100 + n) for n in range(people)]
    return FakeLMS(
        listed=[Course("7", "Negotiation", "NEG101-2026")],
        enrolled={
            "7": [
                Member(id_, f"Person {id_}", frozenset({Role.LEARNER}), f"{id_}@x.org")
                for id_ in ids
            ]
        },
        people=[Profile(id_, f"Person {id_}") for id_ in ids],
        completions=[
            CourseCompletion("7", id_, Completion.COMPLETE, 1.0, WHEN) for id_ in ids
        ],
        taught={"7": [Skill("s1", "Listening"), Skill("s2", "Asking")]},
        ratings=[
            Proficiency("7", id_, "s1", 2.0, True, "Competent", WHEN) for id_ in ids
        ],
    )


WHEN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def lms() -> FakeLMS:
    return filled()
