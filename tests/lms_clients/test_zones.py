"""Time zones under the names that an LMS uses."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_clients.zones import RAILS, iana


@pytest.mark.parametrize(
    ("given_", "known"),
    [
        ("America/Denver", "America/Denver"),
        ("Mountain Time (US & Canada)", "America/Denver"),
        ("Paris", "Europe/Paris"),
        ("Buenos Aires", "America/Buenos_Aires"),
        ("Kuala Lumpur", "Asia/Kuala_Lumpur"),
        ("Samoa", "Pacific/Apia"),
        ("UTC", "UTC"),
        ("99", None),
        ("5.5", None),
        ("Nowhere", None),
        ("localtime", None),
        ("../../etc/passwd", None),
        ("", None),
        (None, None),
    ],
)
def test_a_zone_has_its_name_of_the_iana(given_, known):
    assert iana(given_) == known


@pytest.mark.parametrize("name", RAILS)
def test_each_name_of_rails_is_a_zone_there_is(name):
    assert ZoneInfo(iana(name) or "").key == RAILS[name]


@settings(deadline=None)
@given(st.text())
def test_no_name_breaks_us(name):
    found = iana(name)

    assert found is None or ZoneInfo(found).key == found
