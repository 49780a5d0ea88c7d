"""Skills: outcomes, who reached what, and in which section.

Source: Canvas app/controllers/outcome_results_controller.rb,
lib/api/v1/outcome_results.rb, lib/api/v1/outcome.rb.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import Refused, gone, listed
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.paging import answer, asked_page, asked_size, link, paged
from lti_mentor.demo.canvas.rest.access import (
    blueprint,
    caller,
    course_at,
    includes,
    unauthorized,
)
from lti_mentor.demo.canvas.sections import sections_of
from lti_mentor.demo.canvas.times import iso
from lti_mentor.demo.rows import Course, Person, Proficiency, Skill

routes = blueprint("outcomes")

NOT_ALLOWED = "users not specified and no access to all grades"
"""403 for a learner's token that does not name itself."""


@routes.get("/courses/<course_id>/outcome_rollups")
def rollups(course_id: str) -> Response:
    """List scores per person and section; pages are by person.

    A learner in two sections has two rows, so rows are not people.
    """
    course, institution = course_at(course_id), canvas()
    if request.args.get("aggregate") and includes("users"):
        raise listed(400, "can't include users with aggregate rollups")
    people = _people(institution, course)
    page, headers = paged(people)
    body: dict[str, Any] = {
        "rollups": [
            row for person in page for row in _rollups(institution, course, person)
        ],
        "meta": {"pagination": _pagination(len(people))},
    }
    linked: dict[str, Any] = {}
    if includes("outcomes"):
        linked["outcomes"] = [outcome(course, one) for one in _skills(course)]
    if includes("users"):
        linked["users"] = [_linked_user(institution, person) for person in page]
    if includes("outcome_groups"):
        linked["outcome_groups"] = [_group(course)]
    if linked:
        body["linked"] = linked
    response = jsonify(body)
    response.headers.update(headers)
    return response


@routes.get("/courses/<course_id>/outcome_results")
def results(course_id: str) -> Response:
    """List single results."""
    course, institution = course_at(course_id), canvas()
    people = {person.id for person in _people(institution, course)}
    wanted = {skill.id for skill in _skills(course)}
    found = [
        row
        for row in institution.world.proficiencies.values()
        if row.course == course.id and row.person in people and row.skill in wanted
    ]
    page, headers = paged(found)
    shown = [_result(row) for row in page]
    response = jsonify({"outcome_results": shown, "linked": {}})
    response.headers.update(headers)
    return response


@routes.get("/courses/<course_id>/outcome_groups")
def groups(course_id: str) -> Response:
    """List the groups: one, the course's own."""
    return answer([_group(course_at(course_id))])


@routes.get("/courses/<course_id>/outcome_group_links")
def group_links(course_id: str) -> Response:
    """List which outcome is in which group; in full when asked."""
    course = course_at(course_id)
    full = request.args.get("outcome_style") == "full"
    return answer([_link(course, one, full=full) for one in _skills(course)])


@routes.get("/courses/<course_id>/outcome_groups/<int:id>/outcomes")
def in_group(course_id: str, id: int) -> Response:
    """List the outcomes of a group."""
    course = course_at(course_id)
    if id != _group(course)["id"]:
        raise gone()
    return answer([_link(course, one, full=False) for one in _skills(course)])


@routes.get("/outcomes/<int:id>")
def show(id: int) -> Response:
    """Return one outcome."""
    skill = canvas().world.skills.get(id)
    courses = [
        course for course in canvas().world.courses.values() if id in course.skills
    ]
    if skill is None or not courses:
        raise gone()
    return jsonify(outcome(courses[0], skill))


@routes.get("/courses/<course_id>/outcomes/<int:outcome_id>/contributing_scores")
def contributing(course_id: str, outcome_id: int) -> Response:
    """Say which assignments gave the scores of an outcome."""
    course, institution = course_at(course_id), canvas()
    skill = institution.world.skills.get(outcome_id)
    if skill is None:
        raise gone()
    people = {person.id for person in _people(institution, course)}
    scores = [
        {"user_id": row.person, "alignment_id": "D_1", "score": float(row.level)}
        for row in institution.world.proficiencies.values()
        if (row.course, row.skill) == (course.id, skill.id) and row.person in people
    ]
    told = {"id": skill.id, "title": skill.title}
    return jsonify(outcome=told, alignments=[], scores=scores)


