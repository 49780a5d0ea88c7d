"""Opening an LMS by its kind, address and credentials."""

from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from lms_clients.canvas import api
from lms_clients.canvas.client import PARALLEL as CANVAS_PARALLEL
from lms_clients.canvas.client import CanvasClient
from lms_clients.credentials import Credentials
from lms_clients.moodle import web_service
from lms_clients.moodle.client import MoodleClient
from lms_clients.moodle.completion import PARALLEL as MOODLE_PARALLEL
from lms_clients.pace import Pace
from lms_clients.protocol import LMSClient
from lms_clients.traffic import Traffic
from lms_clients.transport import Limits, SessionLike, Transport, new_session

USER_AGENT = "lms-clients/0.1"
"""Canvas refuses requests without one; name your tool and a contact instead."""


class Options(TypedDict, total=False):
    """What may be chosen when opening an LMS."""

    session: SessionLike
    """A `requests.Session`, or a guard that looks like one."""
    user_agent: str
    limits: Limits
    pace: Pace
    """A pace of its own, in place of the one that all clients of the host share."""
    traffic: Traffic
    """Where to count calls, bytes and waiting."""
    report_id: str
    """Moodle: the custom report for bulk completion; searched for when not given."""


def connect(
    kind: str, base_url: str, credentials: Credentials, **options: Unpack[Options]
) -> LMSClient:
    """Open an LMS; nothing is asked of it yet.

    Args:
        kind: `moodle` or `canvas`.
        base_url: Its address, for example `https://moodle.example.edu/learn`.
        credentials: A token, or for Canvas `OAuthTokens`.
        **options: See `Options`.

    Raises:
        ValueError: The kind is unknown, the address is none, or the credentials
            do not fit the kind.
    """
    if kind == "canvas":
        return CanvasClient(canvas_transport(base_url, **options), credentials)
    if kind != "moodle":
        raise ValueError(f"unknown kind of LMS: {kind!r}")
    if not isinstance(credentials, str):
        raise ValueError("Moodle takes a token")  # noqa: TRY004 - one error to catch
    transport = _transport(base_url, options, MOODLE_PARALLEL)
    transport.explain = web_service.explain
    return MoodleClient(transport, credentials, options.get("report_id"))


def canvas_transport(base_url: str, **options: Unpack[Options]) -> Transport:
    """Open Canvas's address without a token, as OAuth2 needs it."""
    transport = _transport(base_url, options, CANVAS_PARALLEL)
    transport.explain = api.explain
    return transport


def _transport(base_url: str, options: Options, parallel: int) -> Transport:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("the address of an LMS begins with https:// or http://")
    return Transport(
        base_url=base_url.rstrip("/"),
        user_agent=options.get("user_agent", USER_AGENT),
        parallel=parallel,
        session=options.get("session") or new_session(),
        limits=options.get("limits") or Limits(),
        pace=options.get("pace"),
        traffic=options.get("traffic") or Traffic(),
    )
