"""How web services are asked and answer: PHP parameters, errors in 200, XML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any


class Failed(Exception):
    """An error; Moodle answers it with HTTP 200."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(code)
        self.body = {"exception": exception, "errorcode": code, "message": message}


MOODLE = "core\\exception\\moodle_exception"
"""The general class of Moodle's errors."""
MISSING_RECORD = "dml_missing_record_exception"
"""Something does not exist."""


def invalid_parameter() -> Failed:
    """Return the error of a missing, mistyped or unexpected parameter."""
    return Failed(
        "core\\exception\\invalid_parameter_exception",
        "invalidparameter",
        "Invalid parameter value detected",
    )


def no_record(table: str) -> Failed:
    """Return the error of a row that does not exist."""
    words = f"Can't find data record in database table {table}."
    return Failed(MISSING_RECORD, "invalidrecord", words)


def no_access() -> Failed:
    """Return the error of an account without rights in a course."""
    return Failed(
        "core\\exception\\require_login_exception",
        "requireloginerror",
        "Course or activity not accessible.",
    )


@dataclass(frozen=True)
class Function:
    """One web-service function."""

    do: Callable[..., Any]
    """Takes the account and the checked parameters by name."""
    takes: Mapping[str, Any] = field(default_factory=dict)
    """Name: int, float, str, bool, a list with one shape, or a dict of them.

    A name that ends in `?` may be left out.
    """


def unfold(flat: Mapping[str, str]) -> dict[str, Any]:
    """Return `a[0][b]=c` as nested dicts, numbered ones as lists."""
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        keys = [name.partition("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        place = nested
        for key in keys[:-1]:
            deeper = place.setdefault(key, {})
            if not isinstance(deeper, dict):
                raise invalid_parameter()
            place = deeper
        place[keys[-1]] = value
    return {name: _listed(value) for name, value in nested.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if all(key.isdigit() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(deeper) for key, deeper in value.items()}


def check(given: Any, shape: Any) -> Any:
    """Return the parameters in their types.

    Raises:
        Failed: One is missing, mistyped or not known (invalidparameter).
    """
    if isinstance(shape, Mapping):
        return _check_fields(given, shape)
    if isinstance(shape, list):
        if not isinstance(given, list):
            raise invalid_parameter()
        return [check(each, shape[0]) for each in given]
    return _check_value(given, shape)


def _check_fields(given: Any, shape: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid_parameter()
    known = {name.removesuffix("?"): inner for name, inner in shape.items()}
    needed = {name for name in shape if not name.endswith("?")}
    if set(given) - set(known) or needed - set(given):
        raise invalid_parameter()
    return {name: check(value, known[name]) for name, value in given.items()}


def _check_value(given: Any, kind: type) -> Any:
    if not isinstance(given, str):
        raise invalid_parameter()
    if kind is bool:
        if given not in ("0", "1", "true", "false", ""):
            raise invalid_parameter()
        return given in ("1", "true")
    try:
        return kind(given)
    except ValueError:
        raise invalid_parameter() from None


def to_xml(body: Any) -> str:
    """Return the answer of a call without moodlewsrestformat=json."""
    if isinstance(body, dict) and "exception" in body:
        inner = "".join(
            f"<{tag}>{escape(str(body[key]))}</{tag}>\n"
            for key, tag in (("errorcode", "ERRORCODE"), ("message", "MESSAGE"))
        )
        shell = f'<EXCEPTION class="{escape(body["exception"])}">\n{inner}</EXCEPTION>'
        return f'<?xml version="1.0" encoding="UTF-8" ?>\n{shell}\n'
    inner = _xml(body)
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n{inner}</RESPONSE>\n'


def _xml(value: Any) -> str:
    if isinstance(value, list):
        return "<MULTIPLE>\n" + "".join(map(_xml, value)) + "</MULTIPLE>\n"
    if isinstance(value, dict):
        keys = "".join(
            f'<KEY name="{escape(name)}">{_xml(inner)}</KEY>\n'
            for name, inner in value.items()
        )
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if value is None:
        return '<VALUE null="null"/>'
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"<VALUE>{escape(text)}</VALUE>\n"
