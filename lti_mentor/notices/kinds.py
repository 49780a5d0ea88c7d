"""The one table of notices: what each says, whom a change is told, what one may answer.

Sentences are templates: `who` is the other one's first name, `when` a moment and
`times` several, both in the reader's zone. None of them may say what somebody wrote,
what a work is worth, or anything else about the other one.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lti_mentor.activity.models import Verb
from lti_mentor.notices import subjects
from lti_mentor.notices.models import Kind
from lti_mentor.notices.subjects import Subject
from lti_mentor.notices.words import marked as _
from lti_mentor.people.models import Person


class Who(enum.StrEnum):
    """Whom a change is told, seen from who made it."""

    OTHER = "other"
    BOTH = "both"
    LEARNER = "learner"
    REVIEWER = "reviewer"


class Answer(enum.StrEnum):
    """What a button of a mail does."""

    ACCEPT = "accept"
    DECLINE = "decline"
    SUITS = "suits"
    MET = "met"
    SILENCE = "silence"
    """No more mails but the necessary ones."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of notice says, and when it still is so."""

    subject: str
    sentence: str
    button: str
    """The link that leads to the step in the course."""
    is_so: Callable[[Subject, Person], bool]
    """Asked just before sending: what is no longer so is not sent."""
    answers: tuple[Answer, ...] = ()
    is_necessary: bool = False
    """Somebody waits, or would wait in vain: it comes even to who wants few mails."""
    has_calendar: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """One answer: its label in the mail, and what its page asks and says."""

    label: str
    question: str
    done: str


LOOK = _("Open it in your course")
WORDS: Mapping[Kind, Words] = {
    Kind.PROPOSED: Words(
        _("A mentorship is proposed to you"),
        _("%(who)s and you could work together. Do you want to?"),
        _("See why, and answer in your course"),
        subjects.is_open_offer,
        answers=(Answer.ACCEPT, Answer.DECLINE),
        is_necessary=True,
    ),
    Kind.HALF: Words(
        _("Your answer is waited for"),
        _("%(who)s said yes to working with you. Now it is up to you."),
        _("See why, and answer in your course"),
        subjects.is_open_offer,
        answers=(Answer.ACCEPT, Answer.DECLINE),
        is_necessary=True,
    ),
    Kind.BEGAN: Words(
        _("Your mentorship begins"),
        _("%(who)s and you are now working together. Agree on a goal as a first step."),
        LOOK,
        subjects.is_living,
    ),
    Kind.DECLINED: Words(
        _("A proposed mentorship does not come about"),
        _("It happens, and says nothing about you. There is nothing you need to do."),
        LOOK,
        subjects.is_over,
    ),
    Kind.ENDED: Words(
        _("Your mentorship has ended"),
        _("Your mentorship with %(who)s has ended. Your course says what comes next."),
        LOOK,
        subjects.is_over,
        is_necessary=True,
    ),
    Kind.TIMES: Words(
        _("Which time suits you for a talk?"),
        _("%(who)s offers you a talk. Take the time that suits you."),
        _("Answer in your course"),
        subjects.asks_for_a_time,
        answers=(Answer.SUITS,),
        is_necessary=True,
    ),
    Kind.BOOKED: Words(
        _("Your talk has a time"),
        _("%(who)s and you talk on %(when)s. Where, your course says."),
        LOOK,
        subjects.is_booked,
        is_necessary=True,
        has_calendar=True,
    ),
    Kind.MOVED: Words(
        _("Your talk has a new time"),
        _("%(who)s and you now talk on %(when)s. Where, your course says."),
        LOOK,
        subjects.is_booked,
        is_necessary=True,
        has_calendar=True,
    ),
    Kind.CANCELLED: Words(
        _("Your talk is called off"),
        _("The talk with %(who)s on %(when)s does not take place."),
        _("Find another time in your course"),
        subjects.is_called_off,
        is_necessary=True,
        has_calendar=True,
    ),
    Kind.MET_YET: Words(
        _("Did your talk take place?"),
        _("You wanted to talk with %(who)s on %(when)s. Did you?"),
        _("We did not: say so in your course"),
        subjects.is_booked,
        answers=(Answer.MET,),
    ),
    Kind.CLAIMED: Words(
        _("Did your talk take place?"),
        _(
            "%(who)s says that the two of you talked. It counts when you agree, or "
            "say nothing for three days."
        ),
        _("We did not: say so in your course"),
        subjects.is_claimed_by_the_other,
        answers=(Answer.MET,),
    ),
    Kind.PLAN_WAITS: Words(
        _("A plan waits for you"),
        _("%(who)s has made a plan and waits for your word."),
        LOOK,
        subjects.is_a_plan_to_answer,
    ),
    Kind.PLAN_AGREED: Words(
        _("Your plan is agreed"),
        _("You can begin to put it into practice."),
        LOOK,
        subjects.is_the_learners_turn,
    ),
    Kind.REVIEW_WAITS: Words(
        _("A piece of practice waits for you"),
        _("%(who)s has put something into practice and waits for your word."),
        LOOK,
        subjects.is_work_to_review,
    ),
    Kind.REVIEWED: Words(
        _("Somebody looked at your practice"),
        _("There is an answer to what you handed in, and a next step for you."),
        LOOK,
        subjects.is_answered_work,
    ),
    Kind.TRIAL: Words(
        _("A test mail"),
        _("You asked for it in Setup and health. Mail from here reaches you."),
        LOOK,
        subjects.always,
        is_necessary=True,
    ),
}
"""What each kind says."""

