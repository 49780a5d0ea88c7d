"""Scores to the gradebook, by the policy of D19 and each platform's dialect."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Delivery, DeliveryState
from lti_mentor.clock import now
from lti_mentor.errors import Outside
from lti_mentor.lti.scores import ActivityProgress, GradingProgress, Result, stamp
from lti_mentor.lti.scores import Score as Post
from lti_mentor.lti.services import RESULT_READ, Answer, Services
from lti_mentor.passback import queries
from lti_mentor.passback.outcome import Outcome, dead, settle, skipped
from lti_mentor.people.models import LineItem, Membership, Role
from lti_mentor.platforms.dialects import Dialect
from lti_mentor.practice.queries import Score, score_of

OVERWRITE = "ags.overwrite"
"""Code on a waiting delivery that somebody confirmed over a gradebook change."""
COLUMN_GONE = "ags.column_gone"
"""Code of a delivery whose column somebody deleted: they are asked before a new one."""
SAME = 0.0005
"""Share of the maximum by which a platform's rounding may differ from ours."""
TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Letter:
    """A score ready to be posted, free of the database."""

    delivery_id: int
    url: str
    post: Post
    reads_first: bool
    """Look at the result before we write over it."""
    own_shares: tuple[float | None, ...]
    """What of ours may be there, as shares of the maximum: what we last sent (None =
    nothing yet), this score itself, and those whose sending nobody answered for."""
    dialect: Dialect = field(repr=False)
    receipt: dict[str, Any] = field(default_factory=dict)
    is_repeat: bool = False
    """Begun before: the gradebook may have taken it without our knowing."""


def render(session: Session, delivery: Delivery, dialect: Dialect) -> Letter | Outcome:
    """Return what to post, or why nothing is posted."""
    activity = delivery.activity
    if queries.newer_waiting(session, delivery):
        return Outcome(DeliveryState.SUPERSEDED, "ags.superseded")
    score = score_of(session, activity)
    if score is None:
        return skipped("ags.nothing")
    item = score.line_item
    if item is None:
        return skipped("ags.no_column")
    last = queries.last_sent(session, activity)
    code = _why_not(session, score, item)
    code = code or _why_not_now(score, activity, last, dialect)
    if code:
        return skipped(code)
    for older in queries.held(session, activity):
        settle(older, Outcome(DeliveryState.SUPERSEDED, "ags.superseded"))
    letter = _letter(delivery, score, item, last, dialect)
    begun = [_begun_share(one) for one in queries.begun(session, activity, last)]
    return replace(letter, own_shares=(*letter.own_shares, *begun))


def _why_not(session: Session, score: Score, item: LineItem) -> str | None:
    """Scores go to learners only: platforms refuse the others, or take them badly."""
    if not score.learner.sub:
        return "ags.unknown_person"
    if score.learner.is_test:
        return "ags.test_student"
    role = session.scalar(
        select(Membership.role).where(
            Membership.context_id == item.context_id,
            Membership.person_id == score.learner.id,
        )
    )
    return None if role is Role.LEARNER else "ags.not_a_learner"


def _why_not_now(
    score: Score, activity: Activity, last: Delivery | None, dialect: Dialect
) -> str | None:
    if score.points is None:
        may = dialect.posts_before_score and last is None
        return None if may else "ags.before_score"
    sent = _sent_share(last)
    lowers = sent is not None and _share(score) < sent - SAME
    if lowers and not activity.data.get("override"):
        return "ags.never_lower"
    return None


def _letter(
    delivery: Delivery,
    score: Score,
    item: LineItem,
    last: Delivery | None,
    dialect: Dialect,
) -> Letter:
    post = _post(score, _next_stamp(last), dialect)
    readable = not item.context.ags_scopes or RESULT_READ in item.context.ags_scopes
    return Letter(
        delivery_id=delivery.id,
        url=item.url,
        post=post,
        reads_first=readable and delivery.code != OVERWRITE,
        own_shares=(_sent_share(last), _given_share(post)),
        is_repeat=delivery.attempts > 1,
        dialect=dialect,
        receipt={
            "line_item": item.id,
            "at": stamp(post.at),
            "points": None if score.points is None else str(score.points),
            "maximum": score.maximum,
            "progress": post.activity.value,
        },
    )


