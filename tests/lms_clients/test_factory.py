"""Opening clients, and the fake's refusals."""

import pytest

from lms_clients import (
    Ability,
    ActivityCompletion,
    Completion,
    Course,
    FakeLMS,
    Forbidden,
    Limits,
    NotFound,
    OAuthTokens,
    Pace,
    Proficiency,
    Traffic,
    canvas_transport,
    connect,
)
from lms_clients.canvas.client import CanvasClient
from lms_clients.moodle.client import MoodleClient


def test_a_kind_opens_its_client_and_asks_nothing_yet():
    assert isinstance(connect("moodle", "https://m.test/learn/", "t"), MoodleClient)
    assert isinstance(connect("canvas", "https://c.test", "t"), CanvasClient)


def test_the_address_may_have_a_path_and_a_slash():
    client = connect("moodle", "https://m.test/learn/", "t")

    assert isinstance(client, MoodleClient)
    assert client.transport.base_url == "https://m.test/learn"


@pytest.mark.parametrize(
    ("kind", "url", "credentials"),
    [
        ("sakai", "https://s.test", "t"),
        ("moodle", "ftp://m.test", "t"),
        ("moodle", "m.test", "t"),
        ("moodle", "https://user@m.test", "t"),
        ("canvas", "https://", "t"),
        ("moodle", "https://m.test", OAuthTokens("a", "r", None, "c", "s")),
    ],
)
def test_what_cannot_be_opened_is_refused(kind, url, credentials):
    with pytest.raises(ValueError, match=r"."):
        connect(kind, url, credentials)


def test_the_fake_denies_what_it_is_told_to():
    fake = FakeLMS(listed=[Course("1", "A", "A")], denied={Ability.MEMBERS})

    with pytest.raises(Forbidden) as caught:
        list(fake.members("1"))

    found = fake.capabilities()[Ability.MEMBERS]
    assert (found.is_on, found.missing) == (False, caught.value.missing)
    assert [item.ability for item in fake.capabilities().lacking()] == [Ability.MEMBERS]


def test_the_fake_knows_its_courses():
    with pytest.raises(NotFound):
        list(FakeLMS().members("1"))


def test_the_fake_tells_of_one_person_and_one_course_only():
    done = Completion.COMPLETE
    rows = [
        ActivityCompletion(course, person, "11", "quiz", done)
        for course in ("1", "2")
        for person in ("7", "8")
    ]
    levels = [Proficiency("1", person, "3", 1.0, True) for person in ("7", "8")]
    fake = FakeLMS(activities=rows, ratings=levels)

    assert list(fake.activity_completions("1", "7")) == [rows[0]]
    assert list(fake.activity_completions("2")) == rows[2:]
    assert list(fake.proficiencies("1", "8")) == [levels[1]]


def test_each_client_of_a_host_shares_its_pace_and_counts_for_itself():
    one, two = (connect("moodle", "https://shared.test", "t") for _ in range(2))
    other = connect("moodle", "https://other.test", "t")

    assert isinstance(one, MoodleClient)
    assert isinstance(two, MoodleClient)
    assert isinstance(other, MoodleClient)
    assert one.transport._pace is two.transport._pace
    assert one.transport._pace is not other.transport._pace
    assert one.transport._pace.parallel == 4
    assert one.transport.traffic is not two.transport.traffic


def test_what_is_chosen_reaches_the_transport():
    traffic, limits, pace = Traffic(), Limits(attempts=2), Pace()

    client = connect(
        "canvas",
        "https://c.test",
        "t",
        traffic=traffic,
        limits=limits,
        pace=pace,
        user_agent="tool/1 (admin@tool.test)",
    )

    assert isinstance(client, CanvasClient)
    transport = client.transport
    assert (transport.traffic, transport.limits, transport._pace) == (
        traffic,
        limits,
        pace,
    )
    assert transport.user_agent == "tool/1 (admin@tool.test)"
    assert canvas_transport("https://c.test").parallel == 2
