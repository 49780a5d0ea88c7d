"""What a grade does: it stands in its column and completes its activity."""

import time

from lti_mentor.demo.rows import (
    Activity,
    Completion,
    CourseCompletion,
    GradeItem,
    Score,
)
from lti_mentor.demo.world import World


def write(world: World, score: Score) -> None:
    """Write a cell; a column of its own completes nothing."""
    world.add(score)
    activity = world.activities.get(world.grade_items[score.item].activity or 0)
    if activity and activity.completes in ("grade", "pass"):
        state = state_for(activity, world.grade_items[score.item], score.value)
        complete(world, activity, score.person, state)


def state_for(activity: Activity, item: GradeItem, value: float | None) -> int:
    """Return the completion a grade brings: any grade, or 2 and 3 for passing."""
    if value is None:
        return 0
    if activity.completes == "grade":
        return 1
    return 2 if value >= item.pass_at else 3


def complete(
    world: World,
    activity: Activity,
    person: int,
    state: int,
    *,
    override_by: int | None = None,
) -> Completion:
    """Set one person's state; the course's completion follows at once."""
    now = int(time.time())
    row = Completion(activity.id, person, state, now, override_by)
    world.add(row)
    course = world.courses[activity.course]
    if course.criteria and all(
        is_done(world, criterion, person) for criterion in course.criteria
    ):
        done = world.course_completions.get((course.id, person))
        world.add(done or CourseCompletion(course.id, person, now))
    return row


def is_done(world: World, activity: int, person: int) -> bool:
    """Say whether the activity counts as complete for this person."""
    row = world.completions.get((activity, person))
    return row is not None and row.state in (1, 2)


def progress(world: World, course: int, person: int) -> float:
    """Return the share of tracked activities done, in percent."""
    tracked = [
        row.id
        for row in list(world.activities.values())
        if row.course == course and row.completes != "none"
    ]
    done = [number for number in tracked if is_done(world, number, person)]
    return 100 * len(done) / len(tracked) if tracked else 0.0


def total(world: World, course: int, person: int) -> float | None:
    """Return the sum of a person's grades in a course; None without any."""
    values = [score.value for score in _graded(world, course, person)]
    return sum(value for value in values if value is not None) if values else None


def total_changed(world: World, course: int, person: int) -> int | None:
    """Return when that sum last changed, by which Moodle dates it (measured)."""
    return max((score.at for score in _graded(world, course, person)), default=None)


def _graded(world: World, course: int, person: int) -> list[Score]:
    return [
        score
        for item in list(world.grade_items.values())
        if item.course == course
        and (score := world.scores.get((item.id, person)))
        and score.value is not None
    ]


def plain(value: float) -> int | float:
    """Return 30 rather than 30.0, as Moodle's JSON does."""
    return int(value) if value == int(value) else value
