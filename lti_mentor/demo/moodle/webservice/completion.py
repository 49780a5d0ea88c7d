"""Completion of activities and courses."""

from typing import Any

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import (
    MISSING_RECORD,
    MOODLE,
    Failed,
    Function,
    no_record,
)
from lti_mentor.demo.rows import Activity
from lti_mentor.demo.shell import here

TRACKING = {"none": 0, "manual": 1, "view": 2, "grade": 2, "pass": 2}
"""Moodle's numbers for how an activity is tracked."""
RULES = {
    "view": [("completionview", "View")],
    "grade": [("completionusegrade", "Receive a grade")],
    "pass": [
        ("completionusegrade", "Receive a grade"),
        ("completionpassgrade", "Receive a passing grade"),
    ],
}
"""What each way of completing shows as its conditions."""
REQUIREMENTS = {
    "manual": "Marking yourself complete",
    "grade": "Achieving grade",
    "pass": "Achieving grade, Achieving passing grade",
}
"""What the course's completion says of an activity; viewing names its kind."""


def state_of(
    activity: Activity, person: int, *, tracked: bool = True
) -> dict[str, Any]:
    """Return one person's state in one activity."""
    row = here().world.completions.get((activity.id, person))
    state = row.state if row else 0
    met = int(state in (1, 2))
    details = [
        {"rulename": rule, "rulevalue": {"status": met, "description": words}}
        for rule, words in RULES.get(activity.completes, [])
    ]
    return {
        "state": state,
        "timecompleted": row.at if row else 0,
        "overrideby": row.override_by if row else None,
        "valueused": False,
        "hascompletion": activity.completes != "none",
        "isautomatic": TRACKING[activity.completes] == 2,
        "istrackeduser": tracked,
        "uservisible": True,
        "details": details,
        "isoverallcomplete": bool(met),
    }


def activities(account: Account, courseid: int, userid: int) -> dict[str, Any]:
    """Return one person's state in all activities the account sees."""
    account.course(courseid)
    _person(userid)
    statuses = [
        {
            "cmid": row.id,
            "modname": row.kind,
            "instance": row.instance,
            "tracking": TRACKING[row.completes],
            **state_of(row, userid),
        }
        for row in account.activities(courseid)
        if row.completes != "none"
    ]
    return {"statuses": statuses, "warnings": []}


def course(account: Account, courseid: int, userid: int) -> dict[str, Any]:
    """Return one person's completion of one course.

    Raises:
        Failed: usernotenroled (also for an expired enrolment), nocriteriaset.
    """
    found, world = account.course(courseid), here().world
    _person(userid)
    if not found.criteria:
        words = "No completion criteria set for this course"
        raise Failed(MOODLE, "nocriteriaset", words)
    place = world.enrolments.get((courseid, userid))
    if place is None or place.status == "expired":
        words = "User is not enrolled in this course"
        raise Failed(MOODLE, "usernotenroled", words)
    status = {
        "completed": (courseid, userid) in world.course_completions,
        "aggregation": 1,
        "completions": [
            _criterion(world.activities[number], userid) for number in found.criteria
        ],
    }
    return {"completionstatus": status, "warnings": []}


def _criterion(activity: Activity, person: int) -> dict[str, Any]:
    done = gradebook.is_done(here().world, activity.id, person)
    row = here().world.completions.get((activity.id, person))
    address = f"{here().url}/mod/{activity.kind}/view.php?id={activity.id}"
    viewing = f"Viewing the {activity.kind}"
    return {
        "type": 4,
        "title": "Activity completion",
        "status": "Yes" if done else "No",
        "complete": done,
        "timecompleted": row.at if done and row else None,
        "details": {
            "type": "Activity completion",
            "criteria": f'<a href="{address}">{activity.title}</a>',
            "requirement": REQUIREMENTS.get(activity.completes, viewing),
            "status": "",
        },
    }


def override(account: Account, userid: int, cmid: int, newstate: int) -> dict[str, Any]:
    """Set somebody's state, of automatic activities too; says by whom."""
    world, activity = here().world, _activity(account, cmid)
    with world.change():
        row = gradebook.complete(
            world, activity, userid, newstate, override_by=account.person.id
        )
    return {
        "cmid": cmid,
        "userid": userid,
        "state": row.state,
        "timecompleted": row.at,
        "overrideby": row.override_by,
        "tracking": TRACKING[activity.completes],
    }


def tick(account: Account, cmid: int, completed: bool) -> dict[str, Any]:  # noqa: FBT001
    """Set the caller's own state of a self-marked activity."""
    world, activity = here().world, _activity(account, cmid)
    with world.change():
        gradebook.complete(world, activity, account.person.id, int(completed))
    return {"status": True, "warnings": []}


def self_complete(account: Account, courseid: int) -> dict[str, Any]:
    """Refuse: the integration account is not a learner of the course."""
    account.course(courseid)
    words = "You are currently not being tracked by completion in this course"
    raise Failed(MOODLE, "nottracked", words)


def _activity(account: Account, number: int) -> Activity:
    activity = here().world.activities.get(number)
    if activity is None:
        raise no_record("course_modules")
    account.course(activity.course)
    return activity


def _person(number: int) -> None:
    if number not in here().world.people:
        raise Failed(MISSING_RECORD, "invaliduser", "Invalid user")


FUNCTIONS = {
    "core_completion_get_activities_completion_status": Function(
        activities, {"courseid": int, "userid": int}
    ),
    "core_completion_get_course_completion_status": Function(
        course, {"courseid": int, "userid": int}
    ),
    "core_completion_override_activity_completion_status": Function(
        override, {"userid": int, "cmid": int, "newstate": int}
    ),
    "core_completion_update_activity_completion_status_manually": Function(
        tick, {"cmid": int, "completed": bool}
    ),
    "core_completion_mark_course_self_completed": Function(
        self_complete, {"courseid": int}
    ),
}
"""What this module answers."""
