"""People come in from platforms nobody here wrote, by the whole OIDC dance."""

import pytest

from lti_mentor.people.models import Person
from tests.peers.browser import NoJar
from tests.peers.conftest import Browsers
from tests.peers.servers import Peer, Tool


def test_a_learner_is_launched_into_a_session(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    opened = browsers().launch(peer.start_url("lena"), tool.url)

    assert opened.next == f"/s/{opened.handle}/home"
    assert opened.bound
    assert "Negotiation" in opened.get("home").text


def test_a_browser_that_keeps_no_cookies_proves_itself_by_the_secret(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    opened = browsers(NoJar()).launch(peer.start_url("lena"), tool.url)

    assert not opened.bound
    assert opened.get("home").ok


def test_the_second_launch_of_a_browser_goes_straight_through(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    browser = browsers()
    first = browser.launch(peer.start_url("lena"), tool.url)

    second = browser.launch(peer.start_url("lena"), tool.url)

    assert second.bound
    assert second.handle != first.handle


def test_a_launch_tells_who_is_there(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    browsers().launch(peer.start_url("lena"), tool.url)

    with tool.tenant(peer) as (session, registration):
        lena = session.query(Person).filter_by(registration=registration, sub="lena")
        assert [(p.name, p.email) for p in lena] == [("Lena Learner", "lena@x.org")]


@pytest.mark.parametrize(("who", "status"), [("iris", 200), ("lena", 403)])
def test_the_board_opens_to_the_course_s_own_instructor_only(
    tool: Tool, peer: Peer, browsers: Browsers, who: str, status: int
) -> None:
    opened = browsers().launch(peer.start_url(who), tool.url)

    assert opened.ask("GET", "board").status_code == status
