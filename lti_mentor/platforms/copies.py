"""Test and beta copies of an LMS: kept apart, never written to.

A refreshed Canvas copy keeps the client ids of the real one, and a self-hosted one
its issuer too; only the login's `canvas_environment` then tells them apart (Canvas
doc/lti/lti_dev_key_config.md).
"""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Registration

ENVIRONMENTS = frozenset({"beta", "test"})
"""What logins of a copy call it; the real one says prod or production."""
ISSUERS = frozenset(
    {"https://canvas.beta.instructure.com", "https://canvas.test.instructure.com"}
)
"""Issuers under which only copies live."""
SHARED = (
    "name",
    "issuer",
    "client_id",
    "auth_url",
    "token_url",
    "jwks_url",
    "token_audience",
    "origins",
    "lms_kind",
    "lms_url",
    "lms_admins",
    "is_active",
    "reach",
    "starting",
)
"""What a copy begins with; never a token, an access key or anybody's row."""


def is_copy(issuer: str) -> bool:
    """Say whether an issuer is that of test or beta copies."""
    return issuer in ISSUERS


def is_for_good(registration: Registration) -> bool:
    """Say whether the LMS itself calls this a copy, so that no admin decides it."""
    return bool(registration.environment) or is_copy(registration.issuer)


def tenant(
    session: Session, registration: Registration, environment: str
) -> Registration:
    """Return whose launches these are: a copy's own row is made when it first comes.

    The login is unsigned, so this may only ever lead to less: away from real people's
    rows, to a tenant from which nothing is written.
    """
    environment = environment.strip().lower()
    if environment not in ENVIRONMENTS or is_copy(registration.issuer):
        return registration
    key = (registration.issuer, registration.client_id, environment)
    return queries.find(session, *key) or _made(session, registration, environment)


def _made(session: Session, original: Registration, environment: str) -> Registration:
    shared = {name: getattr(original, name) for name in SHARED}
    copy = Registration(**shared, environment=environment, is_copy=True)
    try:
        with session.begin_nested():
            session.add(copy)
    except IntegrityError:  # somebody came in at the same moment
        key = (original.issuer, original.client_id, environment)
        return queries.find(session, *key) or original
    return copy
