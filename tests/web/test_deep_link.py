"""Content selection: one practice, several, none; what a platform shows for review."""

from typing import Any

import jwt
import pytest

from lti_mentor.people.models import ResourceLink, Role, WebSession
from lti_mentor.platforms.models import LMSKind
from lti_mentor.practice.models import PracticeBrief, WorkState
from tests.platform import INSTRUCTOR, Platform, private_key
from tests.tool import KID, Tool
from tests.web.pages import House, Page, Visitor
from tests.web.stage import Stage, stage

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = {
    "return_url": "https://class.example.edu/return",
    "accepts_line_item": True,
    "accepts_many": True,
    "data": "opaque",
}


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def iris(s: Stage, **settings: Any) -> Visitor:
    wanted = SETTINGS | settings
    return s.as_("iris", launch={"deployment_id": "1", "deep_linking": wanted})


def sent(page: Page) -> dict[str, Any]:
    given = str(page.one('form#send input[name="JWT"]')["value"])
    key = private_key(KID).public_key()
    options: Any = {"verify_aud": False}
    claims: dict[str, Any] = jwt.decode(given, key, ["RS256"], options=options)
    return claims


def test_one_practice_goes_with_its_column(s: Stage) -> None:
    page = iris(s).post("/deep-link", 200, title="Listen", maximum="40")

    (item,) = sent(page)[DL + "content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["title"] == item["lineItem"]["label"] == "Listen"
    assert item["lineItem"]["scoreMaximum"] == 40
    assert item["custom"]["practice"] == item["lineItem"]["resourceId"]


def test_several_go_together_where_the_platform_takes_them(s: Stage) -> None:
    teacher = iris(s)
    first = teacher.post("/deep-link", 200, title="Listen", another="yes")
    kept = str(first.one('input[name="chosen"]')["value"])

    page = teacher.post("/deep-link", 200, title="Ask", chosen=kept)

    items = sent(page)[DL + "content_items"]
    assert [item["title"] for item in items] == ["Listen", "Ask"]
    s.house.again()
    assert all(brief.linked_at for brief in s.session.query(PracticeBrief))


def test_where_one_is_taken_at_a_time_there_is_no_second(s: Stage) -> None:
    teacher = iris(s, accepts_many=False)

    page = teacher.post("/deep-link", 200, title="Listen", another="yes")

    assert len(sent(page)[DL + "content_items"]) == 1
    assert not teacher.get("/deep-link").soup.select('[name="another"]')


def test_what_somebody_else_put_together_does_not_come_along(s: Stage) -> None:
    theirs = s.placed(s.program()).brief
    theirs.created_by_id = s.max.id

    page = iris(s).post("/deep-link", 200, title="Ask", chosen=str(theirs.public_id))

    items = sent(page)[DL + "content_items"]
    assert [item["title"] for item in items] == ["Ask"]


def test_going_back_with_nothing_says_so_and_keeps_nothing(s: Stage) -> None:
    page = iris(s).post("/deep-link/cancel", 200)

    claims = sent(page)
    assert claims[DL + "content_items"] == []
    assert claims[DL + "msg"] == "Nothing was added."
    assert claims[DL + "data"] == "opaque"


def test_where_the_platform_has_an_address_for_it_going_back_leads_there(
    s: Stage,
) -> None:
    place = "https://class.example.edu/deep_linking_cancel"
    teacher = iris(s, cancel_url=f"{place}?include_host=true&placement=a%26b")

    page = teacher.post("/deep-link/cancel", 200)

    form = page.one("form#send")
    fields = {str(one["name"]): one["value"] for one in form.select("input")}
    assert (form["method"], form["action"]) == ("get", place)
    assert fields.pop("lti_msg") == "Nothing was added."
    assert fields == {"include_host": "true", "placement": "a&b"}


@pytest.mark.parametrize(
    ("family", "address", "kept"),
    [
        ("canvas", "{url}/deep_linking_cancel?placement=a", True),
        ("canvas", "https://elsewhere.example/cancel", False),
        ("moodle", "{url}/return.php?sesskey=secret", False),
    ],
)
def test_only_where_it_is_meant_for_that_a_launchs_return_address_is_kept(
    tool: Tool, platform: Platform, family: str, address: str, kept: bool
) -> None:
    url = address.format(url=platform.url)
    tool.sign_in(
        roles=[INSTRUCTOR],
        tool_platform={"guid": "1", "product_family_code": family},
        launch_presentation={"return_url": url},
        **platform.deep_linking(),
    )

    with tool.session() as session:
        told = session.query(WebSession).one().launch["deep_linking"]
        assert told["cancel_url"] == (url if kept else None)


def test_a_practice_opens_on_a_day_where_the_lms_keeps_it(s: Stage) -> None:
    s.tenant.lms_kind = LMSKind.CANVAS
    s.session.commit()
    given = {"title": "Listen", "starts_on": "2099-01-02", "due_on": "2099-02-01"}

    page = iris(s).post("/deep-link", 200, **given)

    (item,) = sent(page)[DL + "content_items"]
    assert item["available"]["startDateTime"].startswith("2099-01-0")
    assert iris(s).get("/deep-link").soup.select('[name="starts_on"]')


def test_where_the_lms_drops_dates_no_start_is_asked_for(s: Stage) -> None:
    s.tenant.lms_kind = LMSKind.MOODLE
    s.session.commit()

    page = iris(s).post("/deep-link", 200, title="Listen", starts_on="2099-01-02")

    (item,) = sent(page)[DL + "content_items"]
    assert "available" not in item
    assert not iris(s).get("/deep-link").soup.select('[name="starts_on"]')


def test_nothing_is_due_before_it_starts(s: Stage) -> None:
    s.tenant.lms_kind = LMSKind.CANVAS
    s.session.commit()
    given = {"title": "Listen", "starts_on": "2099-03-02", "due_on": "2099-02-01"}

    page = iris(s).post("/deep-link", 422, **given)

    assert "due before it starts" in page.text
    assert s.session.query(PracticeBrief).count() == 0


def test_the_address_of_selections_tells_a_visitor_where_it_opens(tool: Tool) -> None:
    answer = tool.browser.get("/lti/deep-link")

    assert answer.status_code == 400
    assert "launch.outside" in answer.text
    assert "choose the tool where you add content" in answer.text


def shown(s: Stage, name: str, of: str) -> tuple[int, str]:
    """Open what a platform shows for review; return status and where it leads."""
    link = s.session.query(ResourceLink).one()
    role = Role.INSTRUCTOR if name == "iris" else Role.LEARNER
    asked = {"for_user": s.people[of].sub}
    visitor = s.house.visitor(
        s.people[name], role, s.course, resource_link=link, launch=asked
    )
    answer = visitor.ask("GET", "/submission")
    return answer.status_code, answer.headers.get("Location", "").split("/s/")[-1]


@pytest.mark.parametrize(("name", "page"), [("iris", "review"), ("lea", "work")])
def test_a_submission_review_opens_the_work_it_names(
    s: Stage, name: str, page: str
) -> None:
    work = s.work(WorkState.IN_REVIEW, s.program(), None)

    status, place = shown(s, name, of="lea")

    assert status == 303
    assert place.endswith(f"/{page}/{work.public_id}")


def test_a_submission_review_shows_a_learner_nobody_elses(s: Stage) -> None:
    s.work(WorkState.IN_REVIEW, s.program(), None)

    assert shown(s, "max", of="lea")[0] == 404
