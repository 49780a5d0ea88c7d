"""lti-mentor bench: measure on this machine."""

import json

import click

from lti_mentor.cli.opened import show
from lti_mentor.matching.bench import bench as bench_matching
from lti_mentor.matching.solve import BACKENDS


@click.group()
def bench() -> None:
    """Measure on this machine."""


@bench.command()
@click.option("--learners", default=2000, show_default=True)
@click.option("--mentors", default=1000, show_default=True)
@click.option("--supply", default=1.1, show_default=True, help="Places a learner.")
@click.option("--seed", default=0, show_default=True)
@click.option("--backend", type=click.Choice(list(BACKENDS)), default="scipy")
@click.option("--json", "as_json", is_flag=True)
def matching(
    *,
    learners: int,
    mentors: int,
    supply: float,
    seed: int,
    backend: str,
    as_json: bool,
) -> None:
    """Match made-up people and show the seconds by stage."""
    try:
        found = bench_matching(learners, mentors, supply, seed, backend)
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"{missing.name} is not installed; try: pip install 'lti-mentor[fast]'"
        ) from missing
    if as_json:
        click.echo(json.dumps(found))
    else:
        show(("measure", "value"), list(found.items()))
