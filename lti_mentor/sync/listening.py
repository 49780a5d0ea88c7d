"""Asking an installation to tell us of copied courses; HTTP only, no database."""

from collections.abc import Sequence

from lti_mentor.errors import MentorError
from lti_mentor.lti import services
from lti_mentor.platforms.models import Feature, Health, LMSKind
from lti_mentor.sync.findings import Door, Doors, Finding, missing, refused

PATH = "/lti/notices"
"""Where we take notices."""
RIGHTS = frozenset({400, 401})
"""How a platform refuses a token for a scope that it does not grant."""


def listen(
    doors: Doors, kind: LMSKind, places: Sequence[Door], public_url: str
) -> Finding:
    """See to it that each place tells us at our address; what stands is left alone."""
    handler, asks = public_url + PATH, missing(kind, [services.NOTICES])
    try:
        token = doors.lti.token(services.NOTICES)
        if token.scopes is not None and services.NOTICES not in token.scopes:
            return _no_scope(asks)
        for place in places:
            known = doors.lti.notice_handlers(place.url)
            for one in place.kinds:
                if known.get(one) != handler:
                    doors.lti.handle_notices(place.url, one, handler)
    except MentorError as problem:
        if problem.code in {"service.token_refused", "service.unauthorized"}:
            is_right = problem.details.get("status") in RIGHTS
            return _no_scope(asks) if is_right else refused(Feature.NOTICES, problem)
        return refused(Feature.NOTICES, problem)
    counted = {"count": len(places)}
    return Finding(Feature.NOTICES, Health.OK, "notices.asked", counted)


def _no_scope(asks: dict[str, list[str]]) -> Finding:
    return Finding(Feature.NOTICES, Health.FAILED, "notices.no_scope", asks)
