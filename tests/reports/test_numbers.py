"""Numbers, held against small sets of people with known answers."""

from datetime import datetime, timedelta

import pytest

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    Degree,
    MentorshipState,
    Part,
    ParticipantState,
    Program,
    ProgramContext,
    Voice,
)
from lti_mentor.people.models import Person, Role
from lti_mentor.practice.models import PracticeWork
from lti_mentor.reports import numbers
from lti_mentor.reports.numbers import Rate
from lti_mentor.skills.models import CompletionState, CourseCompletion
from tests import builders
from tests.builders import World

DAY = timedelta(days=1)


def learner(world: World, *, taken_in: bool = True, **columns: object) -> Person:
    who = builders.person(world.session, world.tenant, "Ann", **columns)
    builders.member(world.session, world.course, who)
    if taken_in:
        builders.participant(world.session, world.program, who, Part.MENTEE)
    return who


def did(
    world: World,
    who: Person,
    *verbs: Verb,
    at: datetime | None = None,
    program: Program | None = None,
) -> None:
    """Let somebody have come this far with a practice of their own."""
    to = program or world.program
    placed = builders.assignment(world.session, to, world.course, world.iris)
    work = PracticeWork(
        assignment=placed, learner=who, state="planning", turn="learner"
    )
    world.session.add(work)
    world.session.flush()
    for verb in verbs:
        world.session.add(
            Activity(
                registration_id=world.tenant.id,
                learner_id=who.id,
                verb=verb,
                object_type="practice_work",
                object_id=work.public_id,
                at=at or now(),
            )
        )
    world.session.flush()


def completed(world: World, who: Person, at: datetime, **columns: object) -> None:
    given = {"state": CompletionState.COMPLETE, "context_id": world.course.id} | columns
    world.session.add(CourseCompletion(person_id=who.id, completed_at=at, **given))
    world.session.flush()


def paired(
    world: World, who: Person, state: MentorshipState, **columns: object
) -> None:
    builders.mentorship(world.session, world.program, world.max, who, state, **columns)


def people(world: World) -> dict[str, int]:
    steps = numbers.funnel(world.session, world.program)
    return {step.code.removeprefix("funnel."): step.people for step in steps}


def test_the_funnel_counts_how_far_each_came(world: World) -> None:
    # Lea is in the course but not taken in; six more come one step further each
    ways = [learner(world) for _ in range(6)]
    _, offered, began, planned, verified, done = ways
    paired(world, offered, MentorshipState.OFFERED)
    for who in (began, planned, verified, done):
        paired(world, who, MentorshipState.ACTIVE, began_at=now())
    did(world, planned, Verb.PLAN_AGREED)
    did(world, verified, Verb.PLAN_AGREED, Verb.VERIFIED, Verb.VERIFIED)
    did(world, done, Verb.PLAN_AGREED, Verb.VERIFIED, Verb.COMPLETED_PRACTICE)

    assert people(world) == {
        "learners": 7,
        "taken_in": 6,
        "matched": 5,
        "began": 4,
        "plan_agreed": 3,
        "verified": 2,
        "completed": 1,
    }


def test_no_step_of_the_funnel_is_wider_than_the_one_before(world: World) -> None:
    alone = learner(world)
    did(world, alone, Verb.PLAN_AGREED, Verb.VERIFIED, Verb.COMPLETED_PRACTICE)
    gone = builders.person(world.session, world.tenant, "Gone")
    paired(world, gone, MentorshipState.ACTIVE, began_at=now())

    counts = list(people(world).values())

    assert counts == sorted(counts, reverse=True)
    assert counts == [2, 1, 0, 0, 0, 0, 0]


def test_who_is_no_learner_here_is_in_no_number(world: World) -> None:
    student_view = learner(world, is_test=True)
    staff = builders.person(world.session, world.tenant, "Tess")
    builders.member(world.session, world.course, staff, Role.ASSISTANT)
    former = builders.person(world.session, world.tenant, "Fred")
    builders.member(world.session, world.course, former, is_active=False)
    did(world, student_view, Verb.VERIFIED)
    completed(world, student_view, now() - 40 * DAY)

    assert people(world)["learners"] == 1
    assert numbers.verified_so_far(world.session, world.program).of == 0
    assert numbers.application_rate(world.session, world.program).of == 0


def test_who_left_is_out_of_the_funnel_but_stays_in_the_rate(world: World) -> None:
    left = learner(world, taken_in=False)
    builders.participant(
        world.session, world.program, left, Part.MENTEE, state=ParticipantState.LEFT
    )

    assert people(world)["taken_in"] == 0
    assert numbers.verified_so_far(world.session, world.program).of == 1


def test_a_withdrawn_pair_was_never_a_match(world: World) -> None:
    paired(world, learner(world), MentorshipState.WITHDRAWN)
    paired(world, learner(world), MentorshipState.DECLINED)

    assert people(world)["matched"] == 1


