"""How hard one LMS is pushed."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from lms_clients.pace import LONGEST_PAUSE, Pace, Paces
from tests.lms_clients.conftest import Clock


def test_two_clients_of_one_host_share_its_pace():
    paces = Paces()

    assert paces.of("lms.test:443", 4) is paces.of("lms.test:443", 2)
    assert paces.of("lms.test:443", 4) is not paces.of("other.test:443", 4)


def test_requests_are_spaced():
    clock = Clock()
    pace = Pace(interval=2.0, sleep=clock.sleep, clock=clock)

    for _ in range(3):
        with pace.turn():
            pass

    assert clock.naps == [2.0, 2.0]


def test_no_more_than_so_many_are_under_way():
    pace = Pace(parallel=2)
    inside, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2, timeout=10)

    def run() -> None:
        nonlocal inside, most
        with pace.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            both.wait()
            with lock:
                inside -= 1

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_a_rest_is_never_longer_than_allowed_nor_cut_short(rests):
    clock = Clock()
    pace = Pace(sleep=clock.sleep, clock=clock)

    for seconds in rests:
        pace.rest(seconds)
    with pace.turn():
        pass

    wanted = max([min(max(seconds, 0.0), LONGEST_PAUSE) for seconds in rests] or [0.0])
    assert sum(clock.naps) == wanted
