"""The claims of an id_token.

Source: Canvas lib/lti/messages/jwt_message.rb, resource_link_request.rb,
deep_linking_request.rb and doc/lti/16_privacy_level.md.
"""

import time
from typing import Any

import jwt

from lti_mentor.demo.canvas import roles, variables
from lti_mentor.demo.canvas.ids import lti_id
from lti_mentor.demo.canvas.institution import ACCOUNT_NAME, Institution
from lti_mentor.demo.canvas.launching import (
    DEEP_LINK,
    DEEP_LINK_PLACEMENTS,
    RESOURCE_LINK,
    Launch,
)
from lti_mentor.demo.lti import AGS_CLAIM, CLAIM, NRPS, NRPS_CLAIM
from lti_mentor.demo.lti import DEEP_LINK as DEEP_LINK_CLAIM
from lti_mentor.demo.rows import Person

NOTICE_CLAIM = CLAIM + "platformnotificationservice"
"""The claim that says where notice handlers are set."""
NOTICE_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
"""Set notice handlers."""
NOTICE_TYPES = [
    "LtiHelloWorldNotice",
    "LtiAssetProcessorSubmissionNotice",
    "LtiContextCopyNotice",
]
"""What Canvas can tell (Canvas docs: platform notification service)."""
COURSE_TYPE = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
"""The type of a course's context; an account's is the bare word Account."""


def id_token_claims(canvas: Institution, launch: Launch) -> dict[str, Any]:
    """Return all claims but `nonce` and the times."""
    known = variables.of_launch(canvas, launch)
    claims = {
        "iss": canvas.issuer,
        "aud": launch.tool.client_id,
        "azp": launch.tool.client_id,
        "locale": launch.person.lang if launch.person else "en",
        "https://www.instructure.com/placement": launch.placement,
        CLAIM + "version": "1.3.0",
        CLAIM + "message_type": launch.message,
        CLAIM + "deployment_id": launch.tool.deployment_id,
        CLAIM + "target_link_uri": launch.target,
        CLAIM + "context": _context(launch),
        CLAIM + "tool_platform": _platform(canvas),
        CLAIM + "launch_presentation": _presentation(canvas, launch),
        CLAIM + "roles": _roles(canvas, launch),
        CLAIM + "custom": variables.expand(_custom(launch), known),
        CLAIM + "lis": {
            "person_sourcedid": known.get("Person.sourcedId", "$Person.sourcedId"),
            "course_offering_sourcedid": known.get(
                "CourseSection.sourcedId", "$CourseSection.sourcedId"
            ),
        },
    }
    claims |= _person(canvas, launch)
    claims |= _services(canvas, launch)
    claims |= _message(canvas, launch)
    return claims | launch.extra


def _context(launch: Launch) -> dict[str, Any]:
    course = launch.course
    if course is None:
        title = {"label": ACCOUNT_NAME, "title": ACCOUNT_NAME}
        return {"id": launch.context_id, **title, "type": ["Account"]}
    return {
        "id": course.opaque,
        "label": course.code,
        "title": course.title,
        "type": [COURSE_TYPE],
    }


def _platform(canvas: Institution) -> dict[str, str]:
    return {
        "guid": canvas.guid,
        "name": ACCOUNT_NAME,
        "version": "cloud",
        "product_family_code": "canvas",
    }


def _presentation(canvas: Institution, launch: Launch) -> dict[str, Any]:
    where = f"courses/{launch.course.id}" if launch.course else "accounts/1"
    success = f"{canvas.url}/{where}/external_content/success/external_tool_redirect"
    cancel = (
        f"{canvas.url}/deep_linking_cancel?include_host=true"
        f"&placement={launch.placement}"
    )
    return {
        "document_target": "iframe",
        "return_url": cancel if launch.message == DEEP_LINK else success,
        "locale": launch.person.lang if launch.person else "en",
        "height": launch.tool.settings["selection_height"],
        "width": launch.tool.settings["selection_width"],
    }


def _roles(canvas: Institution, launch: Launch) -> list[str]:
    person = launch.person
    if person is None:
        return [roles.NOBODY]
    here = canvas.types(launch.course.id, person.id) if launch.course else []
    anywhere = canvas.types_anywhere(person.id)
    return roles.all_roles(here, anywhere, admin=person.admin)


def _custom(launch: Launch) -> dict[str, Any]:
    """Return custom fields: the tool's, the placement's, then the link's own."""
    placements = launch.tool.settings.get("placements", [])
    own: dict[str, Any] = next(
        (p for p in placements if p["placement"] == launch.placement), {}
    )
    return {
        **launch.tool.custom,
        **own.get("custom_fields", {}),
        **(launch.link.custom if launch.link else {}),
    }


