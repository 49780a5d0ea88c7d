"""Words outside a page: in the language and the zone of who reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.support import NullTranslations, Translations

import lti_mentor
from lti_mentor.people.models import Person

CATALOGS = Path(lti_mentor.__file__).parent / "locale"
ENGLISH = Locale("en")


def marked(text: str) -> str:
    """Mark a text for translation; it is translated when somebody is to read it."""
    return text


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak to one person."""

    locale: Locale
    zone: ZoneInfo
    catalog: NullTranslations

    def say(self, text: str, **facts: object) -> str:
        """Return a marked text in their language, with these facts in it."""
        said = self.catalog.gettext(text)
        return said % facts if facts else said

    def moment(self, value: datetime) -> str:
        """Return a moment as they write it, on their clock, with its zone."""
        form = "EEEE d MMMM y, HH:mm zzz"
        return format_datetime(value, form, tzinfo=self.zone, locale=self.locale)


def voice_for(person: Person, zone: str | None = None) -> Voice:
    """Return how to speak to somebody; `zone` is the program's, where theirs is none.

    Without a catalog a language is not half spoken: English words and English dates.
    """
    locale = _locale(person.locale)
    catalog = Translations.load(CATALOGS, [locale])
    if locale.language != "en" and not isinstance(catalog, Translations):
        locale = ENGLISH
    return Voice(locale, _zone(person.zone or zone), catalog)


def first_name(person: Person | None) -> str:
    """Return the first part of a name: no more of anybody stands in a mail."""
    parts = person.name.split() if person else []
    return parts[0] if parts else ""


def filled(voice: Voice, text: str, facts: Mapping[str, str]) -> str:
    """Return a text with facts; who has told no name is somebody."""
    told = dict(facts)
    told["who"] = told.get("who") or voice.say(SOMEBODY)
    return voice.say(text, **told)


SOMEBODY = marked("Your partner")


def _locale(wish: str | None) -> Locale:
    try:
        return Locale.parse((wish or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return ENGLISH


def _zone(wish: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(wish or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
