"""LTI services: who may, which media type, and Moodle's way of refusing."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request

from lti_mentor.demo.lti import LINEITEM, LINEITEM_READ, NRPS, RESULT, SCORE
from lti_mentor.demo.moodle import ags, nrps
from lti_mentor.demo.moodle.wire import Refused, answer
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.shell import here

routes = Blueprint("services", __name__, url_prefix="/mod/lti/services.php")

CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
"""Media type of the list of columns."""
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
"""Media type of one column."""
SCORES = "application/vnd.ims.lis.v1.score+json"
"""Media type of a score."""
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
"""Media type of results."""


@dataclass(frozen=True)
class Service:
    """One address: its media types, the first is the default, and its verbs."""

    path: str
    formats: tuple[str, ...]
    verbs: dict[str, tuple[Callable[..., Response], tuple[str, ...]]] = field(
        default_factory=dict
    )
    """Method: what it does, and scopes of which one is needed."""


SERVICES = [
    Service(
        r"/(?:CourseSection|Group)/(?P<course>\d+)/bindings/(?P<tool>\d+)/memberships",
        (nrps.CURRENT, nrps.OLD),
        {"GET": (nrps.memberships, (NRPS,))},
    ),
    Service(
        r"/(?P<course>\d+)/lineitems",
        (CONTAINER, ITEM),
        {
            "GET": (ags.list_items, (LINEITEM, LINEITEM_READ)),
            "POST": (ags.create_item, (LINEITEM,)),
        },
    ),
    Service(
        r"/(?P<course>\d+)/lineitems/(?P<item>\d+)/lineitem",
        (ITEM,),
        {
            "GET": (ags.read_item, (LINEITEM, LINEITEM_READ)),
            "PUT": (ags.update_item, (LINEITEM,)),
            "DELETE": (ags.delete_item, (LINEITEM,)),
        },
    ),
    Service(
        r"/(?P<course>\d+)/lineitems/(?P<item>\d+)/lineitem/scores",
        (SCORES,),
        {"POST": (ags.post_score, (SCORE,))},
    ),
    Service(
        r"/(?P<course>\d+)/lineitems/(?P<item>\d+)/lineitem/results",
        (RESULTS,),
        {"GET": (ags.read_results, (RESULT,))},
    ),
]
"""Every service, by its path behind services.php."""


@routes.route("/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
def serve(rest: str) -> Response:
    """Find the service whose path and media type fit, and let it answer.

    A media type that does not fit is "No handler found", 400; a missing or
    expired token and a missing scope are both 401 (Moodle 4.5.6, measured).
    """
    path = "/" + rest
    try:
        service, numbers = _find(path)
        verb, scopes = service.verbs[request.method]
        numbers["tool"] = _allowed(scopes)
        return verb(_media_type(service), **numbers)
    except Refused as refused:
        return _refusal(refused)


def _find(path: str) -> tuple[Service, dict[str, Any]]:
    for service in SERVICES:
        match = re.fullmatch(service.path, path)
        if match and request.method in service.verbs and _fits(service):
            found: dict[str, Any] = {k: int(v) for k, v in match.groupdict().items()}
            return service, found
    accept = request.headers.get("Accept", "").replace("*/*", "")
    words = f"No handler found for {path} {accept} {request.mimetype}"
    raise Refused(400, words)


def _fits(service: Service) -> bool:
    if request.method == "DELETE":
        return True
    if request.method == "GET":
        accept = request.headers.get("Accept", "*/*")
        return "*/*" in accept or accept in service.formats
    return request.mimetype in service.formats


def _media_type(service: Service) -> str:
    if request.method != "GET":
        return request.mimetype
    accept = request.headers.get("Accept", "")
    return accept if accept in service.formats else service.formats[0]


def _allowed(scopes: tuple[str, ...]) -> Tool:
    grant = here().tokens.look(request.headers.get("Authorization", ""))
    if grant is None or not set(scopes) & set(grant.scopes):
        raise Refused(401, "Unauthorized")
    return here().world.tools[grant.tool]


def _refusal(refused: Refused) -> Response:
    """Answer as Moodle does: the reason also stands in the HTTP status line.

    Scores are refused with an empty list, so only the status line tells.
    """
    if refused.media_type:
        return answer([], refused.media_type, refused.status, refused.reason)
    asked = {"method": request.method, "url": request.url}
    if "Accept" in request.headers:
        asked["accept"] = request.headers["Accept"]
    if request.content_type:
        asked["contentType"] = request.content_type
    body = {"status": refused.status, "reason": refused.reason, "request": asked}
    return answer(body, "application/json", refused.status, refused.reason.rstrip())
