"""Competencies over web services: what is asked and what is rated."""

import time
from typing import Any

from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.skills import (
    OUTCOMES,
    STAMPS,
    base,
    card,
    competency,
    course_card,
    evidence,
    framework,
    in_course,
    path,
    rated_in_course,
    summary,
)
from lti_mentor.demo.moodle.webservice.wire import Failed, Function, no_record
from lti_mentor.demo.rows import Course, Proficiency, Skill
from lti_mentor.demo.shell import here


def frameworks(account: Account, **_asked: Any) -> list[dict[str, Any]]:
    """Return the frameworks."""
    return [] if account.is_bare else [framework()]


def competencies(
    account: Account,
    filters: list[dict[str, str]],
    skip: int = 0,
    limit: int = 0,
    **_asked: Any,
) -> list[dict[str, Any]]:
    """Return competencies, by framework or id number, a page at a time."""
    found = [] if account.is_bare else list(here().world.skills.values())
    for each in filters:
        if each["column"] == "idnumber":
            found = [row for row in found if row.idnumber == each["value"]]
    page = found[skip : skip + limit] if limit else found[skip:]
    return [competency(row) for row in page]


def of_course(account: Account, id: int) -> list[dict[str, Any]]:
    """Return a course's competencies."""
    course = account.course(id)
    return [
        {"competency": competency(row), "coursecompetency": in_course(course, row)}
        for row in _taught(course)
    ]


def of_module(account: Account, cmid: int) -> list[dict[str, Any]]:
    """Return the competencies an activity shows: the course's first two."""
    activity = here().world.activities.get(cmid)
    if activity is None:
        raise no_record("course_modules")
    course = account.course(activity.course)
    return [
        {
            "competency": competency(row),
            "coursemodulecompetency": {
                "cmid": cmid,
                "competencyid": row.id,
                "sortorder": course.skills.index(row.id),
                "ruleoutcome": 1,
                "overridegrade": False,
                "id": cmid * 100 + row.id,
                **STAMPS,
            },
        }
        for row in _taught(course)[:2]
    ]


def _taught(course: Course) -> list[Skill]:
    return [here().world.skills[number] for number in course.skills]


def report(
    account: Account, courseid: int, userid: int, **_asked: Any
) -> dict[str, Any]:
    """Return all ratings of one person in one course at once."""
    course = account.course(courseid)
    person = here().world.people[userid]
    return {
        "courseid": course.id,
        "user": card(person),
        "course": course_card(course),
        "usercompetencies": [
            {
                "usercompetencycourse": rated_in_course(course, row, userid),
                "competency": summary(row),
            }
            for row in _taught(course)
        ],
        "pushratingstouserplans": True,
    }


def course_page(account: Account, courseid: int, **_asked: Any) -> dict[str, Any]:
    """Return a course's competency page."""
    course = account.course(courseid)
    taught = _taught(course)
    settings = {"courseid": course.id, "pushratingstouserplans": True, "id": 0}
    statistics = {
        "competencycount": len(taught),
        "proficientcompetencycount": 0,
        "proficientcompetencypercentage": 0,
        "proficientcompetencypercentageformatted": "0.0",
        "leastproficient": [competency(row) for row in taught[:3]],
        "leastproficientcount": len(taught[:3]),
        "canbegradedincourse": False,
        "canmanagecoursecompetencies": False,
    }
    return {
        "courseid": course.id,
        "pagecontextid": course.id + 10,
        "canmanagecompetencyframeworks": False,
        "canmanagecoursecompetencies": False,
        "canconfigurecoursecompetencies": False,
        "cangradecompetencies": True,
        "settings": settings | STAMPS | {"usermodified": 0},
        "statistics": statistics,
        "competencies": [_on_page(course, row) for row in taught],
        "manageurl": None,
        "pluginbaseurl": base(),
    }


def _on_page(course: Course, skill: Skill) -> dict[str, Any]:
    options = [
        {"value": value, "text": text, "selected": value == 1}
        for value, text in enumerate(OUTCOMES)
    ]
    return {
        "competency": competency(skill),
        "coursecompetency": in_course(course, skill),
        "coursemodules": [],
        "ruleoutcomeoptions": options,
        "comppath": path(),
        "plans": [],
    }


def grade_in_course(
    account: Account,
    courseid: int,
    userid: int,
    competencyid: int,
    grade: int,
    note: str = "",
) -> dict[str, Any]:
    """Rate somebody in a course; grade is the level's place in the scale.

    Raises:
        Failed: codingerror, when the person is not in the course.
    """
    course = account.course(courseid)
    if (courseid, userid) not in here().world.enrolments:
        words = "The competency may not be rated at this time."
        raise coding_error(words)
    row = _rate(competencyid, userid, courseid, grade, note)
    return evidence(account.person, row, f'"Course: {course.title}"')


def grade_everywhere(
    account: Account, userid: int, competencyid: int, grade: int, note: str = ""
) -> dict[str, Any]:
    """Rate somebody outside any course."""
    row = _rate(competencyid, userid, 1, grade, note)
    return evidence(account.person, row, None)


def coding_error(words: str) -> Failed:
    """Return the error of a rating that cannot be."""
    lead = "Coding error detected, it must be fixed by a programmer: "
    return Failed("core\\exception\\coding_exception", "codingerror", lead + words)


def _rate(skill: int, person: int, course: int, level: int, note: str) -> Proficiency:
    world = here().world
    if skill not in world.skills or person not in world.people:
        raise coding_error("The competency may not be rated at this time.")
    row = Proficiency(skill, person, course, level, int(time.time()), note)
    with world.change():
        world.add(row)
    return row


RATING = {"userid": int, "competencyid": int, "grade": int, "note?": str}
"""What a rating takes."""
FUNCTIONS = {
    "core_competency_list_competency_frameworks": Function(
        frameworks,
        {
            "context": {
                "contextid?": int,
                "contextlevel?": str,
                "instanceid?": int,
            },
            "sort?": str,
            "order?": str,
            "skip?": int,
            "limit?": int,
            "includes?": str,
            "onlyvisible?": bool,
            "query?": str,
        },
    ),
    "core_competency_list_competencies": Function(
        competencies,
        {
            "filters": [{"column": str, "value": str}],
            "sort?": str,
            "order?": str,
            "skip?": int,
            "limit?": int,
        },
    ),
    "core_competency_list_course_competencies": Function(of_course, {"id": int}),
    "core_competency_list_course_module_competencies": Function(
        of_module, {"cmid": int}
    ),
    "core_competency_grade_competency": Function(grade_everywhere, RATING),
    "core_competency_grade_competency_in_course": Function(
        grade_in_course, {"courseid": int, **RATING}
    ),
    "report_competency_data_for_report": Function(
        report, {"courseid": int, "userid": int, "moduleid": int}
    ),
    "tool_lp_data_for_course_competencies_page": Function(
        course_page, {"courseid": int, "moduleid?": int}
    ),
}
"""What this module answers."""
