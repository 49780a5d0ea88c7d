"""CSV that opens anywhere and runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.reports.export import as_csv


def rows(body: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline="")))


def test_a_spreadsheet_is_told_that_it_is_utf_8() -> None:
    body = as_csv(["Имя"], [["Лея"]])

    assert body.encode().startswith(b"\xef\xbb\xbf")
    assert rows(body) == [["Имя"], ["Лея"]]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_cell_that_would_run_is_made_text(sign: str) -> None:
    body = as_csv([f"{sign}cmd"], [[f"{sign}1+1"]])

    assert all(row[0].startswith("'") for row in rows(body))


def test_numbers_stay_numbers() -> None:
    assert rows(as_csv(["n"], [[-3], [""], [0.5]]))[1:] == [["-3"], [""], ["0.5"]]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_whatever_people_type_comes_back_in_its_own_cell(
    typed: list[list[str]],
) -> None:
    read = rows(as_csv(["a", "b"], typed))[1:]

    plain = [[cell.removeprefix("'") for cell in row] for row in read]
    assert plain == [[cell.removeprefix("'") for cell in row] for row in typed]
