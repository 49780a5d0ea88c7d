"""Rosters and gradebooks of platforms nobody here wrote."""

import uuid
from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.lti.scores import Score
from lti_mentor.lti.services import SCORE, Column
from lti_mentor.people.models import Context, Membership
from tests.peers.conftest import Browsers
from tests.peers.servers import Peer, Tool, wait_for

EVERYBODY = {
    ("iris", "Iris Instructor", "instructor"),
    ("lena", "Lena Learner", "learner"),
    ("max", "Max Member", "learner"),
}


@pytest.fixture
def course(tool: Tool, peer: Peer, browsers: Browsers) -> Context:
    """The peer's course, known since its instructor came."""
    browsers().launch(peer.start_url("iris"), tool.url)
    return tool.course(peer)


def test_the_roster_is_read_page_by_page(
    tool: Tool, peer: Peer, course: Context
) -> None:
    found = list(tool.services(peer).members(course.memberships_url or "", limit=2))

    assert {(m.sub, m.name, m.standing.role.value) for m in found} == EVERYBODY
    assert len(found) == len(EVERYBODY)


def test_an_instructor_s_first_launch_has_the_worker_read_the_course(
    tool: Tool, peer: Peer, course: Context
) -> None:
    def everybody() -> bool | None:
        with tool.tenant(peer) as (session, _registration):
            seats = session.query(Membership).filter_by(context_id=course.id)
            seen = {(s.person.sub, s.person.name, s.role.value) for s in seats}
            return True if seen == EVERYBODY else None

    assert wait_for(everybody, "the course was not read")


def test_a_line_item_is_created_and_found_again(
    tool: Tool, peer: Peer, course: Context
) -> None:
    services, url = tool.services(peer), course.lineitems_url or ""
    ours = str(uuid.uuid4())

    made = services.create_line_item(url, _column(ours))

    assert made == _column(ours, made.url)
    assert services.line_items(url, resource_id=ours) == [made]
    assert services.line_item(made.url) == made
    assert services.line_item(f"{url}/999999") is None


def test_a_score_is_posted_and_read_back(
    tool: Tool, peer: Peer, course: Context
) -> None:
    services = tool.services(peer)
    made = services.create_line_item(course.lineitems_url or "", _column("score"))

    answer = services.post_score(made.url, Score("max", now(), given=7.5, maximum=10))

    assert answer.is_accepted
    found = services.results(made.url, "max")
    assert [(r.sub, r.score, r.maximum) for r in found] == [("max", 7.5, 10.0)]
    assert services.results(made.url, "lena") == []


def test_only_a_later_score_replaces_one(
    tool: Tool, peer: Peer, course: Context
) -> None:
    services, moment = tool.services(peer), now()
    made = services.create_line_item(course.lineitems_url or "", _column("later"))
    first = Score("max", moment, given=1, maximum=10)
    later = Score("max", moment + timedelta(seconds=1), given=2, maximum=10)

    answers = [services.post_score(made.url, s) for s in (first, first, later)]

    assert [a.is_accepted for a in answers] == [True, False, True]
    assert [r.score for r in services.results(made.url, "max")] == [2]


def test_a_token_is_granted_for_what_was_asked(
    tool: Tool, peer: Peer, course: Context
) -> None:
    assert tool.services(peer).token(SCORE).scopes == frozenset({SCORE})


def _column(resource_id: str, url: str = "") -> Column:
    return Column(url, "Apply it", 10.0, resource_id=resource_id, tag="practice")
