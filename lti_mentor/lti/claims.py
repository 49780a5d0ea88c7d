"""What a launch says, read once into types: nothing behind this room sees a claim."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_mentor.errors import Refused
from lti_mentor.lti import roles
from lti_mentor.lti.fields import (
    as_list,
    as_object,
    clipped,
    identifier,
    is_storable,
    opaque,
    optional_text,
    words,
)
from lti_mentor.platforms.zones import iana

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
NOTICES = CORE + "platformnotificationservice"
PLACEMENT = "https://www.instructure.com/placement"
HUB_TYPES = frozenset({"account", "group", "user"})
"""Context types that are no course: Canvas accounts and users, Moodle's site home."""
HUB_PLACEMENTS = frozenset(
    {"account_navigation", "user_navigation", "global_navigation"}
)
YES = (True, "true")
LONGEST_CUSTOM = 8192
_TEACHES = "TeacherEnrollment"
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class MessageType(enum.StrEnum):
    """The messages we answer; any other is refused by name."""

    RESOURCE = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "DataPrivacyLaunchRequest"


@dataclass(frozen=True, slots=True)
class ContextClaim:
    """The course, or the hub, of a launch."""

    id: str
    title: str = ""
    label: str = ""
    is_hub: bool = False
    history: tuple[str, ...] = ()
    """Ids of the courses this one was copied from, nearest first."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """The place in a course that was clicked."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class GradesClaim:
    """Where this launch lets us write grades."""

    lineitems: str | None = None
    lineitem: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeepLinkingClaim:
    """What a platform wants to be given, and where."""

    return_url: str
    accepts_many: bool = False
    accepts_line_item: bool = True
    data: Any = None
    """Opaque, mostly text; must come back as it is."""


@dataclass(frozen=True, slots=True)
class NoticesClaim:
    """Where we may ask to be told of things, and of which."""

    url: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch whose every word was signed by the platform and checked by us."""

    message: MessageType
    deployment_id: str
    sub: str
    standing: roles.Standing = field(default_factory=roles.Standing)
    target_link_uri: str = ""
    name: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    locale: str | None = None
    zone: str | None = None
    """IANA name."""
    context: ContextClaim | None = None
    resource_link: LinkClaim | None = None
    grades: GradesClaim = field(default_factory=GradesClaim)
    memberships_url: str | None = None
    notices: NoticesClaim | None = None
    custom: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Without what the platform left unexpanded, empty or null."""
    legacy_id: str | None = None
    """What LTI 1.1 called this person; older Canvas names observed people by it."""
    observed: tuple[str, ...] = ()
    """Subjects or legacy ids an observer may look at; empty for everybody else."""
    for_user: str | None = None
    """Whose submission or data the message is about."""
    deep_linking: DeepLinkingClaim | None = None
    platform_guid: str | None = None
    product_family: str = ""
    return_url: str | None = field(default=None, repr=False)
    """May hold a Moodle session key: never logged, never stored."""
    page_hint: Mapping[str, int] = field(default_factory=dict)
    """Ids the login carried (Moodle: cmid)."""

    @property
    def is_masquerade(self) -> bool:
        """Say whether an administrator acts as somebody else.

        Canvas's student view is such an acting as well, but as nobody: there people
        try out what a learner can do.
        """
        return bool(self.acting_user) and not self.standing.is_test

    @property
    def acting_user(self) -> str:
        """Return the LMS id of who acts as this person; nothing = they themselves."""
        return self.custom.get("canvas_masquerading_user_id", "")

    def service_urls(self) -> list[str]:
        """Return every address this launch asks us to call or come back to."""
        found = (self.memberships_url, self.grades.lineitems, self.grades.lineitem)
        told = self.notices.url if self.notices else None
        return [url for url in (*found, told, self.return_url) if url]


def read(payload: Mapping[str, Any], page_hint: Mapping[str, int]) -> Launch:
    """Read the claims of a verified token.

    Raises:
        Refused: A claim is missing or has the wrong shape (`launch.malformed` with
            the claim's name, `launch.no_roles`, `launch.anonymous`,
            `launch.message_unknown`).
    """
    message = message_type(payload)
    custom = read_custom(payload)
    standing = _standing(payload, custom)
    presentation = as_object(payload, CORE + "launch_presentation")
    platform = as_object(payload, CORE + "tool_platform")
    is_observer = standing.role is roles.CourseRole.OBSERVER
    return Launch(
        message=message,
        deployment_id=identifier(payload, CORE + "deployment_id"),
        sub=_sub(payload),
        standing=standing,
        target_link_uri=optional_text(payload, CORE + "target_link_uri") or "",
        name=_name(payload),
        email=clipped(payload, "email", 255) or None,
        locale=_locale(presentation, payload),
        zone=iana(custom.get("person_timezone")),
        context=_context(payload, custom),
        resource_link=_link(payload),
        grades=_grades(payload),
        memberships_url=optional_text(
            as_object(payload, NRPS), "context_memberships_url"
        ),
        notices=_notices(payload),
        custom=custom,
        legacy_id=clipped(payload, CORE + "lti11_legacy_user_id", 255) or None,
        observed=_observed(payload, custom) if is_observer else (),
        for_user=optional_text(as_object(payload, CORE + "for_user"), "user_id"),
        deep_linking=_deep_linking(payload, message),
        platform_guid=clipped(platform, "guid", 255) or None,
        product_family=clipped(platform, "product_family_code", 40).lower(),
        return_url=optional_text(presentation, "return_url"),
        page_hint=page_hint,
    )


