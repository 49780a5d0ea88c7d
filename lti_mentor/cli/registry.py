"""lti-mentor platform and keys."""

from typing import Any
from urllib.parse import urlsplit

import click

from lti_mentor.cli import approval, leaving
from lti_mentor.cli.opened import show, writing
from lti_mentor.config import Settings
from lti_mentor.db import reseal
from lti_mentor.lti import keys as tool_keys
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import LMSKind, Registration

INVITED = (
    "It works once, within an hour. Paste it into Moodle (Manage tools > Tool URL > "
    "Add LTI Advantage)\nor Canvas (Apps > LTI 1.3 with Dynamic Registration), or "
    "open it in a browser to install by hand."
)
"""Said beside an invitation, not in its line: that is for copying and scripts."""
WAITING = (
    "\nWho is off lets nobody in: it waits for approval, or was deactivated.\n"
    "Look at issuer and host, then: lti-mentor platform approve ID"
)


@click.group()
def platform() -> None:
    """The LMSs that may launch this tool."""


@platform.command()
@click.option("--issuer", required=True, help="`iss` of its launches.")
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True, help="OIDC authorization endpoint.")
@click.option("--token-url", required=True, help="OAuth2 token endpoint.")
@click.option("--jwks-url", required=True, help="Its public keys.")
@click.option("--token-audience", help="`aud` of our assertion, if not the token URL.")
@click.option("--name", help="What you call this LMS.")
@click.option("--deployment", "deployments", multiple=True, help="Accept only these.")
@click.option("--origin", "origins", multiple=True, help="Further addresses it has.")
@click.option("--lms-kind", type=click.Choice([kind.value for kind in LMSKind]))
@click.option("--lms-url", help="Base address of its API.")
@click.option("--lms-token", help="Token of its API.")
@click.option("--lrs-url", help="xAPI endpoint, the part before /statements.")
@click.option("--lrs-key")
@click.option("--lrs-secret")
@click.option("--lrs-token-url", help="Where the store gives OAuth2 tokens for them.")
@click.option("--caliper-url", help="Endpoint for Caliper 1.2 events.")
@click.option("--caliper-key", help="Bearer of that endpoint.")
@click.option(
    "--lms-admins/--no-lms-admins",
    default=None,
    help="Its institution administrators are organisation admins here.",
)
def add(**given: Any) -> None:
    """Add an LMS, or change the one with this issuer and client id."""
    if given["lms_kind"] is not None:
        given["lms_kind"] = LMSKind(given["lms_kind"])
    with writing() as session:
        registration = service.add(session, is_active=True, **given)
        click.echo(f"{registration.name} is registered ({registration.public_id}).")


@platform.command()
def invite() -> None:
    """Make the address an LMS admin registers with: once, within an hour.

    Pasted into Moodle or Canvas it connects them; opened in a browser it leads
    through an installation by hand.
    """
    with writing() as session:
        secret = links.issue(session, LinkKind.REGISTRATION_INVITE, {})
    click.echo(f"{Settings.from_env().public_url}/lti/register?invite={secret}")
    click.echo(INVITED, err=True)


@platform.command("list")
def list_platforms() -> None:
    """Show every registered LMS, and which wait for approval."""
    with writing() as session:
        found = queries.everyone(session)
        show(
            ("id", "name", "kind", "issuer", "host", "client id", "state", "writes"),
            [
                (
                    row.public_id,
                    row.name,
                    row.lms_kind,
                    row.issuer,
                    urlsplit(row.auth_url).netloc,
                    row.client_id,
                    "on" if row.is_active else "off",
                    _writes(row),
                )
                for row in found
            ],
        )
        if any(not row.is_active for row in found):
            click.echo(WAITING)


def _writes(row: Registration) -> str:
    if row.is_copy:
        return "never: a copy"
    return "paused" if row.writes_paused else "on"


for command in (approval.approve, approval.deactivate, approval.move):
    platform.add_command(command)
platform.add_command(leaving.export)
platform.add_command(leaving.erase)


@click.group()
def keys() -> None:
    """The keys this tool signs with."""


@keys.command()
@click.option("--at-once", is_flag=True, help="Withdraw the old key now: it leaked.")
def rotate(*, at_once: bool) -> None:
    """Publish a new key; it begins to sign an hour later."""
    with writing() as session:
        click.echo(f"new key {tool_keys.rotate(session, at_once=at_once)}")


@keys.command("list")
def list_keys() -> None:
    """Show every key: what platforms see, and what was withdrawn."""
    with writing() as session:
        show(
            ("key", "state", "since"),
            [
                (key.kid, key.state, f"{key.since:%Y-%m-%d %H:%M} UTC")
                for key in tool_keys.everyone(session)
            ],
        )


@keys.command()
def reencrypt() -> None:
    """Encrypt all secrets with the first of LTI_MENTOR_SECRET_KEYS.

    Put a new secret first, restart, run this; then the old one may go.
    """
    with writing() as session:
        click.echo(f"secrets encrypted with the first key: {reseal(session)}")
