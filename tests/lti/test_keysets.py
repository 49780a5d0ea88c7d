"""Platforms' keys: cached, rotated, survived."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from lti_mentor.clock import now
from lti_mentor.errors import Outside, Refused
from lti_mentor.lti.keysets import KeySets, usable
from lti_mentor.outbound import Outbound
from tests.platform import Answer, Asked, Platform, jwk


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


@pytest.mark.parametrize(("kib", "is_read"), [(255, True), (257, False)])
def test_a_key_set_may_have_256_kib(
    keysets: KeySets, platform: Platform, kib: int, is_read: bool
):
    padded = {"keys": [jwk("k1")], "x": "y" * (kib * 1024 - 1000)}
    platform.routes["/jwks"] = lambda _: Answer(body=padded)

    if is_read:
        assert keysets.key(1, f"{platform.url}/jwks", "k1").key_size == 2048
    else:
        with pytest.raises(Outside, match=r"launch\.keys_unreachable"):
            keysets.key(1, f"{platform.url}/jwks", "k1")


def test_the_first_hundred_keys_of_a_set_count():
    made = [jwk("k1", kid=f"key-{number}") for number in range(101)]

    found = usable(made)

    assert len(found) == 100
    assert "key-100" not in found


def test_an_answer_that_drips_is_cut_after_eight_seconds(
    keysets: KeySets, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    """The clock is moved by the platform itself: no test waits eight seconds."""
    moved, real = {"by": 0.0}, time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + moved["by"])

    def slowly(_: Asked) -> Answer:
        moved["by"] += 9.0
        return Answer(body={"keys": [jwk("k1")]})

    platform.routes["/jwks"] = slowly

    with pytest.raises(Outside, match=r"launch\.keys_unreachable"):
        keysets.key(1, f"{platform.url}/jwks", "k1")


def at_once(count: int, ask: Callable[[], object]) -> None:
    """Let so many threads begin at the same moment, and wait for all of them."""
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        ask()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_whole_class_waits_for_one_answer(keysets: KeySets, platform: Platform):
    url = f"{platform.url}/jwks"
    platform.routes["/jwks"] = lambda _: Answer(body={"keys": [jwk("k1")]}, delay=0.2)
    found: list[object] = []

    at_once(50, lambda: found.append(keysets.key(1, url, "k1")))

    assert len(found) == 50
    assert fetches(platform) == 1


def test_a_whole_class_asks_a_dead_platform_once(keysets: KeySets, platform: Platform):
    url = f"{platform.url}/jwks"
    platform.routes["/jwks"] = lambda _: Answer(404, delay=0.2)
    refused: list[object] = []

    def ask() -> None:
        with pytest.raises(Outside):
            keysets.key(1, url, "k1")
        refused.append(1)

    at_once(20, ask)

    assert len(refused) == 20
    assert fetches(platform) == 1


def test_while_one_asks_the_others_go_on_with_the_key_they_know(
    keysets: KeySets, platform: Platform
):
    url = f"{platform.url}/jwks"
    keysets.key(1, url, "k1")
    asked, answer = threading.Event(), threading.Event()

    def slowly(_: Asked) -> Answer:
        asked.set()
        answer.wait(10)
        return Answer(body={"keys": [jwk("k1")]})

    platform.routes["/jwks"] = slowly
    with later(minutes=61):
        first = threading.Thread(target=keysets.key, args=(1, url, "k1"))
        first.start()
        asked.wait(10)
        found = keysets.key(1, url, "k1")
        answer.set()
        first.join()

    assert found.key_size == 2048
    assert fetches(platform) == 2


def test_a_slow_platform_keeps_nobody_of_another_waiting(
    keysets: KeySets, platform: Platform
):
    asked, answer = threading.Event(), threading.Event()

    def slowly(_: Asked) -> Answer:
        asked.set()
        answer.wait(10)
        return Answer(body={"keys": [jwk("k1")]})

    platform.routes["/slow"] = slowly
    slow = f"{platform.url}/slow"
    waiting = threading.Thread(target=keysets.key, args=(1, slow, "k1"))
    waiting.start()
    asked.wait(10)

    found = keysets.key(2, f"{platform.url}/jwks", "k1")

    assert not answer.is_set() and found.key_size == 2048
    answer.set()
    waiting.join()
