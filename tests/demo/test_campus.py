"""The campus as a whole: the same people, its state, its way to be started."""

import json
import subprocess
import sys
import urllib.request

import pytest
import requests
from bs4 import BeautifulSoup

from lti_mentor.demo import people, start
from lti_mentor.demo.world import World, rows

TODAY = 1795305600


def filled(kind: str) -> World:
    world = World(kind)
    people.fill(world, TODAY)
    return world


def test_both_platforms_know_the_same_people_by_other_numbers():
    moodle, canvas = filled("moodle"), filled("canvas")

    assert {row.name for row in moodle.people.values()} == {
        row.name for row in canvas.people.values()
    }
    assert not {row.sub for row in moodle.people.values()} & {
        row.sub for row in canvas.people.values()
    }


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_the_people_of_the_story_are_who_they_are_said_to_be(kind):
    world = filled(kind)
    now, past = (people.course_named(world, code).id for code in ("NEG101", "NEG101-S"))
    lena, mateo, ines, ada = (
        people.person_named(world, name)
        for name in ("Lena Ortiz", "Mateo Silva", "Ines Keller", "Ada Admin")
    )

    assert (now, mateo.id) not in world.enrolments
    assert (past, mateo.id) in world.course_completions
    assert (now, lena.id) not in world.course_completions
    assert world.enrolments[now, ines.id].role == "instructor"
    assert ada.admin


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_all_eight_graduates_completed_and_are_competent(kind):
    world = filled(kind)
    past = people.course_named(world, "NEG101-S")

    learners = rows(world.enrolments, course=past.id, role="learner")

    assert len(learners) == 8
    for place in learners:
        levels = rows(world.proficiencies, person=place.person, course=past.id)
        assert place.key in world.course_completions
        assert [row.level >= 3 for row in levels] == [True] * 5


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_the_crowd_has_what_a_real_one_has(kind):
    world = filled(kind)
    names = [row.name for row in world.people.values()]
    levels = rows(world.proficiencies, course=people.course_named(world, "NEG101").id)

    assert len(names) - len(set(names)) == 1
    assert len([row for row in world.people.values() if not row.email]) == 1
    assert [row.status for row in world.enrolments.values()].count("suspended") == 1
    assert "ar" in {row.lang for row in world.people.values()}
    assert len([row for row in levels if row.level < 3]) > len(levels) / 2


def test_the_same_day_gives_the_same_campus():
    first, second = filled("moodle"), filled("moodle")

    assert first.people == second.people
    assert first.scores == second.scores


def test_what_happened_survives_a_restart(tmp_path):
    with start("http://localhost:9", tmp_path) as campus:
        world = campus.moodle.world
        keys = campus.moodle.keys.jwks()
        with world.change():
            world.people[3].given = "Magdalena"

    with start("http://localhost:9", tmp_path) as again:
        assert again.moodle.world.people[3].given == "Magdalena"
        assert again.moodle.keys.jwks() == keys
        assert again.moodle.world.courses == world.courses
        assert again.moodle.world.scores == world.scores
        assert list(again.moodle.world.tools) == [1]


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path):
    world = World("moodle", tmp_path / "moodle.json")
    with world.change():
        people.fill(world, TODAY)
    before = (tmp_path / "moodle.json").read_text()
    (tmp_path / "moodle.new").mkdir()

    with pytest.raises(OSError, match="new"), world.change():
        world.people.clear()

    assert (tmp_path / "moodle.json").read_text() == before


def test_a_tool_named_at_the_start_is_told_where_everything_is():
    with start("http://localhost:9") as campus:
        told = requests.get(campus.portal_url + "/platforms.json", timeout=5).json()  # noqa: TID251

        kinds = [row["lms_kind"] for row in told["platforms"]]
        wanted = {
            "name",
            "issuer",
            "client_id",
            "auth_url",
            "token_url",
            "jwks_url",
            "deployment_id",
            "origin",
            "lms_kind",
            "lms_url",
            "lms_token",
        }
        assert kinds == ["moodle", "canvas"]
        assert all(wanted <= set(row) for row in told["platforms"])
        assert set(told["lrs"]) == {"url", "key", "secret"}


def test_without_a_tool_nothing_is_registered():
    with start() as campus:
        told = requests.get(campus.portal_url + "/platforms.json", timeout=5).json()  # noqa: TID251

        assert told["platforms"] == []
        assert campus.moodle.world.tools == {}


def test_the_first_page_makes_one_anybody_with_one_click():
    with start() as campus, requests.Session() as browser:
        first = browser.get(campus.portal_url, timeout=5).text
        lena = people.person_named(campus.moodle.world, "Lena Ortiz")

        home = browser.post(f"{campus.moodle.url}/become/{lena.id}", timeout=5)

        assert f'action="{campus.moodle.url}/become/{lena.id}"' in first
        assert "You are <strong>Lena Ortiz</strong>" in home.text


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_the_first_page_leads_to_each_gradebook(kind):
    with start() as campus, requests.Session() as browser:
        first = browser.get(campus.portal_url, timeout=5).text
        page = BeautifulSoup(first, "html.parser")
        forms = page.select(f"section[aria-labelledby={kind}] form[action*=next]")

        books = [browser.post(str(form["action"]), timeout=5) for form in forms]

        assert len(books) == 3
        assert all(book.status_code == 200 for book in books)
        assert "Lena Ortiz" in books[0].text


def test_becoming_somebody_never_leads_elsewhere():
    with start() as campus:
        url = f"{campus.moodle.url}/become/3?next=//evil.example/"

        answer = requests.get(url, allow_redirects=False, timeout=5)  # noqa: TID251

        assert answer.headers["Location"] == "/"


def test_switches_are_turned_over_http():
    with start() as campus:
        url = f"{campus.portal_url}/switches/moodle"

        requests.post(url, json={"slow": 0.5, "a_guess": True}, timeout=5)  # noqa: TID251

        assert campus.faults["moodle"].slow == 0.5
        assert campus.faults["moodle"].holds("a_guess", default=False)
        assert campus.faults["canvas"].slow == 0


def test_keys_tokens_and_courses_are_switched_over_http():
    with start("http://localhost:9") as campus:
        moodle = campus.moodle
        token = moodle.tokens.issue(moodle.world.tools[1], ["x"])
        before = moodle.keys.jwks()["keys"][-1]["kid"]
        url = f"{campus.portal_url}/switches/moodle"
        given = {"rotated": "on", "forgotten": "on", "concluded": "DATA201"}

        requests.post(url, data=given, timeout=5)  # noqa: TID251

        concluded = [row.code for row in moodle.world.courses.values() if row.concluded]
        assert moodle.keys.jwks()["keys"][-1]["kid"] != before
        assert moodle.tokens.look(f"Bearer {token}") is None
        assert concluded == ["DATA201"]


def test_the_command_says_where_it_is_ready(tmp_path):
    command = [sys.executable, "-m", "lti_mentor.demo", "--state", str(tmp_path)]
    tool = ["--tool", "http://localhost:9"]
    with subprocess.Popen([*command, *tool], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        word, url = run.stdout.readline().split()

        with urllib.request.urlopen(f"{url}/platforms.json", timeout=5) as answer:
            told = json.load(answer)

        run.terminate()
    assert word == "ready"
    assert len(told["platforms"]) == 2