def outcome(course: Course, skill: Skill) -> dict[str, Any]:
    """Return an outcome; its levels are ratings, highest first."""
    ratings = [
        {"description": name, "points": points}
        for points, name in enumerate(skill.levels, 1)
    ]
    return {
        "id": skill.id,
        "title": skill.title,
        "display_name": None,
        "context_type": "Course",
        "context_id": course.id,
        "vendor_guid": skill.guid or None,
        "url": f"/api/v1/outcomes/{skill.id}",
        "can_edit": canvas().is_staff(course.id, caller()),
        "description": skill.description,
        "calculation_method": "decaying_average",
        "calculation_int": 65,
        "points_possible": len(skill.levels),
        "mastery_points": skill.mastery,
        "ratings": ratings[::-1],
        "assessed": True,
        "alignments": [],
    }


def _skills(course: Course) -> list[Skill]:
    asked = request.args.getlist("outcome_ids[]")
    found = [canvas().world.skills[number] for number in course.skills]
    return [one for one in found if not asked or str(one.id) in asked]


def _people(institution: Institution, course: Course) -> list[Person]:
    """Return whose results are asked; without all grades only oneself or observees."""
    learners = sorted(institution.learners(course.id), key=lambda one: one.id)
    asked = request.args.getlist("user_ids[]")
    unknown = set(asked) - {str(one.id) for one in learners}
    if institution.is_grader(course.id, caller()):
        if unknown:
            raise listed(400, "can only include id's of users in the specified context")
        return [one for one in learners if not asked or str(one.id) in asked]
    if not asked:
        raise Refused(403, {"message": NOT_ALLOWED})
    watched = institution.store.observed.get(f"{course.id} {caller().id}", [])
    allowed = {str(number) for number in [*watched, caller().id]}
    if not set(asked) <= allowed:
        raise unauthorized()
    return [one for one in learners if str(one.id) in asked]


def _rollups(
    institution: Institution, course: Course, person: Person
) -> list[dict[str, Any]]:
    """Return a row per section; ids in `links` are strings."""
    scores = []
    for skill in _skills(course):
        row = institution.world.proficiencies.get((skill.id, person.id, course.id))
        if row:
            scores.append(_score(skill, row))
    enrolment = institution.world.enrolments[course.id, person.id]
    return [
        {
            "scores": scores,
            "links": {"user": str(person.id), "section": str(section)},
        }
        for section in sections_of(institution, enrolment)
    ]


def _score(skill: Skill, row: Proficiency) -> dict[str, Any]:
    return {
        "score": float(row.level),
        "title": skill.title,
        "submitted_at": iso(row.at),
        "count": 1,
        "hide_points": False,
        "links": {"outcome": str(skill.id)},
    }


def _result(row: Proficiency) -> dict[str, Any]:
    skill = canvas().world.skills[row.skill]
    return {
        "id": row.course * 1_000_000 + row.person * 100 + row.skill,
        "score": float(row.level),
        "mastery": row.level >= skill.mastery,
        "possible": float(len(skill.levels)),
        "percent": row.level / len(skill.levels),
        "submitted_or_assessed_at": iso(row.at),
        "hidden": False,
        "links": {"user": str(row.person), "learning_outcome": str(row.skill)},
    }


def _linked_user(institution: Institution, person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "name": person.name,
        "display_name": person.name,
        "sortable_name": f"{person.family}, {person.given}",
        "avatar_url": f"{institution.url}/images/messages/avatar-50.png",
    }


def _group(course: Course) -> dict[str, Any]:
    base = f"/api/v1/courses/{course.id}/outcome_groups/{course.id}"
    return {
        "id": course.id,
        "title": course.title,
        "context_type": "Course",
        "context_id": course.id,
        "url": base,
        "outcomes_url": f"{base}/outcomes",
        "can_edit": False,
    }


def _link(course: Course, skill: Skill, *, full: bool) -> dict[str, Any]:
    short = {"id": skill.id, "title": skill.title, "display_name": None}
    return {
        "url": f"{_group(course)['url']}/outcomes/{skill.id}",
        "context_type": "Course",
        "context_id": course.id,
        "assessed": True,
        "outcome_group": _group(course),
        "outcome": outcome(course, skill) if full else short,
    }


def _pagination(count: int) -> dict[str, Any]:
    """Return the paging of the body, beside the Link header."""
    size, page = asked_size(), asked_page()
    pages = max(1, -(-count // size))
    told: dict[str, Any] = {
        "per_page": size,
        "page": page,
        "count": count,
        "page_count": pages,
        "template": link(1, size).replace("page=1&", "page={page}&"),
        "current": link(page, size),
        "first": link(1, size),
        "last": link(pages, size),
    }
    if page < pages:
        told["next"] = link(page + 1, size)
    return told
