"""Our Moodle answers what a real one was recorded to answer.

The recordings are of Moodle 4.5.6; they are replayed in the order in which they
were made. What is not replayed is listed in uncovered.txt, a list that only shrinks.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_mentor.demo import people, start
from tests.demo.replay import FOLDER, Replay, recordings
from tests.demo.stand_in import StandIn

UNCOVERED = set((Path(__file__).parent / "uncovered.txt").read_text().split())
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
Outcomes = dict[str, list[str] | None]


@pytest.fixture(scope="module")
def outcomes(tool: StandIn) -> Iterator[Outcomes]:
    """Ask everything once and keep how each answer differs."""
    with start(seed=people.recorded) as campus:
        replay = Replay(campus, tool)
        yield {name: replay.ask(name, row) for name, row in recordings().items()}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNCOVERED])
def test_an_answer_is_as_recorded(name, outcomes):
    assert outcomes[name] == []


@pytest.mark.parametrize("name", sorted(UNCOVERED))
def test_the_list_of_uncovered_recordings_only_shrinks(name, outcomes):
    assert name in outcomes, "no such recording: take it off the list"
    assert outcomes[name] != [], "it is answered as recorded: take it off the list"
