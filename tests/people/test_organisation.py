"""Who looks after an installation: named, never the last one lost, nobody listed."""

import pytest
from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict, Invalid
from lti_mentor.people import organisation
from lti_mentor.people.models import Person, Role, WebSession
from lti_mentor.platforms import places
from lti_mentor.platforms.models import PlaceKind, Reach, Starting
from tests.builders import World, context, person, registration, world


@pytest.fixture
def w(session: Session) -> World:
    return world(session)


def names(found: object) -> list[str]:
    return [one.name for one in found]  # type: ignore[attr-defined]


def admins(w: World) -> list[str]:
    return names(organisation.holders(w.session, w.tenant, "is_org_admin"))


def test_the_first_admin_who_comes_is_the_first_by_name(w: World):
    organisation.first_admin(w.session, w.iris)
    organisation.first_admin(w.session, w.max)

    assert admins(w) == ["Iris"]


def test_each_organisation_has_a_first_of_its_own(w: World):
    far = person(w.session, registration(w.session), "Fara")
    organisation.first_admin(w.session, w.iris)
    organisation.first_admin(w.session, far)

    assert (far.is_org_admin, admins(w)) == (True, ["Iris"])


def test_the_last_admin_cannot_be_taken_away(w: World):
    organisation.name(w.iris, "is_org_admin")
    w.session.flush()

    with pytest.raises(Conflict, match=r"organisation\.last_admin"):
        organisation.unname(w.session, w.iris, "is_org_admin")

    assert admins(w) == ["Iris"]


def test_taking_a_right_back_ends_the_sessions_that_carry_it(w: World):
    for who in (w.iris, w.max):
        organisation.name(who, "is_org_admin")
    for number, is_admin in enumerate((True, False)):
        w.session.add(
            WebSession(
                token_digest=str(number),
                registration=w.tenant,
                person=w.max,
                role=Role.VIEWER,
                is_org_admin=is_admin,
                expires_at=w.max.created_at,
            )
        )
    w.session.flush()

    organisation.unname(w.session, w.max, "is_org_admin")
    w.session.expire_all()

    ended = {
        row.is_org_admin: row.ended_at is not None
        for row in w.session.query(WebSession)
    }
    assert ended == {True: True, False: False}
    assert admins(w) == ["Iris"]


@pytest.mark.parametrize("right", ["is_reader", "may_start"])
def test_other_rights_may_be_held_by_nobody(w: World, right: str):
    organisation.name(w.max, right)
    w.session.flush()
    assert names(organisation.holders(w.session, w.tenant, right)) == ["Max"]

    organisation.unname(w.session, w.max, right)

    assert organisation.holders(w.session, w.tenant, right) == []


def test_only_rights_can_be_given(w: World):
    with pytest.raises(Invalid, match=r"organisation\.right"):
        organisation.name(w.max, "is_test")
    assert not w.max.is_test


@pytest.mark.parametrize("words", ["Iris", "  iris ", "IRIS@EXAMPLE.EDU"])
def test_somebody_is_found_by_their_whole_name_or_address(w: World, words: str):
    w.iris.email = "iris@example.edu"
    w.session.flush()

    assert organisation.find(w.session, w.tenant, words) is w.iris


@pytest.mark.parametrize("words", ["", " ", "Ir", "%", "i_is"])
def test_nobody_is_found_by_less(w: World, words: str):
    with pytest.raises(Invalid, match=r"organisation\.nobody"):
        organisation.find(w.session, w.tenant, words)


def test_two_of_one_name_are_not_guessed_between(w: World):
    person(w.session, w.tenant, "Iris")

    with pytest.raises(Invalid, match=r"organisation\.several"):
        organisation.find(w.session, w.tenant, "Iris")


def test_somebody_of_another_organisation_or_never_seen_is_nobody(w: World):
    person(w.session, registration(w.session), "Fara")
    w.session.add(Person(registration=w.tenant, name="Only Api", lms_user_id="9"))
    w.session.flush()

    for words in ("Fara", "Only Api"):
        with pytest.raises(Invalid, match=r"organisation\.nobody"):
            organisation.find(w.session, w.tenant, words)


def test_the_tool_is_on_everywhere_or_where_it_was_chosen(w: World):
    other = context(w.session, w.tenant, group_id="12")
    assert organisation.is_on(w.session, w.course)

    w.tenant.reach = Reach.CHOSEN
    assert not organisation.is_on(w.session, w.course)

    key = str(w.course.public_id)
    places.switch_on(w.session, w.tenant, PlaceKind.COURSE, key, "Negotiation")
    places.switch_on(w.session, w.tenant, PlaceKind.GROUP, "12", "Sales")
    assert organisation.is_on(w.session, w.course)
    assert organisation.is_on(w.session, other)

    for place in places.chosen(w.session, w.tenant):
        places.switch_off(w.session, w.tenant, str(place.public_id))
    assert not organisation.is_on(w.session, w.course)
    assert not organisation.is_on(w.session, other)


def test_a_group_of_the_same_number_elsewhere_is_another_one(w: World):
    far = registration(w.session, reach=Reach.CHOSEN)
    course = context(w.session, far, group_id="12")
    places.switch_on(w.session, w.tenant, PlaceKind.GROUP, "12", "Sales")
    places.switch_on(w.session, far, PlaceKind.COURSE, "12", "A course, no group")

    assert not organisation.is_on(w.session, course)


@pytest.mark.parametrize(
    ("starting", "right", "may"),
    [
        (Starting.FREELY, None, True),
        (Starting.APPROVAL, None, True),
        (Starting.NAMED, None, False),
        (Starting.NAMED, "may_start", True),
        (Starting.NAMED, "is_org_admin", True),
        (Starting.NAMED, "is_reader", False),
    ],
)
def test_who_may_start_programs(
    w: World, starting: Starting, right: str | None, may: bool
):
    w.tenant.starting = starting
    if right:
        organisation.name(w.iris, right)

    assert organisation.may_start(w.iris) is may


def test_a_wish_waits_once_and_is_answered(w: World):
    organisation.ask(w.course, w.iris)
    organisation.ask(w.course, w.max)
    w.session.flush()
    waiting = organisation.asking(w.session, w.tenant)
    assert [(c.id, c.asked_by) for c in waiting] == [(w.course.id, w.iris)]

    organisation.answer(w.course, "Not this term.")
    w.session.flush()

    assert organisation.asking(w.session, w.tenant) == []
    assert w.course.asked_answer == "Not this term."
    organisation.ask(w.course, w.max)
    assert w.course.asked_answer == ""
