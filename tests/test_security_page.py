"""deploy/SECURITY.md says what proves each requirement; this proves that it is so."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.certification.cases import CASES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "deploy" / "SECURITY.md"
NUMBERS = [*range(1, 67), 72]
"""Requirements about launch, session, tenancy, services, keys and privacy."""


@dataclass(frozen=True)
class Row:
    number: int
    tests: list[tuple[str, str]]
    """File and name."""
    cases: str
    remark: str


def rows() -> list[Row]:
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"\d+", cells[0]):
            tests = re.findall(r"`([^`]+?)::([^`]+?)`", cells[2])
            found.append(Row(int(cells[0]), tests, cells[3], cells[4]))
    return found


@cache
def names(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def known_cases() -> set[str]:
    """Return the cases' ids; V29a and its like count as V29."""
    return {case.name.split()[0].rstrip("abc") for case in CASES}


def test_every_requirement_has_one_row():
    assert [row.number for row in rows()] == NUMBERS


def test_every_row_names_a_test_or_says_why_there_is_none():
    assert [row.number for row in rows() if not row.tests and not row.remark] == []


def test_every_test_that_is_named_exists():
    missing = [
        f"{path}::{name}"
        for row in rows()
        for path, name in row.tests
        if not (ROOT / path).is_file() or name not in names(path)
    ]

    assert missing == []


def test_every_case_that_is_named_exists():
    named = re.findall(r"[A-Z]\d+", " ".join(row.cases for row in rows()))

    assert named and set(named) <= known_cases()
