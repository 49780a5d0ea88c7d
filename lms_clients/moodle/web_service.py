"""Moodle's web services: one address, errors inside a 200 (Moodle 4.5.6, measured)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms_clients.answer import Answer, error_for
from lms_clients.errors import (
    Forbidden,
    LMSError,
    Malformed,
    NoRules,
    NotFound,
    Rejected,
    Unauthorized,
    Unreachable,
    safe_code,
)
from lms_clients.transport import Call, Transport
from lms_clients.wire import Record, record, records

ERRORCODES: dict[str, type[LMSError]] = {
    "invalidtoken": Unauthorized,
    "accessexception": Forbidden,
    "nopermissions": Forbidden,
    "requireloginerror": Forbidden,
    "errorcoursecontextnotvalid": Forbidden,
    "invalidrecord": NotFound,
    "invaliduser": NotFound,
    "usernotenroled": NotFound,
    "nocriteriaset": NoRules,
    "sitemaintenance": Unreachable,
    "upgraderunning": Unreachable,
}
"""What each errorcode means; any other is `Rejected`."""


REST = "REST protocol"
"""`missing` of the error where it, or web services as such, are switched off."""


def explain(name: str, answer: Answer) -> LMSError:
    """Tell which error a refusal is; an empty 403 is Moodle without web services.

    Moodle, webservice/rest/server.php: it says no more when they or REST are off.
    """
    if answer.status == 403 and not answer.body:
        return Forbidden(f"{name}: off", status=403, code="rest_off", missing=REST)
    return error_for(name, answer)


@dataclass(frozen=True, slots=True)
class WebService:
    """Calls functions with one token, which travels in the body, never in a URL."""

    transport: Transport
    token: str = field(repr=False)

    def read(self, function: str, **arguments: Any) -> Any:
        """Call a function that only reads; it may be repeated by the transport."""
        return self._call(function, arguments, is_read=True)

    def write(self, function: str, **arguments: Any) -> Any:
        """Call a function that changes something; never repeated after it was sent."""
        return self._call(function, arguments, is_read=False)

    def record(self, function: str, **arguments: Any) -> Record:
        """Read an object."""
        return record(function, self.read(function, **arguments))

    def records(self, function: str, **arguments: Any) -> Iterator[Record]:
        """Read a list of objects."""
        return records(function, self.read(function, **arguments))

    def _call(self, function: str, arguments: dict[str, Any], *, is_read: bool) -> Any:
        data = {
            "wstoken": self.token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **dict(_flat(arguments)),
        }
        url = f"{self.transport.base_url}/webservice/rest/server.php"
        call = Call(function, url, method="POST", data=data, is_read=is_read)
        body = self.transport.send(call).json()
        if isinstance(body, dict) and "exception" in body:
            raise _error(function, body)
        if is_read and body is None:
            raise Malformed(f"{function}: answered null", code="null")
        return body


def _error(function: str, body: Mapping[str, Any]) -> LMSError:
    code = safe_code(body.get("errorcode"))
    kind = ERRORCODES.get(code, Rejected)
    if code == "invalidrecord" and "external_functions" in str(body.get("message")):
        kind = Forbidden  # this Moodle is too old for the function, or lost a plugin
    missing = function if kind is Forbidden and code in FUNCTION_MISSING else ""
    return kind(f"{function}: {code or 'refused'}", code=code, missing=missing)


FUNCTION_MISSING = {"accessexception", "invalidrecord"}
"""The token's service lacks the function itself, not the role a right."""


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Spell nested arguments PHP's way: `options[0][name]`; booleans as 0 and 1."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{name}[{key}]" if name else key)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _flat(item, f"{name}[{index}]")
    elif value is not None:
        yield name, str(int(value) if isinstance(value, bool) else value)
