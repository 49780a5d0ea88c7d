import pytest

from tests.builders import World, world


@pytest.fixture
def w(session) -> World:
    """A course with Iris, Max, Lea and a stranger."""
    return world(session)
