"""When LTI's roster is worth its calls beside a whole list of the LMS's API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms_clients import FakeLMS, LMSError, Member
from lms_clients import Role as There
from lti_mentor.clock import now
from lti_mentor.people.models import Membership, Person, Role
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import queries, roster, service
from lti_mentor.sync.models import SyncRun
from tests.builders import World
from tests.sync.conftest import filled


class Roster:
    """LTI's roster of everybody in the course, which counts how often it is read."""

    def __init__(self, w: World, lms: FakeLMS) -> None:
        self.lms = lms
        self.prefix = "" if w.tenant.lms_kind is LMSKind.MOODLE else "s"
        self.read = 0
        self.breaks = False

    def __call__(self) -> Iterator[roster.Entry]:
        self.read += 1
        for member in list(self.lms.enrolled["7"]):
            sub = member.id if member.id.startswith("was") else self.prefix + member.id
            yield roster.Entry(sub, Role.LEARNER, member.name, lms_user_id=member.id)
        if self.breaks:
            raise LMSError("no more")


@pytest.fixture
def lti(w, lms) -> Roster:
    """Everybody who was in the course before is in the API's list, too."""
    seated = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    for number, who in enumerate(w.session.scalars(seated)):
        who.sub = who.lms_user_id = f"was{number}"
        there = Member(who.sub, who.name, frozenset({There.LEARNER}))
        lms.enrolled["7"].append(there)
    w.session.commit()
    return Roster(w, lms)


def read(w, lms, lti) -> SyncRun | None:
    w.session.rollback()
    service.read_course(w.session, w.course, lms, lti)
    run = queries.newest_run(w.session, w.course)
    w.session.commit()
    return run


def test_a_second_reading_does_not_ask_lti_what_the_api_told(w, lms, lti):
    read(w, lms, lti)

    run = read(w, lms, lti)

    assert lti.read == 1
    assert run is not None
    assert "roster" in run.done and "roster" not in run.counts
    ready = queries.readiness(w.session, w.course)
    assert ready.through_roster and ready.through_api


def newcomer(w, lms, lti):
    lms.enrolled["7"].append(Member("900", "New", frozenset({There.LEARNER})))


def somebody_gone(w, lms, lti):
    del lms.enrolled["7"][0]


def a_person_of_lti_only(w, lms, lti):
    nina = Person(registration_id=w.tenant.id, sub="only-lti", name="Nina")
    nina.created_at = now() - timedelta(days=90)
    w.session.add(nina)
    w.session.flush()
    seat = Membership(context_id=w.course.id, person_id=nina.id, role=Role.LEARNER)
    w.session.add(seat)
    w.session.commit()


def a_week_gone_by(w, lms, lti):
    long_ago = now() - roster.ASKED_AGAIN
    w.session.execute(sa.update(SyncRun).values(finished_at=long_ago))
    w.session.commit()


def no_list_of_the_api(w, lms, lti):
    lms.denied = {"members"}


@pytest.mark.parametrize(
    "question",
    [
        newcomer,
        somebody_gone,
        a_person_of_lti_only,
        a_week_gone_by,
        no_list_of_the_api,
    ],
)
def test_lti_is_asked_where_it_may_know_more(w, lms, lti, question):
    read(w, lms, lti)
    question(w, lms, lti)

    read(w, lms, lti)

    assert lti.read == 2


def test_on_canvas_whoever_has_no_subject_yet_is_looked_for(w, lms, lti):
    read(w, lms, lti)
    known = sa.update(Person).where(Person.lms_user_id == "100").values(sub=None)
    w.session.execute(known)
    w.session.commit()

    read(w, lms, lti)

    is_canvas = w.tenant.lms_kind is LMSKind.CANVAS
    assert lti.read == (2 if is_canvas else 1)  # Moodle's id is the subject


def test_a_roster_that_broke_off_is_asked_again(w, lms, lti):
    lti.breaks = True
    read(w, lms, lti)
    lti.breaks = False

    read(w, lms, lti)
    read(w, lms, lti)

    assert lti.read == 2


def test_who_left_is_seen_at_the_next_reading_all_the_same(w, lms, lti):
    read(w, lms, lti)
    read(w, lms, lti)
    del lms.enrolled["7"][0]

    read(w, lms, lti)

    w.session.expire_all()
    seat = w.session.scalars(
        sa.select(Membership).join(Person).where(Person.lms_user_id == "100")
    ).one()
    assert not seat.is_active


def test_who_is_back_is_back_without_lti(w, lms, lti):
    whole = filled()
    gone = whole.enrolled["7"][0]
    lms.enrolled["7"] = [m for m in lms.enrolled["7"] if m.id != gone.id]
    read(w, lms, lti)
    lms.enrolled["7"].append(replace(gone))

    read(w, lms, lti)

    seat = w.session.scalars(
        sa.select(Membership).join(Person).where(Person.lms_user_id == gone.id)
    ).one()
    assert seat.is_active
