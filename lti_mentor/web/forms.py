"""Reading forms: one validator, errors by field in the reader's language."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import LazyString, get_timezone
from flask_babel import lazy_gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from lti_mentor.errors import Invalid
from lti_mentor.web.words import words_of

MISSING = _("Please fill this in.")
CHOICE = _("Please choose one of these.")
YEARS = range(2000, 2200)
"""In which anything here can happen."""
TICK = _("Please tick this.")
DATE = _("Please give a date.")
LINK = _("Please give a whole web address, beginning with https://.")
NUMBER = _("Please give a number that is possible here.")
LONG = _("Please shorten this.")
KINDS: tuple[tuple[tuple[type, ...], LazyString], ...] = (
    ((fields.Date, fields.DateTime), DATE),
    ((fields.Enum, fields.List), CHOICE),
    ((fields.Url,), LINK),
    ((fields.Integer,), NUMBER),
)
"""What a field of each kind asks for when it cannot be read."""


class Form(Schema):
    """Base of every form: unknown fields are left out, empty ones count as missing."""

    class Meta:
        """Fields nobody asked for are no error."""

        unknown = EXCLUDE

    @pre_load
    def _tidy(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        tidy = {name: _clean(value) for name, value in data.items()}
        return {name: value for name, value in tidy.items() if value not in ("", None)}


def _clean(value: Any) -> Any:
    """Take out what no database keeps in a text."""
    return value.replace("\x00", "") if isinstance(value, str) else value


class LocalDateTime(fields.DateTime):
    """A moment typed in the reader's own zone; loaded as UTC."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        typed: datetime = super()._deserialize(value, *args, **kwargs)
        zone = ZoneInfo(str(get_timezone() or "UTC"))
        return _as_utc(typed.replace(tzinfo=zone))


def _as_utc(value: datetime) -> datetime:
    """Every day is some hours away from another zone's: stay within the calendar."""
    if value.year not in YEARS:
        raise ValidationError("too far away")
    return value.astimezone(UTC)


class FormError(Exception):
    """A form that cannot be taken as it is; `errors` by field name."""

    def __init__(self, errors: Mapping[str, LazyString | str]) -> None:
        super().__init__("form")
        self.errors = dict(errors)


def read(form: type[Form]) -> dict[str, Any]:
    """Return the sent fields, checked and in their types.

    Raises:
        FormError: With a sentence for each wrong field.
    """
    schema = form()
    sent: dict[str, Any] = {}
    for name in request.form:
        many = isinstance(schema.fields.get(name), fields.List)
        sent[name] = request.form.getlist(name) if many else request.form[name]
    try:
        loaded: dict[str, Any] = schema.load(sent)
    except ValidationError as wrong:
        raise FormError(
            {
                name: _sentence(schema.fields.get(name), is_there=bool(sent.get(name)))
                for name in wrong.messages
            }
        ) from None
    return loaded


def _sentence(field: object, *, is_there: bool) -> LazyString:
    for rule in getattr(field, "validators", ()):
        if isinstance(rule, validate.OneOf):
            return CHOICE if len(list(rule.choices)) > 1 else TICK
    for kinds, words in KINDS:
        if isinstance(field, kinds) and (is_there or words in {DATE, CHOICE}):
            return words
    return LONG if is_there else MISSING


def as_error(problem: Invalid) -> dict[str, LazyString | str]:
    """Return a refused rule as an error of the whole form."""
    found = words_of(problem)
    return {"": found.title}


def text(*, required: bool = True) -> fields.String:
    """Return a text field."""
    if required:
        return fields.String(required=True)
    return fields.String(load_default="")


def start_of_day(value: date, zone: str) -> datetime:
    """Return the first minute of a day where somebody lives, as UTC.

    Raises:
        FormError: The calendar begins after it.
    """
    try:
        return _as_utc(datetime.combine(value, time(), ZoneInfo(zone)))
    except ValidationError:
        raise FormError({"": DATE}) from None


def end_of_day(value: date, zone: str) -> datetime:
    """Return the last minute of a day where somebody lives, as UTC.

    Raises:
        FormError: The calendar ends before it.
    """
    try:
        return _as_utc(datetime.combine(value, time(23, 59), ZoneInfo(zone)))
    except ValidationError:
        raise FormError({"": DATE}) from None
