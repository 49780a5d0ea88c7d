"""Whose turn it is in somebody's mentorships, across courses: one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _

from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState, Participant
from lti_mentor.people.models import Person
from lti_mentor.practice.models import PracticeWork
from lti_mentor.web.names import named
from lti_mentor.web.pages import day, url
from lti_mentor.web.workspace import next_step

MINUTES_A_REVIEW = 6


@dataclass(frozen=True, slots=True)
class Line:
    """What stands open, and where somebody takes it on; no label = nothing to do."""

    sentence: str | LazyString
    label: str | LazyString = ""
    url: str = ""
    minutes: int | None = None
    due: str = ""

    @property
    def is_mine(self) -> bool:
        """Say whether the reader is the one to act."""
        return bool(self.label)


def of_mentorship(
    mentorship: Mentorship,
    me: Person,
    works: Sequence[PracticeWork],
    waiting: Sequence[PracticeWork],
) -> Line:
    """Return the line of one mentorship.

    `works` are this learner's own, `waiting` what waits for this mentor.
    """
    if mentorship.state is MentorshipState.OFFERED:
        return _of_offer(mentorship, me)
    if mentorship.state not in LIVING:
        return Line("")
    found = _of_work(mentorship, me, works, waiting)
    if found is not None and found.is_mine:
        return found
    return _of_agreement(mentorship, me) or found or Line(_("Nothing waits for you."))


def _of_offer(mentorship: Mentorship, me: Person) -> Line:
    is_mentor = me.id == mentorship.mentor_id
    name = named(mentorship.partner_of(me))
    said = mentorship.mentor_accepted_at if is_mentor else mentorship.mentee_accepted_at
    if said:
        return Line(_("You said yes. It begins when %(name)s has, too.", name=name))
    asked = (
        _("%(name)s is proposed as your mentee.", name=name)
        if is_mentor
        else _("%(name)s is proposed as your mentor.", name=name)
    )
    return Line(
        asked,
        _("Have a look and answer"),
        url("mentorship.show", mentorship=mentorship.public_id),
        2,
        _("by %(day)s", day=day(mentorship.answer_by)),
    )


def _of_work(
    mentorship: Mentorship,
    me: Person,
    works: Sequence[PracticeWork],
    waiting: Sequence[PracticeWork],
) -> Line | None:
    if me.id == mentorship.mentor_id:
        return of_reviews([w for w in waiting if w.mentorship_id == mentorship.id])
    return of_practice([w for w in works if w.mentorship_id == mentorship.id])


def of_practice(works: Sequence[PracticeWork]) -> Line | None:
    """Return the most pressing line among a learner's own practices."""
    step = next_step(works)
    if step is None or step.work is None:
        return None
    if not step.is_mine:
        return Line(step.sentence)
    due = _("by %(day)s", day=day(step.due)) if step.due else ""
    page = url("practice.show", work=step.work.public_id)
    return Line(step.sentence, step.label, page, step.minutes, due)


def of_reviews(waiting: Sequence[PracticeWork]) -> Line | None:
    """Return the line of what waits for a reviewer, the longest first."""
    if not waiting:
        return None
    first, count = waiting[0], len(waiting)
    said = ngettext(
        "%(name)s waits for your answer.",
        "%(num)d answers are waited for.",
        count,
        name=named(first.learner),
    )
    page = url("mentor.desk", work=first.public_id)
    return Line(said, _("Have a look"), page, MINUTES_A_REVIEW * count)


def _of_agreement(mentorship: Mentorship, me: Person) -> Line | None:
    is_mentor = me.id == mentorship.mentor_id
    signed = mentorship.mentor_signed_at if is_mentor else mentorship.mentee_signed_at
    if signed:
        return None
    return Line(
        _("Agree on what the two of you want to reach."),
        _("Write down a goal"),
        url("mentorship.show", mentorship=mentorship.public_id),
        5,
    )


def of_part(part: Participant) -> Line:
    """Return the line of a part that somebody was proposed for."""
    return Line(
        _("%(program)s: say when you have time.", program=part.program.name),
        _("Answer in two minutes"),
        url("learner.join", program=part.program.public_id),
        2,
    )
