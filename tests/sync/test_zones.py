"""Time zones of a whole course, from LTI's own roster, without a token (D18)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.lti.claims import CORE
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Person
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import course
from lti_mentor.sync.models import SyncState
from tests import builders
from tests.platform import Answer, Platform, running
from tests.tool import tool_key

SAID = {
    "iana": ("Asia/Kolkata", "Asia/Kolkata"),
    "rails": ("Eastern Time (US & Canada)", "America/New_York"),
    "city": ("Madrid", "Europe/Madrid"),
    "left as it was": ("$Person.address.timezone", None),
    "the server's own": ("99", None),
    "nowhere": ("Mars/Phobos", None),
    "a number": (5.5, None),
    "silent": (None, None),
}
"""What a roster says of somebody, and the zone that is."""


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


def member(sub: str, zone: object) -> dict[str, object]:
    custom = {"person_timezone": zone, "canvas_user_id": f"id of {sub}"}
    message = [{"locale": "en"}, {CORE + "custom": custom}]
    return {"user_id": sub, "roles": ["Learner"], "message": message}


def test_the_rosters_zones_are_kept_under_their_proper_names(
    engine: sa.Engine, session: Session, platform: Platform, outbound: Outbound
):
    session.add(tool_key())
    known = platform.registration(lms_kind=LMSKind.CANVAS)
    tenant = service.add(session, **known)
    place = builders.context(
        session, tenant, lti_id="c1", memberships_url=f"{platform.url}/members"
    )
    here = str(place.public_id)
    session.commit()
    rows = [member(sub, said) for sub, (said, _zone) in SAID.items()]
    platform.routes["/members"] = lambda _asked: Answer(body={"members": rows})

    state = course.read(sessionmaker(engine), outbound, here)

    assert state is SyncState.DONE
    assert platform.requests("/members")[0].query["rlid"] == "c1"
    session.expire_all()
    found = {one.sub: one.zone for one in session.scalars(sa.select(Person))}
    assert found == {sub: zone for sub, (_said, zone) in SAID.items()}
