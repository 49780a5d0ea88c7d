"""Codes of the features in the reader's words: why-lines, states, turns, choices."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString, format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentor.mentoring.models import Chip, MentorshipState
from lti_mentor.practice.models import Basis, Turn, WorkState
from lti_mentor.privacy.sight import Viewer

CHIPS: dict[Chip, LazyString] = {
    Chip.WEEKDAY_MORNING: _l("Weekday mornings"),
    Chip.WEEKDAY_AFTERNOON: _l("Weekday afternoons"),
    Chip.WEEKDAY_EVENING: _l("Weekday evenings"),
    Chip.WEEKEND_MORNING: _l("Weekend mornings"),
    Chip.WEEKEND_AFTERNOON: _l("Weekend afternoons"),
    Chip.WEEKEND_EVENING: _l("Weekend evenings"),
}
"""Six answers to "when do you usually have time?"."""

KEPT: dict[str, LazyString] = {
    "person": _l("Name, address, language, ids of the LMS"),
    "membership": _l("Courses, and the role in each"),
    "section_seat": _l("Sections and groups of courses"),
    "course_completion": _l("Courses completed"),
    "activity_completion": _l("Activities completed"),
    "course_grade": _l("Grades of whole courses, where one says what counts as done"),
    "skill_level": _l("Levels in skills, by who said so"),
    "interest": _l("Wishes for a mentor, offers to be one"),
    "put_off": _l("What was put off to another day"),
    "consent": _l("What was agreed to, and when"),
    "participant": _l("Parts in programs: times, languages, introduction"),
    "avoidance": _l("People not to be paired with, as typed"),
    "choice": _l("Mentors asked for, in order"),
    "exclusion": _l("People not to be paired with"),
    "mentorship": _l("Mentorships"),
    "voice": _l("What was said of mentorships: contact, fit check, closing"),
    "message": _l("Messages written"),
    "concern": _l("Reports made"),
    "mentoring_session": _l("Talks offered"),
    "session_note": _l("Notes of talks"),
    "calendar_feed": _l("A calendar address of one's own, and when it was last read"),
    "calendar_wish": _l("The wish for talks in the calendar of the LMS"),
    "calendar_copy": _l("Talks written into the calendar of the LMS"),
    "practice_work": _l("Practices, and their scores"),
    "plan": _l("Plans"),
    "application": _l("Applications"),
    "evidence": _l("Evidence"),
    "review": _l("Reviews, received and given"),
    "reflection": _l("Reflections"),
    "activity": _l("Steps taken, by code and time"),
    "draft": _l("Texts begun and not sent"),
    "notice": _l("Mails: what each was about, and whether it arrived"),
    "no_mail": _l("The wish for fewer mails"),
}
"""What is kept about somebody, by table (privacy/export)."""

MENTORSHIPS: dict[MentorshipState, tuple[LazyString, str]] = {
    MentorshipState.OFFERED: (_l("Waiting for both to say yes"), "wait"),
    MentorshipState.ACTIVE: (_l("Working together"), "good"),
    MentorshipState.PAUSED: (_l("Paused"), "off"),
    MentorshipState.CONCLUDING: (_l("Coming to its end"), "wait"),
    MentorshipState.COMPLETED: (_l("Completed"), "good"),
    MentorshipState.ENDED: (_l("Ended"), "off"),
    MentorshipState.DECLINED: (_l("Declined"), "off"),
    MentorshipState.EXPIRED: (_l("Not answered in time"), "off"),
    MentorshipState.WITHDRAWN: (_l("Withdrawn"), "off"),
}
"""Words and tone of a mentorship's state."""

WISHES: dict[str, tuple[LazyString, str]] = {
    "waits": (_l("Not asked yet"), "off"),
    "offered": (_l("Asked"), "wait"),
    "active": (_l("Said yes"), "good"),
    "paused": (_l("Said yes"), "good"),
    "concluding": (_l("Said yes"), "good"),
    "completed": (_l("Completed"), "good"),
    "ended": (_l("Ended"), "off"),
    "declined": (_l("Cannot at the moment"), "off"),
    "expired": (_l("Not answered in time"), "off"),
    "withdrawn": (_l("Taken back"), "off"),
}
"""Words and tone of what became of a wish."""

