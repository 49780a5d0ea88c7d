"""Reading who is in a course through LTI's own roster; and how much it costs."""

import sqlalchemy as sa
from sqlalchemy import select

from lms_clients import Member
from lti_mentor.people import wishes
from lti_mentor.people.models import Membership, Person
from lti_mentor.people.models import Role as Ours
from lti_mentor.people.wishes import Source
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import roster, service
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.queries import newest_run
from lti_mentor.sync.reading import PAGE
from tests import builders
from tests.sync.conftest import filled


def read(w, lms, nrps=None):
    return service.read_course(w.session, w.course, lms, nrps)


def run(w) -> SyncRun:
    found = newest_run(w.session, w.course)
    assert found is not None
    return found


def entry(number: int, **changed) -> roster.Entry:
    fields = {"sub": f"s{number}", "role": Ours.LEARNER, "name": f"N{number}"}
    return roster.Entry(**(fields | changed))


def test_the_roster_of_lti_needs_no_token(w):
    rows = [entry(1, email="n1@x.org"), entry(2, role=Ours.INSTRUCTOR)]

    assert read(w, None, lambda: iter(rows)) is SyncState.DONE

    assert run(w).counts == {"roster": 2}
    people = {p.sub: p for p in w.session.scalars(select(Person))}
    assert (people["s1"].name, people["s1"].email) == ("N1", "n1@x.org")
    # Lea, who is not on it, is inactive; nobody is gone
    assert {w.lea.sub, w.iris.sub} < people.keys()
    lea = w.session.scalars(select(Membership).filter_by(person_id=w.lea.id)).one()
    assert not lea.is_active


def test_a_roster_that_tells_the_lms_id_joins_both_worlds(w, lms):
    sub = "100" if w.tenant.lms_kind is LMSKind.MOODLE else "s1"
    w.session.rollback()
    rows = [entry(1, sub=sub, lms_user_id="100")]

    read(w, lms, lambda: iter(rows))

    found = w.session.scalars(select(Person).filter_by(lms_user_id="100")).one()
    assert (found.sub, found.email) == (sub, "100@x.org")


def test_two_rows_of_one_person_are_left_for_a_launch_to_join(w, lms):
    builders.person(w.session, w.tenant, "By launch", sub="s1")
    builders.person(w.session, w.tenant, "By API", sub=None, lms_user_id="100")
    w.session.commit()

    state = read(w, lms, lambda: iter([entry(1, lms_user_id="100")]))

    assert state is SyncState.DONE
    assert {p.lms_user_id for p in w.session.scalars(select(Person))} >= {"100", None}


def test_a_zone_the_roster_tells_waits_for_nothing_better(w):
    zones = {"s1": "Asia/Kolkata", "s2": "Europe/Madrid", "s3": None}
    two = builders.person(w.session, w.tenant, "Two", sub="s2")
    wishes.hear(two, Source.LAUNCH, zone="America/Denver")
    w.session.commit()

    read(w, None, lambda: iter([entry(int(s[1]), zone=z) for s, z in zones.items()]))

    found = {p.sub: p.zone for p in w.session.scalars(select(Person))}
    assert (found["s1"], found["s2"]) == ("Asia/Kolkata", "America/Denver")
    assert found["s3"] is None


def test_a_name_far_too_long_is_cut(w):
    read(w, None, lambda: iter([entry(1, name="x" * 300)]))

    found = w.session.scalars(select(Person).filter_by(sub="s1")).one()
    assert len(found.name) == 255


def test_reads_and_changes_do_not_grow_with_the_rows(w, engine):
    def statements(people: int) -> int:
        seen = []

        def note(*args):
            seen.append(args[2])

        sa.event.listen(engine, "before_cursor_execute", note)
        rows = [entry(number) for number in range(people)]
        read(w, filled(people), lambda: iter(rows))
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    statements(1)  # what is made once, such as the skills

    # the ten are known by then, so that nothing is added and nobody is asked for
    assert statements(150) <= statements(10) + 25


def test_a_long_list_is_kept_page_by_page(w, lms):
    pages = []
    people = [Member(str(n), "", frozenset()) for n in range(PAGE * 2 + 1)]
    lms.enrolled["7"] = people

    def alive():
        pages.append(dict(run(w).counts))
        w.session.rollback()

    service.read_course(w.session, w.course, lms, None, alive)

    kept = [page["members"] for page in pages if "members" in page]
    assert kept[:3] == [PAGE, 2 * PAGE, 2 * PAGE + 1]
