"""Our own keys: made once, published, rotated, never shown."""

import base64
import hashlib
import json
from datetime import timedelta

import jwt
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session

from lti_mentor import db
from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.lti import keys
from lti_mentor.lti.models import KeyState, ToolKey
from lti_mentor.lti.tokens import sign
from lti_mentor.platforms.models import Registration
from tests.builders import registration
from tests.conftest import SECRET
from tests.tool import tool_key


def states(session: Session) -> list[KeyState]:
    return list(session.scalars(sa.select(ToolKey.state).order_by(ToolKey.id)))


def test_the_first_signature_makes_a_strong_key(session: Session):
    signer = keys.signer(session)

    assert keys.signer(session).kid == signer.kid
    key = jwt.PyJWK.from_dict(keys.published(session)["keys"][0])
    assert key.key.key_size == 3072
    assert key.key_id == signer.kid


def test_a_private_key_is_encrypted_at_rest_and_hidden_in_logs(session: Session):
    session.add(tool_key())
    session.flush()

    stored = session.connection().exec_driver_sql("SELECT private_pem FROM tool_key")
    assert "PRIVATE KEY" not in stored.scalar_one()
    assert "PRIVATE" not in repr(keys.signer(session))


def test_the_published_set_has_public_members_only(session: Session):
    session.add(tool_key())

    for key in keys.published(session)["keys"]:
        assert set(key) == {"kty", "kid", "use", "alg", "n", "e"}


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(session: Session):
    session.add(tool_key())
    old = keys.signer(session)
    new = keys.rotate(session)
    keys.tend(session)
    assert keys.signer(session).kid == old.kid

    with time_machine.travel(now() + timedelta(minutes=61)):
        keys.tend(session)
        signed = sign(old, {"a": "b"})
    assert keys.signer(session).kid == new
    published = {k["kid"]: k for k in keys.published(session)["keys"]}
    key = jwt.PyJWK.from_dict(published[old.kid]).key
    assert jwt.decode(signed, key, ["RS256"]) == {"a": "b"}

    with time_machine.travel(now() + timedelta(days=8)):
        keys.tend(session)
    assert [k["kid"] for k in keys.published(session)["keys"]] == [new]
    assert states(session) == [KeyState.RETIRED, KeyState.ACTIVE]


def test_a_leaked_key_is_withdrawn_at_once(session: Session):
    session.add(tool_key())
    session.flush()

    new = keys.rotate(session, at_once=True)

    assert keys.signer(session).kid == new
    assert len(keys.published(session)["keys"]) == 1


def test_a_key_is_named_by_its_thumbprint(session: Session):
    """RFC 7638: the SHA-256 of its required members in their one order."""
    session.add(tool_key())

    (key,) = keys.published(session)["keys"]

    members = {name: key[name] for name in ("e", "kty", "n")}
    whole = json.dumps(members, separators=(",", ":")).encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(whole).digest())
    assert key["kid"] == digest.rstrip(b"=").decode()


def test_a_key_that_waits_is_published_and_one_withdrawn_is_not(session: Session):
    session.add(tool_key())
    session.flush()

    waiting = keys.rotate(session)
    both = {key["kid"] for key in keys.published(session)["keys"]}
    newest = keys.rotate(session, at_once=True)

    assert waiting in both and len(both) == 2
    assert [key["kid"] for key in keys.published(session)["keys"]] == [newest]


def test_secrets_are_encrypted_anew_so_that_an_old_key_can_go(session: Session):
    session.add(tool_key())
    row = registration(session)
    row.lms_token, row.lrs_secret = "t0ken", None
    session.commit()
    newer = "a newer secret that only tests may ever know"

    db.unlock((newer, SECRET))
    count = db.reseal(session)
    session.commit()

    db.unlock((newer,))
    assert count == 2
    assert session.scalars(sa.select(Registration.lms_token)).all() == ["t0ken"]
    assert "PRIVATE KEY" in session.scalars(sa.select(ToolKey.private_pem)).one()
    db.unlock((SECRET,))
    with pytest.raises(Invalid, match=r"secret\.unreadable"):
        session.scalars(sa.select(ToolKey.private_pem)).one()
