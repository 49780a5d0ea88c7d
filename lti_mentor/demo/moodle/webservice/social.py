"""Messages, groups, calendar, notes, badges and cohorts."""

import time
from typing import Any

from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import MOODLE, Failed, Function, no_access
from lti_mentor.demo.rows import CalendarEvent, Group, Message
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import next_id, rows

NO_CONTACT = (
    "You can't message this user due to their message preferences. "
    "Try adding them as a contact."
)
"""What an account without rights is told for each message."""


def send(account: Account, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send messages one after another.

    An unknown person alone is answered with msgid -1; among others the whole call
    fails with `formatnotsupported` although the messages before were delivered
    (Moodle 4.5.6, measured).
    """
    sent = []
    for each in messages:
        if each["touserid"] in here().world.people or len(messages) == 1:
            sent.append(_send(account, each))
            continue
        words = "webservice/formatnotsupported"
        raise Failed(MOODLE, "formatnotsupported", words)
    return sent


def _send(account: Account, message: dict[str, Any]) -> dict[str, Any]:
    number = message["touserid"]
    if account.is_bare:
        return _unsent(NO_CONTACT)
    if number not in here().world.people:
        words = f"You cannot send a message to a user ID ({number}) that doesn't exist."
        return _unsent(words)
    world, text = here().world, message["text"]
    text = text if text.startswith("<") else f"<p>{text}</p>"
    now = int(time.time())
    with world.change():
        row = Message(next_id(world.messages), account.person.id, number, "", text, now)
        world.add(row)
    named = {"clientmsgid": message["clientmsgid"]} if "clientmsgid" in message else {}
    return {
        "msgid": row.id,
        **named,
        "text": text,
        "timecreated": now,
        "conversationid": 1000 + number,
        "useridfrom": account.person.id,
        "candeletemessagesforallusers": False,
    }


def _unsent(words: str) -> dict[str, Any]:
    flags = {"candeletemessagesforallusers": False}
    return {"msgid": -1, "errormessage": words} | flags


def course_groups(account: Account, courseid: int) -> list[dict[str, Any]]:
    """Return a course's groups."""
    account.course(courseid)
    return [_group(row) for row in rows(here().world.groups, course=courseid)]


def _group(row: Group) -> dict[str, Any]:
    return {
        "id": row.id,
        "courseid": row.course,
        "name": row.title,
        "description": "",
        "descriptionformat": 1,
        "enrolmentkey": None,
        "idnumber": "",
        "visibility": 0,
        "participation": True,
    }


def groups_of(
    account: Account, courseid: int = 0, userid: int = 0, **_asked: Any
) -> dict[str, Any]:
    """Return somebody's groups in a course."""
    account.course(courseid)
    found = [
        {
            "id": row.id,
            "name": row.title,
            "description": "",
            "descriptionformat": 1,
            "idnumber": "",
            "courseid": row.course,
        }
        for row in rows(here().world.groups, course=courseid)
        if userid in row.people
    ]
    return {"groups": found, "warnings": []}


def members(account: Account, groupids: list[int]) -> list[dict[str, Any]]:
    """Return who is in these groups."""
    if account.is_bare:
        raise no_access()
    groups = here().world.groups
    return [
        {"groupid": number, "userids": groups[number].people}
        for number in groupids
        if number in groups
    ]


def create_groups(
    account: Account, groups: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Make groups."""
    world, made = here().world, []
    for each in groups:
        account.course(each["courseid"])
        with world.change():
            row = Group(next_id(world.groups), each["courseid"], each["name"])
            world.add(row)
        given = {
            "description": each["description"],
            "idnumber": each.get("idnumber", ""),
        }
        made.append({**_group(row), **given, "enrolmentkey": ""})
    return made


def add_members(account: Account, members: list[dict[str, int]]) -> None:
    """Put people into groups; answers null."""
    if account.is_bare:
        raise no_access()
    world = here().world
    with world.change():
        for each in members:
            people = world.groups[each["groupid"]].people
            if each["userid"] not in people:
                people.append(each["userid"])


def create_events(account: Account, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Make calendar events; one of type user is the caller's own (measured)."""
    return {"events": [_event(account, each) for each in events], "warnings": []}


def _event(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    world, start = here().world, given.get("timestart") or int(time.time())
    kind, length = given.get("eventtype", "user"), given.get("timeduration", 0)
    with world.change():
        row = CalendarEvent(
            id=next_id(world.events),
            title=given["name"],
            start=start,
            end=start + length,
            kind=kind,
            course=given.get("courseid") or None,
            person=account.person.id if kind == "user" else None,
            group=given.get("groupid") or None,
            description=given.get("description", ""),
        )
        world.add(row)
    return {
        "id": row.id,
        "name": row.title,
        "description": row.description,
        "format": 1,
        "courseid": row.course or 0,
        "groupid": row.group or 0,
        "userid": account.person.id,
        "modulename": "",
        "instance": 0,
        "eventtype": kind,
        "timestart": start,
        "timeduration": length,
        "visible": 1,
        "uuid": "",
        "sequence": 1,
        "timemodified": int(time.time()),
        "subscriptionid": None,
    }


def create_notes(account: Account, notes: list[dict[str, Any]]) -> list[dict[str, int]]:
    """Keep notes about people."""
    world = here().world
    kept = world.extra.setdefault("notes", [])
    made = []
    with world.change():
        for each in notes:
            kept.append({**each, "by": account.person.id})
            made.append({"noteid": len(kept)})
    return made


def badges(
    account: Account, userid: int = 0, courseid: int = 0, **_asked: Any
) -> dict[str, Any]:
    """Return somebody's badges: one for each completed course."""
    world, number = here().world, userid or account.person.id
    done = rows(world.course_completions, person=number)
    shown = [row for row in done if courseid in (0, row.course)]
    return {
        "badges": [_badge(row.course, number, row.at) for row in shown],
        "warnings": [],
    }


def _badge(course: int, person: int, at: int) -> dict[str, Any]:
    row, url = here().world.courses[course], here().url
    blank = ("imageauthorname", "imageauthoremail", "imageauthorurl", "imagecaption")
    return {
        "id": course,
        "name": f"{row.code} graduate",
        "description": f"Completed {row.code}",
        "timecreated": 0,
        "timemodified": 0,
        "issuername": here().name,
        "issuerurl": url,
        "issuercontact": "",
        "type": 2,
        "attachment": 1,
        "notification": 1,
        "status": 0,
        "uniquehash": f"{course:020x}{person:020x}",
        "dateissued": at,
        "dateexpire": None,
        "visible": 0,
        "recipientid": person,
        "recipientfullname": here().world.people[person].name,
        "version": "1",
        "language": "en",
        **dict.fromkeys(blank, ""),
        "badgeurl": f"{url}/webservice/pluginfile.php/{course}/badges/badgeimage/1/f3",
        "alignment": [],
        "relatedbadges": [],
    }


def cohorts(_account: Account, **_asked: Any) -> list[object]:
    """Return the cohorts: this site has none."""
    return []


MESSAGE = {"touserid": int, "text": str, "textformat?": int, "clientmsgid?": str}
"""One message to send."""
EVENT = {
    "name": str,
    "description?": str,
    "format?": int,
    "courseid?": int,
    "groupid?": int,
    "repeats?": int,
    "eventtype?": str,
    "timestart?": int,
    "timeduration?": int,
    "visible?": int,
    "sequence?": int,
}
"""One event to make."""
GROUP = {
    "courseid": int,
    "name": str,
    "description": str,
    "descriptionformat?": int,
    "enrolmentkey?": str,
    "idnumber?": str,
}
"""One group to make."""
NOTE = {
    "userid": int,
    "publishstate": str,
    "courseid": int,
    "text": str,
    "format?": int,
    "clientnoteid?": str,
}
"""One note to keep."""
FUNCTIONS = {
    "core_message_send_instant_messages": Function(send, {"messages": [MESSAGE]}),
    "core_group_get_course_groups": Function(course_groups, {"courseid": int}),
    "core_group_get_course_user_groups": Function(
        groups_of, {"courseid?": int, "userid?": int, "groupingid?": int}
    ),
    "core_group_get_group_members": Function(members, {"groupids": [int]}),
    "core_group_create_groups": Function(create_groups, {"groups": [GROUP]}),
    "core_group_add_group_members": Function(
        add_members, {"members": [{"groupid": int, "userid": int}]}
    ),
    "core_calendar_create_calendar_events": Function(
        create_events, {"events": [EVENT]}
    ),
    "core_notes_create_notes": Function(create_notes, {"notes": [NOTE]}),
    "core_badges_get_user_badges": Function(
        badges,
        {
            "userid?": int,
            "courseid?": int,
            "page?": int,
            "perpage?": int,
            "search?": str,
            "onlypublic?": bool,
        },
    ),
    "core_cohort_get_cohorts": Function(cohorts, {"cohortids?": [int]}),
}
"""What this module answers."""
