"""Following the next link: opaque, never off the site, never in circles."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from lms_clients.answer import Answer
from lms_clients.errors import Malformed
from lms_clients.transport import Call

MOST_PAGES = 5000
"""A list longer than this is a server that never ends."""

T = TypeVar("T")


def link_header(answer: Answer) -> str | None:
    """The usual place of the next link."""
    return answer.next_link


def pages(
    send: Callable[[Call], Answer],
    call: Call,
    next_link: Callable[[Answer], str | None] = link_header,
) -> Iterator[Answer]:
    """Yield each page, asking for the next one only when it is wanted.

    Raises:
        Malformed: A next link leads back to a page already read, or never ends.
    """
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        answer = send(call)
        yield answer
        seen.add(answer.url)
        link = next_link(answer)
        if not link:
            return
        if link in seen:
            raise Malformed(f"{call.name}: pages go in circles", code="page_loop")
        seen.add(link)
        call = replace(call, url=link, params=None)
    raise Malformed(f"{call.name}: pages never end", code="page_flood")


def once(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[T]:
    """Leave out what was seen before: rows repeat when sort keys do."""
    seen: set[Hashable] = set()
    for item in items:
        name = key(item)
        if name not in seen:
            seen.add(name)
            yield item
