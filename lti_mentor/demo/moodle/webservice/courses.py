"""Courses and what stands in them."""

import json
from typing import Any

from lti_mentor.demo.moodle.roles import SITE
from lti_mentor.demo.moodle.webservice import completion
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Function
from lti_mentor.demo.rows import Activity, Course
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

CATEGORY, CATEGORY_ID = "Leadership Academy", 2
"""The one category all courses are in."""
PURPOSES = {"page": "content", "url": "content", "forum": "collaboration"}
"""What kinds of activity are for; quizzes and assignments assess."""
PLURALS = {
    "page": "Pages",
    "url": "URLs",
    "assign": "Assignments",
    "quiz": "Quizzes",
    "forum": "Forums",
    "lti": "External tools",
}
"""Kinds of activity as headings."""
FILTERS = ["displayh5p", "activitynames", "mathjaxloader", "emoticon", "urltolink"]
"""Text filters of the site."""


def brief(course: Course) -> dict[str, Any]:
    """Return a course as in the list of all."""
    site = course.id == SITE
    return {
        "id": course.id,
        "shortname": course.code,
        "categoryid": 0 if site else CATEGORY_ID,
        "fullname": course.title,
        "displayname": course.title,
        "summary": course.summary,
        "summaryformat": 0 if site else 1,
        "format": "site" if site else "topics",
        "startdate": course.start,
        "enddate": course.end,
        **({"numsections": 1} if site else {}),
        "showactivitydates": False,
        "showcompletionconditions": None if site else True,
    }


def list_courses(
    account: Account, options: dict[str, list[int]] | None = None
) -> list[dict[str, Any]]:
    """Return all courses, or those of these ids."""
    wanted = (options or {}).get("ids")
    found = [] if account.is_bare else list(here().world.courses.values())
    return [brief(row) for row in found if not wanted or row.id in wanted]


def by_field(account: Account, field: str = "", value: str = "") -> dict[str, Any]:
    """Return courses by id, ids, shortname, idnumber or category.

    An account without rights gets fewer fields, no error (measured).
    """
    found = [row for row in list(here().world.courses.values()) if row.id != SITE]
    if field in ("id", "ids"):
        wanted = value.split(",")
        found = [row for row in found if str(row.id) in wanted]
    elif field == "category":
        found = found if value == str(CATEGORY_ID) else []
    elif field:
        name = {"shortname": "code"}.get(field, field)
        found = [row for row in found if getattr(row, name, None) == value]
    shape = _public if account.is_bare else _whole
    return {"courses": [shape(row) for row in found], "warnings": []}


def _public(course: Course) -> dict[str, Any]:
    world = here().world
    teachers = rows(world.enrolments, course=course.id, role="instructor")
    return {
        "id": course.id,
        "fullname": course.title,
        "displayname": course.title,
        "shortname": course.code,
        "courseimage": f"{here().url}/pluginfile.php/{course.id}/course.svg",
        "categoryid": CATEGORY_ID,
        "categoryname": CATEGORY,
        "sortorder": 20000 + course.id,
        "summary": course.summary,
        "summaryformat": 1,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "contacts": [
            {"id": row.person, "fullname": world.people[row.person].name}
            for row in teachers
        ],
        "enrollmentmethods": ["manual"],
    }


def _whole(course: Course) -> dict[str, Any]:
    filters = [
        {"filter": name, "localstate": 0, "inheritedstate": 1} for name in FILTERS
    ]
    return {
        **_public(course),
        "format": "topics",
        "showgrades": 1,
        "newsitems": 0,
        "startdate": course.start,
        "enddate": course.end,
        "maxbytes": 0,
        "showreports": 0,
        "visible": int(course.visible),
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": 1,
        "completionnotify": 0,
        "lang": "",
        "theme": "",
        "marker": 0,
        "filters": filters,
        "courseformatoptions": [
            {"name": "hiddensections", "value": 1},
            {"name": "coursedisplay", "value": 0},
            {"name": "indentation", "value": "1"},
        ],
    }


