"""Moodle's roles and who may do what in a course."""

from lti_mentor.demo.rows import Activity, Course, Enrolment, Person
from lti_mentor.demo.world import World

SITE = 1
"""The course that is the site's home page."""
ROLES = {
    "learner": (5, "student"),
    "instructor": (3, "editingteacher"),
    "assistant": (4, "teacher"),
    "ta": (4, "teacher"),
}
"""Our roles: Moodle's role id and short name."""
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
"""What course roles in a launch begin with: http, not https."""
ADMIN_ROLES = [
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    MEMBERSHIP + "Instructor",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
]
"""The roles of a site administrator in every launch."""


def enrolment_of(world: World, course: int, person: int) -> Enrolment | None:
    """Return this person's place in this course."""
    return world.enrolments.get((course, person))


def launch_roles(world: World, course: Course, person: Person) -> list[str]:
    """Return the roles claim: any teacher and a site manager is Instructor.

    On the site home everybody but managers is Learner (Moodle 4.5.6, measured).
    """
    if person.admin:
        return ADMIN_ROLES
    enrolment = enrolment_of(world, course.id, person.id)
    teaches = enrolment is not None and enrolment.role != "learner"
    if person.manager or (teaches and course.id != SITE):
        return [MEMBERSHIP + "Instructor"]
    return [MEMBERSHIP + "Learner"]


def roster_role(enrolment: Enrolment) -> str:
    """Return the bare role of NRPS: a non-editing teacher is Learner there."""
    return "Instructor" if enrolment.role == "instructor" else "Learner"


def may_edit(world: World, course: int, person: Person | None) -> bool:
    """Say whether this person may add activities to this course."""
    if person is None:
        return False
    enrolment = enrolment_of(world, course, person.id)
    edits = enrolment is not None and enrolment.role == "instructor"
    return person.admin or person.manager or (edits and course != SITE)


def may_grade(world: World, course: int, person: Person | None) -> bool:
    """Say whether this person sees everybody's grades."""
    if person is None:
        return False
    enrolment = enrolment_of(world, course, person.id)
    teaches = enrolment is not None and enrolment.role != "learner"
    return teaches or may_edit(world, course, person)


def may_enter(world: World, course: Course, person: Person) -> bool:
    """Say whether this person gets into the course at all."""
    if person.admin or person.manager or course.id == SITE:
        return True
    enrolment = enrolment_of(world, course.id, person.id)
    return enrolment is not None and enrolment.status == "active"


def hub_is_open(world: World) -> bool:
    """Say whether everybody may open tools on the site home.

    Stock Moodle hides them until an admin grants mod/lti:view to the role
    "Authenticated user on site home" (measured).
    """
    return bool(world.extra.get("site_home_tools"))


def may_see(world: World, activity: Activity, person: Person) -> bool:
    """Say whether this person may open the activity."""
    course = world.courses[activity.course]
    if may_edit(world, course.id, person):
        return True
    if course.id == SITE and activity.kind == "lti" and not hub_is_open(world):
        return False
    teaches = may_grade(world, course.id, person)
    return activity.visible and (course.visible or teaches)