def message_type(payload: Mapping[str, Any]) -> MessageType:
    """Return which message this is."""
    named = optional_text(payload, CORE + "message_type")
    if named not in set(MessageType):
        raise Refused("launch.message_unknown")
    return MessageType(named)


def read_custom(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return custom parameters that have a value; numbers become text.

    Canvas leaves unavailable variables as `$...`, Moodle sends "" or null as well.
    """
    given = as_object(payload, CORE + "custom")
    plain = {
        key: str(value)
        for key, value in given.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
    return {k: v for k, v in plain.items() if _has_value(v) and is_storable(k)}


def _has_value(text: str) -> bool:
    is_given = bool(text.strip()) and not text.startswith("$")
    return is_given and len(text) <= LONGEST_CUSTOM and is_storable(text)


def _standing(payload: Mapping[str, Any], custom: Mapping[str, str]) -> roles.Standing:
    if payload.get(CORE + "roles") is None:
        raise Refused("launch.no_roles")
    given = list(words(payload, CORE + "roles"))
    if _TEACHES in custom.get("canvas_membership_roles", ""):
        given = [role for role in given if not role.endswith("#TeachingAssistant")]
    return roles.read(given)


def _observed(payload: Mapping[str, Any], custom: Mapping[str, str]) -> tuple[str, ...]:
    """Return whom an observer accompanies; Canvas says it in one of two places."""
    listed = custom.get("observees", "").split(",")
    named = (*words(payload, CORE + "role_scope_mentor"), *listed)
    return tuple(dict.fromkeys(one.strip() for one in named if one.strip()))


def _sub(payload: Mapping[str, Any]) -> str:
    if payload.get("sub") is None:
        raise Refused("launch.anonymous")
    sub = identifier(payload, "sub")
    if not sub.isascii():
        raise Refused("launch.malformed", claim="sub")
    return sub


def _name(payload: Mapping[str, Any]) -> str:
    whole = clipped(payload, "name", 255)
    parts = clipped(payload, "given_name", 120), clipped(payload, "family_name", 120)
    return whole or " ".join(part for part in parts if part)


def _locale(*places: Mapping[str, Any]) -> str | None:
    for place in places:
        locale = clipped(place, "locale", 35)
        if _LOCALE.fullmatch(locale):
            return locale.replace("_", "-")
    return None


def _context(
    payload: Mapping[str, Any], custom: Mapping[str, str]
) -> ContextClaim | None:
    claim = as_object(payload, CORE + "context")
    if not claim:
        return None
    kinds = {kind.lower() for kind in words(claim, "type")}
    placement = clipped(payload, PLACEMENT, 80)
    history = custom.get("context_id_history", "").split(",")
    return ContextClaim(
        id=identifier(claim, "id"),
        title=clipped(claim, "title", 500),
        label=clipped(claim, "label", 255),
        is_hub=bool(kinds & HUB_TYPES) or placement in HUB_PLACEMENTS,
        history=tuple(part.strip() for part in history if part.strip()),
    )


def _link(payload: Mapping[str, Any]) -> LinkClaim | None:
    claim = as_object(payload, CORE + "resource_link")
    if not claim:
        return None
    return LinkClaim(identifier(claim, "id"), clipped(claim, "title", 500))


def _grades(payload: Mapping[str, Any]) -> GradesClaim:
    claim = as_object(payload, AGS)
    return GradesClaim(
        lineitems=optional_text(claim, "lineitems"),
        lineitem=optional_text(claim, "lineitem"),
        scopes=words(claim, "scope"),
    )


def _notices(payload: Mapping[str, Any]) -> NoticesClaim | None:
    claim = as_object(payload, NOTICES)
    url = optional_text(claim, "platform_notification_service_url")
    return NoticesClaim(url, words(claim, "notice_types_supported")) if url else None


def _deep_linking(
    payload: Mapping[str, Any], message: MessageType
) -> DeepLinkingClaim | None:
    if message is not MessageType.DEEP_LINKING:
        return None
    claim = as_object(payload, DEEP_LINKING)
    if "ltiResourceLink" not in as_list(claim, "accept_types"):
        raise Refused("launch.no_links_wanted")
    return_url = optional_text(claim, "deep_link_return_url")
    if not return_url:
        raise Refused("launch.malformed", claim="deep_link_return_url")
    return DeepLinkingClaim(
        return_url=return_url,
        accepts_many=claim.get("accept_multiple") in YES,
        accepts_line_item=claim.get("accept_lineitem", True) in YES,
        data=opaque(claim, "data", most=65536),
    )
