"""A killed worker loses nothing; a second reading of the same writes nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms_clients import Completion, FakeLMS
from lti_mentor import db
from lti_mentor.clock import now
from lti_mentor.people import queries as people
from lti_mentor.people.models import Membership, Role
from lti_mentor.sync import queries, roster, service, single
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.reading import PAGE, RESUMABLE
from tests import builders
from tests.sync.conftest import filled

PEOPLE = 2 * PAGE + 50
ROOT = Path(__file__).parents[2]


def entries() -> Iterator[roster.Entry]:
    ids = [str(100 + n) for n in range(3)]
    return (
        roster.Entry(id_, Role.LEARNER, f"Person {id_}", f"{id_}@x.org", id_)
        for id_ in ids
    )


class Asked(FakeLMS):
    """Notes what it is asked for, learner by learner and whole."""

    def activity_completions(self, course_id, person_id=None):
        CALLS.append(f"activities {person_id}")
        return super().activity_completions(course_id, person_id)

    def proficiencies(self, course_id, person_id=None):
        CALLS.append(f"levels {person_id}" if person_id else "levels")
        return super().proficiencies(course_id, person_id)


class AskedForCourses(FakeLMS):
    """Must not be asked for what was read before the worker was killed."""

    def courses(self):
        raise AssertionError("the courses were read already")


CALLS: list[str] = []


def asked(people: int = 3) -> Asked:
    whole = filled(people)
    CALLS.clear()
    return Asked(
        listed=whole.listed,
        enrolled=whole.enrolled,
        completions=whole.completions,
        taught=whole.taught,
        people=whole.people,
        ratings=whole.ratings,
    )


@pytest.fixture
def writes(engine):
    """Statements that change rows of other tables than the run's."""
    seen: list[str] = []

    def note(*args):
        is_write = args[2].startswith(("INSERT", "UPDATE", "DELETE"))
        if is_write and "sync_run" not in args[2]:
            seen.append(args[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def kill_a_worker(url: str, *, after: int) -> int:
    command = [sys.executable, "-m", "tests.sync.dying", url, str(after)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_after_sigkill_the_run_goes_on_from_the_last_finished_page(tmp_path):
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    engine = db.engine_for(url)
    db.Base.metadata.create_all(engine)
    with Session(engine) as session:
        w = builders.world(session)
        service.request(session, w.course)
        session.commit()
        assert kill_a_worker(url, after=2 * PAGE + 20) == -signal.SIGKILL
        session.expire_all()
        left = queries.newest_run(session, w.course)
        assert left is not None
        assert (left.state, left.part) == (SyncState.RUNNING, "members")
        assert left.done == ["courses"]
        assert left.counts["members"] == 2 * PAGE
        session.rollback()
        kept: list[int] = []

        def note(*args):
            if args[2].startswith("INSERT INTO membership"):
                kept.append(len(args[3]))

        whole = filled(PEOPLE)
        lms = AskedForCourses(listed=whole.listed, enrolled=whole.enrolled)
        sa.event.listen(engine, "before_cursor_execute", note)
        state = service.read_course(session, w.course, lms, entries)
        sa.event.remove(engine, "before_cursor_execute", note)

        assert state is SyncState.DONE
        assert len(kept) == 1  # the one page that was not kept before
        members = sa.select(sa.func.count(Membership.id)).where(Membership.is_active)
        assert session.scalar(members) == PEOPLE
        assert session.scalar(sa.select(sa.func.count(SyncRun.id))) == 1
    engine.dispose()


def test_a_run_that_is_too_old_begins_again(w):
    service.request(w.session, w.course)
    run = queries.newest_run(w.session, w.course)
    assert run is not None
    run.state, run.done = SyncState.RUNNING, ["members"]
    run.started_at = now() - RESUMABLE - timedelta(minutes=1)
    w.session.commit()

    service.read_course(w.session, w.course, filled(), None)

    assert run.counts["members"] == 3


def test_a_second_reading_of_the_same_writes_nothing_and_asks_for_nobody(w, writes):
    lms = asked()
    service.read_course(w.session, w.course, lms, entries)
    assert "activities 100" in CALLS
    writes.clear()
    CALLS.clear()

    service.read_course(w.session, w.course, lms, entries)

    assert writes == []
    assert [call for call in CALLS if " " in call] == []


def test_only_whose_row_changed_is_asked_for_again(w):
    lms = asked()
    service.read_course(w.session, w.course, lms, None)
    CALLS.clear()
    lms.completions[1] = replace(lms.completions[1], progress=0.5)

    service.read_course(w.session, w.course, lms, None)

    assert {call for call in CALLS if " " in call} <= {"activities 101", "levels 101"}
    assert "activities 101" in CALLS


def test_in_a_large_course_only_those_are_asked_for_whom_it_matters(w):
    lms = asked(single.SMALL_COURSE + 20)
    lms.completions = [
        replace(row, state=Completion.INCOMPLETE) for row in lms.completions
    ]
    lms.completions[0] = replace(lms.completions[0], state=Completion.COMPLETE)

    service.read_course(w.session, w.course, lms, None)

    assert {call for call in CALLS if call.startswith("act")} == {"activities 100"}


def test_a_launch_asks_for_this_person_only_and_not_twice_in_ten_minutes(w):
    w.tenant.lms_token, w.course.lms_id, w.lea.lms_user_id = "t", "7", "100"
    w.session.commit()
    seat = people.membership(w.session, w.course, w.lea)
    assert seat
    assert service.request_person(w.session, seat)
    w.session.commit()

    told = service.read_person(w.session, w.course, w.lea, asked())

    assert told == ["activities", "levels"]
    assert CALLS == ["activities 100", "levels 100"]
    assert not service.request_person(w.session, seat)
