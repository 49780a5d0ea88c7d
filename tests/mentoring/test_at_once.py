"""Two people at the same moment, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import Conflict
from lti_mentor.mentoring import choosing, programs, queries, service
from lti_mentor.mentoring.models import (
    LIVING,
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    Purpose,
)
from lti_mentor.people.models import Person
from tests import builders


def _class(session: Session) -> tuple[list[int], list[int]]:
    """Return parts of two learners, and two mentors with one place each."""
    w = builders.world(session)
    w.program.learners_choose = True
    mia = builders.person(session, w.tenant, "Mia")
    nina = builders.person(session, w.tenant, "Nina")
    for who in (w.max, mia):
        builders.participant(
            session, w.program, who, Part.MENTOR, capacity=1, set_up_at=now()
        )
        programs.consent(
            session, w.program, who, answer=True, purpose=Purpose.BE_CHOSEN
        )
    builders.consent(session, w.program, w.max, mia, w.lea, nina)
    learners = [
        builders.participant(
            session, w.program, who, Part.MENTEE, set_up_at=now(), waits_since=now()
        )
        for who in (w.lea, nina)
    ]
    return [part.id for part in learners], [w.max.id, mia.id]


def test_of_two_who_take_a_mentors_last_place_one_is_asked_for_the_next_wish(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        learners, mentors = _class(session)
    both = Barrier(2)

    def choose(part_id: int) -> None:
        both.wait()
        with sessions() as session, transaction(session):
            part = session.get_one(Participant, part_id)
            wishes = [
                choosing.Wish(session.get_one(Person, mentor)) for mentor in mentors
            ]
            choosing.choose(session, part, wishes)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(choose, learners))

    with sessions() as session:
        asked = session.scalars(select(Mentorship.mentor_id)).all()
    assert sorted(asked) == sorted(mentors)


def test_of_two_mentors_who_say_yes_to_one_learner_one_works_with_them(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        learners, mentors = _class(session)
        part = session.get_one(Participant, learners[0])
        offers = [
            builders.mentorship(
                session,
                part.program,
                session.get_one(Person, mentor),
                part.person,
                mentee_accepted_at=now(),
            ).id
            for mentor in mentors
        ]
    both = Barrier(2)

    def accept(offer_id: int) -> bool:
        both.wait()
        with sessions() as session:
            try:
                with transaction(session):
                    offer = session.get_one(Mentorship, offer_id)
                    service.accept(session, offer, offer.mentor)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(accept, offers))

    with sessions() as session:
        rows = session.scalars(select(Mentorship)).all()
        person = session.get_one(Participant, learners[0]).person
        states = [row.state for row in rows]
        found = queries.participant_of(session, rows[0].program, person)
        assert said == [False, True]
        assert sum(state in LIVING for state in states) == 1
        assert set(states) - LIVING <= {
            MentorshipState.WITHDRAWN,
            MentorshipState.OFFERED,
        }
        assert found is not None and found.waits_since is None
