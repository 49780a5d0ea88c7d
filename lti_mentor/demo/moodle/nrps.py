"""The roster: Names and Role Provisioning as Moodle 4.5 answers it."""

from typing import Any

from flask import Response, request

from lti_mentor.demo.moodle import claims, urls
from lti_mentor.demo.moodle.roles import MEMBERSHIP, SITE, roster_role
from lti_mentor.demo.moodle.variables import Launch
from lti_mentor.demo.moodle.wire import Refused, answer
from lti_mentor.demo.rows import Course, Enrolment, Person, ResourceLink, Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

CURRENT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
"""The roster's media type."""
OLD = "application/vnd.ims.lis.v2.membershipcontainer+json"
"""The media type of a draft of NRPS; Moodle still answers it."""
KNOWN_ROLES = {"Learner", "Instructor"}
"""Roles one can filter by; any other filters nothing (measured)."""
GUEST = Person(1, "guest", "Guest user", " ", "1", email="root@localhost")
"""Stands in the roster of the site home (measured)."""

Place = tuple[Person, Enrolment]


def memberships(media_type: str, course: int, tool: Tool) -> Response:
    """Answer the members, all or a page.

    A site-wide tool reads any course, also where it was never placed; who is
    suspended or expired is not there (Moodle 4.5.6, measured). The next page's
    address has lost the role filter.
    """
    found = here().world.courses.get(course)
    if found is None:
        raise Refused(404, f"Not Found: Course {course} doesn't exist")
    link = _link()
    places = _places(found)
    start = request.args.get("from", 0, type=int)
    limit = request.args.get("limit", 0, type=int)
    page = places[start : start + limit] if limit else places
    members = [_member(place, found, tool, link) for place in page]
    goes_on = limit and len(places) > start + limit
    more = _more(course, tool, start + limit) if goes_on else ""
    shape = _old if media_type == OLD else _current
    return shape(found, tool, members, more)


def _link() -> ResourceLink | None:
    wanted = request.args.get("rlid")
    if wanted is None:
        return None
    link = here().world.links.get(int(wanted) if wanted.isdigit() else 0)
    if link is None:
        raise Refused(404, f"Not Found: LTI link {wanted} doesn't exist")
    return link


def _places(course: Course) -> list[Place]:
    """Return the members by family and given name."""
    world = here().world
    if course.id == SITE:
        everybody = [GUEST, *world.people.values()]
        found = [(row, Enrolment(SITE, row.id, "learner")) for row in everybody]
    else:
        found = [
            (world.people[row.person], row)
            for row in rows(world.enrolments, course=course.id, status="active")
        ]
    found.sort(key=lambda place: (place[0].family, place[0].given, place[0].id))
    role = request.args.get("role", "").removeprefix(MEMBERSHIP)
    if role not in KNOWN_ROLES:
        return found
    return [place for place in found if roster_role(place[1]) == role]


def _more(course: int, tool: Tool, start: int) -> str:
    query = f"limit={request.args['limit']}&from={start}"
    if "rlid" in request.args:
        query += f"&rlid={request.args['rlid']}"
    return f"{urls.memberships(course, tool)}?{query}"


def _member(
    place: Place, course: Course, tool: Tool, link: ResourceLink | None
) -> dict[str, Any]:
    person, enrolment = place
    launch = Launch(tool, person, course, link)
    member: dict[str, Any] = {"status": "Active", "roles": [roster_role(enrolment)]}
    if link:
        message: dict[str, Any] = {
            "https://purl.imsglobal.org/spec/lti/claim/message_type": (
                "LtiResourceLinkRequest"
            ),
            claims.OUTCOME: claims.outcome(launch, link.id),
        }
        member["message"] = [message]
    member |= {"user_id": str(person.id), "lis_person_sourcedid": person.idnumber}
    return member | _names(launch)


def _names(launch: Launch) -> dict[str, Any]:
    person, found = launch.person, {}
    if launch.named:
        found = {
            "name": person.name,
            "given_name": person.given,
            "family_name": person.family,
        }
    if launch.mailed:
        found["email"] = person.email
    if launch.named:
        found["ext_user_username"] = person.username
    return found


def _current(
    course: Course, tool: Tool, members: list[dict[str, Any]], more: str
) -> Response:
    body = {
        "id": urls.memberships(course.id, tool),
        "context": {
            "id": str(course.id),
            "label": course.code,
            "title": course.title,
        },
        "members": members,
    }
    response = answer(body, CURRENT)
    if more:
        response.headers["Link"] = f'<{more}>; rel="next"'
    return response


OLD_NAMES = {
    "user_id": "userId",
    "lis_person_sourcedid": "sourcedId",
    "name": "name",
    "given_name": "givenName",
    "family_name": "familyName",
    "email": "email",
    "ext_user_username": "ext_user_username",
}
"""Today's names of a member's fields, and the draft's."""


def _old(
    course: Course, tool: Tool, members: list[dict[str, Any]], more: str
) -> Response:
    people = [
        {
            "status": member["status"],
            "role": member["roles"],
            "member": {"@type": "LISPerson"}
            | {new: member[old] for old, new in OLD_NAMES.items() if old in member},
        }
        for member in members
    ]
    body: dict[str, Any] = {
        "@context": "http://purl.imsglobal.org/ctx/lis/v2/MembershipContainer",
        "@type": "Page",
        "@id": urls.memberships(course.id, tool),
        "pageOf": {
            "@type": "LISMembershipContainer",
            "membershipSubject": {
                "@type": "Context",
                "contextId": str(course.id),
                "membership": people,
            },
        },
    }
    if more:
        body["nextPage"] = more
    return answer(body, OLD)
