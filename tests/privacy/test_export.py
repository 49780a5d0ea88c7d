"""One person's data, for them: all of it, and nobody else's."""

import json

from lti_mentor.db import Base
from lti_mentor.mentoring.models import Message
from lti_mentor.privacy import export
from lti_mentor.web.sentences import KEPT
from tests.privacy.test_erasure import lived
from tests.web.pages import House


def test_every_column_that_names_somebody_is_told_or_has_a_reason():
    own = {
        f"{column.class_.__tablename__}.{column.key}"
        for column in export.OWN
        if column.key != "id"
    }

    assert not own & export.NOT_TOLD.keys()
    assert own | export.NOT_TOLD.keys() == export.columns_that_name_somebody()


def test_every_word_somebody_wrote_is_in_it(house: House):
    s = lived(house)

    told = json.dumps(export.of_person(s.session, s.lea), default=str)

    for word in (
        *("goals", "meeting", "plan", "did", "evidence", "review", "learned"),
        *("introduction", "message", "place", "draft"),
    ):
        assert f"canary {word}" in told
    assert "canary@example.edu" in told


def test_nobody_elses_words_or_names_are_in_it(house: House):
    s = lived(house)
    mentor = s.people["max"]
    mentor.name, mentor.email = "Other Person", "other@example.edu"
    (pair,) = {row.mentorship for row in s.session.query(Message)}
    s.message(pair, mentor, "what the other said")
    s.session.flush()

    told = json.dumps(export.of_person(s.session, s.lea), default=str)

    for secret in ("Other Person", "other@example.edu", "what the other said"):
        assert secret not in told


def test_keys_and_secrets_stay(house: House):
    s = lived(house)

    rows = export.of_person(s.session, s.lea)

    names = {column for kind in rows.values() for row in kind for column in row}
    assert not {name for name in names if name == "id" or name.endswith("_digest")}
    assert not {name for name in names if name.endswith("_id")} - PUBLIC


def test_every_kind_has_a_name():
    kinds = {row.__tablename__ for row in export.OF_WORK} | {"evidence"}

    assert KEPT.keys() == kinds | {c.class_.__tablename__ for c in export.OWN}
    assert KEPT.keys() <= Base.metadata.tables.keys()


PUBLIC = {
    "public_id",
    "lms_user_id",
    "legacy_id",
    "object_id",
    "shared_id",
    "subject_id",
}
"""Ids that are the LMS's, or mean nothing outside."""
