"""A platform, and a registration of it, for tests below the web."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from lti_mentor.lti.services import Services, connect
from lti_mentor.lti.tokens import TokenCache
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind, Registration
from tests.platform import Platform, running
from tests.tool import tool_key


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


@pytest.fixture
def registration(session: Session, platform: Platform) -> Registration:
    session.add(tool_key())
    return service.add(session, **platform.registration(lms_kind=LMSKind.MOODLE))


@pytest.fixture
def services(
    session: Session, registration: Registration, outbound: Outbound
) -> Services:
    return connect(session, registration, outbound, TokenCache())
