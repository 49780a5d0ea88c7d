"""Who sees what: the table the pages draw, beside the rules that enforce it (P23)."""

import enum
from dataclasses import dataclass


class Viewer(enum.StrEnum):
    """Somebody who may look."""

    SELF = "self"
    PARTNER = "partner"
    STAFF = "staff"
    """Instructors of the course, and who leads the program."""
    OBSERVER = "observer"
    """Parents and advisers, of those whom the LMS names."""
    ORG_ADMIN = "org_admin"


@dataclass(frozen=True, slots=True)
class Sight:
    """One kind of thing, and who sees it."""

    thing: str
    viewers: frozenset[Viewer]


V = Viewer
SIGHTS: tuple[Sight, ...] = (
    Sight("sight.name", frozenset({V.SELF, V.PARTNER, V.STAFF, V.OBSERVER})),
    Sight("sight.progress", frozenset({V.SELF, V.PARTNER, V.STAFF, V.OBSERVER})),
    Sight("sight.why", frozenset({V.SELF, V.PARTNER, V.STAFF})),
    Sight("sight.skills", frozenset({V.SELF, V.STAFF})),
    Sight("sight.availability", frozenset({V.SELF})),
    Sight("sight.introduction", frozenset({V.SELF, V.PARTNER})),
    Sight("sight.agreement", frozenset({V.SELF, V.PARTNER})),
    Sight("sight.thread", frozenset({V.SELF, V.PARTNER})),
    Sight("sight.contact", frozenset({V.SELF, V.PARTNER})),
    Sight("sight.notes", frozenset({V.SELF, V.PARTNER})),
    Sight("sight.private", frozenset({V.SELF})),
    Sight("sight.practice", frozenset({V.SELF, V.PARTNER, V.STAFF})),
    Sight("sight.score", frozenset({V.SELF, V.STAFF})),
    Sight("sight.receipts", frozenset({V.SELF, V.STAFF, V.ORG_ADMIN})),
    Sight("sight.exclusions", frozenset({V.SELF})),
)
"""Every kind of thing a person may ask about; tests hold it against the pages."""
