"""Names and Role Provisioning Services.

Source: Canvas app/controllers/lti/ims/names_and_roles_controller.rb,
lib/lti/membership_service/course_memberships_provider.rb and
lib/lti/ims/names_and_roles_serializer.rb. Only active people are listed, always as
"Active"; who left is simply absent.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.canvas import variables
from lti_mentor.demo.canvas.claims import personal
from lti_mentor.demo.canvas.errors import advantage
from lti_mentor.demo.canvas.guard import course_for, tool_key
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.paging import paged
from lti_mentor.demo.canvas.roles import context_roles
from lti_mentor.demo.canvas.store import DeveloperKey, Link
from lti_mentor.demo.lti import CLAIM, NRPS
from lti_mentor.demo.rows import Course, Person, Tool

routes = Blueprint("canvas_roster", __name__)

MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
"""Content type of the roster."""
MOST = 50
"""Page size; asking for more gives this (memberships_provider.rb)."""


@routes.get("/api/lti/courses/<int:course_id>/names_and_roles")
def names_and_roles(course_id: int) -> Response:
    """Return a page of the course's active members."""
    key = tool_key(NRPS)
    course = course_for(key, course_id)
    institution = canvas()
    tool = _tool(institution, key, course)
    link = _link(institution, course, key)
    members = _members(institution, course, link)
    if "role" in request.args:
        members = [one for one in members if _is_asked(institution, course, one)]
    page, headers = paged(members, most=MOST, default=MOST)
    shown = [_member(institution, course, person, tool) for person in page]
    context = {"id": course.opaque, "label": course.code, "title": course.title}
    body = {"id": request.url, "context": context, "members": shown}
    response = jsonify(body)
    response.mimetype = MEDIA_TYPE
    response.headers.update(headers)
    return response


def _tool(institution: Institution, key: DeveloperKey, course: Course) -> Tool:
    return next(
        tool
        for tool in institution.world.tools.values()
        if tool.client_id == key.client_id
        and tool.settings.get("course") in (None, course.id)
    )


def _link(institution: Institution, course: Course, key: DeveloperKey) -> Link | None:
    """Return the link `rlid` names; the course's own context id is one too."""
    rlid = request.args.get("rlid")
    if rlid is None or rlid == course.opaque:
        return None
    link = institution.store.links.get(rlid)
    if link is None or link.course != course.id:
        text = "Tool does not have access to rlid or rlid does not exist"
        raise advantage(400, "bad_request", text)
    if institution.world.tools[link.tool].client_id != key.client_id:
        text = "Requested ResourceLink bound to unexpected external tool"
        raise advantage(400, "bad_request", text)
    return link


def _members(
    institution: Institution, course: Course, link: Link | None
) -> list[Person]:
    """Return the active people by id; an assignment's link leaves out its strangers."""
    ids = sorted(
        one.person
        for one in institution.enrolments(course.id, status="active")
        if not institution.world.people[one.person].suspended
    )
    people = [institution.world.people[number] for number in ids]
    only = _only_for(institution, link)
    if only is None:
        return people
    staff = {p.id for p in people if institution.is_staff(course.id, p)}
    return [person for person in people if person.id in only | staff]


def _only_for(institution: Institution, link: Link | None) -> set[int] | None:
    """Return whom an assignment is for; None when for everybody."""
    if link is None or link.assignment is None:
        return None
    assignment = institution.store.assignments[link.assignment]
    if not any(one.get("only") for one in assignment.overrides):
        return None
    return {
        number for one in assignment.overrides for number in one.get("student_ids", [])
    }


def _is_asked(institution: Institution, course: Course, person: Person) -> bool:
    """Say whether the person has the asked role; an unknown role fits nobody."""
    held = context_roles(institution.types(course.id, person.id))
    return request.args["role"] in held


def _member(
    institution: Institution, course: Course, person: Person, tool: Tool
) -> dict[str, Any]:
    privacy = str(tool.settings.get("privacy_level", "anonymous"))
    member: dict[str, Any] = {
        "status": "Active",
        **personal(institution, person, privacy),
        "user_id": person.sub,
        "lti11_legacy_user_id": person.opaque,
        "roles": context_roles(institution.types(course.id, person.id)),
    }
    if person.idnumber and privacy in ("public", "name_only"):
        member["lis_person_sourcedid"] = person.idnumber
    if "rlid" in request.args:
        member["message"] = [_message(institution, person, tool)]
    return member


def _message(institution: Institution, person: Person, tool: Tool) -> dict[str, Any]:
    """Return the per-member claims: only some variables are known here."""
    about = variables.of_person(institution, person)
    known = {name: about[name] for name in variables.IN_ROSTER if name in about}
    return {
        CLAIM + "message_type": "LtiResourceLinkRequest",
        "locale": person.lang,
        CLAIM + "custom": variables.expand(tool.custom, known),
        CLAIM + "lti11_legacy_user_id": person.opaque,
        CLAIM + "lti1p1": {"user_id": person.opaque},
    }
