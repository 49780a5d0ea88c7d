"""Whose language and time zone: one's own choice, else what the LMS told (D18)."""

import enum
from typing import Any

from lti_mentor.people.models import Person


class Source(enum.StrEnum):
    """Who told a person's language or zone; the first of these that did counts."""

    OWN = "own"
    LAUNCH = "launch"
    ROSTER = "roster"


def hear(person: Any, source: Source, **told: str | None) -> None:
    """Note `locale` and `zone` as somebody told them; silence takes nothing back.

    The person is a row, or what a list compares of one.
    """
    for name, value in told.items():
        if value:
            _note(person, source, name, value)


def choose(person: Person, **chosen: str | None) -> None:
    """Keep somebody's own choice of `locale` and `zone`; None = as the LMS says."""
    for name, value in chosen.items():
        _note(person, Source.OWN, name, value)


def own(person: Person, name: str) -> str | None:
    """Return what somebody chose themselves; None = as the LMS says."""
    return _told(person, name).get(Source.OWN)


def of_lms(person: Person, name: str) -> str | None:
    """Return what counts where somebody chooses nothing."""
    told = _told(person, name)
    return told.get(Source.LAUNCH) or told.get(Source.ROSTER)


def _note(person: Any, source: Source, name: str, value: str | None) -> None:
    before = _told(person, name)
    told = {key: said for key, said in before.items() if key != source}
    if value:
        told[source.value] = value
    if told != before:
        person.told = (person.told or {}) | {name: told}
        setattr(person, name, own(person, name) or of_lms(person, name))


def _told(person: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = (person.told or {}).get(name, {})
    return found
