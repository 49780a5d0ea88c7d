"""Which family a copied course is of, whoever tells it and in whatever order."""

import pytest
from sqlalchemy.orm import Session

from lti_mentor.people import lineage
from lti_mentor.people.models import Context, FamilySource
from lti_mentor.platforms.models import Registration
from tests import builders

HISTORY = FamilySource.HISTORY


@pytest.fixture
def tenant(session: Session) -> Registration:
    return builders.registration(session)


def course(session: Session, tenant: Registration, id_: str, **row: object) -> Context:
    return builders.context(session, tenant, lti_id=id_, **{"label": "", **row})


def test_the_nearest_origin_that_is_known_says(
    session: Session, tenant: Registration
) -> None:
    course(session, tenant, "far", family="FAR")
    course(session, tenant, "near", family="NEAR")
    copy = course(session, tenant, "copy")

    assert lineage.inherit(session, copy, ["unknown", "near", "far"])

    assert (copy.family, copy.family_by) == ("NEAR", HISTORY)


def test_without_a_family_of_its_own_the_origin_founds_one(
    session: Session, tenant: Registration
) -> None:
    origin = course(session, tenant, "old")
    first, second = (course(session, tenant, one) for one in "ab")

    for copy in (first, second):
        lineage.inherit(session, copy, ["old"])

    assert origin.family is not None
    assert {first.family, second.family} == {origin.family}


@pytest.mark.parametrize(
    ("label", "theirs", "family"),
    [
        ("NEG101-27", "NEG101-26", "OLD"),
        ("NEG102", "NEG101", "NEG102"),
        ("", "NEG101", "OLD"),
        ("NEG102", "", "OLD"),
    ],
)
def test_another_course_code_makes_it_another_course(
    session: Session, tenant: Registration, label: str, theirs: str, family: str
) -> None:
    course(session, tenant, "old", label=theirs, family="OLD")
    copy = course(session, tenant, "copy", label=label, family="NEG102")

    lineage.inherit(session, copy, ["old"])

    assert copy.family == family


def test_a_copy_of_an_older_one_stays_what_it_is(
    session: Session, tenant: Registration
) -> None:
    course(session, tenant, "old", family="OLD")
    by = FamilySource.HISTORY
    copy = course(session, tenant, "copy", family="OURS", family_by=by)

    assert not lineage.inherit(session, copy, ["old"])

    assert (copy.family, copy.family_by) == ("OURS", by)


def test_another_registrations_course_is_no_origin(
    session: Session, tenant: Registration
) -> None:
    far = builders.registration(session)
    course(session, far, "old", family="FAR")
    copy = course(session, tenant, "copy")

    assert not lineage.inherit(session, copy, ["old"])

    assert copy.family is None


def test_a_course_is_no_copy_of_itself(session: Session, tenant: Registration) -> None:
    copy = course(session, tenant, "old", family="OLD")

    assert not lineage.inherit(session, copy, ["old"])

    assert copy.family_by is None
