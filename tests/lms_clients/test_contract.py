"""What holds of every LMS client, whatever LMS is behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lms_clients import (
    Ability,
    ActivityCompletion,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    FakeLMS,
    Grade,
    Level,
    LMSClient,
    LMSError,
    Malformed,
    Member,
    Message,
    Proficiency,
    Profile,
    Proof,
    Rating,
    Rejected,
    Role,
    Score,
    Section,
    Skill,
    Unreachable,
    Unsupported,
)
from lti_mentor.demo import Campus, start
from lti_mentor.demo.people import course_named, person_named
from lti_mentor.demo.world import World
from tests.lms_clients import canvas_server, moodle_server
from tests.lms_clients.canvas_server import CanvasServer
from tests.lms_clients.moodle_server import MoodleServer

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


@dataclass
class Subject:
    """A client and what is true of the LMS behind it."""

    kind: str
    client: LMSClient
    course: str
    ruleless_course: str
    finished: str
    unfinished: str
    inactive: str
    teacher: str
    mastered: tuple[str, str]
    """A person and a skill."""
    activity: str = "13"
    """One that takes grades; empty where there is none."""
    forgets_events: bool = True
    """Its calendar lets go of an event again; the campus's Moodle does not."""


def moodle(serve, open_lms) -> Subject:
    url = serve(MoodleServer()).url
    client = open_lms("moodle", url, moodle_server.TOKEN)
    return Subject("moodle", client, "2", "3", "53", "20", "52", "59", ("53", "3"))


def canvas(serve, open_lms) -> Subject:
    url = serve(CanvasServer()).url
    client = open_lms("canvas", url, canvas_server.TOKEN)
    return Subject("canvas", client, "5", "6", "42", "43", "44", "45", ("42", "97"))


def fake(serve, open_lms) -> Subject:
    learner = frozenset({Role.LEARNER})
    ann = Member("1", "Ann", learner, "ann@example.edu", section_ids=frozenset({"9"}))
    ben = Member("2", "Ben", learner)
    carl = Member("3", "Carl", learner, is_active=False)
    tina = Member("4", "Tina", frozenset({Role.INSTRUCTOR}))
    levels = (Level(1, "Not yet", is_mastery=False), Level(3, "Meets", is_mastery=True))
    done, partly = Completion.COMPLETE, Completion.INCOMPLETE
    client = FakeLMS(
        listed=[Course("5", "Negotiation", "NEG"), Course("6", "Data", "DATA")],
        enrolled={"5": [ann, ben, carl, tina], "6": [ann]},
        people=[Profile("1", "Ann", time_zone="America/Denver")],
        parts=[Section("9", "5", "Monday")],
        completions=[
            CourseCompletion("5", "1", done, 1.0, NINE),
            CourseCompletion("5", "2", partly, 0.5),
            CourseCompletion("6", "1", Completion.NO_RULES),
        ],
        activities=[
            ActivityCompletion("5", "1", "11", "quiz", done, "Quiz", NINE),
            ActivityCompletion("5", "2", "11", "quiz", partly, "Quiz"),
        ],
        taught={"5": [Skill("7", "Listening", levels=levels, mastery=3, maximum=3)]},
        ratings=[Proficiency("5", "1", "7", 3, is_mastered=True)],
        gradebook=[Grade("5", "1", "total", 97, 160, is_total=True)],
    )
    return Subject("fake", client, "5", "6", "1", "2", "3", "4", ("1", "7"))


@pytest.fixture(scope="module")
def campus() -> Iterator[Campus]:
    with start(tool_url="http://localhost:5999") as campus:
        yield campus


def without_rules(world: World, short_name: str) -> None:
    """Let nothing complete a course, as many courses are."""
    with world.change():
        course = course_named(world, short_name)
        course.criteria = []
        for activity in world.activities.values():
            if activity.course == course.id:
                activity.completes = "none"


def on_campus(kind: str, campus: Campus, open_lms) -> Subject:
    """The practice campus: the same people and courses in both dialects."""
    platform = next(one for one in campus.platforms if one["lms_kind"] == kind)
    client: LMSClient = open_lms(kind, platform["lms_url"], platform["lms_token"])
    offered = {one.short_name: one.id for one in client.courses()}
    course = offered["NEG101"]
    ids = {member.email: member.id for member in client.members(course)}
    skills = {skill.name: skill.id for skill in client.skills(course)}
    world = campus.world(kind)
    number = course_named(world, "NEG101").id
    jonas = person_named(world, "Jonas Weber").id

    def id_of(person: int) -> str:
        return ids[world.people[person].email]

    mastered = next(
        (id_of(row.person), skills[world.skills[row.skill].title])
        for row in world.proficiencies.values()
        if row.course == number and row.level >= world.skills[row.skill].mastery
    )
    finished = next(
        person
        for of, person in world.course_completions
        if of == number and person != jonas
    )
    without_rules(world, "DATA201")
    return Subject(
        kind,
        client,
        course,
        offered["DATA201"],
        id_of(finished),
        id_of(person_named(world, "Lena Ortiz").id),
        id_of(jonas),
        id_of(person_named(world, "Ines Keller").id),
        mastered,
        activity="",
        forgets_events=kind != "moodle",
    )


