"""Canvas's REST API: one door for every path, and what its refusals mean."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from lms_clients.answer import Answer, error_for
from lms_clients.canvas.oauth import KEY_REFUSED
from lms_clients.canvas.renewal import TokenKeeper
from lms_clients.canvas.rights import scope_of
from lms_clients.errors import Forbidden, LMSError, NoRules, Rejected, Unauthorized
from lms_clients.pagination import link_header, pages
from lms_clients.transport import Call, Transport
from lms_clients.wire import Record, record, records

PER_PAGE = 100
"""What hosted Canvas caps a page at; a lower cap only means more pages."""

Params = Mapping[str, Any]


REFUSALS: tuple[tuple[int, bytes, type[LMSError], str], ...] = (
    (401, b'"invalid_client"', Unauthorized, KEY_REFUSED),
    (401, b"insufficient scopes", Forbidden, "scope"),
    (403, b"valid user agent", Rejected, "user_agent"),
    (400, b"not module based", NoRules, "not_module_based"),
)
"""Status, words of the body, and which error with which code they are."""


def explain(name: str, answer: Answer) -> LMSError:
    """Tell which error a refusal is; 401 has four meanings here.

    Canvas docs (oauth) and lib/authentication_methods.rb: with WWW-Authenticate the
    token is bad, or the tool's own key when tokens are asked for; without it the
    person lacks a right; and a missing scope says so.
    """
    body, status = answer.body[:4000].lower(), answer.status
    for known, words, kind, code in REFUSALS:
        if status == known and words in body:
            missing = scope_of(name) if code == "scope" else ""
            return kind(f"{name}: {code}", status=status, code=code, missing=missing)
    if status == 401 and "www-authenticate" not in answer.headers:
        return Forbidden(f"{name}: not authorized", status=401, code="not_authorized")
    return error_for(name, answer)


@dataclass(slots=True)
class Api:
    """Calls paths with one token, which travels in a header only."""

    transport: Transport
    keeper: TokenKeeper | None = None
    token: str = field(default="", repr=False)

    def record(self, path: str, **ids: str) -> Record:
        """Read one object; `path` is a template whose `:names` are taken from ids."""
        call = self._call("GET", path, ids)
        return record(call.name, self.send(call).json())

    def records(
        self, path: str, params: Params | None = None, **ids: str
    ) -> Iterator[Record]:
        """Read a list, page by page, one page ahead."""
        for page in self.pages(path, params, ids):
            yield from records(page.name, page.json())

    def page(self, path: str, params: Params, ids: Mapping[str, str]) -> Answer:
        """Read the first page of a list, and no further."""
        return self.send(self._call("GET", path, ids, params=params))

    def pages(
        self,
        path: str,
        params: Params | None,
        ids: Mapping[str, str],
        next_link: Callable[[Answer], str | None] = link_header,
    ) -> Iterator[Answer]:
        """Read a list whose pages are not plain arrays."""
        asked = {"per_page": PER_PAGE, **(params or {})}
        call = self._call("GET", path, ids, params=asked)
        return pages(self.send, call, next_link)

    def write(
        self, method: str, path: str, data: Params | None = None, **ids: str
    ) -> Any:
        """Change something; never repeated after it was sent."""
        call = self._call(method, path, ids, data=data, is_read=False)
        answer = self.send(call)
        return answer.json() if answer.body else None

    def send(self, call: Call) -> Answer:
        """Send with the token; one that ended is renewed once."""
        access = self.keeper.access() if self.keeper else self.token
        try:
            return self.transport.send(_with(call, access))
        except Unauthorized:
            if self.keeper is None:
                raise
        return self.transport.send(_with(call, self.keeper.renewed(access)))

    def _call(
        self, method: str, path: str, ids: Mapping[str, str], **options: Any
    ) -> Call:
        filled = re.sub(r":(\w+)", lambda place: quote(ids[place[1]], safe=":"), path)
        url = f"{self.transport.base_url}/api/v1{filled}"
        return Call(f"{method} {path}", url, method=method, **options)


def _with(call: Call, access: str) -> Call:
    return replace(call, headers={"Authorization": f"Bearer {access}"})
