"""Who is in a course, and in which courses somebody is."""

from typing import Any

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.roles import ROLES, SITE
from lti_mentor.demo.moodle.webservice import users
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import MOODLE, Failed, Function
from lti_mentor.demo.rows import Course, Enrolment, Person
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

Options = list[dict[str, str]]

SORTED = {
    "id": lambda row: row.id,
    "firstname": lambda row: row.given,
    "lastname": lambda row: row.family,
    "siteorder": lambda row: (row.family, row.given),
}
"""By what enrolled users can be sorted."""


def enrolled(
    account: Account, courseid: int, options: Options | None = None
) -> list[dict[str, Any]]:
    """Return who is enrolled: suspended and expired too, unless asked otherwise."""
    _course(account, courseid)
    asked = {option["name"]: option["value"] for option in options or []}
    places = rows(here().world.enrolments, course=courseid)
    if asked.get("onlyactive") == "1":
        places = [row for row in places if row.status == "active"]
    if asked.get("onlysuspended") == "1":
        places = [row for row in places if row.status != "active"]
    people = [here().world.people[row.person] for row in places]
    people = [person for person in people if account.sees(person.id)]
    key = SORTED.get(asked.get("sortby", "id"), SORTED["id"])
    people.sort(key=key, reverse=asked.get("sortdirection", "").upper() == "DESC")
    start, size = int(asked.get("limitfrom", 0)), int(asked.get("limitnumber", 0))
    page = people[start : start + size] if size else people[start:]
    wanted = asked.get("userfields", "")
    return [_pick(_member(row, courseid), wanted) for row in page]


def _course(account: Account, number: int) -> Course:
    if account.is_bare and number in here().world.courses:
        words = (
            "You cannot execute functions in the course context "
            f"(course id:{number}). The context error message was: "
            "Course or activity not accessible."
        )
        raise Failed(MOODLE, "errorcoursecontextnotvalid", words)
    return account.course(number)


def _pick(member: dict[str, Any], wanted: str) -> dict[str, Any]:
    """Return the asked fields; id and fullname come always."""
    names = {"id", "fullname", *wanted.split(",")}
    return {k: v for k, v in member.items() if k in names} if wanted else member


def _member(person: Person, course: int) -> dict[str, Any]:
    place = here().world.enrolments[course, person.id]
    fields = users.zone_field(person, shown=False)
    return {
        **users.brief(person),
        "lastcourseaccess": place.last_access,
        "city": "Campus",
        "country": "ES",
        **users.pictures(),
        **({"customfields": fields} if fields else {}),
        **in_course(person, place),
    }


def in_course(person: Person, place: Enrolment) -> dict[str, Any]:
    """Return groups, roles and other courses of one member."""
    world, (number, name) = here().world, ROLES[place.role]
    groups = [
        {"id": row.id, "name": row.title, "description": "", "descriptionformat": 0}
        for row in rows(world.groups, course=place.course)
        if person.id in row.people
    ]
    courses = [
        world.courses[row.course] for row in rows(world.enrolments, person=person.id)
    ]
    return {
        "groups": groups,
        "roles": [{"roleid": number, "name": "", "shortname": name, "sortorder": 0}],
        "enrolledcourses": [
            {"id": row.id, "fullname": row.title, "shortname": row.code}
            for row in courses
        ],
    }


def with_capability(
    account: Account,
    coursecapabilities: list[dict[str, Any]],
    options: Options | None = None,
) -> list[dict[str, Any]]:
    """Return who may manage activities, per course: the editing teachers."""
    wanted = {o["name"]: o["value"] for o in options or []}.get("userfields", "")
    found = []
    for asked in coursecapabilities:
        course = account.course(asked["courseid"])
        teachers = rows(here().world.enrolments, course=course.id, role="instructor")
        people = [here().world.people[row.person] for row in teachers]
        found += [
            {
                "courseid": course.id,
                "capability": capability,
                "users": [_pick(_member(row, course.id), wanted) for row in people],
            }
            for capability in asked["capabilities"]
        ]
    return found


def courses_of(
    account: Account,
    userid: int,
    returnusercount: bool = True,  # noqa: FBT001, FBT002
) -> list[dict[str, Any]]:
    """Return somebody's courses with progress and whether each is completed."""
    if account.is_bare:
        return []
    places = rows(here().world.enrolments, person=userid, status="active")
    return [_course_of(place, counted=returnusercount) for place in reversed(places)]


def _course_of(place: Enrolment, *, counted: bool) -> dict[str, Any]:
    world = here().world
    course = world.courses[place.course]
    count = len(rows(world.enrolments, course=course.id))
    return {
        "id": course.id,
        "shortname": course.code,
        "fullname": course.title,
        "displayname": course.title,
        **({"enrolledusercount": count} if counted else {}),
        "idnumber": course.idnumber,
        "visible": int(course.visible),
        "summary": course.summary,
        "summaryformat": 1,
        "format": "topics",
        "courseimage": f"{here().url}/pluginfile.php/{course.id}/course.svg",
        "showgrades": True,
        "lang": "",
        "enablecompletion": True,
        "completionhascriteria": bool(course.criteria),
        "completionusertracked": place.role == "learner",
        "category": 2,
        "progress": gradebook.plain(gradebook.progress(world, course.id, place.person)),
        "completed": place.key in world.course_completions,
        "startdate": course.start,
        "enddate": course.end,
        "marker": 0,
        "lastaccess": place.last_access or None,
        "isfavourite": False,
        "hidden": False,
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "timemodified": course.start,
    }


def profiles(account: Account, userlist: list[dict[str, int]]) -> list[dict[str, Any]]:
    """Return whole profiles of people in courses."""
    found = []
    for asked in userlist:
        account.course(asked["courseid"])
        place = here().world.enrolments.get((asked["courseid"], asked["userid"]))
        if place and place.course != SITE:
            person = here().world.people[place.person]
            found.append({**users.profile(person), **in_course(person, place)})
    return found


FUNCTIONS = {
    "core_enrol_get_enrolled_users": Function(
        enrolled, {"courseid": int, "options?": [{"name": str, "value": str}]}
    ),
    "core_enrol_get_enrolled_users_with_capability": Function(
        with_capability,
        {
            "coursecapabilities": [{"courseid": int, "capabilities": [str]}],
            "options?": [{"name": str, "value": str}],
        },
    ),
    "core_enrol_get_users_courses": Function(
        courses_of, {"userid": int, "returnusercount?": bool}
    ),
    "core_user_get_course_user_profiles": Function(
        profiles, {"userlist": [{"userid": int, "courseid": int}]}
    ),
}
"""What this module answers."""
