"""Launches as Moodle 4.5.6 makes them; each rule was measured on a real one."""

import time

import jwt
import pytest

from lti_mentor.demo import Campus
from lti_mentor.demo.lti import AGS_CLAIM, CLAIM, NRPS_CLAIM
from lti_mentor.demo.rows import Enrolment
from tests.demo.moodle_visitor import Caller, Visitor
from tests.demo.replay import fields
from tests.demo.stand_in import StandIn


@pytest.fixture
def caller(campus: Campus) -> Caller:
    return Caller(campus)


def hub(caller: Caller, code: str = "NEG101") -> int:
    """Return the module of the tool behind a course's tab, or on the home page."""
    course = 1 if code == "home" else caller.course(code).id
    return next(
        row.id
        for row in caller.world.activities.values()
        if row.kind == "lti" and row.course == course
    )


def launched(campus: Campus, tool: StandIn, name: str, activity: int):
    """Open an activity as somebody and return what the tool was told."""
    tool.launches.clear()
    Visitor(campus, name).see(f"/mod/lti/launch.php?id={activity}")
    return tool.launches[-1]


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("Lena Ortiz", ["Learner"]),
        ("Ines Keller", ["Instructor"]),
        ("Robert Achebe", ["Instructor"]),
        ("Sana Iqbal", ["Instructor"]),
        ("Ada Admin", ["Administrator", "Instructor", "Administrator"]),
    ],
)
def test_a_launch_says_which_role_one_has(name, roles, campus, tool, caller):
    claims = launched(campus, tool, name, hub(caller))

    found = [role.rpartition("#")[2] for role in claims[CLAIM + "roles"]]
    assert found == roles
    assert all(role.startswith("http://") for role in claims[CLAIM + "roles"])


def test_a_teacher_who_does_not_edit_is_a_learner_in_the_roster(caller):
    path = f"/CourseSection/{caller.course().id}/bindings/1/memberships"

    members = caller.call("GET", path).json()["members"]

    roles = {row["name"]: row["roles"] for row in members}
    assert roles["Robert Achebe"] == ["Learner"]
    assert roles["Ines Keller"] == ["Instructor"]


def test_the_roster_lacks_who_is_suspended(caller):
    path = f"/CourseSection/{caller.course().id}/bindings/1/memberships"

    members = caller.call("GET", path).json()["members"]

    names = {row["name"] for row in members}
    assert "Jonas Weber" not in names
    assert {row["status"] for row in members} == {"Active"}


def test_the_second_page_of_a_filtered_roster_is_no_longer_filtered(caller):
    path = f"/CourseSection/{caller.course().id}/bindings/1/memberships"
    first = caller.call("GET", path + "?role=Instructor&limit=1")
    everybody = caller.call("GET", path + "?role=Mentor").json()["members"]
    filtered = caller.call("GET", path + "?role=Learner&limit=2")

    following = filtered.links["next"]["url"]

    assert len(first.json()["members"]) == 1
    assert len(everybody) > 20
    assert "role" not in following


def test_an_activity_is_named_by_its_instance_not_its_module(campus, tool, caller):
    item = caller.practice()

    claims = launched(campus, tool, "Lena Ortiz", item.activity)

    activity = caller.world.activities[item.activity]
    assert claims[CLAIM + "resource_link"]["id"] == str(activity.instance)
    assert claims[AGS_CLAIM]["lineitem"].endswith(f"/{item.id}/lineitem?type_id=1")


def test_an_activity_without_a_grade_has_no_column(campus, tool, caller):
    claims = launched(campus, tool, "Lena Ortiz", hub(caller))

    assert "lineitem" not in claims[AGS_CLAIM]
    assert "lineitems" in claims[AGS_CLAIM]


def test_an_id_token_lives_one_minute_and_has_no_azp(campus, tool, caller):
    claims = launched(campus, tool, "Lena Ortiz", hub(caller))

    assert claims["exp"] - claims["iat"] == 60
    assert claims["aud"] == caller.tool.client_id
    assert "azp" not in claims


def test_a_launch_can_be_finished_only_once(campus, caller):
    visitor = Visitor(campus, "Lena Ortiz")
    query = asked(visitor, caller)
    address = f"{visitor.url}/mod/lti/auth.php"

    first = visitor.get(address, params=query)
    again = visitor.get(address, params=query)

    assert "id_token" in fields(first.text)
    assert again.status_code == 404
    assert "Invalid request" in again.text


