"""Reading forms: one validator, errors by field in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import LazyString, get_timezone
from flask_babel import lazy_gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load

from lti_mentor.errors import Invalid
from lti_mentor.web.words import words_of

MISSING = _("Please fill this in.")
CHOICE = _("Please choose one of these.")
DATE = _("Please give a date.")


class Form(Schema):
    """Base of every form: unknown fields are left out, empty ones count as missing."""

    class Meta:
        """Fields nobody asked for are no error."""

        unknown = EXCLUDE

    @pre_load
    def _tidy(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in ("", None)}


class LocalDateTime(fields.DateTime):
    """A moment typed in the reader's own zone; loaded as UTC."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        typed: datetime = super()._deserialize(value, *args, **kwargs)
        zone = ZoneInfo(str(get_timezone() or "UTC"))
        return typed.replace(tzinfo=zone).astimezone(UTC)


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
        raise FormError(_sentences(schema, wrong.messages)) from None
    return loaded


def _sentences(schema: Schema, wrong: Iterable[str]) -> dict[str, LazyString | str]:
    return {name: _sentence(schema.fields.get(name)) for name in wrong}


def _sentence(field: object) -> LazyString:
    if isinstance(field, (fields.Date, fields.DateTime)):
        return DATE
    return CHOICE if isinstance(field, (fields.Enum, fields.List)) else MISSING


def as_error(problem: Invalid) -> dict[str, LazyString | str]:
    """Return a refused rule as an error of the whole form."""
    found = words_of(problem)
    return {"": found.title}


def text(*, required: bool = True) -> fields.String:
    """Return a text field."""
    if required:
        return fields.String(required=True)
    return fields.String(load_default="")


def end_of_day(value: date, zone: str) -> datetime:
    """Return the last minute of a day where somebody lives, as UTC."""
    local = datetime(value.year, value.month, value.day, 23, 59, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
