"""Canvas's own rows for a new world: assignments and hand-ins from its activities."""

from lti_mentor.demo.canvas.store import Assignment, Event, Store, Submission
from lti_mentor.demo.canvas.times import iso
from lti_mentor.demo.rows import Activity, Score
from lti_mentor.demo.world import World

KINDS = {"assign": "online_text_entry", "quiz": "online_quiz"}
"""Activities that are assignments in Canvas, and how one hands in."""


def seed(store: Store) -> None:
    """Make assignments, submissions and events of what the world already holds."""
    world = store.world
    for item in world.grade_items.values():
        activity = world.activities.get(item.activity or 0)
        if activity and activity.kind in KINDS:
            store.add(_assignment(item.id, item.maximum, activity))
    for score in world.scores.values():
        if score.item in store.assignments:
            store.add(_submission(world, store.assignments[score.item], score))
    for event in world.events.values():
        context = f"course_{event.course}" if event.course else f"user_{event.person}"
        store.add(
            Event(event.id, context, event.title, iso(event.start), iso(event.end))
        )


def _assignment(number: int, points: float, activity: Activity) -> Assignment:
    return Assignment(
        id=number,
        course=activity.course,
        title=activity.title,
        points=points,
        description=activity.intro,
        due=iso(activity.due),
        published=activity.published,
        kind=KINDS[activity.kind],
        activity=activity.id,
    )


def _submission(world: World, assignment: Assignment, score: Score) -> Submission:
    handed = world.submissions.get((assignment.activity or 0, score.person))
    return Submission(
        assignment=assignment.id,
        person=score.person,
        score=score.value,
        attempt=1,
        submitted=iso(handed.at if handed else score.at),
        kind=assignment.kind,
        body=handed.body if handed else "",
        grader=_teacher(world, assignment.course),
        graded=iso(score.at),
    )


def _teacher(world: World, course: int) -> int:
    return next(
        row.person
        for row in world.enrolments.values()
        if row.course == course and row.role == "instructor"
    )
