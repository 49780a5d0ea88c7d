"""An instructor names a course of the LMS's list: its roster decides (P27, D4)."""

import pytest

from lms_clients import Course, FakeLMS, Member, Role
from lti_mentor.errors import Missing
from lti_mentor.people import family
from lti_mentor.sync import adopting
from lti_mentor.sync.models import SyncRun, SyncState

LISTED = {"id": "8", "name": "Negotiating, last year", "code": "", "alike": 0.9}


@pytest.fixture
def listing(w) -> SyncRun:
    run = SyncRun(context_id=w.course.id, state=SyncState.DONE, others=[LISTED])
    w.iris.lms_user_id = "55"
    w.session.add(run)
    w.session.flush()
    return run


def taught_by(id_: str, role: Role = Role.INSTRUCTOR) -> FakeLMS:
    course = Course("8", "Negotiating, last year", "")
    return FakeLMS(
        listed=[course], enrolled={"8": [Member(id_, "Somebody", frozenset({role}))]}
    )


def test_only_what_was_listed_is_asked_for(w, listing):
    adopting.request(w.session, w.course, w.iris, "8")

    assert adopting.under_way(w.session, w.course) == {"8"}
    with pytest.raises(Missing):
        adopting.request(w.session, w.course, w.iris, "9")


@pytest.mark.parametrize(
    ("lms", "is_theirs"),
    [
        (taught_by("55"), True),
        (taught_by("56"), False),
        (taught_by("55", Role.ASSISTANT), False),
        (taught_by("55", Role.LEARNER), False),
        (FakeLMS(), False),  # gone since it was listed
    ],
)
def test_its_roster_says_whether_they_teach_it(w, listing, lms, is_theirs):
    said = adopting.teaches(lms, "8", w.iris.lms_user_id)
    adopting.settle(w.session, w.course, w.iris, "8", is_theirs=said)

    found = [one.context.lms_id for one in family.offerings(w.session, w.course)]
    answers = [other.get("answer") for other in listing.others]
    assert (said, found) == (is_theirs, ["8"] if is_theirs else [])
    assert answers == [None if is_theirs else adopting.NOT_TAUGHT]