BUTTONS: Mapping[Answer, Button] = {
    Answer.ACCEPT: Button(
        _("Yes, I would like to"),
        _("Do you say yes to the mentorship that was proposed to you?"),
        _("You said yes. It begins when both of you have."),
    ),
    Answer.DECLINE: Button(
        _("Not now"),
        _("Do you say no to the mentorship that was proposed to you, for now?"),
        _("You said no. Nobody is told why."),
    ),
    Answer.SUITS: Button(
        _("%(when)s suits me"),
        _("Do you take the time you chose for the talk?"),
        _("Booked. Both of you get it for your calendar."),
    ),
    Answer.MET: Button(
        _("We met"),
        _("Did the talk take place?"),
        _("Noted. Thank you."),
    ),
    Answer.SILENCE: Button(
        _("Fewer mails"),
        _("Do you want only those mails that somebody waits for your answer to?"),
        _("Done. Everything else you find when you open the tool in your course."),
    ),
}
"""What each answer is called, asked and thanked for."""

TOLD: Mapping[Verb, tuple[Kind, Who]] = {
    Verb.ACCEPTED: (Kind.HALF, Who.OTHER),
    Verb.BEGAN_MENTORSHIP: (Kind.BEGAN, Who.OTHER),
    Verb.DECLINED: (Kind.DECLINED, Who.OTHER),
    Verb.ENDED_MENTORSHIP: (Kind.ENDED, Who.OTHER),
    Verb.OFFERED_SESSION: (Kind.TIMES, Who.OTHER),
    Verb.BOOKED_SESSION: (Kind.BOOKED, Who.BOTH),
    Verb.MOVED_SESSION: (Kind.MOVED, Who.BOTH),
    Verb.CLAIMED_SESSION: (Kind.CLAIMED, Who.OTHER),
    Verb.CANCELLED_SESSION: (Kind.CANCELLED, Who.BOTH),
    Verb.PLANNED: (Kind.PLAN_WAITS, Who.REVIEWER),
    Verb.PLAN_AGREED: (Kind.PLAN_AGREED, Who.LEARNER),
    Verb.APPLIED: (Kind.REVIEW_WAITS, Who.REVIEWER),
    Verb.ASKED_REVISION: (Kind.REVIEWED, Who.LEARNER),
    Verb.VERIFIED: (Kind.REVIEWED, Who.LEARNER),
}
"""Which change is told to whom; publishing, which is many at once, stands apart."""
