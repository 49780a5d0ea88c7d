"""The practice campus with one crowded course: python -m tests.benchmarks.big_campus N.

Prints where it is and how LTI names the course in Canvas, then runs until it is
ended. One learner in twenty has completed.
"""

import sys
import threading
from functools import partial

from lti_mentor.demo import start
from lti_mentor.demo.people import FIRST_COURSE, fill, stable_uuid
from lti_mentor.demo.rows import CourseCompletion, Enrolment, Person
from lti_mentor.demo.world import World

FIRST = 50_000
"""Id of the first of the crowd."""


def crowd(world: World, learners: int) -> None:
    """Enrol so many learners into the first course."""
    fill(world)
    course = FIRST_COURSE[world.kind]
    began = world.courses[course].start
    for number in range(FIRST, FIRST + learners):
        name = f"learner{number}"
        sub = str(number) if world.kind == "moodle" else stable_uuid(name)
        person = Person(number, name, "Learner", str(number), sub, f"{name}@x.example")
        world.add(person)
        world.add(Enrolment(course=course, person=number, role="learner", since=began))
        if number % 20 == 0:
            world.add(CourseCompletion(course, number, began + 86400))


if __name__ == "__main__":
    campus = start(sys.argv[2], seed=partial(crowd, learners=int(sys.argv[1])))
    canvas = campus.world("canvas").courses[FIRST_COURSE["canvas"]]
    sys.stdout.write(f"{campus.portal_url} {canvas.opaque}\n")
    sys.stdout.flush()
    threading.Event().wait()
