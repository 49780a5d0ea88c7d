"""What differs between LMS families when we write to them, as data (D19).

Moodle rows: measured on 4.5.6. Canvas rows: Canvas source and documentation,
`scores_controller.rb`, `line_items_controller.rb`, `memberships_provider.rb`,
`deep_linking_controller.rb`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lti_mentor.platforms.models import LMSKind

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
"""Extension of a Canvas score that says whether it is a new hand-in."""

Extension = Mapping[str, Mapping[str, bool]]
_NONE: Extension = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family takes scores, line items and rosters."""

    posts_before_score: bool = False
    """The first hand-in is posted before there is a score (Submitted, Pending), so
    that teachers see it. On Moodle any such post erases the grade."""
    first_hand_in_extension: Extension = field(default_factory=lambda: _NONE)
    """Added to that first post."""
    score_extension: Extension = field(default_factory=lambda: _NONE)
    """Added to every score after it."""
    whole_seconds_strict: bool = True
    """A score of the same second as the stored one is refused."""
    conflict_means_superseded: bool = True
    """409 says that a newer score is already there: nothing to repeat."""
    older_words: tuple[str, ...] = ()
    """Words by which a 400 says the same."""
    list_limit_ok: bool = False
    """Line item lists may carry `limit`. Moodle breaks the Link header."""
    results_limit_ok: bool = False
    """Results may carry `limit`. Moodle crashes with an HTML 404."""
    keep_query: bool = True
    """A line item's query (`?type_id=`) stays when `/scores` is appended."""
    unauthorized_means_scope: bool = True
    """A 401 after a fresh token means a missing permission, not a bad token."""
    link_dates: bool = True
    """A link's start and due date are kept. Moodle drops them."""
    cancels_at_return_url: bool = False
    """A content selection is cancelled at its launch's return address, with words."""
    launch_names_column: bool = True
    """A launch of a graded link names its column; without one, none is wanted."""
    role_filter_survives: bool = False
    """The roster's next link keeps the role filter."""
    own_link_tells_ids: bool = False
    """A roster read with `rlid` = context id carries LMS user ids and time zones."""
    roster_knows_assistants: bool = True
    """The roster tells teaching assistants from learners."""


MOODLE = Dialect(roster_knows_assistants=False, link_dates=False)
CANVAS = Dialect(
    posts_before_score=True,
    first_hand_in_extension=MappingProxyType(
        {CANVAS_SUBMISSION: {"new_submission": True, "preserve_score": True}}
    ),
    score_extension=MappingProxyType({CANVAS_SUBMISSION: {"new_submission": False}}),
    whole_seconds_strict=False,
    older_words=("before last updated",),
    list_limit_ok=True,
    results_limit_ok=True,
    role_filter_survives=True,
    own_link_tells_ids=True,
    cancels_at_return_url=True,
)
OTHER = Dialect(
    older_words=(
        "before last updated",
        "only be updated to a later point",
        "already exists for the provided timestamp",
    ),
    launch_names_column=False,
)
"""A platform nobody measured is treated as the stricter one (Open edX answers an older
score with 400, 1EdTech's reference platforms tell the container of columns only)."""

DIALECTS: dict[LMSKind, Dialect] = {
    LMSKind.MOODLE: MOODLE,
    LMSKind.CANVAS: CANVAS,
    LMSKind.OTHER: OTHER,
}


def dialect_of(kind: LMSKind) -> Dialect:
    """Return how this family wants to be written to."""
    return DIALECTS[kind]
