"""Work of a request that is committed before its answer."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.db import transaction
from lti_mentor.web import db

T = TypeVar("T")
TRIES = 4
"""Of a unit that meets rows which others are making at the same moment."""


def unit(work: Callable[[Session], T]) -> T:
    """Do one unit of work, again where a neighbour made the same new row meanwhile.

    A whole class opens a new course within one second; PostgreSQL lets all of them
    try to be the first.
    """
    session = db.session()
    for _ in range(TRIES - 1):
        with suppress(IntegrityError), transaction(session):
            return work(session)
    with transaction(session):
        return work(session)
