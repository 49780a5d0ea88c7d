"""Reading long lists page by page, a little ahead, never in circles."""

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from lms_clients.answer import Answer
from lms_clients.errors import Malformed
from lms_clients.parallel import ahead, threads
from lms_clients.transport import Call

MOST_PAGES = 5000
"""A list longer than this is a server that never ends."""

SHORT = 3
"""Pages after which a numbered list is a long one, although none of them was full."""

T = TypeVar("T")


def link_header(answer: Answer) -> str | None:
    """The usual place of the next link."""
    return answer.next_link


def pages(
    send: Callable[[Call], Answer],
    call: Call,
    next_link: Callable[[Answer], str | None] = link_header,
) -> Iterator[Answer]:
    """Yield each page, fetching the next one while the reader is busy with this.

    Raises:
        Malformed: A next link leads back to a page already read, or never ends.
    """
    return ahead(_linked(send, call, next_link))


def _linked(
    send: Callable[[Call], Answer],
    call: Call,
    next_link: Callable[[Answer], str | None],
) -> Iterator[Answer]:
    seen = {call.url}
    for _ in range(MOST_PAGES):
        answer = send(call)
        yield answer
        link = next_link(answer)
        if not link:
            return
        if link in seen:
            raise _circle(call.name)
        seen.add(link)
        call = replace(call, url=link, params=None)
    raise _flood(call.name)


def numbered(
    name: str, read: Callable[[int], list[T]], workers: int, full: int
) -> Generator[T, None, None]:
    """Yield the items of page 0, 1, 2 ... until a page is empty.

    One page is asked for ahead; after a page of `full` items, or the third one, twice
    as many as there are workers, so that none of them waits for the reader. A page that
    is only short is not the end: who may not be seen is left out of it.

    Raises:
        Malformed: A page comes a second time, or they never end.
    """
    last: list[T] = []
    needed = _up_to_the_end(read)
    with threads(workers) as pool:
        waiting = deque(pool.submit(needed, number) for number in range(2))
        for number in range(MOST_PAGES):
            page = waiting.popleft().result()
            if not page:
                return
            if page == last:
                raise _circle(name)
            is_long = number + 1 >= SHORT or len(page) >= full
            while len(waiting) < (2 * workers if is_long else 1):
                waiting.append(pool.submit(needed, number + 1 + len(waiting)))
            yield from page
            last = page
    raise _flood(name)


def _up_to_the_end(read: Callable[[int], list[T]]) -> Callable[[int], list[T]]:
    """Ask for nothing beyond a page that came back empty."""
    ends: list[int] = []

    def needed(number: int) -> list[T]:
        if any(end < number for end in ends):
            return []
        page = read(number)
        if not page:
            ends.append(number)
        return page

    return needed


def _circle(name: str) -> Malformed:
    return Malformed(f"{name}: pages go in circles", code="page_loop")


def _flood(name: str) -> Malformed:
    return Malformed(f"{name}: pages never end", code="page_flood")


def once(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[T]:
    """Leave out what was seen before: rows repeat when sort keys do."""
    seen: set[Hashable] = set()
    for item in items:
        name = key(item)
        if name not in seen:
            seen.add(name)
            yield item
