"""lti-mentor bench matching: what it says of itself."""

import json

import pytest
from click.testing import CliRunner

from lti_mentor.cli.bench import bench as command
from lti_mentor.matching import bench

STAGES = {"make", "prepare", "score", "solve", "prices", "proof", "canonical"}


def asked(*options):
    done = CliRunner().invoke(command, ["matching", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_benchmark_says_what_it_did_and_how_long_each_stage_took():
    told = bench(30, 10, supply=1.1, seed=3)

    assert STAGES | {"in_all", "cpu", "verify", "peak_mb"} <= told.keys()
    assert (told["gap"], told["proven"]) == (0, 1)
    assert told["matched"] > 0


@pytest.mark.parametrize("supply", [0.5, 1.5])
def test_the_same_seed_makes_the_same_people_for_every_solver(supply):
    size = ["--learners", "60", "--mentors", "20", "--supply", str(supply)]

    by_scipy, by_ortools = (
        json.loads(asked(*size, "--seed", "4", "--backend", solver, "--json"))
        for solver in ("scipy", "ortools")
    )

    same = ("matched", "total", "gap", "proven")
    assert [by_scipy[name] for name in same] == [by_ortools[name] for name in same]
    assert by_scipy["matched"] <= 60 * min(supply, 1)


def test_people_read_it_as_a_table():
    assert "matched" in asked("--learners", "8", "--mentors", "3")