def test_on_the_site_home_everybody_is_a_learner_of_a_group(campus, tool, caller):
    claims = launched(campus, tool, "Ines Keller", hub(caller, "home"))

    assert claims[CLAIM + "context"]["type"] == ["Group"]
    assert claims[CLAIM + "context"]["id"] == "1"
    assert [role[-7:] for role in claims[CLAIM + "roles"]] == ["Learner"]
    assert "/Group/1/" in claims[NRPS_CLAIM]["context_memberships_url"]


def test_a_graduate_gets_in_by_the_site_home(campus, tool, caller):
    claims = launched(campus, tool, "Mateo Silva", hub(caller, "home"))

    assert claims["name"] == "Mateo Silva"


def test_a_tool_on_the_site_home_is_hidden_until_an_admin_opens_it(campus, caller):
    path = f"/mod/lti/view.php?id={hub(caller, 'home')}"
    visitor = Visitor(campus, "Lena Ortiz")
    caller.world.extra["site_home_tools"] = False

    closed = visitor.see(path)
    Visitor(campus, "Ada Admin").post(f"{visitor.url}/admin/roles/define.php")
    opened = visitor.see(path)

    assert closed.url == visitor.url + "/"
    assert "contentframe" in opened.text


@pytest.mark.parametrize("status", ["suspended", "expired"])
def test_who_lost_the_course_is_sent_to_its_enrolment_page(status, campus, caller):
    person = caller.person("Lena Ortiz")
    caller.world.enrolments[caller.course().id, person].status = status

    page = Visitor(campus, "Lena Ortiz").see(f"/mod/lti/launch.php?id={hub(caller)}")

    assert "/enrol/index.php" in page.url


def test_a_course_past_its_end_date_is_open_as_before(campus, tool, caller):
    caller.course().end = int(time.time()) - 86400

    claims = launched(campus, tool, "Lena Ortiz", hub(caller))

    assert claims["name"] == "Lena Ortiz"


def test_a_hidden_course_lets_only_teachers_launch(campus, tool, caller):
    caller.course().visible = False

    page = Visitor(campus, "Lena Ortiz").see(f"/mod/lti/launch.php?id={hub(caller)}")
    claims = launched(campus, tool, "Ines Keller", hub(caller))

    assert page.status_code == 403
    assert claims["name"] == "Ines Keller"


def test_a_tool_that_gets_no_names_still_gets_the_username(campus, tool, caller):
    caller.tool.claims, caller.tool.custom = [], {"u": "$User.username", "x": "$No.Way"}

    claims = launched(campus, tool, "Lena Ortiz", hub(caller))

    assert "name" not in claims
    assert "email" not in claims
    assert claims[CLAIM + "custom"]["u"] == "lena.ortiz"
    assert claims[CLAIM + "custom"]["x"] == "$No.Way"


def test_who_has_no_mail_address_is_launched_without_one(campus, tool, caller):
    person = caller.person("Peter Kowalski")
    course = caller.course().id
    caller.world.add(Enrolment(course, person, "learner"))

    claims = launched(campus, tool, "Peter Kowalski", hub(caller))

    assert "email" not in claims


def test_keys_are_rotated_with_an_overlap(campus, tool, caller):
    keys = campus.moodle.keys
    before = keys.jwks()["keys"][0]["kid"]

    after = keys.rotate()

    published = [key["kid"] for key in keys.jwks()["keys"]]
    assert published == [before, after]
    keys.withdraw()
    assert [key["kid"] for key in keys.jwks()["keys"]] == [after]


def test_switches_make_a_token_stale_or_signed_by_nobody(campus, caller):
    keys = campus.moodle.keys
    visitor = Visitor(campus, "Lena Ortiz")
    campus.faults["moodle"].set(expired=True, unknown_key=True)

    token = id_token(visitor, caller)

    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert header["kid"] not in {key["kid"] for key in keys.jwks()["keys"]}
    assert claims["exp"] < time.time()


def id_token(visitor: Visitor, caller: Caller) -> str:
    """Take the id_token out of the page that would post it to the tool."""
    page = visitor.get(f"{visitor.url}/mod/lti/auth.php", params=asked(visitor, caller))
    return fields(page.text)["id_token"]


def asked(visitor: Visitor, caller: Caller) -> dict[str, str]:
    """Begin a launch and return the tool's authentication request."""
    begun = fields(
        visitor.get(f"{visitor.url}/mod/lti/launch.php?id={hub(caller)}").text
    )
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "client_id": begun["client_id"],
        "redirect_uri": caller.tool.redirect_uris[0],
        "login_hint": begun["login_hint"],
        "lti_message_hint": begun["lti_message_hint"],
        "nonce": "n",
    }
