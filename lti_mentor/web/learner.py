"""My mentorship: what a learner sees first, and how they join."""

from collections.abc import Collection
from typing import Any

from flask import request
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _
from marshmallow import fields, validate

from lti_mentor.errors import Missing
from lti_mentor.mentoring import (
    choosing,
    programs,
    queries,
    service,
    waiting,
    wishes,
)
from lti_mentor.mentoring.models import (
    LIVING,
    OPEN,
    Chip,
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramKind,
    Purpose,
)
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import FINAL
from lti_mentor.privacy.consent import BE_CHOSEN, TAKE_PART
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.skills import queries as skills
from lti_mentor.web import db, sentences, turns, week
from lti_mentor.web.forms import Form, FormError, read, text
from lti_mentor.web.i18n import LANGUAGES
from lti_mentor.web.pages import (
    Answer,
    blueprint,
    done,
    mentorships,
    refuse,
    render,
    scope,
)
from lti_mentor.web.workspace import next_step
from lti_mentor.web.zones import zone_name

bp = blueprint("learner", __name__)


@bp.get("/mentorship")
def show() -> Answer:
    """One sentence, one button; the mentor; practice; my skills."""
    who, session = scope(), db.session()
    everything = mentorships()
    mine = [one for one in everything if one.mentee_id == who.person.id]
    works = practice.works_of(session, who.person)
    program = _program()
    return render(
        "learner/home.html",
        program=program,
        offer=_first(mine, MentorshipState.OFFERED),
        current=(current := _here_first(mine)),
        line=turns.beside_practice(current, who.person) if current else None,
        others=[m for m in everything if m.state in OPEN and m is not current],
        past=[m for m in mine if m.state not in LIVING | {MentorshipState.OFFERED}],
        step=next_step(works),
        works=works,
        open_works=[work for work in works if work.state not in FINAL],
        **_skills(),
        meeting=_next_meeting(mine),
        why=sentences.why,
        states=sentences.WORKS,
        **_waiting(program),
        **({} if program else _before_a_program()),
    )


def _waiting(program: Program | None) -> dict[str, Any]:
    """Return where somebody stands who takes part and has no mentor yet."""
    participant, session = _participant(program), db.session()
    if program is None or participant is None or not participant.set_up_at:
        return {"participant": participant}
    is_in = participant.state is ParticipantState.ACTIVE
    me, agreed = scope().person, True
    if is_in:
        agreed = queries.has_consented(session, me, program)
    is_mentee = participant.waits_since is not None
    return {
        "participant": participant,
        "asks_again": not agreed,
        "may_choose": is_in and is_mentee and program.learners_choose,
        "has_chosen": bool(
            program.learners_choose and choosing.choices(session, program, me)
        ),
        "place": waiting.place(session, participant) if is_mentee else None,
    }


def _skills() -> dict[str, Any]:
    """Return where a learner of this course stands; nobody else stands anywhere."""
    course, me = scope().course, scope().person
    if course is None or not scope().is_learner:
        return {}
    return {
        "standings": skills.standings(db.session(), course, me),
        "completion": skills.completion_of(db.session(), course, me),
    }


def _here_first(mine: list[Mentorship]) -> Mentorship | None:
    """Return the mentorship somebody works in, that of this course first."""
    course = scope().course
    living = [m for m in mine if m.state in LIVING]
    here = [m for m in living if course and m.context_id == course.id]
    return next(iter(here or living), None)


def _before_a_program() -> dict[str, Any]:
    """Return what somebody said they would like, where no program runs (P12a)."""
    course, me = scope().course, scope().person
    if course is None or not scope().is_learner:
        return {}
    return {"has_wished": wishes.is_noted(db.session(), course, me, Part.MENTEE)}


def _program() -> Program | None:
    """The first running program of this course; one is the rule."""
    course = scope().course
    found = queries.programs_in(db.session(), course) if course else []
    return found[0] if found else None


def _participant(program: Program | None) -> Participant | None:
    if program is None:
        return None
    return queries.participant_of(db.session(), program, scope().person)


def _first(mine: list[Mentorship], state: MentorshipState) -> Mentorship | None:
    return next((m for m in mine if m.state is state), None)


def _next_meeting(mine: list[Mentorship]) -> Any:
    living = next((m for m in mine if m.state in LIVING), None)
    return scheduling.next_of(db.session(), living) if living else None


@bp.post("/interest")
def wish() -> Answer:
    """Note that somebody would like a mentor where no program runs, or forget it."""
    course, me = scope().course, scope().person
    if course is None or not scope().is_learner:
        raise Missing("context.missing")
    if request.form.get("back") == "yes":
        wishes.take_back(db.session(), course, me, Part.MENTEE)
        return done("learner.show", "wish_back")
    wishes.note(db.session(), course, me, Part.MENTEE)
    return done("learner.show", "wish")


@bp.post("/programs/<program>/offer")
def offer_to_mentor(program: str) -> Answer:
    """Note that a graduate could mentor, or forget it; who leads it says yes or no."""
    session, me = db.session(), scope().person
    open_ones = wishes.open_to_mentor(session, me)
    found = next((one for one in open_ones if str(one.public_id) == program), None)
    if found is None:
        raise Missing("program.missing")
    place, is_back = found.audience[0].context, request.form.get("back") == "yes"
    keep = wishes.take_back if is_back else wishes.note
    keep(session, place, me, Part.MENTOR)
    return done("hub.show", "offer_back" if is_back else "offer_to_mentor")


