"""Reading one claim: the right type and length, or a refusal that names it."""

import json
from collections.abc import Mapping
from typing import Any

from lti_mentor.errors import Refused

LONGEST_ID = 255
LONGEST_URL = 4096

Claims = Mapping[str, Any]


def malformed(claim: str) -> Refused:
    """Return the refusal for a claim, named by its last word."""
    return Refused("launch.malformed", claim=claim.rpartition("/")[2])


def identifier(claims: Claims, name: str) -> str:
    """Return a required id of 1 to 255 characters."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise malformed(name)
    return _storable(value, name)


def optional_text(claims: Claims, name: str, most: int = LONGEST_URL) -> str | None:
    """Return a text that may be absent, null or empty (all None)."""
    value = claims.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > most:
        raise malformed(name)
    return _storable(value, name)


def opaque(claims: Claims, name: str, most: int) -> Any:
    """Return a value that must come back as it is: any JSON, absent or empty is None.

    The specification shows text; the platform library lti1p3platform sends an object.
    """
    value = claims.get(name)
    if value is None or isinstance(value, str):
        return optional_text(claims, name, most)
    try:
        whole = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise malformed(name) from None
    if len(whole) > most or "\\u0000" in whole:
        raise malformed(name)
    _storable(whole, name)
    return value


def clipped(claims: Claims, name: str, most: int) -> str:
    """Return a text for people, cut to length; anything but text is empty."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\x00", "").strip()[:most]


def as_object(claims: Claims, name: str) -> dict[str, Any]:
    """Return an object that may be absent or null (both empty)."""
    value = claims.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(name)
    return value


def as_list(claims: Claims, name: str) -> list[Any]:
    """Return a list that may be absent or null (both empty)."""
    value = claims.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise malformed(name)
    return value


def words(claims: Claims, name: str) -> tuple[str, ...]:
    """Return a list of texts that may be absent or null."""
    found = as_list(claims, name)
    if not all(isinstance(word, str) for word in found):
        raise malformed(name)
    return tuple(_storable(word, name) for word in found)


def is_storable(value: str) -> bool:
    """Say whether databases and addresses can hold it: no NUL, no lone surrogate."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _storable(value: str, name: str) -> str:
    if not is_storable(value):
        raise malformed(name)
    return value
