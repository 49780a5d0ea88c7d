"""When people have time."""

from datetime import date

import pytest

from lti_mentor.matching.hours import CHIPS, utc_hours
from lti_mentor.matching.pool import WEEK_HOURS, Mentee
from lti_mentor.mentoring.models import Chip

WINTER, SUMMER = date(2026, 1, 7), date(2026, 7, 8)


def test_every_chip_a_person_can_choose_has_hours():
    assert set(CHIPS) == {chip.value for chip in Chip}


def test_a_weekday_morning_in_utc_is_eight_to_twelve_on_five_days():
    hours = utc_hours(["weekday_morning"], "UTC", WINTER)

    assert hours == {day * 24 + hour for day in range(5) for hour in range(8, 12)}


@pytest.mark.parametrize(("week", "first"), [(WINTER, 7), (SUMMER, 6)])
def test_summer_time_is_that_of_the_week_being_matched(week, first):
    assert min(utc_hours(["weekday_morning"], "Europe/Berlin", week)) == first


def test_hours_before_monday_or_after_sunday_wrap_around_the_week():
    hours = utc_hours(["weekday_morning"], "Pacific/Auckland", WINTER)

    assert max(hours) == WEEK_HOURS - 2
    assert len(hours) == 20


def test_people_in_two_zones_share_the_hours_that_really_coincide():
    berlin = utc_hours(["weekday_afternoon"], "Europe/Berlin", WINTER)
    new_york = utc_hours(["weekday_morning"], "America/New_York", WINTER)

    assert len(berlin & new_york) == 5 * 3


def test_no_chips_are_no_hours():
    assert utc_hours([], "UTC", WINTER) == frozenset()


def test_an_hour_outside_the_week_is_refused():
    with pytest.raises(ValueError, match="hour"):
        Mentee(id="ana", hours=frozenset({168}))
