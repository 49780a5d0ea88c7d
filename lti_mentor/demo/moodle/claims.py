"""The id_token as Moodle 4.5 writes it."""

import hashlib
import json
import secrets
import time
from typing import Any

from flask import session

from lti_mentor.demo.keys import new_key
from lti_mentor.demo.lti import AGS_CLAIM, CLAIM, DEEP_LINK, NRPS, NRPS_CLAIM
from lti_mentor.demo.moodle import urls
from lti_mentor.demo.moodle.roles import SITE, launch_roles
from lti_mentor.demo.moodle.variables import Launch, custom
from lti_mentor.demo.rows import GradeItem
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import first

LIFETIME = 60
"""Seconds an id_token lives (measured)."""
RELEASE = "2024100706"
"""The version number of Moodle 4.5.6."""
OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
"""The claim of LTI 1.1 grading, which Moodle still sends."""


def resource_token(launch: Launch, nonce: str) -> str:
    """Return the signed id_token of opening an activity."""
    claims = _common(launch, nonce, "LtiResourceLinkRequest")
    link = launch.link
    if link is None:
        raise ValueError("a resource launch needs a link")
    item = first(here().world.grade_items, activity=link.activity)
    claims[CLAIM + "resource_link"] = {
        "title": link.title,
        "description": link.text,
        "id": str(link.id),
    }
    if item:
        claims[OUTCOME] = outcome(launch, link.id)
    claims[CLAIM + "launch_presentation"] |= {
        "document_target": "iframe",
        "return_url": _return_url(launch, link.id),
    }
    _services(claims, launch, item)
    if link.consumer_key:
        claims["aud"] = link.consumer_key
    return sign(claims)


def deep_link_token(launch: Launch, nonce: str, title: str, text: str) -> str:
    """Return the signed id_token of choosing content for a new activity."""
    claims = _common(launch, nonce, "LtiDeepLinkingRequest")
    claims[CLAIM + "target_link_uri"] = launch.tool.deep_link_url
    _services(claims, launch, None)
    return_url = (
        f"{here().url}/mod/lti/contentitem_return.php?course={launch.course.id}"
        f"&id={launch.tool.id}&sesskey={sesskey()}"
    )
    claims[DEEP_LINK + "deep_linking_settings"] = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": return_url,
        "title": title or launch.tool.name,
        "text": text,
    }
    return sign(claims)


def sign(claims: dict[str, Any]) -> str:
    """Sign with the newest key, or wrongly where a switch says so."""
    now = int(time.time()) - (3600 if here().faults.expired else 0)
    claims = {**claims, "iat": now, "exp": now + LIFETIME}
    keys = here().keys
    if here().faults.unknown_key:
        return keys.sign_with(new_key(), claims)
    return keys.sign(claims)


def sesskey() -> str:
    """Return the visitor's session key, which forms and addresses carry."""
    if "sesskey" not in session:
        session["sesskey"] = secrets.token_hex(5)
    return str(session["sesskey"])


def outcome(launch: Launch, instance: int) -> dict[str, str]:
    """Return the basic-outcome claim; its sourcedid is JSON with a hash."""
    data = {
        "instanceid": str(instance),
        "userid": str(launch.person.id),
        "typeid": str(launch.tool.id),
        "launchid": secrets.randbelow(2**31),
    }
    digest = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    sourcedid = json.dumps({"data": data, "hash": digest}, separators=(",", ":"))
    return {
        "lis_result_sourcedid": sourcedid,
        "lis_outcome_service_url": here().url + "/mod/lti/service.php",
    }


def _common(launch: Launch, nonce: str, message: str) -> dict[str, Any]:
    person, course, tool = launch.person, launch.course, launch.tool
    claims: dict[str, Any] = {
        "nonce": nonce,
        "iss": here().url,
        "aud": tool.client_id,
        CLAIM + "deployment_id": tool.deployment_id,
        CLAIM + "target_link_uri": (launch.link and launch.link.url) or tool.launch_url,
        "sub": person.sub,
        CLAIM + "lis": {
            "person_sourcedid": person.idnumber,
            "course_section_sourcedid": course.idnumber,
        },
        CLAIM + "roles": launch_roles(here().world, course, person),
        CLAIM + "context": {
            "id": str(course.id),
            "label": course.code,
            "title": course.title,
            "type": ["Group" if course.id == SITE else "CourseSection"],
        },
        CLAIM + "message_type": message,
        CLAIM + "launch_presentation": {"locale": person.lang},
        CLAIM + "tool_platform": platform(),
        CLAIM + "version": "1.3.0",
        CLAIM + "custom": custom(launch),
    }
    return claims | _personal(launch)


def _personal(launch: Launch) -> dict[str, Any]:
    person = launch.person
    claims: dict[str, Any] = {CLAIM + "ext": {"lms": "moodle-2"}}
    if launch.named:
        claims |= {
            "given_name": person.given,
            "family_name": person.family,
            "name": person.name,
        }
        claims[CLAIM + "ext"] = {"user_username": person.username, "lms": "moodle-2"}
    if launch.mailed and person.email:
        claims["email"] = person.email
    return claims


def platform() -> dict[str, str]:
    """Return the claim that names this site."""
    return {
        "product_family_code": "moodle",
        "version": RELEASE,
        "guid": hashlib.sha256(here().url.encode()).hexdigest()[:32],
        "name": "CAMPUS",
        "description": here().name,
    }


def _services(claims: dict[str, Any], launch: Launch, item: GradeItem | None) -> None:
    scopes = urls.permitted(launch.tool)
    grading = [scope for scope in scopes if "/lti-ags/" in scope]
    if grading:
        items = urls.line_items(launch.course.id, launch.tool)
        claims[AGS_CLAIM] = {"scope": grading, "lineitems": items}
        if item:
            claims[AGS_CLAIM]["lineitem"] = urls.line_item(item, launch.tool)
    if NRPS in scopes:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": urls.memberships(launch.course.id, launch.tool),
            "service_versions": ["1.0", "2.0"],
        }


def _return_url(launch: Launch, instance: int) -> str:
    return (
        f"{here().url}/mod/lti/return.php?course={launch.course.id}"
        f"&launch_container=3&instanceid={instance}&sesskey={sesskey()}"
    )
