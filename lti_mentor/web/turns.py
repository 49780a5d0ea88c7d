"""Whose turn it is in somebody's mentorships, across courses: one line each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _

from lti_mentor.clock import now
from lti_mentor.mentoring import absence, queries
from lti_mentor.mentoring.absence import Absence
from lti_mentor.mentoring.life import FIT_AFTER
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState, Participant
from lti_mentor.mentoring.owners import Owner
from lti_mentor.people.models import Person
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import PracticeWork
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling.models import MentoringSession, SessionState
from lti_mentor.scheduling.owners import owner_of
from lti_mentor.web import db
from lti_mentor.web.names import named
from lti_mentor.web.pages import day, mentorships, scope, url
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


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands open for somebody; read once for all of their mentorships."""

    works: Sequence[PracticeWork] = ()
    """Their own practices."""
    waiting: Sequence[PracticeWork] = ()
    """What waits for them as a mentor or reviewer."""
    talks: Mapping[int, Sequence[MentoringSession]] = field(default_factory=dict)
    held: Mapping[int, int] = field(default_factory=dict)
    checked: frozenset[int] = frozenset()
    """Mentorships in which they said whether it fits."""
    gone: Mapping[int, Absence] = field(default_factory=dict)


def desk() -> Desk:
    """Return what stands open for whoever is asking; as many queries for any number."""
    session, me = db.session(), scope().person
    return Desk(
        practice.works_of(session, me),
        practice.waiting_for_mentor(session, me),
        scheduling.open_of(session, me),
        scheduling.held_counts(session, me),
        frozenset(queries.fit_checked(session, me)),
        absence.absent(session, mentorships()),
    )


def of_mentorship(mentorship: Mentorship, me: Person, on: Desk) -> Line:
    """Return the line of one mentorship: the most pressing of what stands open."""
    if mentorship.state is MentorshipState.OFFERED:
        return _of_offer(mentorship, me)
    if mentorship.state not in LIVING:
        return Line("")
    found = [
        line
        for line in (
            _of_talks(mentorship, me, on),
            _of_state(mentorship, me, on),
            _of_work(mentorship, me, on),
            _of_agreement(mentorship, me),
            _of_fit(mentorship, on),
        )
        if line is not None
    ]
    mine = (line for line in found if line.is_mine)
    nothing = Line(_("Nothing waits for you."))
    return next(mine, None) or next(iter(found), nothing)


def beside_practice(mentorship: Mentorship, me: Person) -> Line | None:
    """Return what is open in a mentorship besides practice and agreement, if anything.

    Lines that ask for something come first, then what is only to be known.
    """
    on = desk()
    of_state = _of_state(mentorship, me, on)
    found = (_of_talks(mentorship, me, on), of_state, _of_fit(mentorship, on))
    mine = (line for line in found if line is not None and line.is_mine)
    return next(mine, of_state)


def _here(mentorship: Mentorship, anchor: str) -> str:
    return url("mentorship.show", mentorship=mentorship.public_id, _anchor=anchor)


def _of_question(mentorship: Mentorship, name: str, *, is_mentor: bool) -> Line:
    """Before the answer the mentor asked something: the learner replies first."""
    if is_mentor:
        return Line(_("You asked %(name)s something. No reply yet.", name=name))
    return Line(
        _("%(name)s has a question before they answer.", name=name),
        _("Read and reply"),
        url("choosing.question", mentorship=mentorship.public_id),
        3,
        _("by %(day)s", day=day(mentorship.answer_by)),
    )


def _of_offer(mentorship: Mentorship, me: Person) -> Line:
    is_mentor = me.id == mentorship.mentor_id
    name = named(mentorship.partner_of(me))
    if mentorship.is_asked_back:
        return _of_question(mentorship, name, is_mentor=is_mentor)
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


def _of_state(mentorship: Mentorship, me: Person, on: Desk) -> Line | None:
    if mentorship.id in on.gone:
        return _of_absence(mentorship, on.gone[mentorship.id])
    if mentorship.state is MentorshipState.PAUSED:
        return _of_pause(mentorship, me)
    if mentorship.state is MentorshipState.CONCLUDING:
        return _of_closing(mentorship, me)
    return None


