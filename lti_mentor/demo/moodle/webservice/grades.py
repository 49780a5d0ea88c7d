"""The gradebook over web services."""

import time
from typing import Any

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Function, invalid_parameter
from lti_mentor.demo.rows import Course, GradeItem, Score
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import first, rows

OPEN = {
    "gradehiddenbydate": False,
    "gradeneedsupdate": False,
    "gradeishidden": False,
    "gradeislocked": False,
    "gradeisoverridden": False,
}
"""Nothing in this gradebook is hidden or locked."""


def user_items(
    account: Account, courseid: int, userid: int = 0, groupid: int = 0
) -> dict[str, Any]:
    """Return the grades of one learner, or with userid 0 of all.

    Without `mod/*:view` the columns of activities are missing (measured).
    """
    course = account.course(courseid)
    items = _items(account, course)
    people = [userid] if userid else _learners(courseid, groupid)
    return {
        "usergrades": [_user(course, items, person) for person in people],
        "warnings": [],
    }


def _items(account: Account, course: Course) -> list[GradeItem]:
    seen = {row.id for row in account.activities(course.id)}
    found = rows(here().world.grade_items, course=course.id)
    return [row for row in found if row.activity is None or row.activity in seen]


def _learners(course: int, group: int) -> list[int]:
    places = rows(
        here().world.enrolments, course=course, role="learner", status="active"
    )
    members = here().world.groups[group].people if group else []
    return [row.person for row in places if not group or row.person in members]


def _user(course: Course, items: list[GradeItem], number: int) -> dict[str, Any]:
    person = here().world.people[number]
    return {
        "courseid": course.id,
        "courseidnumber": course.idnumber,
        "userid": person.id,
        "userfullname": person.name,
        "useridnumber": person.idnumber,
        "maxdepth": 2,
        "gradeitems": [
            *(_cell(item, person.id) for item in items),
            _total(course, items, person.id),
        ],
    }


def _cell(item: GradeItem, person: int) -> dict[str, Any]:
    score = here().world.scores.get((item.id, person))
    value = score.value if score else None
    activity = here().world.activities.get(item.activity or 0)
    status = {"status": "novalue"} if value is None else {}
    return {
        "id": item.id,
        "itemname": item.label,
        "itemtype": "mod" if activity else "manual",
        "itemmodule": activity.kind if activity else None,
        "iteminstance": activity.instance if activity else None,
        "itemnumber": 0,
        "idnumber": None,
        "categoryid": 1,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        **({"cmid": activity.id} if activity else {}),
        "weightraw": 0,
        "weightformatted": "0.00 %",
        **status,
        **_value(value, item.maximum),
        "gradedatesubmitted": None,
        "gradedategraded": score.at if score and value is not None else None,
        **OPEN,
        "feedback": score.comment if score else "",
        "feedbackformat": 2,
    }


def _value(value: float | None, maximum: float) -> dict[str, Any]:
    top = gradebook.plain(maximum)
    share = 100 * (value or 0) / maximum if maximum else 0
    return {
        "graderaw": None if value is None else gradebook.plain(value),
        "gradeformatted": "-" if value is None else f"{value:.2f}",
        "grademin": 0,
        "grademax": top,
        "rangeformatted": f"0&ndash;{top}",
        "percentageformatted": "-" if value is None else f"{share:.2f} %",
    }


def _total(course: Course, items: list[GradeItem], person: int) -> dict[str, Any]:
    value = gradebook.total(here().world, course.id, person)
    maximum = sum(item.maximum for item in items)
    return {
        "id": 10000 + course.id,
        "itemname": None,
        "itemtype": "course",
        "itemmodule": None,
        "iteminstance": course.id,
        "itemnumber": None,
        "idnumber": None,
        "categoryid": None,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        **_value(value, maximum),
        "gradedatesubmitted": None,
        "gradedategraded": gradebook.total_changed(here().world, course.id, person),
        **OPEN,
        "feedback": "",
        "feedbackformat": 2,
    }


def overview(account: Account, userid: int) -> dict[str, Any]:
    """Return somebody's final grade in each course."""
    places = [] if account.is_bare else rows(here().world.enrolments, person=userid)
    grades = []
    for place in reversed(places):
        value = gradebook.total(here().world, place.course, userid)
        grades.append(
            {
                "courseid": place.course,
                "grade": "-" if value is None else f"{value:.2f}",
                "rawgrade": None if value is None else f"{value:.5f}",
            }
        )
    return {"grades": grades, "warnings": []}


def columns(account: Account, courseid: int) -> dict[str, Any]:
    """Return a course's columns; their ids are strings here."""
    course = account.course(courseid)
    items = [
        {"id": str(row.id), "itemname": row.label, "category": course.title}
        for row in rows(here().world.grade_items, course=courseid)
    ]
    return {"gradeItems": items, "warnings": []}


def update(
    account: Account,
    courseid: int,
    component: str,
    activityid: int,
    grades: list[dict[str, Any]] | None = None,
    **_asked: Any,
) -> int:
    """Write grades of one activity, named by its course module; 0 is well done.

    Completes the activity for each learner, as a grade by LTI does (measured).
    """
    account.course(courseid)
    world = here().world
    activity = world.activities.get(activityid)
    item = first(world.grade_items, activity=activityid)
    if activity is None or item is None or component != f"mod_{activity.kind}":
        raise invalid_parameter()
    now = int(time.time())
    with world.change():
        for each in grades or []:
            comment = each.get("str_feedback", "")
            gradebook.write(
                world,
                Score(item.id, each["studentid"], each["grade"], now, comment, "ws"),
            )
    return 0


def assignment_grades(account: Account, assignmentids: list[int]) -> dict[str, Any]:
    """Return grades given within assignments; those without any are warnings."""
    world = here().world
    found, warnings = [], []
    for number in assignmentids:
        activity = first(world.activities, kind="assign", instance=number)
        item = first(world.grade_items, activity=activity.id) if activity else None
        scores = rows(world.scores, item=item.id) if item else []
        scores = [row for row in scores if row.source == "assign"]
        if not scores:
            words = {"warningcode": "3", "message": "No grades found"}
            warnings.append({"item": "assignment", "itemid": number} | words)
            continue
        found.append(
            {"assignmentid": number, "grades": [_given(row) for row in scores]}
        )
    return {"assignments": [] if account.is_bare else found, "warnings": warnings}


def _given(score: Score) -> dict[str, Any]:
    return {
        "id": score.item * 1000 + score.person,
        "userid": score.person,
        "attemptnumber": 0,
        "timecreated": score.at,
        "timemodified": score.at,
        "grader": 2,
        "grade": f"{score.value:.5f}",
    }


GRADE = {"studentid": int, "grade": float, "str_feedback?": str}
"""One grade of a bulk write."""
FUNCTIONS = {
    "gradereport_user_get_grade_items": Function(
        user_items, {"courseid": int, "userid?": int, "groupid?": int}
    ),
    "gradereport_overview_get_course_grades": Function(overview, {"userid": int}),
    "core_grades_get_gradeitems": Function(columns, {"courseid": int}),
    "core_grades_update_grades": Function(
        update,
        {
            "source": str,
            "courseid": int,
            "component": str,
            "activityid": int,
            "itemnumber": int,
            "grades?": [GRADE],
            "itemdetails?": {"itemname?": str, "grademax?": float, "deleted?": bool},
        },
    ),
    "mod_assign_get_grades": Function(
        assignment_grades, {"assignmentids": [int], "since?": int}
    ),
}
"""What this module answers."""
