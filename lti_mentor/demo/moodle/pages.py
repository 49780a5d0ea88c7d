"""Moodle's pages for everybody: home, courses, grades, calendar, messages."""

import time
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.roles import (
    SITE,
    may_edit,
    may_enter,
    may_grade,
    may_see,
)
from lti_mentor.demo.moodle.webservice.skills import rating, spoken
from lti_mentor.demo.rows import Activity, Course, Person, Score
from lti_mentor.demo.shell import campus, here, me
from lti_mentor.demo.world import rows

routes = Blueprint("pages", __name__)

HUB = "mentor-hub"
"""The ID number by which the navigation plugin finds a course's hidden hub."""
TEACHING = {"instructor": "Teacher", "assistant": "Non-editing teacher"}
"""Roles as the list of participants names them."""


class SignIn(Exception):
    """A page that is for somebody, asked by nobody."""


class NotEnrolled(Exception):
    """A course's page, asked by somebody who is not in it."""

    def __init__(self, course: int) -> None:
        super().__init__(course)
        self.course = course


@routes.app_errorhandler(SignIn)
def sign_in(_error: SignIn) -> Response:
    """Send a visitor to where one becomes somebody."""
    return redirect(campus().portal_url or "/")


@routes.app_errorhandler(NotEnrolled)
def not_enrolled(error: NotEnrolled) -> Response:
    """Send somebody who is not in the course to its enrolment page."""
    return redirect(f"/enrol/index.php?id={error.course}", 303)


@routes.app_template_filter("moment")
def moment(seconds: int) -> str:
    """Write a moment as Moodle does."""
    return spoken(seconds) if seconds else ""


@routes.app_template_filter("grade")
def grade(value: float | None) -> str:
    """Write a grade, a dash where there is none."""
    return "-" if value is None else f"{value:.2f}"


def somebody() -> Person:
    """Return who is signed in.

    Raises:
        SignIn: Nobody is.
    """
    person = me()
    if person is None:
        raise SignIn
    return person


def asked_course(name: str = "id") -> Course:
    """Return the course the page is about.

    Raises:
        SignIn: Nobody is signed in.
        NotEnrolled: The visitor is not in the course.
    """
    person, number = somebody(), request.values.get(name, SITE, type=int)
    course = here().world.courses.get(number)
    if course is None or not may_enter(here().world, course, person):
        raise NotEnrolled(number)
    return course


def page(template: str, course: Course | None = None, **values: Any) -> str:
    """Render a page with the course's navigation."""
    person, world = me(), here().world
    shown: dict[str, Any] = {"course": course, **values}
    if course:
        hubs = rows(world.activities, course=course.id, idnumber=HUB)
        shown["hub"] = hubs[0] if hubs else None
        shown["edits"] = may_edit(world, course.id, person)
        shown["grades"] = may_grade(world, course.id, person)
    return render_template(f"moodle/{template}.html", **shown)


def home() -> str:
    """Show the site home: its activities and the visitor's courses."""
    person, world = me(), here().world
    site = world.courses[SITE]
    mine = [row for row in list(world.courses.values()) if row.id != SITE]
    if person and not (person.admin or person.manager):
        mine = [row for row in mine if may_enter(world, row, person)]
    shown = person and [row for row in _listed(site) if may_see(world, row, person)]
    courses = [(row, person and _progress(row, person)) for row in mine]
    return page("home", site, activities=shown or [], courses=courses)


def _progress(course: Course, person: Person) -> int | None:
    place = here().world.enrolments.get((course.id, person.id))
    if place is None or place.role != "learner":
        return None
    return round(gradebook.progress(here().world, course.id, person.id))


def _listed(course: Course) -> list[Activity]:
    found = rows(here().world.activities, course=course.id)
    return [row for row in found if not row.stealth]


