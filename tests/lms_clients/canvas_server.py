"""A small Canvas that answers as its docs and source say; pages are two rows long."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.lms_clients.local_server import Reply, Request

TOKEN = "a-canvas-token"
BUCKET = 600.0
ANN, BEN, CARL, TINA, TESTER = "42", "43", "44", "45", "99"


def enrolment(
    user: int, section: int, kind: str = "Student", state: str = "active", **extra: Any
) -> dict[str, Any]:
    return {
        "id": user * 100 + section,
        "user_id": user,
        "course_section_id": section,
        "type": f"{kind}Enrollment",
        "enrollment_state": state,
        "last_activity_at": "2026-11-01T10:00:00Z",
        **extra,
    }


def total(score: float | None) -> dict[str, Any]:
    return {"grades": {"current_score": 99.0, "final_score": score}}


ENROLMENTS = [
    enrolment(42, 9, **total(87.5)),
    enrolment(42, 10, **total(87.5)),
    enrolment(43, 9, **total(None)),
    enrolment(44, 9, state="completed"),
    enrolment(45, 9, "Teacher"),
    enrolment(45, 10, "Designer"),
    enrolment(99, 9, "StudentView"),
]
NAMES = {42: "Ann Lee", 43: "Ben Osei", 44: "Carl Ito", 45: "Tina Roy", 99: "Test"}
OUTCOME = {
    "id": 97,
    "title": "Debugging",
    "display_name": None,
    "vendor_guid": "guid-97",
    "description": "<p>Find it</p>",
    "points_possible": 5,
    "mastery_points": 3,
    "ratings": [
        {"description": "Exceeds", "points": 5},
        {"description": "Meets", "points": 3},
        {"description": "Not yet", "points": 0},
    ],
}
UNAUTHORIZED = {
    "status": "unauthorized",
    "errors": [{"message": "user not authorized to perform that action"}],
}
NOT_MODULE_BASED = {
    "error": {
        "message": "no progress available because this course is not module based "
        "(has modules and module completion requirements) or the user is not "
        "enrolled as a student in this course"
    }
}


@dataclass
class CanvasServer:
    """Switches of what the token may do and how this Canvas behaves."""

    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    includes: bool = True
    account: bool = True
    refused: dict[str, Reply] = field(default_factory=dict)
    """Answers instead, by the last part of the path."""
    body_paging: bool = False
    """Rollups name their next page in the body only."""
    refreshes: int = 0
    time_zone: str = "America/Denver"

    def __call__(self, request: Request) -> Reply:
        if "user-agent" not in request.headers:
            return Reply({"error": "Forbidden", "message": "no valid user agent"}, 403)
        if request.path == "/login/oauth2/token":
            return self._token(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return Reply(
                {"errors": [{"message": "Invalid access token."}]},
                401,
                {"WWW-Authenticate": 'Bearer realm="canvas-lms"'},
            )
        parts = request.path.removeprefix("/api/v1/").split("/")
        if parts[-1] in self.refused:
            return self.refused[parts[-1]]
        reply = self._routed(request, parts)
        reply.headers.setdefault("X-Rate-Limit-Remaining", str(BUCKET))
        return reply

    def _token(self, request: Request) -> Reply:
        form = request.form
        spent = {"error": "invalid_grant", "error_description": "code not found"}
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != "again":
            return Reply({"error": "invalid_request"}, 400)
        if form["grant_type"] == "authorization_code" and form["code"] != "fresh":
            return Reply(spent, 400)
        self.refreshes += 1
        access = f"access-{self.refreshes}"
        self.tokens = {access}
        answer: dict[str, Any] = {"access_token": access, "expires_in": 3600}
        if form["grant_type"] == "authorization_code":
            answer |= {"refresh_token": "again", "user": {"id": 1, "name": "Svc"}}
        return Reply(answer)

    def _routed(self, request: Request, parts: list[str]) -> Reply:
        asked = f"{request.method} {'/'.join(parts)}"
        for pattern, answer in ROUTES.items():
            match = re.fullmatch(pattern, asked)
            if match:
                return answer(self, request, *match.groups())
        return Reply(MISSING, 404)

    def _profile(self, request: Request, user: str) -> Reply:
        if int(user) not in NAMES:
            return Reply(MISSING, 404)
        zone = {"time_zone": self.time_zone, "locale": None}
        return Reply({"id": int(user), "name": NAMES[int(user)], **zone})

    def _courses(self, request: Request, account: str | None) -> Reply:
        if account and not self.account:
            return Reply(UNAUTHORIZED, 401)
        return self._paged(request, COURSES)

    def _message(self, request: Request) -> Reply:
        if request.form["recipients[]"] == ANN:
            return Reply([{"id": 31}], 201)
        return Reply([{"attribute": "recipients", "type": "invalid"}], 400)

    def _course(self, request: Request, course: str, kind: str) -> Reply:
        if kind == "bulk_user_progress" and course == "6":
            return Reply(NOT_MODULE_BASED, 400)
        if kind == "outcome_rollups":
            return self._rollups(request)
        rows = {
            "users": self._users,
            "enrollments": lambda _: ENROLMENTS,
            "sections": lambda _: [*SECTIONS, SECTIONS[0]],
            "bulk_user_progress": lambda _: PROGRESS,
            "modules": self._modules,
            "outcome_group_links": lambda _: [{"outcome": OUTCOME}] * 2,
        }[kind](request)
        return self._paged(request, rows)

    def _event(self, request: Request) -> Reply:
        if request.form.get("as_user_id") == BEN:
            return Reply(UNAUTHORIZED, 401)
        return Reply({"id": 8, "title": request.form["calendar_event[title]"]}, 201)

    def _users(self, request: Request) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for id_, name in NAMES.items():
            row: dict[str, Any] = {"id": id_, "name": name}
            if self.includes:
                mine = [item for item in ENROLMENTS if item["user_id"] == id_]
                row |= {"enrollments": mine, "email": f"u{id_}@example.edu"}
            rows.append(row)
        return [*rows, rows[0]]

    def _modules(self, request: Request) -> list[dict[str, Any]]:
        with_items = {"items": ITEMS} if self.includes else {}
        return [{"id": 70, "items": []}, {"id": 71, "items_count": 3, **with_items}]

    def _rollups(self, request: Request) -> Reply:
        asked = request.query.get("user_ids[]")
        rows = [row for row in ROLLUPS if not asked or row["links"]["user"] in asked]
        reply = self._paged(request, rows)
        linked = {"outcomes": [OUTCOME]} if self.includes else {}
        body = {"rollups": reply.body, "linked": linked, "meta": {}}
        if self.body_paging and "Link" in reply.headers:
            link = reply.headers.pop("Link").split(">")[0].strip("<")
            body["meta"] = {"pagination": {"next": link}}
        reply.body = body
        return reply

    def _paged(self, request: Request, rows: list[Any], size: int = 2) -> Reply:
        mark = request.query.get("page", [""])[0].removeprefix("bookmark:")
        start = json.loads(base64.b64decode(mark))["At"] if mark else 0
        reply = Reply(rows[start : start + size])
        if start + size < len(rows):
            at = json.dumps({"At": start + size}).encode()
            page = base64.b64encode(at).decode()
            query = "".join(
                f"&{k}={v}"
                for k, vs in request.query.items()
                for v in vs
                if k != "page"
            )
            url = f"http://{request.headers['host']}{request.path}?page=bookmark:{page}{query}"
            reply.headers["Link"] = f'<{url}>; rel="current",<{url}>; rel="next"'
        return reply


COURSES: list[dict[str, Any]] = [
    {
        "id": 5,
        "name": "NEG101",
        "course_code": "NEG",
        "start_at": "2026-09-01T00:00:00Z",
        "workflow_state": "available",
    },
    {"id": 4, "access_restricted_by_date": True},
    {"id": 6, "name": "DATA201", "course_code": "DATA", "workflow_state": "completed"},
]
SECTIONS = [{"id": 9, "name": "Monday"}, {"id": 10, "name": "Tuesday"}]
PROGRESS = [
    {
        "id": 42,
        "progress": {
            "requirement_count": 2,
            "requirement_completed_count": 2,
            "completed_at": "2026-10-10T16:26:08Z",
        },
    },
    {
        "id": 43,
        "progress": {
            "requirement_count": 2,
            "requirement_completed_count": 1,
            "completed_at": None,
        },
    },
    {
        "id": 44,
        "progress": {
            "requirement_count": 2,
            "requirement_completed_count": 2,
            "completed_at": None,
        },
    },
]
ITEMS = [
    {
        "id": 711,
        "title": "Read",
        "type": "Page",
        "completion_requirement": {"type": "must_view", "completed": True},
    },
    {
        "id": 712,
        "title": "Quiz",
        "type": "Quiz",
        "completion_requirement": {"type": "min_score", "completed": False},
    },
    {"id": 713, "title": "Heading", "type": "SubHeader"},
]


def rollup(user: str, section: str, score: float | None) -> dict[str, Any]:
    scores = [
        {
            "score": score,
            "submitted_at": "2026-10-01T00:00:00Z",
            "links": {"outcome": "97"},
        }
    ]
    return {"scores": scores, "links": {"user": user, "section": section}}


ROLLUPS = [
    rollup(ANN, "9", 3.0),
    rollup(ANN, "10", 3.0),
    rollup(BEN, "9", 2.5),
    rollup(CARL, "9", None),
]

MISSING = {"errors": [{"message": "The specified resource does not exist."}]}
SERVICE = {"id": 1, "name": "Service", "effective_locale": "en"}
ROUTES: dict[str, Callable[..., Reply]] = {
    "GET users/self": lambda *_: Reply(SERVICE),
    r"GET users/(\d+)/profile": CanvasServer._profile,
    "GET (accounts/self/)?courses": CanvasServer._courses,
    "GET courses/([56])/([a-z_]+)": CanvasServer._course,
    "GET courses/5/modules/70/items": lambda *_: Reply([]),
    "GET courses/5/modules/71/items": lambda self, request: self._paged(request, ITEMS),
    "POST calendar_events": CanvasServer._event,
    "DELETE calendar_events/8": lambda *_: Reply({"id": 8}),
    "POST conversations": CanvasServer._message,
}
