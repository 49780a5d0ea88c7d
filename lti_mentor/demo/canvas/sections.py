"""The sections of a course: who sits in which."""

from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.rows import Enrolment


def section_names(canvas: Institution, course: int) -> list[str]:
    """Return the names of a course's sections; one without a name is the course's."""
    names = {name for one in canvas.enrolments(course) for name in names_of(one)}
    return sorted(names) or [canvas.world.courses[course].code]


def names_of(enrolment: Enrolment) -> list[str]:
    """Return the sections of one enrolment: "A+B" is somebody in both."""
    return enrolment.section.split("+") if enrolment.section else []


def section_ids(canvas: Institution, course: int) -> list[int]:
    """Return the ids of a course's sections in the order of their names."""
    return [course * 10 + n for n, _ in enumerate(section_names(canvas, course), 1)]


def sections_of(canvas: Institution, enrolment: Enrolment) -> list[int]:
    """Return the ids of the sections somebody is in; the first when none is named."""
    if not enrolment.section:
        return [enrolment.course * 10 + 1]
    names = section_names(canvas, enrolment.course)
    ids = section_ids(canvas, enrolment.course)
    return [ids[names.index(name)] for name in names_of(enrolment)]
