"""What a launch into a course brings about before its first page."""

from typing import Any

import pytest
from sqlalchemy import select

from lti_mentor.jobs import queries as jobs
from lti_mentor.platforms.models import Reach, Registration
from lti_mentor.sync.groups import GROUPS
from lti_mentor.sync.models import SyncRun, SyncState
from tests.platform import INSTRUCTOR, NRPS, Platform
from tests.tool import Tool


def launch(tool: Tool, platform: Platform, *, with_roster: bool) -> int:
    """An instructor comes in; return how many readings were asked for so far."""
    roster = {"context_memberships_url": f"{platform.url}/members"}
    known = {NRPS: roster} if with_roster else {}
    tool.sign_in(roles=[INSTRUCTOR], **known)
    with tool.session() as session:
        return len(session.scalars(select(SyncRun)).all())


def finish(tool: Tool, **columns: Any) -> None:
    with tool.session() as session:
        run = session.scalars(select(SyncRun)).one()
        run.state = SyncState.DONE
        for name, value in columns.items():
            setattr(run, name, value)


def test_a_course_is_read_again_once_its_roster_can_be_seen(
    tool: Tool, platform: Platform
):
    before = launch(tool, platform, with_roster=False)
    finish(tool)

    after = launch(tool, platform, with_roster=True)

    assert (before, after) == (1, 2)


@pytest.mark.parametrize(
    "columns", [{"counts": {"roster": 3}}, {"problems": {"roster": {"code": "x"}}}]
)
def test_a_roster_that_was_tried_is_left_to_the_nightly_reading(
    tool: Tool, platform: Platform, columns: dict[str, Any]
):
    launch(tool, platform, with_roster=True)
    finish(tool, **columns)

    assert launch(tool, platform, with_roster=True) == 1


def test_a_reading_that_waits_is_not_asked_for_twice(tool: Tool, platform: Platform):
    launch(tool, platform, with_roster=False)

    assert launch(tool, platform, with_roster=True) == 1


@pytest.mark.parametrize("token", ["t", None])
def test_where_the_tool_is_off_only_the_courses_place_is_asked_for(
    tool: Tool, platform: Platform, token: str | None
):
    with tool.session() as session:
        registration = session.scalars(select(Registration)).one()
        registration.reach, registration.lms_token = Reach.CHOSEN, token

    count = launch(tool, platform, with_roster=True)

    with tool.session() as session:
        kinds = [job.kind for job in jobs.listed(session)]
    assert (count, kinds) == (0, [GROUPS] if token else [])
