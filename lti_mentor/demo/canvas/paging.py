"""Lists in pages; the next one is named by a `Link` header, opaque to the client.

Source: Canvas doc/api/pagination.md. The links never carry a token.
"""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import gone, listed
from lti_mentor.demo.canvas.institution import canvas

Item = TypeVar("Item")

DEFAULT = 10
"""Items of a page when nobody asks."""


def cap() -> int:
    """Return the most items a page may have."""
    return 100 if canvas().says("canvas_caps_pages_at_100") else 50


def paged(
    items: Sequence[Item], *, most: int = 0, default: int = DEFAULT
) -> tuple[list[Item], dict[str, str]]:
    """Return the asked page and its Link header.

    Args:
        items: The whole list.
        most: The cap of this list; 0 is the installation's.
        default: Items of a page when nobody asks.
    """
    size, page = asked_size(most=most, default=default), asked_page()
    start = (page - 1) * size
    last = max(1, -(-len(items) // size))
    numbers = {"current": page, "next": page + 1, "prev": page - 1, "first": 1}
    if page >= last:
        del numbers["next"]
    if page == 1:
        del numbers["prev"]
    if canvas().says("canvas_names_last_page"):
        numbers["last"] = last
    links = [f'<{link(number, size)}>; rel="{rel}"' for rel, number in numbers.items()]
    return list(items[start : start + size]), {"Link": ",".join(links)}


def asked_size(*, most: int = 0, default: int = DEFAULT) -> int:
    """Return how many items a page has: what was asked, up to the cap."""
    return min(_number("per_page", _number("limit", default)), most or cap())


def link(page: int, size: int) -> str:
    """Return the address of a page: everything asked, but never the token."""
    dropped = {"page", "per_page", "limit", "access_token"}
    query = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in dropped
    ]
    query += [("page", _name(page)), ("per_page", str(size))]
    return f"{canvas().url}{request.path}?{urlencode(query, safe=':')}"


def answer(
    items: Sequence[Item], shown: Callable[[Item], Any] | None = None, **limits: int
) -> Response:
    """Return one page of a list as JSON; `shown` makes the rows of this page only."""
    page, headers = paged(items, **limits)
    response = jsonify([shown(item) for item in page] if shown else page)
    response.headers.update(headers)
    return response


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise listed(400, f"{name} is invalid")
    return int(text)


def _name(page: int) -> str:
    if not canvas().says("canvas_bookmark_pages") or page == 1:
        return str(page)
    mark = base64.urlsafe_b64encode(json.dumps(["Page", page]).encode())
    return "bookmark:" + mark.decode()


def asked_page() -> int:
    """Return the asked page; a bookmark nobody made is a 404."""
    text = request.args.get("page", "1")
    if not text.startswith("bookmark:"):
        return _number("page", 1)
    try:
        word, page = json.loads(base64.urlsafe_b64decode(text[len("bookmark:") :]))
    except ValueError:
        raise gone() from None
    if word != "Page" or not isinstance(page, int):
        raise gone()
    return page
