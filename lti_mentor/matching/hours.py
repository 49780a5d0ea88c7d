"""When people have time, as hours of the UTC week that is being matched (D18)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lti_mentor.matching.pool import WEEK_HOURS

WEEKDAYS, WEEKEND = range(5), range(5, 7)
MORNING, AFTERNOON, EVENING = range(8, 12), range(13, 17), range(17, 21)
CHIPS: dict[str, tuple[range, range]] = {
    "weekday_morning": (WEEKDAYS, MORNING),
    "weekday_afternoon": (WEEKDAYS, AFTERNOON),
    "weekday_evening": (WEEKDAYS, EVENING),
    "weekend_morning": (WEEKEND, MORNING),
    "weekend_afternoon": (WEEKEND, AFTERNOON),
    "weekend_evening": (WEEKEND, EVENING),
}
"""What a chip means: days from Monday, and local hours."""


def utc_hours(chips: Iterable[str], zone: str, week: date) -> frozenset[int]:
    """Return the hours from Monday 00:00 UTC that local chips cover in a week.

    Args:
        chips: Keys of CHIPS; an unknown one raises KeyError.
        zone: IANA name.
        week: Any day of the week that is matched; summer time is that week's.
    """
    monday = week - timedelta(days=week.weekday())
    start = datetime.combine(monday, time(), UTC)
    here = ZoneInfo(zone)
    return frozenset(
        int((_local(monday, day, hour, here) - start).total_seconds() // 3600)
        % WEEK_HOURS
        for chip in chips
        for day in CHIPS[chip][0]
        for hour in CHIPS[chip][1]
    )


def utc_grid(hours: Iterable[int], zone: str, week: date) -> frozenset[int]:
    """Return local hours of a week (0 = Monday 00:00) as hours of the UTC week."""
    monday = week - timedelta(days=week.weekday())
    start = datetime.combine(monday, time(), UTC)
    here = ZoneInfo(zone)
    return frozenset(
        int((_local(monday, *divmod(hour, 24), here) - start).total_seconds() // 3600)
        % WEEK_HOURS
        for hour in hours
    )


def _local(monday: date, day: int, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(monday + timedelta(days=day), time(hour), zone)
