"""Reading a course part by part: what is kept, and what a failure leaves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms_clients import (
    Ability,
    Completion,
    Course,
    CourseCompletion,
    FakeLMS,
    Forbidden,
    Member,
    NoRules,
    Proficiency,
    Role,
    Unreachable,
)
from lti_mentor.jobs.models import Job
from lti_mentor.people.models import Context, ContextKind, Membership, Person
from lti_mentor.people.models import Role as Ours
from lti_mentor.platforms.models import LMSKind
from lti_mentor.skills.models import CourseCompletion as Completed
from lti_mentor.skills.models import Skill, SkillLevel
from lti_mentor.sync import service
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.queries import newest_run, readiness
from tests import builders
from tests.sync.conftest import filled

TABLES = (Person, Membership, Completed, Skill, SkillLevel, Context, SyncRun)


def read(w, lms, nrps=None):
    return service.read_course(w.session, w.course, lms, nrps)


def run(w) -> SyncRun:
    found = newest_run(w.session, w.course)
    assert found is not None
    return found


def counts(w) -> dict[str, int]:
    rows = {t: w.session.scalar(select(func.count()).select_from(t)) for t in TABLES}
    w.session.rollback()
    return {table.__tablename__: number or 0 for table, number in rows.items()}


def seats(w) -> dict[str, bool]:
    rows = w.session.execute(
        select(Person.lms_user_id, Membership.is_active)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.lms_user_id.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


def test_every_part_is_kept_and_counted(w, lms):
    assert read(w, lms) is SyncState.DONE

    done = run(w)
    assert done.counts == {
        "members": 3,
        "completions": 3,
        "activities": 3,
        "skills": 2,
        "levels": 3,
        "courses": 1,
    }
    assert (done.problems, done.part) == ({}, None)
    assert done.finished_at is not None
    known = readiness(w.session, w.course)
    assert (known.completions, known.skills, known.leveled) == (3, 2, 3)


def test_reading_twice_gives_the_same_rows(w, lms):
    read(w, lms)
    before = counts(w)

    read(w, lms)

    assert counts(w) == before | {"sync_run": 2}


def test_a_refused_part_keeps_what_was_there_and_names_the_permission(w, lms):
    read(w, lms)
    before = counts(w)
    lms.denied = {Ability.COURSE_COMPLETIONS, Ability.MEMBERS}

    assert read(w, lms) is SyncState.PARTIAL

    assert counts(w) == before | {"sync_run": 2}
    assert run(w).problems["completions"] == {
        "code": "forbidden",
        "status": None,
        "missing": "fake/course_completions",
    }


def test_where_every_part_is_refused_the_reading_failed(w, lms):
    lms.denied = set(Ability)

    assert read(w, lms) is SyncState.FAILED


def test_with_nobody_to_ask_nothing_was_read(w):
    assert read(w, None) is SyncState.FAILED


def test_a_course_without_completion_rules_is_no_problem_and_no_knowledge(w, lms):
    lms.completions = [
        replace(row, state=Completion.NO_RULES) for row in lms.completions
    ]

    assert read(w, lms) is SyncState.DONE
    assert readiness(w.session, w.course).completions == 0


class WithoutRules(FakeLMS):
    def activity_completions(self, course_id, person_id=None):
        raise NoRules("activity_completions: none")


class BreaksOff(FakeLMS):
    """Answers one page of its members, then no more."""

    def members(self, course_id):
        yield from self.enrolled[course_id]
        raise Forbidden("members: enough", missing="right")


class Dies(FakeLMS):
    """The process ends in the middle of the members."""

    def members(self, course_id):
        yield from self.enrolled[course_id]
        raise KeyboardInterrupt


def test_no_rules_is_a_normal_state(w):
    assert read(w, WithoutRules(listed=filled().listed)) is SyncState.DONE


def test_a_partial_list_removes_nobody(w, lms):
    read(w, lms)
    partly = BreaksOff(listed=lms.listed, enrolled={"7": lms.enrolled["7"][:1]})

    assert read(w, partly) is SyncState.PARTIAL

    assert seats(w) == {"100": True, "101": True, "102": True}


def test_who_is_absent_from_a_complete_list_is_inactive_not_deleted(w, lms):
    read(w, lms)
    del lms.enrolled["7"][1:]

    read(w, lms)

    assert seats(w) == {"100": True, "101": False, "102": False}


def test_who_comes_back_is_active_again(w, lms):
    read(w, lms)
    everybody = list(lms.enrolled["7"])
    del lms.enrolled["7"][1:]
    read(w, lms)
    lms.enrolled["7"] = everybody

    read(w, lms)

    assert set(seats(w).values()) == {True}


def test_a_role_from_a_launch_wins_over_the_list(w, lms):
    tess = builders.person(w.session, w.tenant, "Tess", lms_user_id="100")
    builders.member(w.session, w.course, tess, Ours.INSTRUCTOR, from_launch=True)
    w.session.commit()

    read(w, lms)

    seat = w.session.scalars(select(Membership).filter_by(person_id=tess.id)).one()
    assert seat.role is Ours.INSTRUCTOR


def test_staff_who_launched_stay_though_the_list_lacks_them(w, lms):
    boss = builders.person(w.session, w.tenant, "Boss", lms_user_id="900")
    builders.member(w.session, w.course, boss, Ours.INSTRUCTOR, from_launch=True)
    w.session.commit()

    read(w, lms)

    assert seats(w)["900"]


def test_a_lost_worker_leaves_nothing_twice(w, lms):
    dying = Dies(listed=lms.listed, enrolled=lms.enrolled)
    with pytest.raises(KeyboardInterrupt):
        read(w, dying)
    assert run(w).state is SyncState.RUNNING
    w.session.rollback()

    assert read(w, lms) is SyncState.DONE

    assert counts(w)["sync_run"] == 1
    assert run(w).counts["members"] == 3


def test_a_request_waits_and_is_taken_up(w, lms):
    asked = service.request(w.session, w.course)
    service.request(w.session, w.course)
    w.session.commit()
    assert asked is not None
    assert w.session.scalar(select(func.count(Job.id))) == 1
    w.session.rollback()

    read(w, lms)

    assert counts(w)["sync_run"] == 1
    assert run(w).state is SyncState.DONE


def test_a_hub_is_never_read(w):
    w.course.kind = ContextKind.HUB

    assert service.request(w.session, w.course) is None


def test_earlier_offerings_are_found_by_the_course_code(w, lms):
    lms.listed = [
        Course("7", "Negotiation", "NEG101-2026", starts_at=_year(2026)),
        Course("6", "Negotiation", "NEG 101 (2025)", starts_at=_year(2025)),
        Course("8", "Negotiation", "NEG101-2027", starts_at=_year(2027)),
        Course("9", "Selling", "SEL101-2025", starts_at=_year(2025)),
    ]
    lms.enrolled["6"] = [Member("500", "Grad", frozenset({Role.LEARNER}))]
    lms.completions.append(CourseCompletion("6", "500", Completion.COMPLETE, 1.0))

    assert read(w, lms) is SyncState.DONE

    earlier = w.session.scalars(select(Context).filter_by(lms_id="6")).one()
    assert (earlier.family, w.course.family) == ("NEG101", "NEG101")
    (done,) = w.session.scalars(select(Completed).filter_by(context_id=earlier.id))
    assert done.person.name == "Grad"
    assert run(w).counts[f"earlier.{earlier.id}.members"] == 1


def test_what_earlier_graduates_can_do_is_read_and_of_nobody_else_there(w, lms):
    lms.listed.append(Course("6", "Negotiation", "NEG101-2025", starts_at=_year(2025)))
    lms.enrolled["6"] = [
        Member(id_, id_, frozenset({Role.LEARNER})) for id_ in ("500", "501")
    ]
    lms.completions.append(CourseCompletion("6", "500", Completion.COMPLETE, 1.0))
    lms.taught["6"] = lms.taught["7"]
    can = Proficiency("6", "500", "s1", 3.0, True, "Mastery")
    lms.ratings += [can, replace(can, person_id="501")]

    read(w, lms)

    levels = w.session.scalars(select(SkillLevel)).all()
    told = {level.person.lms_user_id for level in levels} - {"100", "101", "102"}
    is_moodle = w.tenant.lms_kind is LMSKind.MOODLE  # Canvas tells all in one list
    assert told == ({"500"} if is_moodle else {"500", "501"})


def _year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def test_an_offering_somebody_launched_before_is_not_made_twice(w, lms):
    is_moodle = w.tenant.lms_kind is LMSKind.MOODLE
    known = builders.context(
        w.session, w.tenant, lti_id="6", lms_id=None if is_moodle else "6"
    )
    w.session.commit()
    lms.listed.append(Course("6", "Negotiation", "NEG101-2025"))

    read(w, lms)

    assert w.session.scalars(select(Context).filter_by(lms_id="6")).all() == [known]


def test_only_on_moodle_is_the_subject_the_id(w, lms):
    is_moodle = w.tenant.lms_kind is LMSKind.MOODLE
    launched = builders.person(w.session, w.tenant, "Ann", sub="100")
    w.session.commit()

    read(w, lms)

    found = w.session.scalars(select(Person).filter_by(lms_user_id="100")).one()
    assert (found is launched) == is_moodle


class Away(FakeLMS):
    """An LMS of which some calls, or all, find nobody there."""

    def __init__(self, *answered: str) -> None:
        whole = filled()
        super().__init__(listed=whole.listed, enrolled=whole.enrolled)
        self.answered = answered
        self.asked: list[str] = []

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name not in self.answered:
            raise Unreachable("no answer")

    def courses(self):
        self._ask("courses")
        return super().courses()

    def members(self, course_id):
        self._ask("members")
        return super().members(course_id)

    def course_completions(self, course_id):
        self._ask("completions")
        return super().course_completions(course_id)

    def skills(self, course_id):
        self._ask("skills")
        return super().skills(course_id)


def test_an_lms_that_is_away_is_not_asked_for_every_part(w):
    lms = Away()

    state = read(w, lms)

    assert state is SyncState.FAILED
    assert lms.asked == ["courses", "members"]
    problems = run(w).problems
    assert {one["code"] for one in problems.values()} == {"unreachable"}
    assert {"completions", "skills"} <= problems.keys()


def test_one_part_without_an_answer_stops_no_other(w):
    lms = Away("members", "skills")

    state = read(w, lms)

    assert state is SyncState.PARTIAL
    assert lms.asked == ["courses", "members", "completions", "skills"]
    assert run(w).problems.keys() >= {"courses", "completions"}
    assert "skills" not in run(w).problems


def test_where_the_api_is_away_ltis_roster_is_read(w):
    roster_read = []

    def entries():
        roster_read.append(1)
        return iter(())

    state = read(w, Away(), entries)

    assert (state, roster_read) == (SyncState.PARTIAL, [1])
    assert "roster" not in run(w).problems
