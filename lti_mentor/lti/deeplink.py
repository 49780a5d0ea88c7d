"""Answering "Select content": the items we offer, signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem as ToolboxLineItem
from pylti1p3.registration import Registration as Toolbox

from lti_mentor.lti.keys import Signer
from lti_mentor.lti.scores import stamp

_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
_MESSAGE = "https://purl.imsglobal.org/spec/lti-dl/claim/msg"


@dataclass(frozen=True, slots=True)
class Item:
    """A link that a teacher puts into a course."""

    title: str
    url: str
    text: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Comes back with every launch of the link; ids only."""
    score_maximum: float | None = None
    """Set = a column in the gradebook."""
    resource_id: str | None = None
    tag: str | None = None
    available_from: datetime | None = None
    available_until: datetime | None = None
    due_at: datetime | None = None
    """Moodle drops all three dates."""


@dataclass(frozen=True, slots=True)
class Request:
    """The request we answer, as the session remembers it."""

    issuer: str
    client_id: str
    deployment_id: str
    data: Any = None


def answer(
    request: Request, items: Sequence[Item], signer: Signer, message: str | None = None
) -> str:
    """Return the JWT to post as form field `JWT` to the return address.

    Store nothing irreversible: the teacher may still cancel. No items = cancelled.
    """
    registration = (
        Toolbox()
        .set_issuer(request.issuer)
        .set_client_id(request.client_id)
        .set_tool_private_key(signer.private_pem)
        .set_tool_public_key(signer.public_pem)
    )
    link = DeepLink(registration, request.deployment_id, {})
    claims = link.get_message_jwt([_Resource(item) for item in items])
    claims.pop(_DATA)
    if request.data is not None:
        claims[_DATA] = request.data
    if message:
        claims[_MESSAGE] = message
    return str(link.encode_jwt(claims))  # type: ignore[no-untyped-call]


class _Resource(DeepLinkResource):
    """The toolbox's resource, with what it leaves out and without empty members."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self.set_title(item.title).set_url(item.url).set_custom_params(item.custom)
        if item.score_maximum is not None:
            column = ToolboxLineItem()
            column.set_score_maximum(item.score_maximum).set_label(item.title)
            column.set_resource_id(item.resource_id).set_tag(item.tag)  # type: ignore[arg-type]
            self.set_lineitem(column)

    def to_dict(self) -> dict[str, object]:
        item = self._item
        times = {
            "startDateTime": item.available_from,
            "endDateTime": item.available_until,
        }
        available = {name: stamp(at) for name, at in times.items() if at}
        due = {"endDateTime": stamp(item.due_at)} if item.due_at else {}
        more = {"text": item.text, "available": available, "submission": due}
        whole = super().to_dict() | more
        return {name: value for name, value in whole.items() if value}
