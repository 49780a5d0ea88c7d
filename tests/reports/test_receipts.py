"""What was written about somebody, and what somebody gave."""

from datetime import timedelta

from lti_mentor.activity.models import Activity, Delivery, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.practice.models import Application, Decision, PracticeWork, Review
from lti_mentor.reports import contribution, receipts
from lti_mentor.scheduling.models import MentoringSession, SessionState
from tests import builders
from tests.builders import World


def told(world: World, work: PracticeWork, to: Destination, points: int) -> Delivery:
    activity = Activity(
        registration_id=world.tenant.id,
        verb=Verb.SCORED,
        object_type="practice_work",
        object_id=work.public_id,
        data={"points": points},
    )
    row = Delivery(activity=activity, registration_id=world.tenant.id, destination=to)
    world.session.add(row)
    world.session.flush()
    return row


def test_receipts_of_a_work_are_its_own_newest_first(world: World) -> None:
    mine, other = world.work(), world.work()
    first = told(world, mine, Destination.AGS, 10)
    told(world, other, Destination.AGS, 20)
    second = told(world, mine, Destination.XAPI, 30)

    assert receipts.of_work(world.session, mine) == [second, first]


def test_the_board_shows_the_newest_grade_of_each_work(world: World) -> None:
    one, two, none = world.work(), world.work(), world.work()
    told(world, one, Destination.AGS, 10)
    newest = told(world, one, Destination.AGS, 30)
    told(world, one, Destination.XAPI, 40)
    of_two = told(world, two, Destination.AGS, 50)
    ids = [work.public_id for work in (one, two, none)]

    found = receipts.newest_scores(world.session, ids)

    assert found == {one.public_id: newest, two.public_id: of_two}
    assert receipts.newest_scores(world.session, []) == {}


def test_a_mentor_gave_what_was_held_and_verified(world: World) -> None:
    pair = world.pair()
    pair.began_at = now()
    offered = builders.mentorship(
        world.session, world.program, world.max, world.stranger, MentorshipState.OFFERED
    )
    held = [(SessionState.HELD, 45), (SessionState.HELD, 30), (SessionState.BOOKED, 60)]
    for state, minutes in held:
        world.session.add(
            MentoringSession(
                mentorship=pair,
                state=state,
                minutes=minutes,
                offered_by=world.max,
                starts_at=now() - timedelta(days=1),
            )
        )
    work = world.work()
    for number, decisions in enumerate(
        ([Decision.REVISE, Decision.VERIFIED, Decision.VERIFIED], [Decision.REVISE]), 1
    ):
        world.session.add(
            Application(
                work=work,
                number=number,
                happened_on=now().date(),
                situation="a",
                did="b",
                result="c",
                reviews=[
                    Review(reviewer=world.max, basis="observed", decision=one)
                    for one in decisions
                ],
            )
        )
    world.session.flush()

    gave = contribution.of(world.session, world.max)

    assert offered.mentor_id == world.max.id
    assert (gave.people, gave.minutes, gave.verified) == (1, 75, 1)
    assert contribution.of(world.session, world.iris).verified == 0
