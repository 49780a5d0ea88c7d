"""lti-mentor bench: measure on this machine."""

import click

from lti_mentor.cli.opened import show
from lti_mentor.matching.bench import bench as bench_matching


@click.group()
def bench() -> None:
    """Measure on this machine."""


@bench.command()
@click.option("--learners", default=2000, show_default=True)
@click.option("--mentors", default=1000, show_default=True)
def matching(learners: int, mentors: int) -> None:
    """Match made-up people and show the seconds by stage."""
    found = bench_matching(learners, mentors)
    show(("measure", "value"), [(name, value) for name, value in found.items()])