def _of_absence(mentorship: Mentorship, gone: Absence) -> Line:
    return Line(
        _(
            "%(name)s is not in the course at the moment. %(who)s decides with you how "
            "to go on.",
            name=named(gone.person),
            who=named(mentorship.program.coordinator),
        )
    )


def _of_pause(mentorship: Mentorship, me: Person) -> Line:
    if mentorship.paused_until:
        return Line(_("It rests until %(day)s.", day=day(mentorship.paused_until)))
    if mentorship.paused_by_id != me.id:
        return Line(_("It rests until one of you goes on."))
    page = url("life.show", mentorship=mentorship.public_id)
    return Line(_("You let it rest."), _("Go on"), page, 1)


def _of_closing(mentorship: Mentorship, me: Person) -> Line:
    is_mentor = me.id == mentorship.mentor_id
    said = mentorship.mentor_closed_at if is_mentor else mentorship.mentee_closed_at
    if said:
        name = named(mentorship.partner_of(me))
        return Line(_("It comes to its end when %(name)s has answered.", name=name))
    page = url("life.show", mentorship=mentorship.public_id)
    return Line(
        _("It comes to its end: three questions, each optional."),
        _("Look back"),
        page,
        3,
    )


def _of_talks(mentorship: Mentorship, me: Person, on: Desk) -> Line | None:
    name = named(mentorship.partner_of(me))
    for meeting in on.talks.get(mentorship.id, ()):
        said = _of_talk(meeting, mentorship, me, name)
        if said is not None:
            return Line(*said, _here(mentorship, "talks"), 1)
    return None


def _of_talk(
    meeting: MentoringSession, mentorship: Mentorship, me: Person, name: str
) -> tuple[str, str] | None:
    """Return sentence and button of a talk that waits for this reader."""
    is_mine = owner_of(meeting) is own_side(mentorship, me)
    if not is_mine:
        return None
    if meeting.state is SessionState.BOOKED:
        return _of_booked(meeting, name)
    words = {
        SessionState.OFFERED: (
            _("%(name)s offers times for a talk.", name=name),
            _("Take one"),
        ),
        SessionState.CLAIMED: (
            _("%(name)s says that you met.", name=name),
            _("Agree or not"),
        ),
    }
    return words.get(meeting.state)


def _of_booked(meeting: MentoringSession, name: str) -> tuple[str, str] | None:
    if meeting.move_by_id is not None:
        return _("%(name)s asks for another time.", name=name), _("Have a look")
    is_over = meeting.starts_at is not None and meeting.starts_at <= now()
    if is_over:
        return _("Did you and %(name)s meet?", name=name), _("Say so")
    return None


def own_side(mentorship: Mentorship, me: Person) -> Owner:
    """Return which of the two somebody is."""
    return Owner.MENTOR if me.id == mentorship.mentor_id else Owner.MENTEE


def _of_work(mentorship: Mentorship, me: Person, on: Desk) -> Line | None:
    if me.id == mentorship.mentor_id:
        return of_reviews([w for w in on.waiting if w.mentorship_id == mentorship.id])
    return of_practice([w for w in on.works if w.mentorship_id == mentorship.id])


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
    if signed or mentorship.state is not MentorshipState.ACTIVE:
        return None
    return Line(
        _("Agree on what the two of you want to reach."),
        _("Write down a goal"),
        _here(mentorship, "agreement"),
        5,
    )


def _of_fit(mentorship: Mentorship, on: Desk) -> Line | None:
    is_active = mentorship.state is MentorshipState.ACTIVE
    is_due = on.held.get(mentorship.id, 0) >= FIT_AFTER
    if not (is_active and is_due) or mentorship.id in on.checked:
        return None
    page = url("life.show", mentorship=mentorship.public_id)
    return Line(
        _("You have met twice. Does it fit? Two questions, for nobody else to read."),
        _("Answer them"),
        page,
        1,
    )


def of_part(part: Participant) -> Line:
    """Return the line of a part that somebody was proposed for."""
    return Line(
        _("%(program)s: say when you have time.", program=part.program.name),
        _("Answer in two minutes"),
        url("learner.join", program=part.program.public_id),
        2,
    )
