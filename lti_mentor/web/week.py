"""The weekly grid: two hours at a time, in boxes that any keyboard reaches."""

from dataclasses import dataclass
from datetime import time

from flask_babel import format_time, get_locale

STARTS = range(8, 22, 2)
"""When a box of the grid begins; one covers two hours."""
SPAN = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the grid: its time, and the hours of its seven boxes."""

    label: str
    hours: tuple[int, ...]


def days() -> list[tuple[str, str]]:
    """Return the days of the week, Monday first: short name, whole name."""
    names = get_locale().days["format"]
    return [(names["abbreviated"][day], names["wide"][day]) for day in range(7)]


def rows() -> list[Row]:
    """Return the lines of the grid, in the reader's way to write a time."""
    return [
        Row(
            format_time(time(start), "short", rebase=False),
            tuple(day * 24 + start for day in range(7)),
        )
        for start in STARTS
    ]


def spread(boxes: list[int]) -> list[int]:
    """Return the single hours that ticked boxes stand for."""
    return [box + extra for box in boxes for extra in range(SPAN) if box + extra < 168]
