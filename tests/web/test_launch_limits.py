"""One session asks so often and no oftener; the others never notice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from lti_mentor.clock import now
from lti_mentor.web import EXTENSION
from lti_mentor.web.limits import MOST_KNOWN, Pace, TooMany
from tests.tool import Signed, Tool, code_of


@pytest.fixture
def hurried(tool: Tool) -> Iterator[Tool]:
    """The tool, which lets a session ask three times a minute."""
    known = tool.app.extensions[EXTENSION]
    tool.app.extensions[EXTENSION] = replace(known, pace=Pace(most=3))
    yield tool
    tool.app.extensions[EXTENSION] = known


def ask(tool: Tool, signed: Signed) -> tuple[int, str]:
    answer = tool.browser.get(signed.next, headers=signed.headers)
    return answer.status_code, code_of(answer)


def test_a_session_that_asks_too_often_is_told_when_to_come_back(hurried: Tool):
    wild, calm = hurried.sign_in(), hurried.sign_in(sub="learner-2")

    with time_machine.travel(now(), tick=False) as clock:
        statuses = [ask(hurried, wild)[0] for _ in range(3)]
        clock.shift(20)
        refused = hurried.browser.get(wild.next, headers=wild.headers)
        other = ask(hurried, calm)
        clock.shift(40)
        later = ask(hurried, wild)

    assert statuses == [200] * 3
    assert (refused.status_code, code_of(refused)) == (429, "request.too_many")
    assert refused.headers["Retry-After"] == "40"
    assert other[0] == later[0] == 200


def test_a_class_may_ask_as_people_do(tool: Tool):
    signed = tool.sign_in()

    assert {ask(tool, signed)[0] for _ in range(60)} == {200}


def test_three_hundred_a_minute_are_enough():
    pace, handle = Pace(), uuid4()
    for _ in range(300):
        pace.note(handle)

    with pytest.raises(TooMany):
        pace.note(handle)


def test_counts_of_minutes_gone_by_are_forgotten():
    pace, gone = Pace(most=1), uuid4()
    for handle in (gone, *(uuid4() for _ in range(9))):
        pace.note(handle)

    with time_machine.travel(now() + timedelta(minutes=2)):
        for _ in range(MOST_KNOWN):
            pace.note(uuid4())
        pace.note(gone)
        with pytest.raises(TooMany):
            pace.note(gone)

    assert len(pace._counts) <= MOST_KNOWN + 1
