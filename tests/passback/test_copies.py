"""A test or beta copy is never written to, whatever waits there."""

import pytest

from lti_mentor.activity.models import DeliveryState, Destination, Verb
from tests.passback.conftest import Course
from tests.passback.lms import Outside


@pytest.mark.parametrize("destination", list(Destination))
def test_nothing_leaves_a_copy_and_each_record_says_why(
    course: Course, outside: Outside, destination: Destination
) -> None:
    waiting = [course.score(82), course.record(Verb.APPLIED, "learner")]
    course.set(is_copy=True)

    course.send(destination)

    assert (outside.results, outside.batches) == ({}, [])
    score = course.delivery(waiting[0])
    said = course.delivery(waiting[1], Destination.XAPI)
    assert (score.state, score.code) == (DeliveryState.SKIPPED, "delivery.copy")
    assert (said.state, said.code) == (DeliveryState.SKIPPED, "delivery.copy")


def test_what_was_skipped_in_a_copy_does_not_go_out_by_itself_later(
    course: Course, outside: Outside
) -> None:
    course.set(is_copy=True)
    given = course.score(82)
    course.send()
    course.set(is_copy=False)

    course.send()

    assert course.delivery(given).state is DeliveryState.SKIPPED
    assert outside.results == {}
