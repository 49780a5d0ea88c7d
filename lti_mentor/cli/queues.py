"""lti-mentor jobs and outbox: what waits, what failed, and what to do about it."""

from datetime import datetime
from typing import TypeVar

import click

from lti_mentor.activity.models import Delivery, DeliveryState
from lti_mentor.cli.opened import show, writing
from lti_mentor.errors import Missing
from lti_mentor.jobs import queries as job_queries
from lti_mentor.jobs import service as job_service
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.passback import queries, service

T = TypeVar("T")


@click.group()
def jobs() -> None:
    """Background work."""


@jobs.command("list")
@click.option("--state", type=click.Choice([state.value for state in JobState]))
def list_jobs(state: str | None) -> None:
    """Show jobs, the newest first."""
    wanted = JobState(state) if state else None
    with writing() as session:
        rows = job_queries.listed(session, state=wanted)
        show(
            ("id", "kind", "key", "state", "tries", "due", "error"),
            [
                (j.id, j.kind, j.key, j.state, j.attempts, _time(j.due_at), j.error)
                for j in rows
            ],
        )


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry_job(job_id: int) -> None:
    """Try a dead or waiting job now."""
    with writing() as session:
        job_service.retry(session, _found(session.get(Job, job_id)))


@jobs.command("discard")
@click.argument("job_id", type=int)
def discard_job(job_id: int) -> None:
    """Give a job up for good."""
    with writing() as session:
        job_service.discard(session, _found(session.get(Job, job_id)))


@click.group()
def outbox() -> None:
    """Scores and statements on their way to gradebooks and record stores."""


@outbox.command("list")
@click.option("--state", type=click.Choice([state.value for state in DeliveryState]))
def list_deliveries(state: str | None) -> None:
    """Show deliveries, the newest first."""
    wanted = DeliveryState(state) if state else None
    with writing() as session:
        rows = queries.listed(session, state=wanted)
        show(
            ("id", "to", "verb", "state", "code", "tries", "words"),
            [
                (
                    row.id,
                    row.destination,
                    row.activity.verb,
                    row.state,
                    row.code,
                    row.attempts,
                    row.words,
                )
                for row in rows
            ],
        )


@outbox.command("retry")
@click.argument("delivery_id", type=int)
def retry_delivery(delivery_id: int) -> None:
    """Send a dead, skipped or held delivery again."""
    with writing() as session:
        service.retry(session, _found(session.get(Delivery, delivery_id)))


@outbox.command("discard")
@click.argument("delivery_id", type=int)
def discard_delivery(delivery_id: int) -> None:
    """Give a delivery up for good."""
    with writing() as session:
        service.discard(session, _found(session.get(Delivery, delivery_id)))


def _found(row: T | None) -> T:
    if row is None:
        raise Missing("cli.no_such_id")
    return row


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