PAUSE_WEEKS = (2, 4, 8, 16)
"""For how long somebody may say "not now"."""


def pause_of(weeks: int) -> str:
    """Return a pause in words."""
    said: str = ngettext("%(num)d week", "%(num)d weeks", weeks)
    return said


WORKS: dict[WorkState, tuple[LazyString, str]] = {
    WorkState.WAITING_MENTOR: (_l("Waiting for a mentor"), "wait"),
    WorkState.PLANNING: (_l("Planning"), "wait"),
    WorkState.PLAN_REVIEW: (_l("Plan to be agreed"), "wait"),
    WorkState.PRACTISING: (_l("Practising"), "wait"),
    WorkState.IN_REVIEW: (_l("In review"), "wait"),
    WorkState.REVISING: (_l("One change asked for"), "warn"),
    WorkState.REFLECTING: (_l("Verified, reflection left"), "good"),
    WorkState.COMPLETED: (_l("Completed"), "good"),
    WorkState.EXPIRED: (_l("Past its date"), "warn"),
    WorkState.EXCUSED: (_l("Excused"), "off"),
    WorkState.WITHDRAWN: (_l("Withdrawn"), "off"),
}
"""Words and tone of a practice's state."""

TURNS: dict[Turn, LazyString] = {
    Turn.LEARNER: _l("Learner's turn"),
    Turn.MENTOR: _l("Mentor's turn"),
    Turn.INSTRUCTOR: _l("Instructor's turn"),
    Turn.COORDINATOR: _l("Coordinator's turn"),
    Turn.NONE: _l("Nobody's turn"),
}
"""Whose turn it is."""

BASES: dict[Basis, tuple[LazyString, LazyString]] = {
    Basis.OBSERVED: (_l("I saw it"), _l("live, or on a recording")),
    Basis.ARTIFACT: (_l("What was made"), _l("a document, a product, a link")),
    Basis.WITNESS: (_l("Somebody who was there"), _l("told me so")),
    Basis.ACCOUNT: (_l("The learner's account"), _l("what is written here")),
}
"""What a reviewer may have relied on."""

VIEWERS: dict[Viewer, LazyString] = {
    Viewer.SELF: _l("You"),
    Viewer.PARTNER: _l("The other one of the two"),
    Viewer.STAFF: _l("Instructors of the course"),
    Viewer.OBSERVER: _l("Parents and advisers whom the LMS names"),
    Viewer.ORG_ADMIN: _l("Administrators of the organisation"),
}
"""Columns of "Who sees what"."""

SIGHTS: dict[str, LazyString] = {
    "sight.name": _l("Your name"),
    "sight.progress": _l("Which practices you have, how far they are, when due"),
    "sight.why": _l("Why you were proposed to each other"),
    "sight.skills": _l("Skill levels and completion, as the LMS says"),
    "sight.availability": _l("When you usually have time"),
    "sight.introduction": _l("What you wrote about yourself"),
    "sight.agreement": _l("Your agreement"),
    "sight.thread": _l("Your conversation"),
    "sight.contact": _l("How you can be reached, where you say so"),
    "sight.notes": _l("Notes of your talks that are for both"),
    "sight.private": _l("Your own notes, fit check and closing answers"),
    "sight.practice": _l("Plan, applications, evidence, reviews, reflection"),
    "sight.score": _l("Score"),
    "sight.receipts": _l("What was written to gradebook and record store"),
    "sight.exclusions": _l("Whom you do not want to be paired with"),
}
"""Rows of "Who sees what"."""

CONSENT: dict[str, LazyString] = {
    "consent.lms_facts": _l(
        "The tool reads from your LMS which courses and skills you have completed, "
        "to find people who fit."
    ),
    "consent.partner_sees": _l(
        "Your mentor or mentee sees your name, what you write for them, and your "
        "practice together."
    ),
    "consent.instructor_sees": _l(
        "Your instructors see your practice and its score, never your conversation."
    ),
    "consent.thread_private": _l(
        "Your conversation is for the two of you; only somebody who runs the server "
        "could technically read it."
    ),
    "consent.records_written": _l(
        "Your score goes to the gradebook; that you planned, applied and reflected "
        "goes to your organisation's record store where it has one."
    ),
    "consent.no_cost": _l(
        "If you would rather not be paired, say so: your work is then reviewed by "
        "your instructor on the same rubric for the same score."
    ),
    "consent.card_shown": _l(
        "Learners of this program see your name, your few words and why you could "
        "help them, and may ask you."
    ),
    "consent.card_no_cost": _l(
        "Without it you are not on the list; staff may still propose a learner to you."
    ),
}
"""What taking part means, sentence by sentence."""

