"""What people are called on pages, also where the LMS tells no name."""

import unicodedata

from flask_babel import gettext as _

from lti_mentor.people.models import Person

ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
RIGHT_TO_LEFT = frozenset({"R", "AL"})


def named(person: Person) -> str:
    """Return a name as it may stand in any sentence.

    Who came without one gets a neutral label, the same on every page, so that two
    of them can be told apart. A name written from right to left is kept from
    turning the words around it.
    """
    if not person.name.strip():
        return str(_("Person %(code)s", code=str(person.public_id)[:4].upper()))
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in person.name):
        return f"{ISOLATE}{person.name}{END}"
    return person.name


def initials(name: str) -> str:
    """Return the first letters of first and last name; signs and pictures are none."""
    found = [_first_letter(part) for part in name.split()]
    letters = [letter for letter in found if letter]
    return "".join(letters[:1] + letters[1:][-1:])


def _first_letter(part: str) -> str:
    return next((sign for sign in part if sign.isalnum()), "")
