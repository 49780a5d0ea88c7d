"""Following pages to an end, whatever the platform says."""

from itertools import count, islice

import pytest

from lti_mentor.errors import Outside
from lti_mentor.lti.paging import MOST_PAGES, pages
from lti_mentor.lti.services import MOST_MEMBERS, Services
from lti_mentor.outbound import Reply
from tests.platform import Answer, Platform

URL = "https://lms.test/members"


def endless():
    """Answer every page with a next one nobody has read."""
    numbers = count(1)

    def fetch(url: str) -> Reply:
        link = f'<{URL}?page={next(numbers)}>; rel="next"'
        return Reply(200, {"Link": link}, b"{}", url)

    return fetch


def test_a_list_without_an_end_is_given_up():
    read = pages(URL, endless())

    assert len(list(islice(read, MOST_PAGES))) == MOST_PAGES
    with pytest.raises(Outside, match=r"service\.too_many_pages"):
        next(read)


def test_a_roster_that_names_more_people_than_any_course_is_given_up(
    services: Services, platform: Platform
):
    rows = [{"user_id": "1", "roles": []}] * (MOST_MEMBERS + 1)
    platform.routes["/members"] = lambda _asked: Answer(body={"members": rows})

    with pytest.raises(Outside, match=r"service\.too_many_members"):
        list(services.members(f"{platform.url}/members"))


@pytest.mark.parametrize(
    "path", ["http://lms.test/x", "https://lms.test:8443/x", "//e"]
)
def test_the_next_page_is_on_the_very_same_host(path: str):
    def fetch(url: str) -> Reply:
        return Reply(200, {"Link": f'<{path}>; rel="next"'}, b"{}", url)

    with pytest.raises(Outside, match=r"service\.foreign_page"):
        list(pages(URL, fetch))
