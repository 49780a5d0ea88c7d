"""No page offers a button that its reader may not press."""

import pytest

from lti_mentor.mentoring.models import MentorshipState, RunState
from lti_mentor.practice.models import WorkState
from tests.web.pages import House
from tests.web.stage import Stage, stage
from tests.web.test_pages_scenes import (
    SCENES,
    computing,
    draft_ready,
    every_record,
    health,
    joining,
    nothing_yet,
    program_without_mentors,
)

PRESSED = [
    nothing_yet,
    program_without_mentors,
    joining,
    computing,
    draft_ready,
    health,
    every_record,
    *(SCENES[f"work {state}"] for state in WorkState),
    *(SCENES[f"mentorship {state}"] for state in MentorshipState),
    SCENES["talks"],
    SCENES["what needs whoever leads"],
]


@pytest.mark.parametrize("scene", PRESSED, ids=range(len(PRESSED)))
def test_whoever_sees_a_button_may_press_it(house: House, scene) -> None:
    acting: Stage = stage(house)
    visits = scene(acting)
    seen = {who: acting.as_(who) for who, _ in visits}

    refused = set()
    for who, path in visits:
        for action in seen[who].get(path).actions():
            answer = seen[who].ask("POST", action, data={"do": "retry"})
            if answer.status_code in {403, 500}:
                refused.add((who, action.removeprefix(f"/s/{seen[who].handle}")))

    assert refused == set()


def test_an_assistant_reads_the_draft_and_decides_nothing(house: House) -> None:
    acting = stage(house)
    program = acting.program()
    acting.joined(program, "lea", "max")
    acting.run(program, RunState.DRAFT)

    page = acting.as_("tess").get(f"/programs/{program.public_id}")

    assert page.soup.select(".next-step")
    assert page.actions() == []
