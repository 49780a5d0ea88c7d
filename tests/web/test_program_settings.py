"""A program's settings as pages: presets, counts, rest, duplicate, prepared mentors."""

import pytest

from lti_mentor.mentoring.models import Part, Program, ProgramKind, ProgramState
from lti_mentor.people.models import Role
from tests import builders
from tests.web.foreign import SETTINGS
from tests.web.pages import House
from tests.web.stage import Stage, stage


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def only(s: Stage) -> Program:
    s.house.again()
    return s.session.query(Program).order_by(Program.id.desc()).limit(1).one()


def test_a_preset_is_chosen_and_what_follows_is_said(s: Stage) -> None:
    iris = s.as_("iris")

    page = iris.get("/programs/new?preset=peer_practice")
    iris.follow(
        "/programs/new",
        name="Вместе",
        weeks="4",
        preset="peer_practice",
        skills=[str(s.skill.public_id)],
    )

    assert "Everybody who learns here may help and be helped." in page.text
    assert page.one('input[name="preset"]')["value"] == "peer_practice"
    assert only(s).kind is ProgramKind.PEER


def test_who_fits_is_counted_while_skills_are_ticked(s: Stage) -> None:
    s.graduate(s.max)
    other = builders.skill(s.session, s.course, "Речь")
    iris = s.as_("iris")

    both = iris.get("/programs/new")
    one = iris.get(f"/programs/fits?skills={other.public_id}")
    right = iris.get(f"/programs/fits?skills={s.skill.public_id}")

    assert "1 mentor who fits" in both.one("#fit").text
    assert "0 mentors who fit" in one.one("#fit").text
    assert "1 mentor who fits" in right.one("#fit").text


def test_settings_are_kept_and_a_wrong_number_says_so(s: Stage) -> None:
    program = s.program()
    iris, path = s.as_("iris"), f"/programs/{program.public_id}/settings"

    wrong = iris.post(path, 422, **(SETTINGS | {"weeks": "99"}))
    after = iris.follow(
        path,
        **(SETTINGS | {"pairing": "learners", "base_level": "0"}),
        measures=["level", "served"],
    )

    assert wrong.soup.select("[data-error-summary]")
    assert "Иная" in after.text
    found = only(s)
    assert (found.answer_days, found.learners_choose) == (5, True)
    assert found.measures == ["level", "served"]
    assert found.baseline["level"] == 0
    assert after.one('input[name="base_level"]')["value"] == "0"


def test_it_rests_is_put_away_and_found_again(s: Stage) -> None:
    program = s.program()
    iris, path = s.as_("iris"), f"/programs/{program.public_id}"

    rests = iris.follow(f"{path}/state", do="pause")
    away = iris.follow(f"{path}/state", do="archive")
    new = iris.ask("GET", "/programs")
    again = iris.follow(f"{path}/state", do="resume")

    assert "This program rests" in rests.text
    assert "This program is put away" in away.text
    assert new.location.endswith("/programs/new")
    assert "Match now" in again.text or "Nobody could mentor yet" in again.text
    assert only(s).state is ProgramState.RUNNING


def test_a_duplicate_opens_with_its_settings(s: Stage) -> None:
    program = s.program()
    iris = s.as_("iris")

    page = iris.follow(f"/programs/{program.public_id}/duplicate")
    board = iris.get(f"/programs/{program.public_id}")

    assert "Практика, again" in page.text
    assert "Практика, again" in board.text


def test_a_second_course_is_opened_by_whoever_teaches_it(s: Stage) -> None:
    program = s.program()
    second = builders.context(s.session, s.tenant, title="Второй")
    builders.member(s.session, second, s.iris, role=Role.INSTRUCTOR)
    strange = builders.context(s.session, s.tenant, title="Чужой")
    iris, path = s.as_("iris"), f"/programs/{program.public_id}/courses"

    refused = iris.ask("POST", path, data={"add": str(strange.public_id)})
    page = iris.follow(path, add=str(second.public_id))
    after = iris.follow(path, drop=str(second.public_id))

    assert refused.status_code == 404
    assert "Take out" in page.text
    assert "Take out" not in after.text


def test_a_mentor_who_lacks_the_preparation_is_marked_until_staff_say_so(
    s: Stage,
) -> None:
    program = s.program(preparation=s.course)
    part = builders.participant(s.session, program, s.max, Part.MENTOR)
    iris, path = s.as_("iris"), f"/programs/{program.public_id}"

    before = iris.get(path)
    after = iris.follow(f"{path}/prepared/{part.public_id}")

    assert "Not prepared yet" in before.text
    assert "Not prepared yet" not in after.text


def test_who_vouched_for_a_mentor_stands_there_with_the_day(s: Stage) -> None:
    program = s.program()
    builders.member(s.session, s.course, s.max)
    iris = s.as_("iris")

    page = iris.follow(
        f"/programs/{program.public_id}/mentors", person=str(s.max.public_id)
    )

    assert "Vouched for by Ирис Учитель on" in page.text
