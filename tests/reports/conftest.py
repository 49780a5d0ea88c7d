"""One course, to be counted."""

import pytest
from sqlalchemy.orm import Session

from tests import builders


@pytest.fixture
def world(session: Session) -> builders.World:
    return builders.world(session)
