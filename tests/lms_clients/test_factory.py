"""Opening clients, and the fake's refusals."""

import pytest

from lms_clients import (
    Ability,
    Course,
    FakeLMS,
    Forbidden,
    NotFound,
    OAuthTokens,
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
