"""Times that suit two people, from what each said of their week (P13, D18)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 14
"""How far ahead is looked."""
MOST = 6
"""How many suggestions are read with pleasure."""
NOTICE = timedelta(hours=12)
"""How much time there is to answer."""


@dataclass(frozen=True, slots=True)
class Week:
    """When somebody usually has time."""

    hours: Collection[tuple[int, int]]
    """(day from Monday, hour) in their own zone."""
    zone: str
    """IANA name."""


def shared_times(one: Week, other: Week, after: datetime) -> list[datetime]:
    """Return moments at which both usually have time, at most one a day.

    Each day is turned into UTC by itself, so that a change to summer time between
    today and then is counted in; an hour that a change leaves out, or that comes
    twice, is nobody's: no two people would name the same moment by it.
    """
    soonest = after.astimezone(UTC) + NOTICE
    both = sorted(set(_moments(one, soonest)) & set(_moments(other, soonest)))
    by_day: dict[date, datetime] = {}
    for moment in both:
        by_day.setdefault(moment.astimezone(ZoneInfo(one.zone)).date(), moment)
    return list(by_day.values())[:MOST]


def _moments(week: Week, soonest: datetime) -> Iterator[datetime]:
    zone = ZoneInfo(week.zone)
    first = soonest.astimezone(zone).date()
    for ahead in range(DAYS):
        day = first + timedelta(days=ahead)
        for hour in (hour for weekday, hour in week.hours if weekday == day.weekday()):
            yield from _quarters(day, hour, zone, soonest)


def _quarters(
    day: date, hour: int, zone: ZoneInfo, soonest: datetime
) -> Iterator[datetime]:
    """Yield the quarters of an hour: zones differ by 30 and 45 minutes as well."""
    for minute in (0, 15, 30):
        local = datetime.combine(day, time(hour, minute), zone)
        moment = local.astimezone(UTC)
        if _is_plain(local) and moment >= soonest:
            yield moment


def _is_plain(local: datetime) -> bool:
    """Say whether a clock shows this once: not left out by a change, nor twice."""
    return local.utcoffset() == local.replace(fold=1).utcoffset()