@routes.get("/course/view.php")
def course_page() -> str | Response:
    """Show a course: its sections, activities and what is done."""
    course, person, world = asked_course(), somebody(), here().world
    if course.id == SITE:
        return redirect("/")
    if not course.visible and not may_grade(world, course.id, person):
        return error_page("Sorry, this course is currently hidden", 403)
    done = {
        row.id for row in _listed(course) if gradebook.is_done(world, row.id, person.id)
    }
    sections = [
        (number, title, [row for row in _listed(course) if row.section == number])
        for number, title in (course.sections or {0: "General"}).items()
    ]
    place = world.enrolments.get((course.id, person.id))
    completed = (course.id, person.id) in world.course_completions
    return page(
        "course", course, sections=sections, done=done, place=place, completed=completed
    )


@routes.get("/enrol/index.php")
def enrol() -> tuple[str, int] | str:
    """Tell that one cannot enrol oneself."""
    course = here().world.courses.get(request.args.get("id", 0, type=int))
    return page("enrol", None, title=course.title if course else "")


@routes.get("/user/index.php")
def participants() -> str:
    """List who is in the course."""
    course, world = asked_course(), here().world
    places = sorted(
        rows(world.enrolments, course=course.id),
        key=lambda row: (row.role == "learner", world.people[row.person].family),
    )
    listed = [
        (world.people[row.person], TEACHING.get(row.role, "Student"), row)
        for row in places
    ]
    listed = [
        (a, "Teaching assistant" if r.role == "ta" else b, r) for a, b, r in listed
    ]
    return page("participants", course, listed=listed)


@routes.get("/grade/report/grader/index.php")
def grader() -> str:
    """Show everybody's grades to who teaches."""
    course, world = asked_course(), here().world
    if not may_grade(world, course.id, me()):
        raise NotEnrolled(course.id)
    learners = [
        world.people[row.person]
        for row in rows(world.enrolments, course=course.id, role="learner")
    ]
    learners.sort(key=lambda row: (row.family, row.given))
    items = rows(world.grade_items, course=course.id)
    totals = {row.id: gradebook.total(world, course.id, row.id) for row in learners}
    return page("grader", course, learners=learners, items=items, totals=totals)


@routes.post("/grade/report/grader/index.php")
def give_grade() -> Response:
    """Let a teacher write one grade by hand."""
    course, world, given = asked_course(), here().world, request.form
    if not may_grade(world, course.id, me()):
        raise NotEnrolled(course.id)
    text = given.get("value", "").strip()
    score = Score(
        item=int(given["item"]),
        person=int(given["person"]),
        value=float(text) if text else None,
        at=int(time.time()),
        source="teacher",
    )
    with world.change():
        gradebook.write(world, score)
    return redirect(url_for("pages.grader", id=course.id))


@routes.get("/grade/report/user/index.php")
def my_grades() -> str:
    """Show one's own grades."""
    course, person, world = asked_course(), somebody(), here().world
    cells = [
        (item, world.scores.get((item.id, person.id)))
        for item in rows(world.grade_items, course=course.id)
    ]
    total = gradebook.total(world, course.id, person.id)
    return page("grades", course, cells=cells, total=total)


@routes.get("/admin/tool/lp/coursecompetencies.php")
def competencies() -> str:
    """Show the course's competencies and one's own level in each."""
    course, person = asked_course("courseid"), somebody()
    skills = [here().world.skills[number] for number in course.skills]
    rated = [(row, rating(row, person.id)) for row in skills]
    return page("competencies", course, rated=rated)


@routes.get("/calendar/view.php")
def calendar() -> str:
    """Show what is coming in one's courses, groups and one's own calendar."""
    person, world = somebody(), here().world
    courses = {row.course for row in rows(world.enrolments, person=person.id)}
    groups = {row.id for row in world.groups.values() if person.id in row.people}
    shown = [
        row
        for row in list(world.events.values())
        if (row.kind != "user" or row.person == person.id)
        and (row.kind != "course" or row.course in courses)
        and (row.kind != "group" or row.group in groups)
    ]
    shown.sort(key=lambda row: row.start)
    return page("calendar", events=shown)


@routes.get("/message/index.php")
def messages() -> str:
    """Show the messages one got."""
    person, world = somebody(), here().world
    got = [
        (row, world.people[row.sender])
        for row in rows(world.messages, recipient=person.id)
    ]
    return page("messages", messages=got[::-1])
