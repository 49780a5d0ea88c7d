"""The command line: lti-mentor demo | run | worker | db | platform | keys | ..."""

import importlib

import click

from lti_mentor.config import SettingError
from lti_mentor.errors import MentorError

COMMANDS: dict[str, str] = {
    "bench": "bench",
    "config": "installation",
    "db": "installation",
    "demo": "demo",
    "demo-reset": "demo",
    "erase": "people",
    "jobs": "queues",
    "keys": "registry",
    "outbox": "queues",
    "platform": "registry",
    "run": "serve",
    "sync": "reading",
    "worker": "work",
}
"""Command -> the module it is in; loaded when it is called, for starting is slow."""


class _Tool(click.Group):
    """Finds commands by name, and turns what can go wrong into one readable line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lti_mentor.cli.{COMMANDS[cmd_name]}")
        found = getattr(module, cmd_name.replace("-", "_"))
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SettingError as wrong:
            raise click.ClickException(str(wrong)) from None
        except MentorError as refused:
            shown = [f"{name}: {value}" for name, value in refused.details.items()]
            raise click.ClickException("; ".join([refused.code, *shown])) from None


@click.group(cls=_Tool)
@click.version_option(package_name="lti-mentor")
def main() -> None:
    """Mentorship inside Moodle and Canvas."""
