"""What an admin copies out of here, in the words and order of that LMS's own form.

Moodle: `typessettings.php` (Moodle 4.5.6, measured). Canvas: the LTI key's form, by
URL (Canvas doc/lti/lti_dev_key_config.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.lti.configuration import (
    DESCRIPTION,
    MOODLE_PARAMETERS,
    NAME,
    domain,
    icon,
    target,
)
from lti_mentor.platforms.models import LMSKind


@dataclass(frozen=True, slots=True)
class Value:
    """A field of theirs, and what belongs in it."""

    label: LazyString | str
    text: LazyString | str
    is_choice: bool = False
    """To be chosen or ticked there; nothing to copy."""


def values_for(family: LMSKind, public_url: str) -> Sequence[Value]:
    """Return our values for this family's form, in the order they are asked."""
    return _VALUES[family](public_url)


def _moodle(url: str) -> Sequence[Value]:
    parameters = "\n".join(f"{key}={value}" for key, value in MOODLE_PARAMETERS.items())
    return (
        Value(_("Tool name"), NAME),
        Value(_("Tool URL"), _launch(url)),
        Value(_("Tool description"), DESCRIPTION),
        Value(_("LTI version"), _("LTI 1.3"), is_choice=True),
        Value(_("Public key type"), _("Keyset URL"), is_choice=True),
        Value(_("Public keyset"), f"{url}/lti/jwks"),
        Value(_("Initiate login URL"), f"{url}/lti/login"),
        Value(_("Redirection URI(s)"), _launch(url)),
        Value(_("Custom parameters"), parameters),
        *_moodle_places(url),
        *_moodle_rights(),
    )


def _moodle_places(url: str) -> Sequence[Value]:
    return (
        Value(
            _("Tool configuration usage"),
            _("Show in activity chooser and as a preconfigured tool"),
            is_choice=True,
        ),
        Value(
            _("Default launch container"), _("Embed, without blocks"), is_choice=True
        ),
        Value(
            _("Supports Deep Linking (Content-Item Message)"), _("Tick"), is_choice=True
        ),
        Value(_("Content Selection URL"), target(url, "LtiDeepLinkingRequest")),
        Value(_("Icon URL"), icon(url)),
    )


def _moodle_rights() -> Sequence[Value]:
    """Moodle switches all of these off unless somebody switches them on."""
    return (
        Value(
            _("IMS LTI Assignment and Grade Services"),
            _("Use this service for grade sync and column management"),
            is_choice=True,
        ),
        Value(
            _("IMS LTI Names and Role Provisioning"),
            _(
                "Use this service to retrieve members' information as per privacy "
                "settings"
            ),
            is_choice=True,
        ),
        Value(_("Share launcher's name with tool"), _("Always"), is_choice=True),
        Value(_("Share launcher's email with tool"), _("Always"), is_choice=True),
        Value(
            _("Accept grades from the tool"),
            _("As specified in Deep Linking definition or Delegate to teacher"),
            is_choice=True,
        ),
    )


def _canvas(url: str) -> Sequence[Value]:
    return (
        Value(_("Key Name"), NAME),
        Value(_("Redirect URIs"), _launch(url)),
        Value(_("Method"), _("Enter URL"), is_choice=True),
        Value(_("JSON URL"), f"{url}/lti/canvas.json"),
    )


def _other(url: str) -> Sequence[Value]:
    return (
        Value(_("Tool name"), NAME),
        Value(_("Tool URL"), _launch(url)),
        Value(_("Login initiation URL"), f"{url}/lti/login"),
        Value(_("Redirect URI"), _launch(url)),
        Value(_("Public keyset"), f"{url}/lti/jwks"),
        Value(_("Deep linking URL"), target(url, "LtiDeepLinkingRequest")),
        Value(_("Domain"), domain(url)),
    )


def _launch(url: str) -> str:
    return target(url, "LtiResourceLinkRequest")


_VALUES: dict[LMSKind, Callable[[str], Sequence[Value]]] = {
    LMSKind.MOODLE: _moodle,
    LMSKind.CANVAS: _canvas,
    LMSKind.OTHER: _other,
}
