"""Reading fields of any shape: a value of the right type, or an error of ours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_clients import Malformed
from lms_clients.errors import safe_code
from lms_clients.wire import Record, record, records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
READERS = [
    Record.id,
    Record.text,
    Record.maybe_text,
    Record.maybe_id,
    Record.number,
    Record.flag,
    Record.epoch,
    Record.moment,
    Record.record,
    Record.records,
]


@given(JSON, st.sampled_from(READERS))
def test_no_value_whatever_breaks_a_reader(value, read):
    row = Record("call", {"field": value})

    try:
        read(row, "field")
    except Malformed as error:
        told = str(error)
    else:
        told = "field"

    assert "field" in told


def test_ids_are_text_whatever_they_were():
    row = Record("call", {"a": 7, "b": "7", "c": 0})

    assert (row.id("a"), row.id("b"), row.id("c"), row.maybe_id("c")) == (
        "7",
        "7",
        "0",
        None,
    )


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, ""])
def test_an_id_must_be_there(value):
    with pytest.raises(Malformed):
        Record("call", {"id": value}).id("id")


def test_numbers_may_come_as_text():
    row = Record("call", {"a": "12.5", "b": "", "c": None, "d": "many", "e": "nan"})

    assert (row.number("a"), row.number("b"), row.number("c")) == (12.5, None, None)
    for name in "de":
        with pytest.raises(Malformed):
            row.number(name)


def test_times_are_aware_and_in_utc():
    row = Record(
        "call",
        {
            "zulu": "2026-11-22T20:00:00Z",
            "offset": "2026-11-22T21:00:00+01:00",
            "naive": "2026-11-22T20:00:00",
            "seconds": 1795377600,
            "never": 0,
        },
    )
    then = datetime(2026, 11, 22, 20, tzinfo=UTC)

    assert row.moment("zulu") == row.moment("offset") == row.epoch("seconds") == then
    assert row.epoch("never") is None
    with pytest.raises(Malformed):
        row.moment("naive")


def test_an_error_names_the_field_and_not_the_value():
    with pytest.raises(Malformed) as caught:
        Record("call", {"email": ["ann@example.edu"]}).text("email")

    assert "email" in str(caught.value)
    assert "ann" not in str(caught.value)


def test_a_list_is_no_object_and_an_object_no_list():
    with pytest.raises(Malformed):
        record("call", [])
    with pytest.raises(Malformed):
        records("call", {})
    with pytest.raises(Malformed):
        list(records("call", [1]))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("invalidtoken", "invalidtoken"),
        ("Ann Lee may not", ""),
        ("x" * 61, ""),
        (None, "none"),
    ],
)
def test_only_a_code_that_looks_like_one_is_kept(value, code):
    assert safe_code(value) == code


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (Record.flag, "yes"),
        (Record.flag, 2),
        (Record.epoch, 1e18),
        (Record.epoch, -1e18),
        (Record.number, 10**400),
        (Record.number, "much"),
        (Record.number, "inf"),
        (Record.moment, "yesterday"),
        (Record.moment, "2026-11-25T09:00:00"),
        (Record.record, []),
        (Record.records, {}),
    ],
)
def test_what_cannot_be_meant_is_malformed(read, value):
    with pytest.raises(Malformed) as caught:
        read(Record("call", {"field": value}), "field")

    assert caught.value.code in {"odd_field", "odd_shape"}
