"""Following next links to the end, and no further."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_clients import Malformed, OffSite, parallel
from lms_clients.answer import Answer
from lms_clients.pagination import numbered, once, pages
from lms_clients.parallel import in_parallel
from lms_clients.transport import Call
from tests.lms_clients import canvas_server
from tests.lms_clients.canvas_server import CanvasServer
from tests.lms_clients.local_server import Reply


def answer(name: str, link: str = "") -> Answer:
    return Answer(name, 200, {"link": link}, b"[]")


@pytest.mark.parametrize(
    ("header", "link"),
    [
        (
            '<https://a/?page=bookmark:WyJBYkMi>; rel="next"',
            "https://a/?page=bookmark:WyJBYkMi",
        ),
        ('<https://a/1>; rel="current",<https://a/2>; rel="next"', "https://a/2"),
        ("<https://a/2>; rel=next", "https://a/2"),
        ('<https://a/2>; REL="NEXT"', "https://a/2"),
        ('<https://a/2?x=1,2;3>; title="t"; rel="next"', "https://a/2?x=1,2;3"),
        ('<https://a/1>; rel="prev"', None),
        ('<https://a/2>; rel="nextish"', None),
        ("", None),
        ("rel=next", None),
    ],
)
def test_the_next_link_is_found_and_kept_as_it_is(header, link):
    assert answer("u", header).next_link == link


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 40))
def test_every_page_is_asked_once_in_order(count):
    asked: list[str] = []

    def send(call: Call) -> Answer:
        asked.append(call.url)
        number = int(call.url)
        more = f'<{number + 1}>; rel="next"' if number < count else ""
        return answer(call.url, more)

    found = list(pages(send, Call("GET /x", "1")))

    assert [page.name for page in found] == asked == [str(n + 1) for n in range(count)]


class Pages:
    """Gives pages that a test lets through one by one."""

    def __init__(self, *pages: list[int]) -> None:
        self.pages = pages
        self.asked: list[int] = []
        self.busy = threading.Semaphore(0)

    def send(self, call: Call) -> Answer:
        number = int(call.url)
        self.asked.append(number)
        self.busy.release()
        more = f'<{number + 1}>; rel="next"' if number + 1 < len(self.pages) else ""
        return answer(call.url, more)

    def read(self, number: int) -> list[int]:
        self.asked.append(number)
        self.busy.release()
        return self.pages[number] if number < len(self.pages) else []

    def begun(self, count: int) -> list[int]:
        """Wait until so many were asked for; give what was asked for by then."""
        for _ in range(count):
            assert self.busy.acquire(timeout=10)
        return sorted(self.asked)


def test_nothing_is_asked_before_the_first_page_is_wanted():
    source = Pages([1], [2])

    pages(source.send, Call("GET /x", "0"))
    numbered("x", source.read, 4, 9)

    assert source.asked == []


def test_one_page_is_read_ahead_and_no_more():
    source = Pages([1], [2], [3])

    walk = pages(source.send, Call("GET /x", "0"))
    next(walk)

    assert source.begun(2) == [0, 1]
    next(walk)
    assert source.begun(1) == [0, 1, 2]


def test_the_next_call_leaves_before_the_reader_takes_the_lock(monkeypatch):
    monkeypatch.setattr(parallel, "HEAD_START", 10)
    is_reading, overtaken = threading.Event(), []

    def items() -> Iterator[int]:
        yield 1
        overtaken.append(is_reading.wait(0.1))
        yield 2

    walk = parallel.ahead(items())
    next(walk)
    is_reading.set()

    assert list(walk) == [2]
    assert overtaken == [False]


def test_a_page_is_handed_over_while_the_next_one_is_on_its_way():
    is_reading, handed = threading.Event(), []

    def items() -> Iterator[int]:
        yield 1
        handed.append(is_reading.wait(3))
        yield 2

    walk = parallel.ahead(items())
    next(walk)
    is_reading.set()

    assert list(walk) == [2]
    assert handed == [True]


def test_a_list_of_one_page_costs_one_call():
    source = Pages([1])

    assert len(list(pages(source.send, Call("GET /x", "0")))) == 1
    assert source.asked == [0]


def test_the_first_two_numbered_pages_are_asked_for_together():
    both = threading.Barrier(2, timeout=5)

    def read(number: int) -> list[int]:
        if number < 2:
            both.wait()
        return [number] if number < 2 else []

    assert list(numbered("x", read, 4, 9)) == [0, 1]


def test_numbered_pages_are_read_in_order_until_one_is_empty():
    source = Pages([1, 2], [3], [4, 5])

    assert list(numbered("x", source.read, 4, 9)) == [1, 2, 3, 4, 5]
    assert source.asked[:3] == [0, 1, 2]


def test_a_short_numbered_list_is_read_one_page_ahead_a_long_one_by_all_workers():
    source = Pages(*([n] for n in range(20)))
    walk = numbered("x", source.read, 4, 9)

    next(walk)
    assert source.begun(2) == [0, 1]
    next(walk)
    assert source.begun(1) == [0, 1, 2]
    next(walk)
    assert source.begun(8) == list(range(11))
    next(walk)
    assert source.begun(1) == list(range(12))
    walk.close()


def test_a_full_page_promises_a_long_list():
    source = Pages(*([n, n] for n in range(20)))
    walk = numbered("x", source.read, 4, 2)

    next(walk)

    assert source.begun(9) == list(range(9))
    walk.close()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(), max_size=3), max_size=12))
def test_numbered_pages_lose_nothing(found):
    told = [[n, *page] for n, page in enumerate(found)]

    assert list(numbered("x", Pages(*told).read, 4, 3)) == [
        item for page in told for item in page
    ]


def test_a_numbered_page_that_comes_again_is_noticed():
    with pytest.raises(Malformed) as caught:
        list(numbered("x", lambda _: [1, 2], 4, 9))

    assert caught.value.code == "page_loop"
    assert str(caught.value) == "x: pages go in circles"


def test_nothing_is_asked_for_beyond_an_empty_numbered_page():
    source = Pages([1], [2])
    walk = numbered("x", source.read, 1, 1)

    assert [next(walk), next(walk)] == [1, 2]

    assert source.begun(3) == [0, 1, 2]
    assert not source.busy.acquire(timeout=0.2)
    assert list(walk) == []


def test_numbered_pages_that_never_end_are_noticed():
    with pytest.raises(Malformed) as caught:
        list(numbered("x", lambda number: [number], 4, 9))

    assert caught.value.code == "page_flood"
    assert str(caught.value) == "x: pages never end"


def test_a_failing_numbered_page_comes_at_its_place():
    def read(number: int) -> list[int]:
        if number == 2:
            raise Malformed("two")
        return [number]

    walk = numbered("x", read, 4, 9)

    assert [next(walk), next(walk)] == [0, 1]
    with pytest.raises(Malformed, match="two"):
        next(walk)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_loop_of_links_is_noticed_before_a_page_comes_twice(length):
    asked: list[str] = []

    def send(call: Call) -> Answer:
        asked.append(call.url)
        number = int(call.url)
        return answer(call.url, f'<{(number + 1) % length}>; rel="next"')

    with pytest.raises(Malformed, match=r"^GET /x: pages go in circles$"):
        list(pages(send, Call("GET /x", "0")))
    assert len(asked) == length


def test_a_list_that_never_ends_is_noticed():
    def send(call: Call) -> Answer:
        return answer(call.url, f'<{int(call.url) + 1}>; rel="next"')

    with pytest.raises(Malformed, match=r"^GET /x: pages never end$"):
        list(pages(send, Call("GET /x", "0")))


def test_a_next_link_off_the_site_gets_no_token(serve, open_lms):
    foreign = serve(lambda _: Reply([]))
    link = {"Link": f'<{foreign.url}/stolen>; rel="next"'}
    server = serve(lambda _: Reply([{"id": 1, "name": "A"}], headers=link))
    client = open_lms("canvas", server.url)

    with pytest.raises(OffSite):
        list(client.sections("5"))

    assert foreign.requests == []


def test_rows_before_a_failing_page_are_not_lost(serve, open_lms):
    link = {"Link": '</next>; rel="next"'}
    server = serve(
        lambda request: (
            Reply([], 404)
            if request.path == "/next"
            else Reply([{"id": 1, "name": "A"}], headers=link)
        )
    )
    walk = open_lms("canvas", server.url).sections("5")

    assert next(walk).name == "A"
    with pytest.raises(Exception, match="404"):
        next(walk)


def test_marks_keep_their_case_on_the_way_back(serve, open_lms):
    server = serve(CanvasServer())
    client = open_lms("canvas", server.url, canvas_server.TOKEN)

    list(client.sections("5"))

    marks = [request.query.get("page") for request in server.requests]
    assert marks == [None, ["bookmark:eyJBdCI6IDJ9"]]


def test_what_repeats_is_told_once():
    assert list(once([1, 2, 1, 3, 2], key=lambda item: item)) == [1, 2, 3]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers()), st.integers(1, 5))
def test_parallel_calls_keep_the_order(items, workers):
    assert list(in_parallel(lambda item: item * 2, items, workers)) == [
        item * 2 for item in items
    ]


def test_parallel_calls_stay_a_few_ahead_and_stop_with_the_reader():
    source = Pages()

    walk = in_parallel(source.read, range(1000), 3)
    next(walk)

    assert source.begun(4) == [0, 1, 2, 3]
    walk.close()
    assert len(source.asked) == 4


class Crowd:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self.inside, self.most = 0, 0
        self.lock, self.never = threading.Lock(), threading.Event()

    def read(self, number: int) -> list[int]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.never.wait(0.02)  # long enough for others to come in, if they may
        with self.lock:
            self.inside -= 1
        return [number] if number < 12 else []


@pytest.mark.parametrize(
    "walk",
    [
        lambda read: numbered("x", read, 2, 9),
        lambda read: in_parallel(read, range(12), 2),
    ],
)
def test_no_more_than_so_many_threads_call_at_once(walk):
    crowd = Crowd()

    list(walk(crowd.read))

    assert crowd.most <= 2


def test_a_failure_comes_at_its_place():
    def call(item: int) -> int:
        if item == 2:
            raise Malformed("two")
        return item

    walk = in_parallel(call, range(5), 2)

    assert [next(walk), next(walk)] == [0, 1]
    with pytest.raises(Malformed):
        next(walk)
