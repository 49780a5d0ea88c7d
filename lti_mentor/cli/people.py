"""lti-mentor erase: what a person may ask an operator for."""

import click

from lti_mentor.cli.opened import show, writing
from lti_mentor.privacy import erasure


@click.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase(who: str, *, yes: bool) -> None:
    """Forget one person: their names, texts and answers, for good.

    WHO is an e-mail address, a user id of the LMS, or our own id. Take them out of the
    course first, else the next reading of its roster brings them back.
    """
    with writing() as session:
        found = erasure.find(session, who)
        if len(found) != 1:
            show(
                ("our id", "platform"),
                [(row.public_id, row.registration.name) for row in found],
            )
            raise click.ClickException(f"{len(found)} people fit; name one by our id")
        (person,) = found
        if not yes:
            where = person.registration.name
            click.confirm(f"Erase {person.name or who} of {where}?", abort=True)
        counts = erasure.erase(session, person)
    show(("table", "rows erased or emptied"), counts.items())
    click.echo("What was written into the LMS or a record store is erased there.")
