"""Organisation: who is named, where launches come from, what is a copy."""

import pytest

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.people.models import Person, Role
from lti_mentor.platforms.models import Deployment, DeploymentPolicy, Registration
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor
from tests.web.stage import Stage, stage

PAGES = ["/setup", "/organisation", "/courses", "/usage", "/records", "/leaving"]
FORMS = [
    "/setup/check",
    "/setup/mail",
    "/setup/writing",
    "/organisation/people",
    "/organisation/people/remove",
    "/organisation/deployments",
    "/organisation/policy",
    "/organisation/origins",
    "/organisation/held",
    "/organisation/copy",
    "/organisation/times",
    "/courses",
    "/courses/on",
    "/courses/off",
    "/courses/wish",
    "/courses/starting",
    "/courses/program",
    "/leaving/revoke",
    "/leaving/erase",
]


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


@pytest.fixture
def ada(s: Stage) -> Visitor:
    s.ada.is_org_admin = True
    return s.as_("ada")


def tenant(s: Stage) -> Registration:
    s.house.again()
    return s.session.get_one(Registration, s.tenant.id)


def person(s: Stage, name: str) -> Person:
    s.house.again()
    return s.session.get_one(Person, s.people[name].id)


@pytest.mark.parametrize("who", ["lea", "iris", "tess", "max"])
def test_who_looks_after_nothing_gets_nowhere(s: Stage, who: str) -> None:
    visitor = s.as_(who)
    before = s.house.dump()

    for path in [*PAGES, "/leaving/archive"]:
        assert visitor.ask("GET", path).status_code == 403, path
    for path in FORMS:
        assert visitor.ask("POST", path).status_code == 403, path

    assert s.house.dump() == before


def test_who_acts_as_an_admin_looks_on_only(s: Stage) -> None:
    ada = s.as_("ada", is_read_only=True)
    before = s.house.dump()

    for path in PAGES:
        ada.get(path)
    for path in FORMS:
        assert code_of(ada.ask("POST", path)) == "session.read_only", path
    assert ada.ask("GET", "/leaving/archive").status_code == 403

    assert s.house.dump() == before


def test_an_admin_gets_no_rights_in_a_course(s: Stage) -> None:
    s.ada.is_org_admin = True
    ada = s.house.visitor(s.ada, Role.VIEWER, s.course, is_org_admin=True)

    for path in ("/board", "/programs/new", "/report"):
        assert ada.ask("GET", path).status_code == 403, path


# People


@pytest.mark.parametrize("right", ["is_org_admin", "is_reader", "may_start"])
def test_somebody_is_named_and_taken_back(s: Stage, ada: Visitor, right: str) -> None:
    page = ada.follow("/organisation/people", who=" Ирис Учитель ", right=right)

    assert "Ирис Учитель" in page.text
    assert getattr(person(s, "iris"), right)

    iris = str(s.iris.public_id)
    ada.follow("/organisation/people/remove", person=iris, right=right)
    assert not getattr(person(s, "iris"), right)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"who": "Никто", "right": "is_reader"}, "who"),
        ({"who": "", "right": "is_reader"}, "who"),
        ({"who": "Ирис Учитель", "right": "is_test"}, "right"),
        ({"who": "Ирис Учитель", "right": ""}, "right"),
    ],
)
def test_nobody_is_named_by_half_a_form(
    s: Stage, ada: Visitor, form: dict[str, str], field: str
) -> None:
    before = s.house.dump()

    page = ada.post("/organisation/people", 422, **form)

    assert page.errors()
    assert page.one(f"[data-error-summary] a[href='#{field}']")
    assert s.house.dump() == before


def test_somebody_of_another_organisation_is_not_found(s: Stage, ada: Visitor) -> None:
    far = builders.registration(s.session)
    other = builders.person(s.session, far, "Далёкий", is_reader=True)
    s.session.commit()

    ada.post("/organisation/people", 422, who="Далёкий", right="is_reader")
    named = {"person": str(other.public_id), "right": "is_reader"}
    ada.post("/organisation/people/remove", 404, **named)

    s.house.again()
    assert other.is_reader


def test_the_last_admin_stays(s: Stage, ada: Visitor) -> None:
    named = {"person": str(s.ada.public_id), "right": "is_org_admin"}

    answer = ada.ask("POST", "/organisation/people/remove", data=named)

    assert (answer.status_code, code_of(answer)) == (409, "organisation.last_admin")
    assert person(s, "ada").is_org_admin


def test_who_is_no_admin_any_more_is_out_at_once(s: Stage, ada: Visitor) -> None:
    s.max.is_org_admin = True
    max_ = s.as_("max", is_org_admin=True)
    max_.get("/setup")
    named = {"person": str(s.max.public_id), "right": "is_org_admin"}

    ada.ask("POST", "/organisation/people/remove", data=named)

    assert max_.ask("GET", "/setup").status_code == 401


def test_a_reader_sees_numbers_and_no_names(s: Stage) -> None:
    s.couple()
    s.lea.is_reader = True
    reader = s.house.visitor(s.lea, Role.VIEWER, s.hub)

    page = reader.get("/usage")

    assert s.course.title in page.text
    assert not [name for name in ("Макс", "Ирис", "Ада") if name in page.text]
    for path in set(PAGES) - {"/usage"}:
        assert reader.ask("GET", path).status_code == 403, path


