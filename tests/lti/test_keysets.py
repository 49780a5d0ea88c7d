"""Platforms' keys: cached, rotated, survived."""

from datetime import timedelta

import pytest
import time_machine

from lti_mentor.clock import now
from lti_mentor.errors import Outside, Refused
from lti_mentor.lti.keysets import KeySets
from lti_mentor.outbound import Outbound
from tests.platform import Answer, Platform, jwk


@pytest.fixture
def keysets(outbound: Outbound) -> KeySets:
    return KeySets(outbound)


def fetches(platform: Platform) -> int:
    return len(platform.requests("/jwks"))


def later(**time: int) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**time))


def test_a_key_set_is_fetched_once_an_hour(keysets: KeySets, platform: Platform):
    url = f"{platform.url}/jwks"

    for _ in range(5):
        keysets.key(1, url, "k1")
    with later(minutes=61):
        keysets.key(1, url, "k1")

    assert fetches(platform) == 2


def test_two_registrations_never_share_a_key_set(keysets: KeySets, platform: Platform):
    for registration_id in (1, 2):
        keysets.key(registration_id, f"{platform.url}/jwks", "k1")

    assert fetches(platform) == 2


def test_a_new_key_is_found_and_the_old_one_refused(
    keysets: KeySets, platform: Platform
):
    url = f"{platform.url}/jwks"
    keysets.key(1, url, "k1")
    platform.keys = [jwk("k2")]

    with later(seconds=61):
        keysets.key(1, url, "k2")
        with pytest.raises(Refused, match=r"launch\.key_unknown"):
            keysets.key(1, url, "k1")

    assert fetches(platform) == 2


def test_strange_key_ids_make_us_ask_once_a_minute(
    keysets: KeySets, platform: Platform
):
    url = f"{platform.url}/jwks"

    for number in range(20):
        with pytest.raises(Refused):
            keysets.key(1, url, f"strange-{number}")

    assert fetches(platform) == 1


def test_known_keys_serve_a_day_while_the_platform_is_down(
    keysets: KeySets, platform: Platform
):
    url = f"{platform.url}/jwks"
    keysets.key(1, url, "k1")
    platform.routes["/jwks"] = lambda _: Answer(500)

    with later(hours=23):
        keysets.key(1, url, "k1")
    with later(hours=25), pytest.raises(Outside, match=r"launch\.keys_unreachable"):
        keysets.key(1, url, "k1")


def test_a_dead_platform_is_asked_again_after_ten_seconds(
    keysets: KeySets, platform: Platform
):
    url = f"{platform.url}/jwks"
    platform.routes["/jwks"] = lambda _: Answer(404)
    for _ in range(5):
        with pytest.raises(Outside):
            keysets.key(1, url, "k1")
    failed = fetches(platform)
    del platform.routes["/jwks"]

    with later(seconds=11):
        keysets.key(1, url, "k1")

    assert (failed, fetches(platform)) == (1, 2)


def test_a_slow_platform_holds_nobody(outbound: Outbound, platform: Platform):
    platform.routes["/jwks"] = lambda _: Answer(body={"keys": []}, delay=1)
    impatient = KeySets(outbound, timeout=(0.2, 0.2))

    with pytest.raises(Outside, match=r"launch\.keys_unreachable"):
        impatient.key(1, f"{platform.url}/jwks", "k1")