PRESETS: dict[str, tuple[LazyString, LazyString]] = {
    "course_transfer": (
        _l("Use what the course taught"),
        _l("One mentor, one learner, about six weeks. You look through the pairs."),
    ),
    "career_start": (
        _l("Find one's way"),
        _l("Learners choose somebody who has gone it before; twelve weeks."),
    ),
    "peer_practice": (
        _l("Practise with a peer"),
        _l("Learners of the course help each other, a talk every week."),
    ),
    "flash": (
        _l("One question, one talk"),
        _l("Learners choose; one talk within two weeks, and that is it."),
    ),
}
"""Kinds of program: name, and what follows from it."""

MEASURES: dict[str, LazyString] = {
    "practised": _l("Learners who have used it at work, looked at by somebody"),
    "still_using": _l("Learners who still use it weeks later"),
    "level": _l("Learners who reach the level in the LMS"),
    "served": _l("Learners who have a mentor"),
}
"""How somebody knows that a program worked."""

RULES: dict[str, LazyString] = {
    "pair.not_possible": _l("No mentor fits all the rules"),
    "places.taken": _l("All fitting mentors are full"),
}
"""Why somebody has no mentor, for staff."""


WHY: dict[str, LazyString] = {
    "skill.completed": _l("Mastered %(skill)s in %(when)s"),
    "skill.verified": _l("Was seen to apply %(skill)s"),
    "skill.endorsed": _l("Is recommended for %(skill)s"),
    "skill.named": _l("Says they know %(skill)s"),
    "preference.mutual": _l("You both asked for each other"),
    "ways.alike": _l("You like to work in the same way"),
    "context.shared": _l("You know the same course"),
}
"""Why-lines by code; `time.shared` counts and stands below."""


WHY_ME: dict[str, LazyString] = {
    "skill.completed": _l("You mastered %(skill)s in %(when)s"),
    "skill.verified": _l("You were seen to apply %(skill)s"),
    "skill.endorsed": _l("You are recommended for %(skill)s"),
    "skill.named": _l("You say you know %(skill)s"),
}
"""The same lines as the mentor reads them."""


def why(reasons: Iterable[Mapping[str, Any]], *, to_mentor: bool = False) -> list[str]:
    """Return the why-lines of a pair; a code from a newer engine says nothing.

    They tell what the mentor brings, so the mentor is spoken to as "you".
    """
    words = WHY | WHY_ME if to_mentor else WHY
    lines = (_why(words, reason) for reason in reasons)
    return [line for line in lines if line]


def why_me(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the why-lines as the mentor reads them."""
    return why(reasons, to_mentor=True)


def _why(words: Mapping[str, LazyString], reason: Mapping[str, Any]) -> str:
    code = str(reason.get("code"))
    if code == "time.shared":
        return _shared_time(int(reason.get("hours", 0)))
    said = {
        "skill": reason.get("skill", ""),
        "when": _month(reason.get("when")),
    }
    if code == "skill.completed" and not said["when"]:
        return _undated(words is WHY, said["skill"])
    return str(words.get(code, "")) % said


def _undated(to_mentee: bool, skill: str) -> str:  # noqa: FBT001
    if to_mentee:
        return str(_("Has mastered %(skill)s", skill=skill))
    return str(_("You have mastered %(skill)s", skill=skill))


def _shared_time(hours: int) -> str:
    found: str = ngettext(
        "You both have time in %(num)d hour of the week",
        "You both have time in %(num)d hours of the week",
        hours,
    )
    return found


def _month(iso: object) -> str:
    if not isinstance(iso, str):
        return ""
    found: str = format_date(date.fromisoformat(iso), "MMMM y")
    return found