@pytest.fixture(params=["moodle", "canvas", "fake", "campus-moodle", "campus-canvas"])
def subject(request, serve, open_lms) -> Subject:
    if request.param.startswith("campus-"):
        campus = request.getfixturevalue("campus")
        return on_campus(request.param.removeprefix("campus-"), campus, open_lms)
    make = {"moodle": moodle, "canvas": canvas, "fake": fake}[request.param]
    return make(serve, open_lms)


def learners(subject: Subject) -> set[str]:
    members = subject.client.members(subject.course)
    return {member.id for member in members if Role.LEARNER in member.roles}


def test_a_site_names_its_kind_and_the_account_of_the_token(subject):
    site = subject.client.site()

    assert (site.kind, bool(site.name), bool(site.account_id)) == (
        subject.kind,
        True,
        True,
    )


def test_courses_are_listed_once_with_names(subject):
    courses = list(subject.client.courses())

    known = {subject.course, subject.ruleless_course}
    assert known <= {one.id for one in courses}
    assert len({one.id for one in courses}) == len(courses)
    assert all(one.name and one.short_name for one in courses)


def test_members_are_told_once_with_their_roles(subject):
    members = {one.id: one for one in subject.client.members(subject.course)}

    assert len(list(subject.client.members(subject.course))) == len(members)
    assert members[subject.finished].roles == {Role.LEARNER}
    assert Role.INSTRUCTOR in members[subject.teacher].roles
    assert members[subject.finished].is_active
    assert not members[subject.inactive].is_active
    assert all(one.name for one in members.values())


def test_everybody_stands_in_sections_that_are_listed(subject):
    sections = {one.id for one in subject.client.sections(subject.course)}

    used = set().union(
        *(one.section_ids for one in subject.client.members(subject.course))
    )
    assert used
    assert used <= sections


def test_profiles_of_people_who_do_not_exist_are_left_out(subject):
    found = list(subject.client.profiles([subject.finished, "99999"]))

    assert [one.id for one in found] == [subject.finished]


def test_course_completion_has_one_row_for_each_learner(subject):
    rows = list(subject.client.course_completions(subject.course))

    by_person = {row.person_id: row for row in rows}
    assert len(by_person) == len(rows)
    assert by_person.keys() <= learners(subject)
    done, partly = by_person[subject.finished], by_person[subject.unfinished]
    assert (done.state, done.progress) == (Completion.COMPLETE, 1.0)
    assert done.completed_at is not None
    assert done.completed_at.tzinfo is UTC
    assert (partly.state, partly.completed_at) == (Completion.INCOMPLETE, None)
    assert partly.progress is not None
    assert 0 <= partly.progress < 1


def test_a_course_without_rules_is_a_normal_state(subject):
    rows = list(subject.client.course_completions(subject.ruleless_course))

    assert rows
    assert {row.state for row in rows} == {Completion.NO_RULES}


def test_activities_of_one_learner_are_only_of_that_learner(subject):
    rows = list(subject.client.activity_completions(subject.course, subject.unfinished))

    assert rows
    assert {row.person_id for row in rows} == {subject.unfinished}
    assert len({row.activity_id for row in rows}) == len(rows)


def test_activities_of_a_course_are_of_its_learners(subject):
    rows = list(subject.client.activity_completions(subject.course))

    assert {row.person_id for row in rows} <= learners(subject)
    assert {subject.finished, subject.unfinished} <= {row.person_id for row in rows}


def test_skills_say_from_which_level_they_are_mastered(subject):
    skills = {one.id: one for one in subject.client.skills(subject.course)}

    skill = skills[subject.mastered[1]]
    assert skill.name
    assert skill.mastery is not None
    for level in skill.levels:
        assert level.is_mastery == (level.value >= skill.mastery)
    assert [one.value for one in skill.levels] == sorted(
        one.value for one in skill.levels
    )


def test_proficiency_is_told_once_and_only_where_assessed(subject):
    rows = list(subject.client.proficiencies(subject.course))

    by_key = {(row.person_id, row.skill_id): row for row in rows}
    assert len(by_key) == len(rows)
    assert by_key[subject.mastered].is_mastered
    skills = {one.id: one for one in subject.client.skills(subject.course)}
    for row in rows:
        mastery = skills[row.skill_id].mastery
        assert mastery is not None
        assert row.is_mastered == (row.value >= mastery)


