"""The life of a practice: which steps there are, and whose turn it is."""

import enum


class WorkState(enum.StrEnum):
    """Where a learner's practice is in its life."""

    WAITING_MENTOR = "waiting_mentor"
    PLANNING = "planning"
    PLAN_REVIEW = "plan_review"
    PRACTISING = "practising"
    IN_REVIEW = "in_review"
    REVISING = "revising"
    REFLECTING = "reflecting"
    COMPLETED = "completed"
    EXPIRED = "expired"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"


class Turn(enum.StrEnum):
    """Whose turn it is; every open state has exactly one owner (P12)."""

    LEARNER = "learner"
    MENTOR = "mentor"
    INSTRUCTOR = "instructor"
    COORDINATOR = "coordinator"
    NONE = "none"


S = WorkState
CLOSING = frozenset({S.EXCUSED, S.WITHDRAWN, S.COMPLETED})
"""Steps that staff or the learner may take from any open state."""
NEXT: dict[WorkState, frozenset[WorkState]] = {
    S.WAITING_MENTOR: CLOSING | {S.PLANNING, S.EXPIRED},
    S.PLANNING: CLOSING | {S.PLAN_REVIEW, S.EXPIRED},
    S.PLAN_REVIEW: CLOSING | {S.PLANNING, S.PRACTISING, S.EXPIRED},
    S.PRACTISING: CLOSING | {S.IN_REVIEW, S.EXPIRED},
    # IN_REVIEW does not expire: it is the reviewer who is late, not the learner
    S.IN_REVIEW: CLOSING | {S.REVISING, S.PRACTISING, S.REFLECTING},
    S.REVISING: CLOSING | {S.IN_REVIEW, S.EXPIRED},
    S.REFLECTING: CLOSING | {S.EXPIRED},
    S.EXPIRED: CLOSING | {S.PLANNING, S.PRACTISING, S.REVISING, S.REFLECTING},
    S.COMPLETED: frozenset({S.REVISING}),
    S.EXCUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""Every step a practice may take; any other is a Conflict."""
FINAL = frozenset({S.COMPLETED, S.EXCUSED, S.WITHDRAWN})
"""Nobody's turn any more."""
LEARNERS_TURN = frozenset({S.PLANNING, S.PRACTISING, S.REVISING, S.REFLECTING})