def contents(
    account: Account, courseid: int, options: list[dict[str, str]] | None = None
) -> list[dict[str, Any]]:
    """Return sections with their activities; completion is the caller's own."""
    course = account.course(courseid)
    asked = {option["name"]: option["value"] for option in options or []}
    shown = account.activities(course.id)
    for option, name in (("modname", "kind"), ("cmid", "id")):
        if option in asked:
            shown = [row for row in shown if str(getattr(row, name)) == asked[option]]
    bare = asked.get("excludecontents") in ("1", "true")
    titles = course.sections or {0: "General"}
    return [
        {
            "id": course.id * 10 + number,
            "name": title,
            "visible": 1,
            "summary": "",
            "summaryformat": 1,
            "section": number,
            "hiddenbynumsections": 0,
            "uservisible": True,
            "component": None,
            "itemid": None,
            "modules": [
                _module(account, row, bare=bare)
                for row in shown
                if row.section == number
            ],
        }
        for number, title in titles.items()
    ]


def _module(account: Account, activity: Activity, *, bare: bool) -> dict[str, Any]:
    kind = activity.kind
    due = {"label": "Due:", "timestamp": activity.due, "dataid": "duedate"}
    module = {
        "id": activity.id,
        "url": f"{here().url}/mod/{kind}/view.php?id={activity.id}",
        "name": activity.title,
        "instance": activity.instance,
        "contextid": 80 + activity.id,
        "visible": int(activity.visible),
        "uservisible": True,
        "visibleoncoursepage": int(not activity.stealth),
        "modicon": f"{here().url}/theme/image.php/boost/{kind}/1/monologo?filtericon=1",
        "modname": kind,
        "purpose": "other" if kind == "lti" else PURPOSES.get(kind, "assessment"),
        "branded": False,
        "modplural": PLURALS.get(kind, kind.title()),
        "availability": None,
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": json.dumps({"duedate": activity.due} if activity.due else ""),
        "noviewlink": False,
        "completion": completion.TRACKING[activity.completes],
        "completiondata": completion.state_of(
            activity, account.person.id, tracked=False
        ),
        "downloadcontent": 1,
        "dates": [due] if activity.due and kind == "assign" else [],
        "groupmode": 0,
    }
    if activity.idnumber:
        module["idnumber"] = activity.idnumber
    if kind in ("page", "url") and not bare:
        module |= _files(activity)
    return module


def _files(activity: Activity) -> dict[str, Any]:
    file = {
        "type": "file" if activity.kind == "page" else "url",
        "filename": "index.html" if activity.kind == "page" else activity.title,
        "filepath": "/" if activity.kind == "page" else None,
        "filesize": 0,
        "fileurl": f"{here().url}/webservice/pluginfile.php/{activity.id}/index.html",
        "timecreated": None,
        "timemodified": 0,
        "sortorder": 1 if activity.kind == "page" else None,
        "userid": None,
        "author": None,
        "license": None,
    }
    info = {"filescount": 1, "filessize": 0, "lastmodified": 0}
    return {
        "contents": [file],
        "contentsinfo": info | {"mimetypes": [], "repositorytype": ""},
    }


def categories(_account: Account) -> list[dict[str, Any]]:
    """Return the categories: Moodle's first, and the one that is used."""
    names = ["Category 1", CATEGORY]
    used = len(here().world.courses) - 1
    return [
        {
            "id": number,
            "name": name,
            "description": "",
            "descriptionformat": 1,
            "parent": 0,
            "sortorder": number * 10000,
            "coursecount": used if name == CATEGORY else 0,
            "depth": 1,
            "path": f"/{number}",
        }
        for number, name in enumerate(names, start=1)
    ]


FUNCTIONS = {
    "core_course_get_courses": Function(list_courses, {"options?": {"ids?": [int]}}),
    "core_course_get_courses_by_field": Function(
        by_field, {"field?": str, "value?": str}
    ),
    "core_course_get_contents": Function(
        contents, {"courseid": int, "options?": [{"name": str, "value": str}]}
    ),
    "core_course_get_categories": Function(
        categories,
        {"criteria?": [{"key": str, "value": str}], "addsubcategories?": bool},
    ),
}
"""What this module answers."""
