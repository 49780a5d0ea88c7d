"""Who is erased is nobody's: no row says who it was, or what they wrote."""

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Participant,
    ParticipantState,
)
from lti_mentor.people import links
from lti_mentor.people.models import Draft, LinkKind, Person, Role, WebSession
from lti_mentor.practice.models import PracticeWork, WorkState
from lti_mentor.privacy import erasure
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.web.pages import House
from tests.web.stage import Stage, stage

IDS = {
    "sub": "canary-sub",
    "lms_user_id": "canary-lms",
    "legacy_id": "canary-legacy",
    "username": "canary-user",
    "email": "canary@example.edu",
    "name": "Canary Person",
}


def lived(house: House) -> Stage:
    """Return a course in which Lea has done everything there is, each with a canary."""
    s = stage(house)
    for name, value in IDS.items():
        setattr(s.lea, name, value)
    pair = s.couple()
    pair.goals, pair.meeting_note = "canary goals", "canary meeting"
    work = s.work(WorkState.COMPLETED, pair.program, pair)
    for column in ("occasion", "action", "obstacle", "response", "note"):
        setattr(work.plan, column, "canary plan")
    (application,) = work.applications
    application.situation = application.did = application.result = "canary did"
    for shown in application.evidence:
        shown.content = "canary evidence"
    for review in application.reviews:
        review.comment = "canary review"
    assert work.reflection is not None
    work.reflection.learned = work.reflection.next_time = "canary learned"
    part = s.session.scalars(select(Participant).filter_by(person_id=s.lea.id)).one()
    part.introduction = "canary introduction"
    s.message(pair, s.lea, "canary message")
    s.talk(pair, SessionState.HELD, by=s.lea).place = "canary place"
    s.session.add(Draft(person_id=s.lea.id, form="x", fields={"a": ["canary draft"]}))
    s.session.flush()
    return s


def watched(s: Stage) -> None:
    """Let others look at Lea: a launch about her work, and one that observes her."""
    for launch in ({"for_user": "canary-sub"}, {"observed": ["canary-legacy"]}):
        s.house.visitor(s.iris, Role.INSTRUCTOR, s.course, launch=launch)
        held = {"session": {"person_id": s.iris.id, "launch": launch}, "proof": "x"}
        links.issue(s.session, LinkKind.LAUNCH_TICKET, held)
    held = {"session": {"person_id": s.lea.id, "launch": {}}, "proof": "canary"}
    links.issue(s.session, LinkKind.LAUNCH_TICKET, held)
    s.house.visitor(s.lea, Role.LEARNER, s.course, launch={"custom": {"a": "canary"}})


def everything(house: House) -> str:
    house.session.commit()
    return str(house.dump()).lower()


def test_no_row_says_who_it_was_or_what_they_wrote(house: House):
    s = lived(house)
    watched(s)
    assert "canary" in everything(house)

    counts = erasure.erase(s.session, s.lea)

    assert "canary" not in everything(house)
    assert counts["message"] == 1 and counts["web_session"] == 1


def test_what_happened_stays_and_is_nobodys(house: House):
    s = lived(house)
    pair = s.session.query(Mentorship).one()
    before = s.session.query(Activity).count()

    erasure.erase(s.session, s.lea)

    assert (pair.goals, pair.meeting_note) == ("", "")
    work = s.session.query(PracticeWork).one()
    assert (work.learner.sub, work.score_hundredths) == (None, 4250)
    assert s.session.query(Activity).count() >= before
    part = s.session.scalars(select(Participant).filter_by(person_id=s.lea.id)).one()
    assert part.state is ParticipantState.LEFT


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (MentorshipState.OFFERED, MentorshipState.DECLINED),
        (MentorshipState.ACTIVE, MentorshipState.ENDED),
        (MentorshipState.COMPLETED, MentorshipState.COMPLETED),
    ],
)
def test_nobody_goes_on_waiting_for_who_is_gone(
    house: House, state: MentorshipState, left: MentorshipState
):
    s = stage(house)
    pair = s.couple(state)
    s.work(WorkState.PLANNING, pair.program, pair)

    erasure.erase(s.session, s.lea)

    assert s.session.query(Mentorship).one().state is left
    assert s.session.query(PracticeWork).one().state is WorkState.WITHDRAWN


def test_others_keep_what_is_theirs(house: House):
    s = lived(house)
    pair = s.session.query(Mentorship).one()
    s.message(pair, s.max, "words of Max")
    s.house.visitor(s.max, Role.LEARNER, s.hub)
    held = {"session": {"person_id": s.max.id, "launch": {}}, "proof": "x"}
    ticket = links.issue(s.session, LinkKind.LAUNCH_TICKET, held)

    erasure.erase(s.session, s.lea)

    s.session.commit()
    rows = str(house.dump())
    assert "words of Max" in rows and s.max.name in rows
    assert links.look(s.session, LinkKind.LAUNCH_TICKET, ticket) == held
    assert s.session.query(WebSession).one().person_id == s.max.id


def test_who_is_erased_comes_back_as_somebody_new(house: House):
    s = lived(house)
    old = s.lea.id
    erasure.erase(s.session, s.lea)

    new = builders.person(s.session, s.tenant, "Lea", sub="canary-sub")

    assert new.id != old


@pytest.mark.parametrize("said", ["canary-sub", "canary-lms", "CANARY@example.EDU"])
def test_somebody_is_found_by_what_a_letter_would_say(house: House, said: str):
    s = lived(house)

    (found,) = erasure.find(s.session, said)

    assert found.id == s.lea.id
    assert erasure.find(s.session, str(found.public_id)) == [found]
    assert erasure.find(s.session, "canary") == []
    assert s.session.query(Person).count() > 1