def test_proficiency_can_be_asked_for_one_person(subject):
    person, _ = subject.mastered

    rows = list(subject.client.proficiencies(subject.course, person))

    assert {row.person_id for row in rows} == {person}


def test_grades_name_learners_and_a_total(subject):
    rows = list(subject.client.grades(subject.course))

    total = next(
        row for row in rows if row.is_total and row.person_id == subject.finished
    )
    assert total.score is not None
    assert 0 <= total.score <= total.maximum
    assert {row.person_id for row in rows} <= learners(subject)


def test_every_ability_is_told_and_names_what_is_missing(subject):
    capabilities = subject.client.capabilities(subject.course)

    assert [item.ability for item in capabilities] == list(Ability)
    for item in capabilities:
        assert item.is_on or item.missing or item.proof is Proof.IMPOSSIBLE
        assert bool(item.missing) <= bool(item.menu)
        seen, counts = item.shown or (0, 0)
        assert seen == counts or item.missing


def test_what_a_capability_says_is_on_works(subject):
    client, course = subject.client, subject.course

    tried = [
        item.ability
        for item in client.capabilities(course)
        if item.is_on and item.proof is Proof.TRIED
    ]

    assert set(tried) >= READS
    for ability in READS:
        next(getattr(client, ability)(course), None)


READS = {
    Ability.MEMBERS,
    Ability.SECTIONS,
    Ability.COURSE_COMPLETIONS,
    Ability.ACTIVITY_COMPLETIONS,
    Ability.SKILLS,
    Ability.PROFICIENCIES,
    Ability.GRADES,
}


def test_an_event_of_the_course_is_written_and_removed_twice(subject):
    event = CalendarEvent(subject.course, "Circle", NINE, NINE + timedelta(hours=1))

    event_id = subject.client.add_event(event)
    assert event_id
    if subject.forgets_events:
        subject.client.remove_event(event_id)
        subject.client.remove_event("404")


def test_a_message_reaches_one_person(subject):
    message = Message(subject.finished, "Your mentor", "Hello <you>\nand welcome")

    assert subject.client.send_message(message)


def test_a_message_to_nobody_is_rejected(subject):
    message = Message("99999", "Your mentor", "Hello")

    with pytest.raises(Rejected):
        subject.client.send_message(message)


def test_skills_and_grades_are_written_or_said_to_be_impossible(subject):
    person, skill = subject.mastered
    capabilities = subject.client.capabilities(subject.course)
    writes = {
        Ability.RATE_SKILL: lambda: subject.client.rate_skill(
            Rating(subject.course, person, skill, 4, "By practice")
        ),
        Ability.UPDATE_GRADES: lambda: subject.client.update_grades(
            subject.course, subject.activity, [Score(person, 77, "Well done")]
        ),
    }

    for ability, write in writes.items():
        if capabilities.has(ability):
            if subject.activity or ability is not Ability.UPDATE_GRADES:
                write()
        else:
            with pytest.raises(Unsupported):
                write()


def test_an_unknown_course_is_an_error_of_ours(subject):
    with pytest.raises(LMSError):
        list(subject.client.members("999"))


def test_both_dialects_of_the_campus_tell_the_same(campus, open_lms):
    told = []
    for kind in ("moodle", "canvas"):
        subject = on_campus(kind, campus, open_lms)
        client, course = subject.client, subject.course
        names = {one.id: (one.name, one.email) for one in client.members(course)}
        skills = {one.id: one.name for one in client.skills(course)}
        progress = {
            names[row.person_id]: (row.state, round(row.progress or 0, 2))
            for row in client.course_completions(course)
            if row.person_id != subject.inactive
        }
        mastery = {
            (*names[row.person_id], skills[row.skill_id]): row.is_mastered
            for row in client.proficiencies(course)
            if row.person_id != subject.inactive
        }
        grades = {
            names[row.person_id]: round((row.score or 0) / row.maximum, 2)
            for row in client.grades(course)
            if row.is_total and row.person_id != subject.inactive
        }
        told.append((set(names.values()), progress, mastery, grades))

    assert told[0] == told[1]


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [({"down": True}, Unreachable), ({"wrong": True}, Malformed)],
)
def test_a_campus_that_misbehaves_is_an_error_of_ours(
    campus, open_lms, kind, fault, error
):
    client = on_campus(kind, campus, open_lms).client
    campus.faults[kind].set(**fault)

    try:
        with pytest.raises(error):
            client.site()
    finally:
        campus.faults[kind].clear()


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_a_campus_that_turns_us_away_twice_is_asked_again(campus, open_lms, kind):
    client = on_campus(kind, campus, open_lms).client
    campus.faults[kind].set(throttled=2)

    try:
        assert client.site().kind == kind
    finally:
        campus.faults[kind].clear()
