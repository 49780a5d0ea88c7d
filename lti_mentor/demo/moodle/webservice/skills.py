"""Competencies: frameworks, what courses teach, how people were rated."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from lti_mentor.demo.moodle.webservice import users
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.courses import CATEGORY
from lti_mentor.demo.moodle.webservice.wire import Failed, Function, no_record
from lti_mentor.demo.rows import Course, Person, Proficiency, Skill
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

SCALE = 3
"""The id of the one scale."""
STAMPS = {"timecreated": 0, "timemodified": 0, "usermodified": 2}
"""When and by whom a row was made; the campus does not keep it."""
OUTCOMES = ["Do nothing", "Attach evidence", "Send for review", "Complete"]
"""What completing a course may do to a competency."""


def base() -> str:
    """Return where Moodle's learning plans live."""
    return here().url + "/admin/tool/lp"


def scale_configuration(skill: Skill) -> str:
    """Return the scale's rule as Moodle keeps it: which levels are proficient."""
    levels: list[dict[str, Any]] = [{"scaleid": str(SCALE)}]
    levels.append({"id": 1, "scaledefault": 1, "proficient": 0})
    levels += [
        {"id": level, "scaledefault": 0, "proficient": 1}
        for level in range(skill.mastery, len(skill.levels) + 1)
    ]
    return json.dumps(levels, separators=(",", ":"))


def competency(skill: Skill) -> dict[str, Any]:
    """Return a competency."""
    return {
        "shortname": skill.title,
        "idnumber": skill.idnumber,
        "description": f"<p>{skill.description}</p>",
        "descriptionformat": 1,
        "sortorder": skill.id - 1,
        "parentid": 0,
        "path": "/0/",
        "ruleoutcome": 0,
        "ruletype": None,
        "ruleconfig": None,
        "scaleid": None,
        "scaleconfiguration": None,
        "competencyframeworkid": 1,
        "id": skill.id,
        **STAMPS,
    }


def framework() -> dict[str, Any]:
    """Return the one framework all competencies are in."""
    skills = list(here().world.skills.values())
    return {
        "shortname": "Workplace Skills",
        "idnumber": "WS",
        "description": "What one learns here to do at work.",
        "descriptionformat": 1,
        "visible": True,
        "scaleid": SCALE,
        "scaleconfiguration": scale_configuration(skills[0]),
        "contextid": 1,
        "taxonomies": "",
        "id": 1,
        **STAMPS,
        "canmanage": False,
        "competenciescount": len(skills),
        "contextname": "System",
        "contextnamenoprefix": "System",
    }


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


def in_course(course: Course, skill: Skill) -> dict[str, Any]:
    """Return how a course holds a competency."""
    return {
        "courseid": course.id,
        "competencyid": skill.id,
        "sortorder": course.skills.index(skill.id),
        "ruleoutcome": 1,
        "id": course.id * 100 + skill.id,
        **STAMPS,
    }


def of_course(account: Account, id: int) -> list[dict[str, Any]]:
    """Return a course's competencies."""
    course = account.course(id)
    return [
        {"competency": competency(row), "coursecompetency": in_course(course, row)}
        for row in _taught(course)
    ]


def _taught(course: Course) -> list[Skill]:
    return [here().world.skills[number] for number in course.skills]


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


def path() -> dict[str, Any]:
    """Return where in the framework a competency stands: at its top."""
    top = {"id": 1, "name": "Workplace Skills", "first": False, "last": False}
    return {
        "ancestors": [],
        "framework": top | {"position": -1},
        "pluginbaseurl": base(),
        "pagecontextid": 1,
        "showlinks": True,
    }


def summary(skill: Skill) -> dict[str, Any]:
    """Return a competency with its framework and scale."""
    return {
        "linkedcourses": [],
        "relatedcompetencies": [],
        "competency": competency(skill),
        "framework": framework(),
        "hascourses": False,
        "hasrelatedcompetencies": False,
        "scaleid": SCALE,
        "scaleconfiguration": scale_configuration(skill),
        "taxonomyterm": "Competency",
        "comppath": path(),
        "pluginbaseurl": base(),
    }