# Where launches come from


def test_a_place_that_waits_is_accepted_and_kept_out_again(
    s: Stage, ada: Visitor
) -> None:
    row = Deployment(registration_id=s.tenant.id, deployment_id="77", is_accepted=False)
    s.session.add(row)
    s.session.commit()
    place = str(row.public_id)

    ada.follow("/organisation/deployments", deployment=place, accept="yes")
    s.house.again()
    assert row.is_accepted

    ada.follow("/organisation/deployments", deployment=place)
    s.house.again()
    assert not row.is_accepted


def test_a_place_of_another_organisation_is_not_found(s: Stage, ada: Visitor) -> None:
    far = builders.registration(s.session)
    row = Deployment(registration_id=far.id, deployment_id="1", is_accepted=False)
    s.session.add(row)
    s.session.commit()

    place = str(row.public_id)
    ada.post("/organisation/deployments", 404, deployment=place, accept="yes")

    s.house.again()
    assert not row.is_accepted


@pytest.mark.parametrize("listed", ["yes", "no"])
def test_new_places_are_learned_or_listed(s: Stage, ada: Visitor, listed: str) -> None:
    ada.follow("/organisation/policy", listed=listed)

    policy = tenant(s).deployment_policy
    assert policy is DeploymentPolicy("listed" if listed == "yes" else "learn")


def test_an_address_is_added_and_removed(s: Stage, ada: Visitor) -> None:
    ada.post("/organisation/origins", origin="https://moodle.uni.example/path")
    assert "https://moodle.uni.example" in tenant(s).origins

    ada.post("/organisation/origins", remove="https://moodle.uni.example")
    assert "https://moodle.uni.example" not in tenant(s).origins


@pytest.mark.parametrize(
    "typed", ["", "moodle", "ftp://a.example", "https://*.com", "https://a.*.example"]
)
def test_what_is_no_address_of_this_lms_comes_back(
    s: Stage, ada: Visitor, typed: str
) -> None:
    before = tenant(s).origins

    page = ada.post("/organisation/origins", 422, origin=typed)

    assert page.one("#origin-error")
    assert tenant(s).origins == before


def test_a_held_launch_is_explained_and_let_in(s: Stage, ada: Visitor) -> None:
    s.tenant.platform_guid, s.tenant.held_guid = "ours", "other"
    s.session.commit()
    assert "other" in ada.get("/organisation").text

    ada.post("/organisation/held", 409, guid="yet another", accept="yes")
    ada.follow("/organisation/held", guid="other", accept="yes")

    found = tenant(s)
    assert (found.held_guid, found.accepted_guids) == (None, ["other"])


def test_a_held_launch_is_kept_out(s: Stage, ada: Visitor) -> None:
    s.tenant.platform_guid, s.tenant.held_guid = "ours", "other"
    s.session.commit()

    ada.follow("/organisation/held", guid="other")

    found = tenant(s)
    assert (found.held_guid, found.accepted_guids) == (None, [])


# Copies


def test_a_clone_is_marked_and_every_page_says_so(s: Stage, ada: Visitor) -> None:
    lea = s.as_("lea")
    assert "trying things out" not in lea.get("/mentorship").text

    ada.follow("/organisation/copy", copy="yes")

    assert tenant(s).is_copy
    for who, path in ((ada, "/setup"), (lea, "/mentorship"), (lea, "/guide")):
        assert "trying things out" in who.get(path).text
    ada.follow("/organisation/copy")
    assert not tenant(s).is_copy


def test_what_the_lms_calls_a_copy_stays_one(s: Stage, ada: Visitor) -> None:
    s.tenant.environment, s.tenant.is_copy = "beta", True
    s.session.commit()

    ada.post("/organisation/copy", 404)

    assert tenant(s).is_copy
    assert "/organisation/copy" not in " ".join(ada.get("/organisation").actions())


# Setup


def test_one_row_is_checked_alone_and_says_so(s: Stage, ada: Visitor) -> None:
    page = ada.follow("/setup/check", feature="roster")

    assert [
        one["id"] for one in page.soup.select(".health") if "Being" in one.text
    ] == ["roster"]
    ada.post("/setup/check", 404, feature="weather")


def test_every_row_can_be_checked_by_itself(ada: Visitor) -> None:
    page = ada.get("/setup")

    buttons = page.soup.select('button[name="feature"]')
    assert [b["value"] for b in buttons] == [
        row["id"] for row in page.soup.select(".health")
    ]
    assert len(buttons) == 9


def test_pausing_says_how_much_waits(s: Stage, ada: Visitor) -> None:
    for _ in range(2):
        done = Activity(
            registration_id=s.tenant.id,
            verb=Verb.SCORED,
            object_type="practice_work",
            object_id=s.lea.public_id,
        )
        s.session.add(done)
        s.told(done, Destination.AGS, DeliveryState.WAITING)
    s.session.commit()

    page = ada.follow("/setup/writing", pause="yes")

    assert "2 records wait" in page.text
