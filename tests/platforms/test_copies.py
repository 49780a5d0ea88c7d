"""Test and beta copies: a tenant of their own, from which nothing is written."""

import pytest
from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict
from lti_mentor.platforms import copies, queries, service
from lti_mentor.platforms.models import Registration
from tests.builders import registration


@pytest.fixture
def real(session: Session) -> Registration:
    return registration(session, lms_token="secret", lrs_secret="secret")


@pytest.mark.parametrize("environment", ["", "prod", "production", "not_configured"])
def test_the_real_one_stays_itself(
    session: Session, real: Registration, environment: str
):
    assert copies.tenant(session, real, environment) is real
    assert queries.everyone(session) == [real]


@pytest.mark.parametrize("environment", ["beta", "test", " Test "])
def test_a_copy_is_a_tenant_of_its_own(
    session: Session, real: Registration, environment: str
):
    copy = copies.tenant(session, real, environment)
    again = copies.tenant(session, real, environment)

    assert copy is again and copy is not real
    assert (copy.issuer, copy.client_id) == (real.issuer, real.client_id)
    assert (copy.is_copy, real.is_copy) == (True, False)
    assert (copy.is_written_to, real.is_written_to) == (False, True)
    assert (copy.lms_token, copy.lrs_secret, copy.lrs_url) == (None, None, None)
    assert queries.find(session, real.issuer, real.client_id) is real
    assert queries.only_one(session, real.issuer) is real


@pytest.mark.parametrize("issuer", sorted(copies.ISSUERS))
def test_hosted_copies_are_known_by_their_issuer(session: Session, issuer: str):
    ends = ("auth_url", "token_url", "jwks_url")
    known = dict.fromkeys(ends, f"{issuer}/x")

    copy = service.add(session, issuer=issuer, client_id="1", **known)

    assert copy.is_copy and not copy.is_written_to
    assert copies.tenant(session, copy, "beta") is copy


def test_a_held_platform_is_let_in_or_kept_out(session: Session, real: Registration):
    assert service.meet_platform(session, real, "ours")
    assert not service.meet_platform(session, real, "other")
    assert real.held_guid == "other"

    with pytest.raises(Conflict, match=r"platform\.held_changed"):
        service.let_in(session, real, "yet another")
    service.keep_out(session, real)
    assert not service.meet_platform(session, real, "other")
    service.let_in(session, real, "other")

    assert service.meet_platform(session, real, "other")
    assert service.meet_platform(session, real, "ours")
    held: str | None = session.get_one(Registration, real.id).held_guid
    assert held is None
    assert queries.health(session, real) == {}