def rating(skill: Skill, person: int, course: int | None = None) -> Proficiency | None:
    """Return the rating of a course, or the latest of any."""
    found = rows(here().world.proficiencies, skill=skill.id, person=person)
    if course is not None:
        found = [row for row in found if row.course == course]
    return max(found, key=lambda row: row.at, default=None)


def rated(skill: Skill, row: Proficiency | None) -> dict[str, Any]:
    """Return a rating's fields: null and "-" where there is none."""
    if row is None:
        values: dict[str, Any] = {"proficiency": None, "grade": None}
        return values | {"gradename": "-", "proficiencyname": "No"}
    good = row.level >= skill.mastery
    return {
        "proficiency": good,
        "grade": row.level,
        "gradename": skill.levels[row.level - 1],
        "proficiencyname": "Yes" if good else "No",
    }


def card(person: Person) -> dict[str, Any]:
    """Return a person as competency pages show them."""
    pictures = users.pictures()
    return {
        "id": person.id,
        "email": person.email,
        "idnumber": person.idnumber,
        "phone1": "",
        "phone2": "",
        "department": "",
        "institution": "",
        "fullname": person.name,
        "identity": person.email,
        "profileurl": f"{here().url}/user/profile.php?id={person.id}",
        "profileimageurl": pictures["profileimageurl"],
        "profileimageurlsmall": pictures["profileimageurlsmall"],
    }


def course_card(course: Course) -> dict[str, Any]:
    """Return a course as competency pages show it."""
    return {
        "id": course.id,
        "fullname": course.title,
        "shortname": course.code,
        "idnumber": course.idnumber,
        "summary": course.summary,
        "summaryformat": 1,
        "startdate": course.start,
        "enddate": course.end,
        "visible": course.visible,
        "showactivitydates": False,
        "showcompletionconditions": True,
        "pdfexportfont": "",
        "fullnamedisplay": course.title,
        "viewurl": f"{here().url}/course/view.php?id={course.id}",
        "courseimage": "data:image/svg+xml;base64,",
        "progress": 0,
        "hasprogress": False,
        "isfavourite": False,
        "hidden": False,
        "showshortname": False,
        "coursecategory": CATEGORY,
    }


def rated_in_course(course: Course, skill: Skill, person: int) -> dict[str, Any]:
    """Return one person's rating in one course."""
    return {
        "userid": person,
        "courseid": course.id,
        "competencyid": skill.id,
        **rated(skill, rating(skill, person, course.id)),
        "id": person * 1000 + skill.id,
        **STAMPS,
    }


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


def evidence(by: Person, row: Proficiency, where: str | None) -> dict[str, Any]:
    """Return a rating as the evidence Moodle keeps of it."""
    skill = here().world.skills[row.skill]
    words = "The competency rating was manually set"
    place = f" in the course '{where.strip(chr(34))}'" if where else ""
    return {
        "usercompetencyid": row.person * 1000 + row.skill,
        "contextid": 12,
        "action": 3,
        "actionuserid": by.id,
        "descidentifier": "evidence_manualoverride" + ("incourse" if where else ""),
        "desccomponent": "core_competency",
        "desca": where,
        "url": None,
        "grade": row.level,
        "note": row.note,
        "id": row.person * 1000 + row.skill,
        "timecreated": row.at,
        "timemodified": row.at,
        "usermodified": by.id,
        "actionuser": card(by),
        "description": f"{words}{place}.",
        "gradename": skill.levels[row.level - 1],
        "userdate": spoken(row.at),
        "candelete": False,
    }


def spoken(seconds: int) -> str:
    """Return a moment as Moodle says it in English and UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    hour = moment.strftime("%I").lstrip("0")
    return f"{moment:%A}, {moment.day} {moment:%B %Y}, {hour}:{moment:%M %p}"


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
