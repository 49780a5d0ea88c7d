"""Time zones as people say them, and those there are to choose from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from lti_mentor.clock import now

UTC = "UTC"
REGIONS: dict[str, LazyString] = {
    "Africa": later("Africa"),
    "America": later("America"),
    "Antarctica": later("Antarctica"),
    "Arctic": later("Arctic"),
    "Asia": later("Asia"),
    "Atlantic": later("Atlantic Ocean"),
    "Australia": later("Australia"),
    "Europe": later("Europe"),
    "Indian": later("Indian Ocean"),
    "Pacific": later("Pacific Ocean"),
}
"""Parts of the world by which the IANA names its zones."""
_TABLE = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
ZONES = (UTC, *(row.split("\t")[2] for row in _TABLE if row[:1] != "#"))
"""What there is to choose from: the third word of each line, tab by tab."""
Group = tuple[LazyString, Sequence[tuple[str, str]]]


def zone_name(key: str) -> str:
    """Return how people say a zone: by its city; where it has none, by its offset."""
    city = _city(key)
    return str(_("%(city)s time", city=city)) if city else _offset(key, now())


def zone_choices() -> list[Group]:
    """Return every zone by part of the world and city, with today's offset."""
    moment = now()
    return [
        (words, sorted(_options(region, moment), key=lambda option: option[1]))
        for region, words in REGIONS.items()
    ]


def _options(region: str, moment: datetime) -> list[tuple[str, str]]:
    keys = [key for key in ZONES if key.startswith(f"{region}/")]
    named = {key: {"city": _city(key), "offset": _offset(key, moment)} for key in keys}
    return [(key, str(_("%(city)s (%(offset)s)", **named[key]))) for key in keys]


def _city(key: str) -> str:
    """Return the city a zone is named after; fixed offsets have none."""
    place = get_timezone_location(key, get_locale() or "en", return_city=True)
    is_fixed = key.startswith("Etc/") or place[:3] in {UTC, "GMT"}
    return "" if is_fixed else place.rpartition("/")[2]


def _offset(key: str, moment: datetime) -> str:
    offset = moment.astimezone(ZoneInfo(key)).utcoffset() or timedelta()
    sign, minutes = ("+" if offset > timedelta() else "-"), abs(offset).seconds // 60
    if not minutes:
        return str(_("UTC"))
    clock = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return str(_("UTC%(offset)s", offset=clock))