class SetUpForm(Form):
    """Two minutes: time, language, a word about oneself; consent asked apart."""

    chips = fields.List(
        fields.String(validate=validate.OneOf([chip.value for chip in Chip])),
        load_default=list,
    )
    hours = fields.List(
        fields.Integer(validate=validate.Range(0, programs.WEEK_HOURS - 1)),
        load_default=list,
    )
    introduction = text(required=False)
    listed = fields.Boolean(load_default=False)
    capacity = fields.Integer(load_default=None, validate=validate.Range(0, 20))
    consent = fields.String(required=True, validate=validate.OneOf(["yes"]))


@bp.get("/join/<program>")
def join(program: str) -> Answer:
    """Ask for the few things that matching and a partner need."""
    found, participant = mine(program)
    return render("learner/join.html", **_join_data(found, participant))


@bp.post("/join/<program>")
def send_join(program: str) -> Answer:
    """Keep the answers; consent is a row of its own with its wording's version."""
    found, participant = mine(program)
    try:
        sent = read(SetUpForm)
    except FormError as wrong:
        data = _join_data(found, participant) | {"value": request.form}
        return refuse("learner/join.html", wrong.errors, **data)
    session, who = db.session(), scope()
    programs.consent(session, found, who.person, answer=True)
    if _may_be_chosen(participant):
        programs.consent(
            session,
            found,
            who.person,
            answer=sent["listed"],
            purpose=Purpose.BE_CHOSEN,
        )
    programs.set_up(
        session,
        participant,
        chips=sent["chips"],
        hours=week.spread(sent["hours"]),
        introduction=sent["introduction"],
        capacity=sent["capacity"],
    )
    offer = _accepting(found)
    if offer is None:
        return done(_after_join(participant), "set_up")
    service.accept(session, offer, who.person)
    said = "began" if offer.state in LIVING else "accepted"
    return done("mentorship.show", said, mentorship=offer.public_id)


@bp.post("/join/<program>/alone")
def alone(program: str) -> Answer:
    """Take part without being paired: consent to practise, no partner (P5)."""
    found, participant = mine(program)
    programs.consent(db.session(), found, scope().person, answer=True)
    programs.decline_pairing(db.session(), participant)
    return done("learner.show", "alone")


def _after_join(participant: Participant) -> str:
    if participant.part is Part.MENTOR:
        return "mentor.turn"
    return "learner.show"


def _may_be_chosen(participant: Participant) -> bool:
    """Say whether learners would see this person's card, if they agree to it."""
    program = participant.program
    helps = participant.part is Part.MENTOR or program.kind is ProgramKind.PEER
    return program.learners_choose and helps


def _accepting(program: Program) -> Mentorship | None:
    """Return the offer of this program whose yes led to joining, if one did."""
    public_id = request.values.get("accept", "")
    if not public_id:
        return None
    offer = queries.mentorship_of(db.session(), scope().person, public_id)
    is_open = offer.state is MentorshipState.OFFERED
    return offer if is_open and offer.program_id == program.id else None


def mine(public_id: str) -> tuple[Program, Participant]:
    """Return a program this person has a part in, or may take a learner's part in.

    Raises:
        Missing: Not theirs: neither taken in nor a learner of its course.
    """
    session, who = db.session(), scope()
    program = queries.program_for(session, who.person, public_id)
    participant = queries.participant_of(session, program, who.person)
    if participant is None:
        # a page only looks: the row is kept when the form is sent
        participant = Participant(
            program=program, person=who.person, part=Part.MENTEE, capacity=0
        )
        if request.method == "POST":
            session.add(participant)
            session.flush()
    return program, participant


def _known(program: Program, participant: Participant) -> list[tuple[str, str]]:
    """Return what the LMS told, for the person to look over (P5)."""
    person, session = participant.person, db.session()
    said = [(_("Name"), person.name), (_("Time zone"), zone_name(str(get_timezone())))]
    locale = get_locale()
    if locale and len(LANGUAGES) > 1:  # else the LMS's, while this page is English
        said.append((_("Language"), locale.display_name))
    wanted = {row.skill_id: row.skill.label for row in program.skills}
    levels = skills.levels_of(session, [person.id], list(wanted))
    able = {skill for (_p, skill, _s), level in levels.items() if level.is_mastered}
    if participant.part is Part.MENTOR:
        said.append((_("You master"), _list(wanted, able)))
    else:
        said.append((_("You could work on"), _list(wanted, wanted.keys() - able)))
    return [(name, value) for name, value in said if value]


def _list(labels: dict[int, str], ids: Collection[int]) -> str:
    return ", ".join(label for skill, label in labels.items() if skill in ids)


def _join_data(program: Program, participant: Participant) -> dict[str, Any]:
    return {
        "program": program,
        "participant": participant,
        "offer": _accepting(program),
        "is_mentor": participant.part is Part.MENTOR,
        "known": _known(program, participant),
        "week": week.rows(),
        "days": week.days(),
        "card": [sentences.CONSENT[code] for code in BE_CHOSEN]
        if _may_be_chosen(participant)
        else [],
        "listed": queries.has_consented(
            db.session(), scope().person, program, Purpose.BE_CHOSEN
        ),
        "declined": participant.state is ParticipantState.PAIRING_DECLINED,
        "chips": [(chip.value, words) for chip, words in sentences.CHIPS.items()],
        "consent": [sentences.CONSENT[code] for code in TAKE_PART],
        "agreed": queries.has_consented(db.session(), scope().person, program),
        "value": {},
        "errors": {},
    }
