"""lti-mentor worker."""

import click

from lti_mentor.cli.database import load_models, require_current
from lti_mentor.cli.opened import log_to_stderr
from lti_mentor.config import Settings
from lti_mentor.worker import run_worker


@click.command()
@click.option("--threads", default=4, show_default=True, help="Jobs at a time.")
def worker(threads: int) -> None:
    """Work off jobs only; any number of these may run, on any machine."""
    settings = Settings.from_env()
    require_current(settings.database_url)
    log_to_stderr()
    load_models()
    run_worker(settings, threads)
