"""What an admin types in of an LMS, and the platform that makes.

Moodle's four addresses follow from its own (Moodle 4.5.6, measured), those of hosted
Canvas from its environment (Canvas doc/lti/lti_dev_key_config.md).
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from marshmallow import fields, pre_load, validate

from lti_mentor.lti.registration import LONGEST_ID, LONGEST_URL, Platform
from lti_mentor.platforms.models import LMSKind
from lti_mentor.platforms.origins import origin_of
from lti_mentor.web.forms import Form

HOSTED = "https://canvas.instructure.com"
"""Issuer of every Canvas that Instructure runs."""
SIGN_IN = "https://sso.canvaslms.com"
"""Where hosted Canvas signs people in and gives out tokens, whatever its domain."""


def _short() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=LONGEST_ID))


def _perhaps() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=LONGEST_ID))


def _address(longest: int = LONGEST_URL, **options: Any) -> fields.Url:
    """Return a field for a web address; which hosts it may name is judged later."""
    rule = validate.Length(max=longest)
    web = {"http", "https"}
    return fields.Url(schemes=web, require_tld=False, validate=rule, **options)


class InstallForm(Form):
    """What every LMS tells: who we are there."""

    client_id = _short()
    deployment_id = _perhaps()

    @pre_load
    def _strip(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take off what copying leaves behind; by its name, before `_tidy`."""
        return {name: str(value).strip() for name, value in data.items()}


class MoodleForm(InstallForm):
    """What `View configuration details` of Moodle's tool card says first."""

    issuer = _address(LONGEST_ID, required=True)


class CanvasForm(InstallForm):
    """The key's number; whose machines, and their address where they are their own."""

    hosting = fields.String(
        load_default="hosted", validate=validate.OneOf(["hosted", "own"])
    )
    address = _address(load_default="")
    issuer = _address(LONGEST_ID, load_default="")


class OtherForm(InstallForm):
    """The five things any LTI 1.3 platform can say of itself."""

    issuer = _address(LONGEST_ID, required=True)
    auth_url = _address(required=True)
    token_url = _address(required=True)
    jwks_url = _address(required=True)


FORMS: dict[LMSKind, type[InstallForm]] = {
    LMSKind.MOODLE: MoodleForm,
    LMSKind.CANVAS: CanvasForm,
    LMSKind.OTHER: OtherForm,
}


def moodle(given: Mapping[str, str]) -> Platform:
    """Return a Moodle by its Platform ID, which is the site's address."""
    site = given["issuer"].rstrip("/")
    return _platform(
        LMSKind.MOODLE,
        site,
        f"{site}/mod/lti/auth.php",
        f"{site}/mod/lti/token.php",
        f"{site}/mod/lti/certs.php",
    )


def canvas(given: Mapping[str, str]) -> Platform:
    """Return a Canvas; hosted ones share everything but their own address."""
    own = origin_of(given["address"]) if given["address"] else None
    is_hosted = given["hosting"] == "hosted" or own is None
    base = SIGN_IN if is_hosted else own
    return _platform(
        LMSKind.CANVAS,
        HOSTED if is_hosted else given["issuer"].rstrip("/") or HOSTED,
        f"{base}/api/lti/authorize_redirect",
        f"{base}/login/oauth2/token",
        f"{base}/api/lti/security/jwks",
        *((own,) if own else ()),
    )


def other(given: Mapping[str, str]) -> Platform:
    """Return any other platform as it was typed in."""
    return _platform(
        LMSKind.OTHER,
        given["issuer"],
        given["auth_url"],
        given["token_url"],
        given["jwks_url"],
    )


PLATFORMS: dict[LMSKind, Callable[[Mapping[str, str]], Platform]] = {
    LMSKind.MOODLE: moodle,
    LMSKind.CANVAS: canvas,
    LMSKind.OTHER: other,
}
BLAMED: dict[LMSKind, dict[str, str]] = {
    LMSKind.MOODLE: dict.fromkeys(("auth_url", "token_url", "jwks_url"), "issuer"),
    LMSKind.CANVAS: dict.fromkeys(("auth_url", "token_url", "jwks_url"), "address"),
    LMSKind.OTHER: {},
}
"""Which field an address came from, where it was not typed as it is."""
WRONG: dict[str, LazyString] = {
    "registration.no_keys": _(
        "No keys can be read there. Is the address right, and does the LMS answer from "
        "outside?"
    ),
    "outside.refused_address": _(
        "This address cannot be used. It has to be public, with https and without a "
        "port."
    ),
}
"""What is wrong with an address, by the code of the refusal."""
NOBODY = _("Nobody answers at this address.")
ADDRESS_MISSING = _("Please give the address of your own Canvas.")


def _platform(
    family: LMSKind,
    issuer: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    *origins: str,
) -> Platform:
    return Platform(
        issuer, auth_url, token_url, jwks_url, "", family=family, origins=origins
    )
