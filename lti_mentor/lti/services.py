"""Asking a platform for its roster and writing its gradebook (NRPS 2.0, AGS 2.0).

`connect` reads what is needed from the database; every later call speaks HTTP and
must not stand inside a transaction.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.errors import Outside
from lti_mentor.lti import claims, roles
from lti_mentor.lti.claims import CORE
from lti_mentor.lti.paging import pages, under, with_query
from lti_mentor.lti.scores import Result, Score
from lti_mentor.lti.tokens import TOKENS, Access, Token, TokenCache, access
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.platforms.models import Registration

ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
"""Moodle answers 400 to plain application/json."""
NOTICES_TYPE = "application/json"
MOST_MEMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a roster."""

    sub: str
    standing: roles.Standing
    is_active: bool = True
    name: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    sourced_id: str | None = field(default=None, repr=False)
    legacy_id: str | None = None
    """What LTI 1.1 called this person (Canvas)."""
    custom: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Per-member custom parameters, sent only when a resource link was named."""


@dataclass(frozen=True, slots=True)
class Column:
    """A line item as the platform describes it."""

    url: str
    label: str
    maximum: float
    resource_id: str | None = None
    resource_link_id: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said to a score: any status is an answer."""

    status: int
    words: str = ""
    """Its own explanation, where it gave one as JSON."""
    retry_after: float | None = None

    @property
    def is_accepted(self) -> bool:
        """Say whether the score was taken."""
        return 200 <= self.status < 300


def connect(
    session: Session,
    registration: Registration,
    http: Outbound,
    tokens: TokenCache = TOKENS,
) -> "Services":
    """Return this registration's services (the first call ever writes our key)."""
    return Services(http, access(session, registration), tokens)


class Services:
    """One registration's LTI services."""

    def __init__(self, http: Outbound, access: Access, tokens: TokenCache) -> None:
        self._http = http
        self._access = access
        self._tokens = tokens

    def token(self, *scopes: str) -> Token:
        """Return the access token for these scopes; its `scopes` tell what is granted.

        Raises:
            Outside: `service.token_refused` or the network's own codes.
        """
        return self._tokens.get(self._access, frozenset(scopes), self._http)

    def members(
        self,
        memberships_url: str,
        *,
        role: str | None = None,
        resource_link_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Member]:
        """Yield the roster, page by page.

        Absent means suspended, ended or never there: the platforms list active
        people only. An error half way leaves the roster unread: remove nobody then.
        `resource_link_id` asks for per-member custom parameters; on Canvas the
        context's own id works and brings LMS ids and time zones. Canvas answers 400
        to it for tools that came from LTI 1.1 (canvas-lms#2289): then without.
        """
        asked = {"role": role, "rlid": resource_link_id}
        asked["limit"] = str(limit) if limit else None
        wanted = {name: value for name, value in asked.items() if value}
        dialect = self._access.dialect
        keep = {"role": role} if role and not dialect.role_filter_survives else None
        began = False
        try:
            for member in self._roster(with_query(memberships_url, wanted), keep):
                began = True
                yield member
        except Outside as refusal:
            if began or "rlid" not in wanted or refusal.details.get("status") != 400:
                raise
            del wanted["rlid"]
            yield from self._roster(with_query(memberships_url, wanted), keep)

    def _roster(self, url: str, keep: dict[str, str] | None) -> Iterator[Member]:
        count = 0
        for page in self._pages(url, ROSTER, ROSTER_TYPE, keep):
            for row in _rows(page.json(), "members"):
                count += 1
                if count > MOST_MEMBERS:
                    raise Outside("service.too_many_members")
                if member := _member(row):
                    yield member

    def line_items(
        self,
        lineitems_url: str,
        *,
        resource_id: str | None = None,
        tag: str | None = None,
        resource_link_id: str | None = None,
    ) -> list[Column]:
        """Return the line items that match.

        On Moodle the list may hold other activities' columns; a score to one of them
        overwrites their grades. Use only what you filtered by an id of ours.
        """
        asked = {"resource_id": resource_id, "tag": tag}
        asked["resource_link_id"] = resource_link_id
        wanted = {name: value for name, value in asked.items() if value}
        found: list[Column] = []
        url = with_query(lineitems_url, wanted)
        scope = self._column_scope()
        for page in self._pages(url, scope, LINE_ITEMS_TYPE):
            found += [_column(row) for row in _rows(page.json())]
        return [c for c in found if _matches(c, resource_id, tag, resource_link_id)]

    def line_item(self, url: str) -> Column | None:
        """Return one line item; None when it was deleted."""
        scope = self._column_scope()
        reply = self._call("GET", url, scope, accept=LINE_ITEM_TYPE, allow={404})
        return None if reply.status == 404 else _column(reply.json())

    def create_line_item(
        self, lineitems_url: str, column: Column, **extra: object
    ) -> Column:
        """Create a line item and return it with its address.

        Not idempotent on any platform: look for `resource_id` first, under a lock.
        """
        reply = self._call(
            "POST",
            lineitems_url,
            LINE_ITEM,
            accept=LINE_ITEM_TYPE,
            content=LINE_ITEM_TYPE,
            body=_column_body(column) | extra,
        )
        return _column(reply.json())

    def post_score(self, line_item_url: str, score: Score) -> Answer:
        """Post one score and return what the platform said, whatever the status.

        Post one at a time for a (line item, person), with growing timestamps.

        Raises:
            Outside: Nobody answered; whether the score arrived is unknown.
        """
        reply = self._call(
            "POST",
            under(line_item_url, "scores"),
            SCORE,
            accept="*/*",
            content=SCORE_TYPE,
            body=score.as_json(),
            allow=range(300, 600),
        )
        return Answer(reply.status, _words(reply), reply.retry_after)

    def results(self, line_item_url: str, sub: str | None = None) -> list[Result]:
        """Return what the gradebook holds, for one person or everybody."""
        url = under(line_item_url, "results")
        url = with_query(url, {"user_id": sub} if sub else {})
        rows: list[dict[str, Any]] = []
        for page in self._pages(url, RESULT_READ, RESULTS_TYPE):
            rows += _rows(page.json())
        found = [Result.read(row) for row in rows]
        return [r for r in found if r and (sub is None or r.sub == sub)]

    def notice_handlers(self, notices_url: str) -> dict[str, str]:
        """Return which address is told of which kind of thing; "" = nobody."""
        reply = self._call("GET", notices_url, NOTICES, accept=NOTICES_TYPE)
        rows = _rows(reply.json(), "notice_handlers")
        return {
            str(row.get("notice_type")): str(row.get("handler") or "") for row in rows
        }

    def handle_notices(self, notices_url: str, kind: str, handler: str) -> None:
        """Ask to be told of one kind of thing at this address of ours."""
        self._call(
            "PUT",
            notices_url,
            NOTICES,
            accept=NOTICES_TYPE,
            content=NOTICES_TYPE,
            body={"notice_type": kind, "handler": handler},
        )

    def _column_scope(self) -> str:
        """Return the scope columns are read with: less than writing is enough."""
        try:
            granted = self.token(LINE_ITEM).scopes
        except Outside as refusal:
            if refusal.code != "service.token_refused":
                raise
            return LINE_ITEM_READ
        return LINE_ITEM if granted is None or LINE_ITEM in granted else LINE_ITEM_READ

    def _pages(
        self, url: str, scope: str, accept: str, keep: dict[str, str] | None = None
    ) -> Iterator[Reply]:
        return pages(
            url, lambda page: self._call("GET", page, scope, accept=accept), keep
        )

    def _call(  # noqa: PLR0913 - a service call has this many parts
        self,
        method: str,
        url: str,
        scope: str,
        *,
        accept: str,
        content: str | None = None,
        body: dict[str, Any] | None = None,
        allow: set[int] | range = range(0),
    ) -> Reply:
        """Call with a token; a 401 is answered once with a fresh one."""
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        for attempt in (1, 2):
            token = self.token(scope)
            headers = {"Authorization": f"Bearer {token.value}", "Accept": accept}
            headers |= {"Content-Type": content} if content else {}
            reply = self._http.request(
                method, url, headers=headers, data=data, allow_statuses={401, *allow}
            )
            if reply.status != 401:
                return reply
            self._tokens.drop(self._access, frozenset({scope}), token)
            if attempt == 2 and 401 in allow:
                return reply
        raise Outside("service.unauthorized", status=401, scope=scope)


