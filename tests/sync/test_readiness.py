"""What the card says of a course before anybody is invited (P29)."""

from dataclasses import replace

from lti_mentor.sync import service
from lti_mentor.sync.queries import readiness
from lti_mentor.sync.roster import Entry
from tests.sync.test_roster import entry


def test_whom_nothing_reaches_is_named(w, lms):
    lms.enrolled["7"][0] = replace(lms.enrolled["7"][0], email=None)

    service.read_course(w.session, w.course, lms, None)

    assert "Person 100" in readiness(w.session, w.course).locked_out
    assert "Person 101" not in readiness(w.session, w.course).locked_out


def test_who_was_never_here_is_counted_where_a_mail_reaches_them(w, lms):
    lms.enrolled["7"][0] = replace(lms.enrolled["7"][0], email=None)

    service.read_course(w.session, w.course, lms, None)

    found = readiness(w.session, w.course)
    assert (found.by_launch, found.by_mail) == (0, 2)


def test_who_sees_some_sections_reads_their_names_only(w, lms):
    lms.enrolled["7"][0] = replace(
        lms.enrolled["7"][0], email=None, section_ids=frozenset({"s1"})
    )
    service.read_course(w.session, w.course, lms, None)

    names = [
        readiness(w.session, w.course, frozenset({section})).locked_out
        for section in ("s1", "s2")
    ]

    assert names == [["Person 100"], []]


def test_it_says_through_what_it_was_read(w, lms):
    def rows() -> list[Entry]:
        return [entry(1)]

    service.read_course(w.session, w.course, None, lambda: iter(rows()))
    by_roster = readiness(w.session, w.course)
    w.session.rollback()
    service.read_course(w.session, w.course, lms, None)
    by_api = readiness(w.session, w.course)

    assert (by_roster.through_roster, by_roster.through_api) == (True, False)
    assert (by_api.through_roster, by_api.through_api) == (False, True)
