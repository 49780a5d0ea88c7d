"""Times that suit two people, wherever they live and whenever clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentor.scheduling.suggesting import DAYS, MOST, NOTICE, Week, shared_times

ZONES = (
    "UTC",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "America/New_York",
)
NEW_YORK = "America/New_York"
EVENINGS = [(day, hour) for day in range(5) for hour in range(17, 21)]
MORNINGS = [(day, hour) for day in range(7) for hour in range(6, 12)]


def test_kathmandu_and_sao_paulo_meet_when_it_is_evening_and_morning():
    after = datetime(2026, 11, 23, 12, tzinfo=UTC)

    found = shared_times(
        Week(EVENINGS, "Asia/Kathmandu"), Week(MORNINGS, "America/Sao_Paulo"), after
    )

    assert found
    for moment in found:
        here = moment.astimezone(ZoneInfo("Asia/Kathmandu"))
        there = moment.astimezone(ZoneInfo("America/Sao_Paulo"))
        assert (here.weekday(), here.hour) in EVENINGS
        assert (there.weekday(), there.hour) in MORNINGS


def test_the_clock_on_the_wall_stays_when_summer_time_ends_in_between():
    after = datetime(2026, 10, 20, 6, tzinfo=UTC)
    hours = [(day, 18) for day in range(7)]

    found = shared_times(
        Week(hours, "Europe/Berlin"), Week(hours, "Europe/Berlin"), after
    )

    clocks = {moment.astimezone(ZoneInfo("Europe/Berlin")).hour for moment in found}
    assert clocks == {18}
    assert {moment.astimezone(UTC).hour for moment in found} == {16, 17}


def test_an_hour_that_the_change_leaves_out_is_nobodys():
    after = datetime(2026, 3, 27, 6, tzinfo=UTC)
    night = Week([(6, 2)], "Europe/Berlin")

    found = shared_times(night, night, after)

    assert date(2026, 3, 29) not in {moment.date() for moment in found}


def test_an_hour_that_comes_twice_is_nobodys_either():
    after = datetime(2026, 10, 23, 6, tzinfo=UTC)
    night = Week([(6, 2)], "Europe/Berlin")

    found = shared_times(night, night, after)

    assert {moment.date() for moment in found} == {date(2026, 11, 1)}


def test_across_the_date_line_it_is_monday_here_and_sunday_there():
    after = datetime(2026, 11, 25, 12, tzinfo=UTC)
    mondays = Week([(0, hour) for hour in range(8, 18)], "Pacific/Auckland")
    sundays = Week([(6, hour) for hour in range(8, 18)], "Pacific/Honolulu")

    found = shared_times(mondays, sundays, after)

    assert found
    for moment in found:
        here = moment.astimezone(ZoneInfo("Pacific/Auckland"))
        there = moment.astimezone(ZoneInfo("Pacific/Honolulu"))
        assert here.date() - there.date() == timedelta(days=1)
        assert (here.weekday(), there.weekday()) == (0, 6)


def test_a_change_on_one_side_only_moves_the_other_ones_clock():
    """New York changes a week after Berlin: the shared hour is another one then."""
    after = datetime(2026, 10, 20, 6, tzinfo=UTC)
    evening = Week([(day, 18) for day in range(7)], "Europe/Berlin")
    noon = Week([(day, hour) for day in range(7) for hour in (12, 13)], NEW_YORK)

    found = shared_times(evening, noon, after)

    clocks = [moment.astimezone(ZoneInfo(NEW_YORK)).hour for moment in found]
    assert set(clocks) == {12, 13}
    assert clocks == sorted(clocks)


def test_who_said_nothing_gets_no_suggestion():
    after = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert shared_times(Week([], "UTC"), Week(EVENINGS, "UTC"), after) == []


hours = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23)), max_size=30)
weeks = st.builds(Week, hours, st.sampled_from(ZONES))
moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(max_examples=60, deadline=None)
@given(weeks, weeks, moments)
def test_every_suggestion_suits_both_soon_and_not_at_once(one, other, after):
    found = shared_times(one, other, after)

    assert len(found) <= MOST
    for moment in found:
        for week in (one, other):
            local = moment.astimezone(ZoneInfo(week.zone))
            assert (local.weekday(), local.hour) in week.hours
            assert local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset()
        assert after + NOTICE <= moment < after + timedelta(days=DAYS + 3)
