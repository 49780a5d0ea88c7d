"""Reports, tools and xAPI over web services."""

from typing import Any

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.registration import describe
from lti_mentor.demo.moodle.roles import ROLES
from lti_mentor.demo.moodle.webservice import skills
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Failed, Function, no_access
from lti_mentor.demo.rows import Enrolment, ResourceLink, Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

REPORT = 2
"""The id of the report "Mentor sync" the admin has built."""
HEADERS = [
    "ID number",
    "Username",
    "Email address",
    "Course short name",
    "Course ID number",
    "Completed",
    "Student progress",
    "Time completed",
    "Time started",
    "Last access to course",
    "Name",
    "Status",
    "Role name",
]
"""The report's columns; no numeric user id is among them (measured)."""
ROLE_NAMES = {"student": "Student", "teacher": "Non-editing teacher"}
"""Roles as people read them."""


def details() -> dict[str, Any]:
    """Describe the report."""
    world = here().world
    admin = next(row for row in world.people.values() if row.admin)
    return {
        "name": "Mentor sync",
        "source": "core_course\\reportbuilder\\datasource\\participants",
        "type": 0,
        "uniquerows": False,
        "conditiondata": None,
        "settingsdata": None,
        "contextid": 1,
        "component": "",
        "area": "",
        "itemid": 0,
        "usercreated": admin.id,
        "id": REPORT,
        **skills.STAMPS,
        "usermodified": admin.id,
        "sourcename": "Course participants",
        "tags": [],
        "modifiedby": skills.card(admin),
    }


def list_reports(account: Account, **_asked: Any) -> dict[str, Any]:
    """Return the reports the account may see."""
    return {"reports": [] if account.is_bare else [details()], "warnings": []}


def report(
    account: Account, reportid: int, page: int = 0, perpage: int = 10
) -> dict[str, Any]:
    """Return a page of the report: everybody's completion of every course.

    Values are words for people, in the account's language and zone (measured).
    """
    if account.is_bare or reportid != REPORT:
        raise no_access()
    places = [row for row in list(here().world.enrolments.values()) if row.course != 1]
    shown = places[page * perpage : (page + 1) * perpage]
    data = {
        "headers": HEADERS,
        "rows": [{"columns": _row(place)} for place in shown],
        "totalrowcount": len(places),
    }
    return {"details": details(), "data": data, "warnings": []}


def _row(place: Enrolment) -> list[str]:
    world = here().world
    person, course = world.people[place.person], world.courses[place.course]
    done = world.course_completions.get(place.key)
    completed = ("Yes" if done else "No") if course.criteria else ""
    short = ROLES[place.role][1]
    share = gradebook.progress(world, course.id, person.id)
    return [
        person.idnumber,
        person.username,
        person.email,
        course.code,
        course.idnumber,
        completed,
        f"{share:.1f}%",
        skills.spoken(done.at) if done else "",
        skills.spoken(place.since) if place.since and course.criteria else "",
        skills.spoken(place.last_access) if place.last_access else "Never",
        "Manual enrolments",
        "Suspended" if place.status == "suspended" else "Active",
        ROLE_NAMES.get(short, "Teacher"),
    ]


def tools_in(account: Account, courseids: list[int] | None = None) -> dict[str, Any]:
    """Return the LTI activities of courses."""
    found = [
        row
        for number in courseids or []
        for row in rows(here().world.links, course=account.course(number).id)
    ]
    return {"ltis": [_tool_in(row) for row in found], "warnings": []}


def _tool_in(link: ResourceLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "coursemodule": link.activity,
        "course": link.course,
        "name": link.title,
        "intro": f"<p>{link.text}</p>",
        "introformat": 1,
        "introfiles": [],
        "lang": "",
        "launchcontainer": 1,
        "showtitlelaunch": 0,
        "showdescriptionlaunch": 0,
        "icon": None,
        "secureicon": None,
    }


def tool_types(account: Account, **_asked: Any) -> list[dict[str, Any]]:
    """Return the registered tools."""
    tools = [] if account.is_bare else list(here().world.tools.values())
    return [tool_card(row) for row in tools]


def tool_card(tool: Tool) -> dict[str, Any]:
    """Return a tool as "Manage tools" shows it."""
    url = here().url + "/mod/lti/"
    used = [row.id for row in rows(here().world.links, tool=tool.id)]
    edit = f"{url}typessettings.php?action=update&amp;id={tool.id}"
    return {
        "id": tool.id,
        "name": tool.name,
        "description": tool.description,
        "platformid": here().url,
        "clientid": tool.client_id,
        "deploymentid": tool.id,
        "urls": {
            "icon": describe(tool)["logo_uri"],
            "edit": edit,
            "publickeyset": url + "certs.php",
            "accesstoken": url + "token.php",
            "authrequest": url + "auth.php",
        },
        "state": {
            "text": "Active" if tool.active else "Pending",
            "pending": not tool.active,
            "configured": tool.active,
            "rejected": False,
            "unknown": False,
        },
        "hascapabilitygroups": False,
        "capabilitygroups": [],
        "courseid": 0,
        "instanceids": used,
        "instancecount": len(used),
    }


def statement(_account: Account, component: str, **_asked: Any) -> None:
    """Refuse: Moodle is no record store for a tool (measured)."""
    if component == "mod_h5pactivity":
        words = "No statement can be processed."
        raise Failed("core_xapi\\xapi_exception", words, f"error/{words}")
    raise Failed(
        "core_xapi\\xapi_exception", "Unknown handler", "error/Unknown handler"
    )


PAGE = {"page?": int, "perpage?": int}
"""How a report is paged."""
FUNCTIONS = {
    "core_reportbuilder_list_reports": Function(list_reports, PAGE),
    "core_reportbuilder_retrieve_report": Function(report, {"reportid": int, **PAGE}),
    "mod_lti_get_ltis_by_courses": Function(tools_in, {"courseids?": [int]}),
    "mod_lti_get_tool_types": Function(tool_types, {"toolproxyid?": int}),
    "core_xapi_statement_post": Function(
        statement, {"component": str, "requestjson": str}
    ),
}
"""What this module answers."""
