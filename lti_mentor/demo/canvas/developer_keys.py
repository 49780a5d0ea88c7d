"""Developer keys: what an admin allows a tool, and where it is installed.

Source: Canvas doc/lti/lti_dev_key_config.md: save the key -> turn it ON -> install it
by client id; only then there is a deployment id.
"""

from typing import Any

from lti_mentor.demo.canvas.ids import opaque
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.world import next_id

FIRST_CLIENT = 10_000_000_000_000
"""Client ids are global ids: 10000000000001 and up."""
PLATFORM = "canvas.instructure.com"
"""Only extensions of this platform are read."""
PRIVACY_LEVELS = ("anonymous", "name_only", "email_only", "public")
"""How much of a person a tool may know."""


class BadConfigurationError(ValueError):
    """A key configuration lacks something; the text says what."""


def check(configuration: dict[str, Any]) -> None:
    """Refuse a Canvas JSON configuration that Canvas would not save.

    Raises:
        BadConfigurationError: A required field is missing.
    """
    for name in ("title", "description", "oidc_initiation_url", "target_link_uri"):
        if not configuration.get(name):
            raise BadConfigurationError(f"{name} is required")
    if not (configuration.get("public_jwk") or configuration.get("public_jwk_url")):
        raise BadConfigurationError("public_jwk or public_jwk_url is required")
    if extension(configuration).get("privacy_level") not in PRIVACY_LEVELS:
        raise BadConfigurationError("privacy_level is required")


def extension(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a configuration that is meant for Canvas."""
    for one in configuration.get("extensions", []):
        if one.get("platform") == PLATFORM:
            found: dict[str, Any] = one
            return found
    return {}


def placements(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the placements a configuration asks for."""
    found: list[dict[str, Any]] = (
        extension(configuration).get("settings", {}).get("placements", [])
    )
    return found


def create_key(
    canvas: Institution,
    configuration: dict[str, Any],
    redirect_uris: list[str] | None = None,
) -> DeveloperKey:
    """Save a new LTI key, switched off.

    Raises:
        BadConfigurationError: A required field is missing.
    """
    check(configuration)
    key = DeveloperKey(
        client_id=next_client_id(canvas),
        name=configuration["title"],
        configuration=configuration,
        scopes=list(configuration.get("scopes", [])),
        redirect_uris=redirect_uris or [configuration["target_link_uri"]],
    )
    canvas.store.add(key)
    return key


def create_api_key(
    canvas: Institution, name: str, redirect_uri: str, secret: str
) -> DeveloperKey:
    """Save a new API key (OAuth2 for `/api/v1`), switched on."""
    key = DeveloperKey(
        client_id=next_client_id(canvas),
        name=name,
        kind="api",
        on=True,
        redirect_uris=[redirect_uri],
        secret=secret,
    )
    canvas.store.add(key)
    return key


def next_client_id(canvas: Institution) -> str:
    """Return the client id of the next key."""
    return str(FIRST_CLIENT + len(canvas.store.keys) + 1)


def install(canvas: Institution, key: DeveloperKey, course: int | None = None) -> Tool:
    """Install a key in the account or one course: a deployment of its own.

    The id has the form `106:8865aa...`: tool, then the context's 40 hex digits
    (Canvas docs: platform notification service).
    """
    configuration, own = key.configuration, extension(key.configuration)
    number = next_id(canvas.world.tools)
    where = canvas.world.courses[course].opaque if course else opaque("Account", 1)
    settings = own.get("settings", {})
    tool = Tool(
        id=number,
        name=settings.get("text") or key.name,
        client_id=key.client_id,
        deployment_id=f"{number}:{where}",
        login_url=configuration["oidc_initiation_url"],
        launch_url=configuration["target_link_uri"],
        jwks_url=configuration.get("public_jwk_url", ""),
        redirect_uris=key.redirect_uris,
        description=configuration.get("description", ""),
        icon_url=settings.get("icon_url", ""),
        custom=dict(configuration.get("custom_fields", {})),
        scopes=key.scopes,
        settings={
            "course": course,
            "domain": own.get("domain", ""),
            "privacy_level": own.get("privacy_level", "anonymous"),
            "placements": placements(configuration),
            "selection_height": settings.get("selection_height", 500),
            "selection_width": settings.get("selection_width", 500),
        },
    )
    canvas.world.add(tool)
    return tool
