"""The measures of calm: what a reader meets stays small."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = [ROOT / "lti_mentor", ROOT / "lms_clients"]
LONGEST_FILE = 400
FILES = sorted(
    path
    for package in PACKAGES
    for path in package.rglob("*.py")
    if "migrations" not in path.parts
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count lines of code: neither the signature nor the docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_a_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_functions_are_short(package: Path) -> None:
    lengths = [
        length(f) for path in FILES if package in path.parents for f in functions(path)
    ]

    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 25


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "placeholder text"])
def test_nothing_is_left_for_later(word: str) -> None:
    places = [str(path.relative_to(ROOT)) for path in FILES if word in path.read_text()]

    assert places == []