def test_another_programs_practice_counts_there(world: World) -> None:
    who = learner(world)
    other = builders.program(world.session, world.course, world.iris)
    did(world, who, Verb.VERIFIED, program=other)

    assert numbers.verified_so_far(world.session, world.program).yes == 0
    assert numbers.verified_so_far(world.session, other).of == 0


def test_verified_so_far_never_counts_more_people_than_were_taken_in(
    world: World,
) -> None:
    for _ in range(5):
        did(world, learner(world), Verb.VERIFIED, Verb.VERIFIED)
    did(world, learner(world, taken_in=False), Verb.VERIFIED)

    rate = numbers.verified_so_far(world.session, world.program)

    assert (rate.yes, rate.of, rate.share) == (5, 5, 1.0)


def test_a30_asks_of_those_whose_thirty_days_are_over(world: World) -> None:
    on_time, late, never, early, young = (learner(world) for _ in range(5))
    end = now() - 60 * DAY
    for who in (on_time, late, never, early):
        completed(world, who, end)
    completed(world, young, now() - 29 * DAY)
    did(world, on_time, Verb.VERIFIED, at=end + 30 * DAY)
    did(world, late, Verb.VERIFIED, at=end + 30 * DAY + timedelta(seconds=1))
    did(world, early, Verb.VERIFIED, at=end - DAY)
    did(world, early, Verb.VERIFIED, at=end + 40 * DAY)
    did(world, young, Verb.VERIFIED, at=now())

    rate = numbers.application_rate(world.session, world.program)

    assert (rate.yes, rate.of, rate.first_on) == (2, 4, None)
    assert (rate.share, rate.interval) == (None, None)


def test_only_who_completed_the_course_is_asked(world: World) -> None:
    failed, unknown = learner(world), learner(world)
    completed(world, failed, now() - 60 * DAY, state=CompletionState.FAILED)
    completed(world, unknown, now() - 60 * DAY, state=CompletionState.INCOMPLETE)

    assert numbers.application_rate(world.session, world.program).of == 0


def test_before_anybodys_time_is_over_the_first_day_is_told(world: World) -> None:
    first, second = now() - 10 * DAY, now() - 3 * DAY
    completed(world, learner(world), second)
    completed(world, learner(world), first)

    rate = numbers.application_rate(world.session, world.program)

    assert (rate.of, rate.first_on) == (0, (first + 30 * DAY).date())


def test_where_nobody_completed_there_is_no_first_day(world: World) -> None:
    rate = numbers.application_rate(world.session, world.program)

    assert (rate.yes, rate.of, rate.first_on) == (0, 0, None)


def test_of_two_courses_the_first_one_completed_counts(world: World) -> None:
    second = builders.context(world.session, world.tenant)
    world.program.audience.append(
        ProgramContext(program_id=world.program.id, context=second)
    )
    who = learner(world)
    early, late = now() - 90 * DAY, now() - 45 * DAY
    completed(world, who, early)
    completed(world, who, late, context_id=second.id)
    did(world, who, Verb.VERIFIED, at=late)

    rate = numbers.application_rate(world.session, world.program)

    assert (rate.yes, rate.of) == (0, 1)


@pytest.mark.parametrize(
    ("yes", "of", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (0, 5, 0.0, 0.4345),
        (5, 5, 0.5655, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_is_wilsons(yes: int, of: int, low: float, high: float) -> None:
    """The last line is Newcombe's (Stat. Med. 17, 1998, table I, method 3)."""
    interval = Rate(yes, of, now()).interval

    assert interval is not None
    assert [round(end, 4) for end in interval] == [low, high]


@pytest.mark.parametrize("of", range(5))
def test_a_number_of_fewer_than_five_says_nothing(of: int) -> None:
    rate = Rate(of, of, now())

    assert (rate.is_shown, rate.share, rate.interval) == (False, None, None)


def ended(
    world: World, reached: Degree | None, *, mentors: Degree | None = None
) -> None:
    """Let a learner and Max have said at the end what they reached."""
    who = learner(world)
    over = MentorshipState.COMPLETED
    pair = builders.mentorship(world.session, world.program, world.max, who, over)
    world.session.add(Voice(mentorship=pair, person=who, reached=reached))
    world.session.add(Voice(mentorship=pair, person=world.max, reached=mentors))
    world.session.flush()


def test_what_learners_reached_is_counted_by_degree(world: World) -> None:
    for degree in (Degree.YES, Degree.YES, Degree.YES, Degree.PARTLY, Degree.PARTLY):
        ended(world, degree, mentors=Degree.NO)
    ended(world, None)

    said = numbers.goals_reached(world.session, world.program)

    assert said == {Degree.YES: 3, Degree.PARTLY: 2, Degree.NO: 0}


def test_what_fewer_than_five_learners_reached_is_not_told(world: World) -> None:
    for _ in range(4):
        ended(world, Degree.YES, mentors=Degree.YES)

    assert numbers.goals_reached(world.session, world.program) == {}


def test_what_was_reached_in_another_program_is_not_counted(world: World) -> None:
    for _ in range(5):
        ended(world, Degree.YES)
    other = builders.program(world.session, world.course, world.iris)

    assert numbers.goals_reached(world.session, other) == {}