def _person(canvas: Institution, launch: Launch) -> dict[str, Any]:
    """Return what the privacy level lets out; `sub` always, when there is somebody."""
    person = launch.person
    if person is None:
        return {}
    claims: dict[str, Any] = {
        "sub": person.sub,
        CLAIM + "lti11_legacy_user_id": person.opaque,
        CLAIM + "lti1p1": {"user_id": person.opaque},
    }
    claims |= personal(canvas, person, launch.privacy)
    watched = _watched(canvas, launch, person)
    if watched and launch.privacy == "public":
        claims[CLAIM + "role_scope_mentor"] = watched
    return claims


def personal(canvas: Institution, person: Person, privacy: str) -> dict[str, str]:
    """Return name, e-mail and picture as far as the privacy level allows."""
    known: dict[str, str] = {}
    if privacy in ("public", "name_only"):
        known |= {
            "name": person.name,
            "given_name": person.given,
            "family_name": person.family,
        }
    if privacy in ("public", "email_only") and person.email:
        known["email"] = person.email
    if privacy == "public":
        known["picture"] = f"{canvas.url}/images/messages/avatar-50.png"
    return known


def _watched(canvas: Institution, launch: Launch, person: Person) -> list[str]:
    """Return the people an observer watches here; older versions name them 40-hex."""
    if launch.course is None:
        return []
    ids = canvas.store.observed.get(f"{launch.course.id} {person.id}", [])
    people = [canvas.world.people[one] for one in ids]
    if canvas.says("canvas_mentor_scope_is_legacy"):
        return [one.opaque for one in people]
    return [one.sub for one in people]


def _services(canvas: Institution, launch: Launch) -> dict[str, Any]:
    """Return the service claims whose scope the key has; none for an account."""
    scopes = launch.developer_key.scopes
    claims: dict[str, Any] = {}
    if NOTICE_SCOPE in scopes:
        claims[NOTICE_CLAIM] = {
            "service_versions": ["1.0"],
            "platform_notification_service_url": (
                f"{canvas.url}/api/lti/notice-handlers/{launch.tool.id}"
            ),
            "scope": [NOTICE_SCOPE],
            "notice_types_supported": NOTICE_TYPES,
        }
    if launch.course is None:
        return claims
    base = f"{canvas.url}/api/lti/courses/{launch.course.id}"
    grading = [scope for scope in scopes if "/lti-ags/scope/" in scope]
    if grading:
        claims[AGS_CLAIM] = _grades(canvas, launch, base, grading)
    if NRPS in scopes:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": f"{base}/names_and_roles",
            "service_versions": ["2.0"],
        }
    return claims


def _grades(
    canvas: Institution, launch: Launch, base: str, scopes: list[str]
) -> dict[str, Any]:
    claim: dict[str, Any] = {"scope": scopes, "lineitems": f"{base}/line_items"}
    if launch.assignment:
        items = [
            item.id
            for item in canvas.store.line_items.values()
            if item.assignment == launch.assignment.id
        ]
        if items:
            claim["lineitem"] = f"{base}/line_items/{min(items)}"
    return claim


def _message(canvas: Institution, launch: Launch) -> dict[str, Any]:
    if launch.message == RESOURCE_LINK:
        return {CLAIM + "resource_link": _resource_link(launch)}
    if launch.message == DEEP_LINK and launch.course and launch.placement:
        return {DEEP_LINK_CLAIM + "deep_linking_settings": _selection(canvas, launch)}
    return {}


def _resource_link(launch: Launch) -> dict[str, Any]:
    """Return the link; in navigation placements it is the context itself."""
    if launch.link:
        title = launch.assignment.title if launch.assignment else launch.link.title
        return {"id": launch.link.uuid, "title": title, "description": None}
    title = launch.course.title if launch.course else ACCOUNT_NAME
    return {"id": launch.context_id, "title": title, "description": None}


def _selection(canvas: Institution, launch: Launch) -> dict[str, Any]:
    placement = launch.placement or ""
    course = launch.course.id if launch.course else 0
    note = {
        "nonce": lti_id("selection", time.time_ns()),
        "modal": True,
        "placement": placement,
        "tool": launch.tool.id,
    }
    data = jwt.encode(note, canvas.secret, algorithm="HS256")
    return {
        "deep_link_return_url": (
            f"{canvas.url}/courses/{course}/deep_linking_response?data={data}"
        ),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
        "accept_lineitem": True,
        **DEEP_LINK_PLACEMENTS[placement],
    }
