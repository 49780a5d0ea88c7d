"""The one place that opens an LMS's own API (D25)."""

from lms_clients import LMSClient
from lms_clients import connect as open_client
from lms_clients.traffic import Traffic
from lti_mentor.errors import Conflict
from lti_mentor.outbound import Outbound
from lti_mentor.platforms.models import LMSKind, Registration


def connect(
    registration: Registration, http: Outbound, traffic: Traffic | None = None
) -> LMSClient:
    """Return a client for this registration's LMS; nothing is asked of it yet.

    What it reads of the registration it reads here, so that later calls need no
    transaction. Its network passes the same guard as everything else.

    Raises:
        Conflict: No API is configured: LTI services only (`lms.not_configured`).
    """
    is_known = registration.lms_kind is not LMSKind.OTHER
    if not (is_known and registration.lms_url and registration.lms_token):
        raise Conflict("lms.not_configured")
    return open_client(
        registration.lms_kind.value,
        registration.lms_url,
        registration.lms_token,
        session=http.session(),
        traffic=traffic or Traffic(),
    )