def _post(score: Score, at: datetime, dialect: Dialect) -> Post:
    sub = score.learner.sub or ""
    if score.points is None:
        return Post(
            sub,
            at,
            activity=ActivityProgress.SUBMITTED,
            grading=GradingProgress.PENDING,
            submitted_at=min(score.submitted_at, at),
            extension=dialect.first_hand_in_extension,
        )
    completed, going = ActivityProgress.COMPLETED, ActivityProgress.IN_PROGRESS
    return Post(
        sub,
        at,
        activity=completed if score.is_final else going,
        given=float(score.points),
        maximum=float(score.maximum),
        extension=dialect.score_extension,
    )


def send(letter: Letter, services: Services) -> Outcome:
    """Post one score, unless somebody else changed the grade; no transaction is open.

    Raises:
        Outside: Nobody answered, or asked for patience; to be tried again.
    """
    if letter.reads_first:
        settled = _looked(letter, services)
        if settled is not None:
            return settled
    return _judge(letter, services.post_score(letter.url, letter.post))


def _looked(letter: Letter, services: Services) -> Outcome | None:
    """Return an outcome where the gradebook holds this, or what is not ours."""
    try:
        found = services.results(letter.url, letter.post.sub)
    except Outside as failure:
        status = failure.details.get("status")
        if status == 404:
            return dead(COLUMN_GONE)
        if failure.code in {"service.unauthorized", "service.token_refused"}:
            return None  # results may be out of reach where scores are not
        raise
    held = next((_result_share(result) for result in found), None)
    if found and letter.is_repeat and _agree(held, _given_share(letter.post)):
        return Outcome(DeliveryState.SENT, "ags.already_there", sent=letter.receipt)
    if not found or any(_agree(held, own) for own in letter.own_shares):
        return None
    points = None if held is None else round(held * (letter.post.maximum or 100), 2)
    return Outcome(
        DeliveryState.HELD,
        "ags.changed_there",
        sent={**letter.receipt, "sent": False, "found": points},
    )


def _judge(letter: Letter, answer: Answer) -> Outcome:
    dialect, words = letter.dialect, answer.words
    older = answer.status == 400 and any(w in words for w in dialect.older_words)
    if answer.is_accepted:
        return Outcome(DeliveryState.SENT, "ags.accepted", sent=letter.receipt)
    if answer.status in TRY_AGAIN or answer.status >= 500:
        raise Outside(
            "outside.status", status=answer.status, retry_after=answer.retry_after
        )
    if (answer.status == 409 and dialect.conflict_means_superseded) or older:
        return Outcome(DeliveryState.SUPERSEDED, "ags.newer_there", words)
    if answer.status == 401 and dialect.unauthorized_means_scope:
        return dead("ags.missing_scope", words)
    if answer.status == 404:
        return dead(COLUMN_GONE, words)
    return dead("ags.refused", f"{answer.status} {words}")


def _next_stamp(last: Delivery | None) -> datetime:
    """Return a whole second later than the last one sent for this place.

    Moodle refuses the same second again; a stamp ahead of time would block others.
    """
    moment = now().replace(microsecond=0)
    before = (last.sent or {}).get("at") if last else None
    if before is None:
        return moment
    return max(moment, datetime.fromisoformat(before) + timedelta(seconds=1))


def _share(score: Score) -> float:
    return float(score.points or 0) / score.maximum


def _sent_share(last: Delivery | None) -> float | None:
    """Return the share of the maximum we last put there; None = no score yet."""
    sent = (last.sent or {}) if last else {}
    if sent.get("points") is None:
        return None
    return float(sent["points"]) / float(sent["maximum"])


def _result_share(result: Result) -> float | None:
    if result.score is None:
        return None
    return result.score / result.maximum if result.maximum else result.score / 100


def _given_share(post: Post) -> float | None:
    if post.given is None or not post.maximum:
        return None
    return post.given / post.maximum


def _begun_share(delivery: Delivery) -> float | None:
    """Return the share an older delivery may have put there unknown to us."""
    told = delivery.activity.data
    if told.get("points") is None or not told.get("maximum"):
        return None
    return float(told["points"]) / float(told["maximum"])


def _agree(held: float | None, own: float | None) -> bool:
    if held is None or own is None:
        return held is own
    return math.isclose(held, own, abs_tol=SAME)
