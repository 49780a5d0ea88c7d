"""Competencies: frameworks, what courses teach, how people were rated."""

import json
from datetime import UTC, datetime
from typing import Any

from lti_mentor.demo.moodle.webservice import users
from lti_mentor.demo.moodle.webservice.courses import CATEGORY
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