def _rows(answer: Any, name: str | None = None) -> list[dict[str, Any]]:
    rows = answer if name is None else None
    if name is not None and isinstance(answer, dict):
        rows = answer.get(name)
    if not isinstance(rows, list):
        raise Outside("outside.malformed")
    return [row for row in rows if isinstance(row, dict)]


def _member(row: dict[str, Any]) -> Member | None:
    sub = row.get("user_id")
    given = row.get("roles")
    if not isinstance(sub, str | int) or not isinstance(given, list):
        return None
    names = [str(row.get(key) or "") for key in ("given_name", "family_name")]
    return Member(
        sub=str(sub),
        standing=roles.read(role for role in given if isinstance(role, str)),
        is_active=row.get("status", "Active") == "Active",
        name=str(row.get("name") or " ".join(n for n in names if n))[:255],
        email=str(row["email"])[:255] if row.get("email") else None,
        sourced_id=str(row.get("lis_person_sourcedid") or "") or None,
        legacy_id=str(row.get("lti11_legacy_user_id") or "")[:255] or None,
        custom=_custom(row.get("message")),
    )


def _custom(messages: object) -> Mapping[str, str]:
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, dict) and isinstance(message.get(CORE + "custom"), dict):
            return claims.read_custom(message)
    return {}


def _column(row: Any) -> Column:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise Outside("outside.malformed")
    maximum = row.get("scoreMaximum")
    return Column(
        url=row["id"],
        label=str(row.get("label") or ""),
        maximum=float(maximum) if isinstance(maximum, int | float) else 0.0,
        resource_id=_text(row.get("resourceId")),
        resource_link_id=_text(row.get("resourceLinkId")),
        tag=_text(row.get("tag")),
    )


def _column_body(column: Column) -> dict[str, Any]:
    body = {
        "label": column.label,
        "scoreMaximum": column.maximum,
        "resourceId": column.resource_id,
        "resourceLinkId": column.resource_link_id,
        "tag": column.tag,
    }
    return {name: value for name, value in body.items() if value is not None}


def _matches(
    column: Column, resource_id: str | None, tag: str | None, link: str | None
) -> bool:
    """Hold the answer against the filter: not every platform applies it."""
    wanted = (resource_id, tag, link)
    found = (column.resource_id, column.tag, column.resource_link_id)
    return all(w in {None, f} for w, f in zip(wanted, found, strict=True))


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None


def _words(reply: Reply) -> str:
    """Return the platform's explanation; HTML pages and empty bodies say nothing."""
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return ""
    if reply.status < 300 or not isinstance(answer, dict):
        return ""
    errors = answer.get("errors", answer)
    first = errors[0] if isinstance(errors, list) and errors else errors
    if not isinstance(first, dict):
        return ""
    named = ("message", "reason", "timestamp")  # the last: Open edX, as a list
    said = next((first[name] for name in named if first.get(name)), "")
    return " ".join(map(str, said))[:300] if isinstance(said, list) else str(said)[:300]
