"""lti-mentor platform approve, deactivate and move: who may launch at all."""

import click
from sqlalchemy.orm import Session

from lti_mentor.cli.opened import writing
from lti_mentor.people import sessions
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Registration

WHICH = "Its id, the beginning of that, its client id or its name (`platform list`)."


@click.command()
@click.argument("which", metavar="PLATFORM")
@click.option(
    "--lms-admins/--no-lms-admins",
    default=True,
    help="Its institution administrators are organisation admins here.",
)
def approve(which: str, *, lms_admins: bool) -> None:
    """Let in an LMS that registered itself without an invitation."""
    with writing() as session:
        registration = find(session, which)
        registration.is_active, registration.lms_admins = True, lms_admins
        click.echo(f"{registration.name} may launch now.")
        click.echo(f"issuer {registration.issuer}, signs in at {registration.auth_url}")


@click.command()
@click.argument("which", metavar="PLATFORM")
def deactivate(which: str) -> None:
    """Let nobody in from an LMS any more; what is kept of it stays."""
    with writing() as session:
        registration = find(session, which)
        registration.is_active = False
        sessions.end_all(session, registration)
        click.echo(f"{registration.name} is off: no launches, no writing.")
        click.echo(f"On again: lti-mentor platform approve {registration.public_id}")


@click.command()
@click.argument("which", metavar="NEW")
@click.option("--to", "old", required=True, metavar="OLD", help=WHICH)
def move(which: str, old: str) -> None:
    """Give a new client id to an LMS that was registered before.

    NEW waits for approval or is off and holds nobody; OLD keeps its people and
    courses, and launches with NEW's client id and addresses from now on.
    """
    with writing() as session:
        arriving, kept = find(session, which), find(session, old)
        service.move(session, arriving, kept)
        click.echo(f"{kept.name} launches as client {kept.client_id} now.")


def find(session: Session, which: str) -> Registration:
    """Return the one LMS somebody means.

    Raises:
        click.ClickException: None, or more than one.
    """
    found = [row for row in queries.everyone(session) if _is_meant(row, which)]
    if not found:
        raise click.ClickException(f"No LMS is called {which}: see platform list.")
    if len(found) > 1:
        ids = ", ".join(str(row.public_id) for row in found)
        raise click.ClickException(f"Several are meant by {which}; one of: {ids}")
    return found[0]


def _is_meant(row: Registration, which: str) -> bool:
    is_id = len(which) >= 4 and str(row.public_id).startswith(which)
    return is_id or which in {row.name, row.client_id}
