"""A job is done once per key, by one worker at a time, and never forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import Conflict
from lti_mentor.jobs import notify, queries, service
from lti_mentor.jobs.models import Job, JobState

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = ["greet"]


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def test_asking_twice_asks_for_the_same_job(session: Session) -> None:
    first = service.enqueue(session, "greet", key="1")

    second = service.enqueue(session, "greet", key="1", payload={"loud": True})

    assert first is second
    assert second.payload == {"loud": True}


def test_the_earlier_of_two_moments_wins(session: Session, clock) -> None:
    service.enqueue(session, "greet", key="1", due_at=START + timedelta(hours=2))

    job = service.enqueue(session, "greet", key="1", due_at=START + timedelta(hours=1))

    assert job.due_at == START + timedelta(hours=1)


def test_a_job_is_claimed_by_one_worker_only(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as one, sessions() as other:
        with transaction(one):
            service.enqueue(one, "greet", key="1")
        with transaction(one):
            first = service.claim(one, KINDS)
        with transaction(other):
            second = service.claim(other, KINDS)

    assert first is not None
    assert second is None


def test_a_job_another_worker_is_just_claiming_is_skipped(
    postgres_sessions: sessionmaker[Session],
) -> None:
    with postgres_sessions() as one, postgres_sessions() as other:
        with transaction(one):
            service.enqueue(one, "greet", key="1")
            service.enqueue(one, "greet", key="2")
        with transaction(one), transaction(other):
            first, second = service.claim(one, KINDS), service.claim(other, KINDS)

    assert first is not None and second is not None
    assert {first.key, second.key} == {"1", "2"}


def test_two_transactions_that_ask_at_once_make_one_job(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as one, sessions() as other:
        for session in (one, other):
            with transaction(session):
                service.enqueue(session, "greet", key="1")

        assert len(queries.listed(one)) == 1


def test_a_job_not_yet_due_waits(session: Session, clock) -> None:
    service.enqueue(session, "greet", key="1", due_at=START + timedelta(minutes=1))

    early = service.claim(session, KINDS)
    clock.move_to(START + timedelta(minutes=1))
    late = service.claim(session, KINDS)

    assert early is None
    assert late is not None


def test_a_job_of_another_kind_is_left_alone(session: Session) -> None:
    service.enqueue(session, "curse", key="1")

    assert service.claim(session, KINDS) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_settles_nothing(
    session: Session, clock
) -> None:
    service.enqueue(session, "greet", key="1")
    lost = service.claim(session, KINDS, timedelta(minutes=1))
    clock.shift(timedelta(minutes=1, seconds=1))

    taken = service.claim(session, KINDS, timedelta(minutes=1))

    assert lost is not None and taken is not None
    assert taken.attempts == 2
    assert not service.finish(session, lost)
    assert not service.fail(session, lost, "late")
    with pytest.raises(Conflict, match=r"job\.lost_lease"):
        service.renew(session, lost)
    assert service.finish(session, taken)


def test_a_renewed_lease_holds(session: Session, clock) -> None:
    service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS, timedelta(minutes=1))
    assert claimed is not None
    clock.shift(timedelta(seconds=50))

    renewed = service.renew(session, claimed, timedelta(minutes=1))
    clock.shift(timedelta(seconds=50))

    assert service.claim(session, KINDS) is None
    assert service.finish(session, renewed)


def test_a_job_asked_for_while_it_runs_runs_once_more(session: Session) -> None:
    service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS)
    assert claimed is not None
    service.enqueue(session, "greet", key="1")

    service.finish(session, claimed)

    assert service.claim(session, KINDS) is not None


def test_a_job_that_is_done_waits_anew_when_asked_again(session: Session) -> None:
    service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS)
    assert claimed is not None
    service.finish(session, claimed)

    job = service.enqueue(session, "greet", key="1")

    assert (job.state, job.attempts, job.finished_at) == (JobState.WAITING, 0, None)


def test_failures_wait_longer_each_time_and_at_last_ask_for_a_person(
    session: Session, clock
) -> None:
    job = service.enqueue(session, "greet", key="1")
    waits = []
    for _ in range(3):
        clock.move_to(job.due_at)
        claimed = service.claim(session, KINDS)
        assert claimed is not None
        service.fail(session, claimed, "no answer", tries=3)
        waits.append(job.due_at - now())

    assert timedelta(seconds=20) <= waits[0] <= timedelta(seconds=30)
    assert timedelta(seconds=40) <= waits[1] <= timedelta(seconds=60)
    assert job.state is JobState.DEAD
    assert job.error == "no answer"


def test_the_pause_the_other_side_asked_for_is_kept(session: Session, clock) -> None:
    job = service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS)
    assert claimed is not None

    service.fail(session, claimed, "busy", wait=timedelta(minutes=20))

    assert job.due_at == START + timedelta(minutes=20)


def test_asking_again_does_not_shorten_a_back_off(session: Session, clock) -> None:
    service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS)
    assert claimed is not None
    service.fail(session, claimed, "busy", wait=timedelta(minutes=20))

    job = service.enqueue(session, "greet", key="1")

    assert job.due_at == START + timedelta(minutes=20)


def test_a_job_that_ends_its_worker_each_time_is_buried(
    session: Session, clock
) -> None:
    job = service.enqueue(session, "greet", key="1")
    for _ in range(service.TRIES):
        assert service.claim(session, KINDS) is not None
        clock.shift(service.LEASE)

    assert service.claim(session, KINDS) is None
    assert (job.state, job.error) == (JobState.DEAD, service.LOST)


def test_a_dead_job_can_be_tried_again_or_given_up(session: Session) -> None:
    jobs = [service.enqueue(session, "greet", key=key) for key in "ab"]
    for _ in jobs:
        claimed = service.claim(session, KINDS)
        assert claimed is not None
        service.fail(session, claimed, "no", tries=1)

    service.retry(session, jobs[0])
    service.discard(session, jobs[1])

    assert [job.state for job in jobs] == [JobState.WAITING, JobState.DONE]
    assert jobs[1].error == "no"


def test_a_running_job_cannot_be_given_up(session: Session) -> None:
    job = service.enqueue(session, "greet", key="1")
    service.claim(session, KINDS)

    with pytest.raises(Conflict, match=r"job\.running"):
        service.discard(session, job)


def test_a_handler_may_name_the_next_moment(session: Session, clock) -> None:
    job = service.enqueue(session, "greet", key="1")
    claimed = service.claim(session, KINDS)
    assert claimed is not None

    service.finish(session, claimed, next_at=START + timedelta(hours=1))

    assert (job.state, job.due_at) == (JobState.WAITING, START + timedelta(hours=1))


@pytest.mark.parametrize("ending", ["finished", "died"])
def test_scheduled_work_comes_round_again_however_it_ended(
    session: Session, clock, ending: str
) -> None:
    def tick() -> service.Claimed | None:
        service.schedule(session, "greet", key="all", every=timedelta(hours=1))
        return service.claim(session, KINDS)

    first = tick()
    assert first is not None
    if ending == "finished":
        service.finish(session, first)
    else:
        service.fail(session, first, "no", tries=1)
    clock.shift(timedelta(minutes=59))
    early = tick()
    clock.shift(timedelta(minutes=1))

    assert early is None
    assert tick() is not None


def test_whoever_listens_is_told_after_the_commit_and_never_after_a_rollback(
    session: Session,
) -> None:
    heard: list[int] = []
    stop = notify.listen(heard.append)
    try:
        with transaction(session):
            job: Job = service.enqueue(session, "greet", key="1")
            before = list(heard)
        job_id = job.id
        service.enqueue(session, "greet", key="2")
        session.rollback()
    finally:
        stop()

    assert before == []
    assert heard == [job_id]


def test_a_listener_that_fails_stops_nothing(session: Session) -> None:
    def broken(_job_id: int) -> None:
        raise ConnectionError("the broker is down")

    stop = notify.listen(broken)
    try:
        with transaction(session):
            service.enqueue(session, "greet", key="1")
    finally:
        stop()

    assert len(queries.listed(session, state=JobState.WAITING)) == 1
    assert queries.counts(session) == {JobState.WAITING: 1}
