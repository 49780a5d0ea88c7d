"""A platform that offers dynamic registration, and what came of it."""

from typing import Any

from lti_mentor.lti.configuration import TOOL
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Registration
from tests.platform import Answer, Platform
from tests.tool import Tool

CANVAS = "https://canvas.instructure.com/lti/"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def configuration(platform: Platform, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": platform.url,
        "authorization_endpoint": f"{platform.url}/auth",
        "token_endpoint": f"{platform.url}/token",
        "jwks_uri": f"{platform.url}/jwks",
        "registration_endpoint": f"{platform.url}/registration",
        PLATFORM: {"product_family_code": "moodle"},
    } | changes


def offer(platform: Platform, answer: Answer | None = None, **changes: Any) -> None:
    platform.routes["/configuration"] = lambda _: Answer(
        body=configuration(platform, **changes)
    )
    said = {"client_id": "new-client", TOOL: {"deployment_id": "7"}}
    platform.routes["/registration"] = lambda _: answer or Answer(body=said)


def invite(tool: Tool) -> str:
    with tool.session() as session:
        return links.issue(session, LinkKind.REGISTRATION_INVITE, {})


def is_unused(tool: Tool, secret: str) -> bool:
    with tool.session() as session:
        return links.look(session, LinkKind.REGISTRATION_INVITE, secret) is not None


def connect(tool: Tool, platform: Platform, **form: str) -> Any:
    given = {
        "openid_configuration": f"{platform.url}/configuration",
        "registration_token": "reg-token",
    } | form
    return tool.browser.post("/lti/register", data=given)


def made(tool: Tool, client_id: str = "new-client") -> Registration | None:
    with tool.session() as session:
        found = [r for r in queries.everyone(session) if r.client_id == client_id]
        for one in found:
            assert one.deployments is not None
        session.expunge_all()
        return found[0] if found else None
