"""Fills a new world: the same people and courses in both dialects."""

import hashlib
import time
import uuid
from collections.abc import Sequence

from lti_mentor.demo import courses, names
from lti_mentor.demo import recorded as measured
from lti_mentor.demo.courses import DAY, Plan
from lti_mentor.demo.rows import (
    Activity,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    Enrolment,
    GradeItem,
    Group,
    Person,
    Proficiency,
    Score,
    Skill,
    Submission,
)
from lti_mentor.demo.world import World, next_id

FIRST_PERSON = {"moodle": 3, "canvas": 101}
"""The id of the first learner."""
FIRST_COURSE = {"moodle": 2, "canvas": 11}
"""The ids of NEG101, DATA201 and last term's NEG101 begin here."""
STAFF = [names.INSTRUCTOR, names.ASSISTANT, names.TA]
"""Who teaches, in the order of their ids."""
STAFF_ROLES = ["instructor", "assistant", "ta"]
"""The roles of STAFF in their courses."""


def fill(world: World, today: int | None = None) -> None:
    """Put everybody and everything into an empty world.

    Args:
        world: An empty one of kind moodle or canvas.
        today: Midnight (epoch seconds) around which all dates lie.
    """
    today = today or int(time.time()) // DAY * DAY
    if world.kind == "moodle":
        world.add(Course(1, "CAMPUS", "Moodle practice campus"))
    _people(world)
    _skills(world)
    first = FIRST_COURSE[world.kind]
    negotiation = _course(world, first, "NEG101", "Negotiation in practice", today)
    data = _course(world, first + 1, "DATA201", "Data storytelling", today)
    past = _course(world, first + 2, "NEG101-S", "Negotiation in practice", today)
    past.title += " (last term)"
    past.family, past.start, past.end = "NEG101", today - 240 * DAY, today - 120 * DAY
    for course, plans in (
        (negotiation, courses.NEGOTIATION),
        (data, courses.DATA),
        (past, courses.NEGOTIATION),
    ):
        _activities(world, course, plans, today)
    _enrol(world, today)
    _learn(world, today)
    _calendar(world, today)


def recorded(world: World) -> None:
    """Fill Moodle as the measured site was; Canvas as always."""
    (measured.recorded if world.kind == "moodle" else fill)(world)


def person_named(world: World, name: str) -> Person:
    """Return the first person of this full name."""
    return next(row for row in world.people.values() if row.name == name)


def course_named(world: World, code: str) -> Course:
    """Return the course of this short name."""
    return next(row for row in world.courses.values() if row.code == code)


def _people(world: World) -> None:
    crowd = [*names.LEARNERS, *names.GRADUATES, *STAFF]
    for offset, name in enumerate(crowd):
        _person(world, FIRST_PERSON[world.kind] + offset, name)
    last = FIRST_PERSON[world.kind] + len(crowd)
    root = 2 if world.kind == "moodle" else last + 1
    _person(world, root, names.ADMIN).admin = True
    _person(world, last, names.INTEGRATION)
    by_name = [row for row in world.people.values() if row.name == "Peter Kowalski"]
    by_name[0].email = ""


def _person(world: World, number: int, name: names.Name) -> Person:
    taken = {row.username for row in world.people.values()}
    username = f"{name.given}.{name.family}".lower().replace("'", "")
    username = f"{username}2" if username in taken else username
    person = Person(
        id=number,
        username=username,
        given=name.given,
        family=name.family,
        sub=str(number) if world.kind == "moodle" else stable_uuid(username),
        email=f"{username}@campus.example",
        idnumber=f"P-{_digest(username)[:6].upper()}",
        timezone=name.zone,
        lang=name.lang,
        opaque="" if world.kind == "moodle" else _digest("user:" + username),
    )
    world.add(person)
    return person


