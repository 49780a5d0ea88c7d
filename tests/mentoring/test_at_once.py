"""Two people, or one person twice, at the same moment: on both databases."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.db import transaction
from lti_mentor.errors import MentorError
from lti_mentor.mentoring import service
from lti_mentor.mentoring.models import Mentorship, MentorshipState, Message
from lti_mentor.people.models import Person
from tests import builders

S = MentorshipState
Act = Callable[[Session, Mentorship, Person], object]


@pytest.fixture
def ids(sessions):
    """An offer between Max and Lea, and a second one of Otto's; by id."""
    with sessions() as session, transaction(session):
        w = builders.world(session)
        otto = builders.person(session, w.tenant, "Otto")
        builders.consent(session, w.program, w.max, w.lea, otto)
        offer = w.pair(S.OFFERED)
        other = builders.mentorship(session, w.program, otto, w.lea)
        return {
            "offer": offer.id,
            "other": other.id,
            "lea": w.lea.id,
            "max": w.max.id,
            "otto": otto.id,
        }


def at_once(sessions, ids, *acts: tuple[str, str, Act]) -> list[str]:
    """Let everybody act together; return what came of each."""
    gate, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, what: str, who: str, act: Act) -> None:
        gate.wait()
        try:
            with sessions() as session, transaction(session):
                row = session.get_one(Mentorship, ids[what])
                act(session, row, session.get_one(Person, ids[who]))
            said[place] = "done"
        except MentorError as refused:
            said[place] = refused.code

    threads = [
        threading.Thread(target=run, args=(place, *act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def state_of(sessions, ids, what: str) -> MentorshipState:
    with sessions() as session:
        found: Mentorship = session.get_one(Mentorship, ids[what])
        return found.state


def count(sessions, verb: Verb) -> int:
    with sessions() as session:
        found = select(func.count(Activity.id)).filter_by(verb=verb)
        return session.scalar(found) or 0


def test_both_say_yes_at_once_and_it_begins_once(sessions, ids):
    yes = service.accept

    said = at_once(sessions, ids, ("offer", "lea", yes), ("offer", "max", yes))

    assert said == ["done", "done"]
    assert state_of(sessions, ids, "offer") is S.ACTIVE
    assert count(sessions, Verb.BEGAN_MENTORSHIP) == 1


def test_of_a_yes_and_a_no_at_once_one_holds(sessions, ids):
    at_once(sessions, ids, ("offer", "lea", service.accept))

    said = at_once(
        sessions,
        ids,
        ("offer", "max", service.accept),
        ("offer", "lea", service.decline),
    )

    state = state_of(sessions, ids, "offer")
    assert (state, said) in [
        (S.ACTIVE, ["done", "mentorship.step"]),
        (S.DECLINED, ["mentorship.not_offered", "done"]),
    ]


def test_a_mentee_who_says_yes_to_two_works_with_one(sessions, ids):
    at_once(sessions, ids, ("offer", "max", service.accept))
    at_once(sessions, ids, ("other", "otto", service.accept))
    yes = service.accept

    said = at_once(sessions, ids, ("offer", "lea", yes), ("other", "lea", yes))

    assert "done" in said
    states = {state_of(sessions, ids, what) for what in ("offer", "other")}
    assert S.ACTIVE in states
    assert len(states) == 2
    assert count(sessions, Verb.BEGAN_MENTORSHIP) == 1


def test_a_double_click_on_end_ends_once(sessions, ids):
    at_once(sessions, ids, ("offer", "lea", service.accept))
    at_once(sessions, ids, ("offer", "max", service.accept))

    def end(session: Session, row: Mentorship, by: Person) -> None:
        service.end(session, row, by, "no_time")

    said = at_once(sessions, ids, ("offer", "lea", end), ("offer", "max", end))

    assert said == ["done", "done"]
    assert count(sessions, Verb.ENDED_MENTORSHIP) == 1


def test_a_double_click_on_send_sends_once(sessions, ids):
    at_once(sessions, ids, ("offer", "lea", service.accept))
    at_once(sessions, ids, ("offer", "max", service.accept))

    def write(session: Session, row: Mentorship, by: Person) -> None:
        service.post(session, row, by, "Hello")

    said = at_once(sessions, ids, ("offer", "lea", write), ("offer", "lea", write))

    assert said == ["done", "done"]
    with sessions() as session:
        assert session.scalar(select(func.count(Message.id))) == 1