def stable_uuid(name: str) -> str:
    """Return the same uuid for the same name in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name + ".campus.example"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _skills(world: World) -> None:
    for idnumber, title, description in [
        *courses.NEGOTIATION_SKILLS,
        *courses.DATA_SKILLS,
    ]:
        world.add(
            Skill(
                id=next_id(world.skills),
                title=title,
                idnumber=idnumber,
                description=description,
                levels=courses.LEVELS,
                mastery=3,
                guid=stable_uuid(idnumber),
            )
        )


def _course(world: World, number: int, code: str, title: str, today: int) -> Course:
    family = code.removesuffix("-S")
    prefix = "DATA-" if family == "DATA201" else "NEG-"
    course = Course(
        id=number,
        code=code,
        title=title,
        idnumber=f"SIS-{code}",
        family=family,
        start=today - 60 * DAY,
        end=today + 40 * DAY,
        opaque="" if world.kind == "moodle" else _digest("course:" + code),
        sections=dict(courses.SECTIONS),
        skills=[
            row.id for row in world.skills.values() if row.idnumber.startswith(prefix)
        ],
    )
    world.add(course)
    return course


def _activities(
    world: World, course: Course, plans: Sequence[Plan], today: int
) -> None:
    for order, plan in enumerate(plans):
        same = [row for row in world.activities.values() if row.kind == plan.kind]
        activity = Activity(
            id=next_id(world.activities),
            course=course.id,
            kind=plan.kind,
            instance=len(same) + 1,
            title=plan.title,
            section=plan.section,
            intro=plan.intro,
            completes=plan.completes,
            due=course.start + (order + 1) * 12 * DAY if course.start else today,
        )
        world.add(activity)
        if plan.kind in ("assign", "quiz"):
            add_grade_item(world, activity, pass_at=60.0)
        course.criteria.append(activity.id)


def add_grade_item(
    world: World, activity: Activity, *, maximum: float = 100.0, pass_at: float = 0.0
) -> GradeItem:
    """Give an activity its column in the gradebook."""
    item = GradeItem(
        id=next_id(world.grade_items),
        course=activity.course,
        label=activity.title,
        maximum=maximum,
        pass_at=pass_at if activity.completes == "pass" else 0.0,
        activity=activity.id,
    )
    world.add(item)
    return item


def _enrol(world: World, today: int) -> None:
    first, course = FIRST_PERSON[world.kind], FIRST_COURSE[world.kind]
    learners = range(first, first + len(names.LEARNERS))
    graduates = range(learners.stop, learners.stop + len(names.GRADUATES))
    members = {
        course: [*learners[:26]],
        course + 1: [*learners[18:], *graduates[5:]],
        course + 2: [*graduates],
    }
    for number, people in members.items():
        for order, person in enumerate(people):
            section = f"{world.courses[number].code}-{'AB'[order % 2]}"
            _enrolment(world, number, person, "learner", today).section = section
        for offset, role in enumerate(STAFF_ROLES):
            _enrolment(world, number, graduates.stop + offset, role, today)
        halves = [people[0::2], people[1::2]]
        for letter, half in zip("AB", halves, strict=True):
            title = f"{world.courses[number].code} group {letter}"
            world.add(Group(next_id(world.groups), number, title, half))
    world.enrolments[course, person_named(world, "Jonas Weber").id].status = "suspended"


def _enrolment(
    world: World, course: int, person: int, role: str, today: int
) -> Enrolment:
    enrolment = Enrolment(
        course=course,
        person=person,
        role=role,
        since=world.courses[course].start,
        last_access=today - (person * 7 % 12) * DAY,
    )
    world.add(enrolment)
    return enrolment


def _learn(world: World, today: int) -> None:
    for enrolment in list(world.enrolments.values()):
        if enrolment.role != "learner":
            continue
        course = world.courses[enrolment.course]
        done = _share_done(world, enrolment)
        for activity_id in course.criteria[:done]:
            _finish(world, world.activities[activity_id], enrolment.person, today)
        _rate(world, course, enrolment.person, done / len(course.criteria), today)
        if done == len(course.criteria):
            at = course.end if course.end < today else today - 2 * DAY
            world.add(CourseCompletion(course.id, enrolment.person, at))


def _share_done(world: World, enrolment: Enrolment) -> int:
    """Graduates did all, Lena all but one, the others what their id says."""
    course = world.courses[enrolment.course]
    total = len(course.criteria)
    if course.code.endswith("-S"):
        return total
    if world.people[enrolment.person].name == "Lena Ortiz":
        return total - 1
    return spread(enrolment.person - FIRST_PERSON[world.kind], total + 1)


def spread(number: int, size: int) -> int:
    """Return a value below size that looks irregular and never changes."""
    return int(_digest(f"spread {number}")[:8], 16) % size


def _finish(world: World, activity: Activity, person: int, today: int) -> None:
    at = min(activity.due - DAY, today - DAY)
    state = 2 if activity.completes == "pass" else 1
    world.add(Completion(activity.id, person, state, at))
    number = person - FIRST_PERSON[world.kind]
    for item in world.grade_items.values():
        if item.activity == activity.id:
            value = float(62 + spread(31 * number + item.id, 38))
            world.add(Score(item.id, person, value, at, source="teacher"))
    if activity.kind == "assign":
        world.add(Submission(activity.id, person, at - DAY, body="My answer."))


LENA = [3, 2, 2, 3, 1]
"""Lena's levels in NEG101: good at two skills, with three to grow in."""


def _rate(world: World, course: Course, person: int, share: float, today: int) -> None:
    graduate = course.code.endswith("-S")
    lena = world.people[person].name == "Lena Ortiz"
    for order, skill in enumerate(course.skills):
        seed = spread(person - FIRST_PERSON[world.kind] + 97 * order, 4)
        level = 3 + seed % 2 if graduate else min(1 + int(share * 2) + seed % 2, 3)
        level = LENA[order] if lena else level
        if graduate or lena or (share and seed != 3):
            at = course.end if graduate else today - 5 * DAY
            world.add(Proficiency(skill, person, course.id, level, at))


def _calendar(world: World, today: int) -> None:
    for course in list(world.courses.values()):
        if course.end > today:
            start = today + 3 * DAY + 14 * 3600
            title = f"{course.code} live seminar"
            number = next_id(world.events)
            world.add(
                CalendarEvent(number, title, start, start + 5400, "course", course.id)
            )
