"""What Canvas puts in place of `$...` in custom fields.

Source: Canvas doc/api/tools_variable_substitutions.md. What is not available in a
launch stays as the literal `$Name`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lti_mentor.demo.canvas.ids import global_id, lti_id, opaque
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.launching import Launch
from lti_mentor.demo.canvas.roles import context_roles
from lti_mentor.demo.canvas.sections import section_ids
from lti_mentor.demo.canvas.store import Assignment
from lti_mentor.demo.rows import Course, Person

IN_ROSTER = (
    "Canvas.user.id",
    "Canvas.user.globalId",
    "Canvas.user.loginId",
    "Canvas.user.sisSourceId",
    "Message.locale",
    "Person.address.timezone",
    "Person.email.primary",
    "Person.sourcedId",
    "User.id",
    "User.image",
    "User.username",
    "vnd.instructure.User.uuid",
)
"""What a roster read may expand (Canvas lib/lti/ims/names_and_roles ...whitelist)."""


def expand(custom: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Replace every known `$Variable`; names lose one leading `custom_`."""
    return {
        name.removeprefix("custom_"): _value(value, known)
        for name, value in custom.items()
    }


def of_launch(canvas: Institution, launch: Launch) -> dict[str, Any]:
    """Return every variable that this launch knows."""
    known = _of_installation(canvas)
    if launch.person:
        known |= of_person(canvas, launch.person)
        known |= _of_membership(canvas, launch)
    if launch.course:
        known |= _of_course(canvas, launch.course)
    if launch.assignment:
        known |= _of_assignment(launch.assignment)
    if launch.masquerader:
        known["Canvas.masqueradingUser.id"] = launch.masquerader.id
        known["Canvas.masqueradingUser.userId"] = launch.masquerader.sub
    if launch.link:
        known["ResourceLink.id"] = launch.link.uuid
        known["ResourceLink.title"] = launch.link.title
    return _typed(canvas, known)


def of_person(canvas: Institution, person: Person) -> dict[str, Any]:
    """Return the variables about one person."""
    known: dict[str, Any] = {
        "Canvas.user.id": person.id,
        "Canvas.user.globalId": global_id(person.id),
        "Canvas.user.loginId": person.username,
        "Canvas.user.prefersHighContrast": "false",
        "Person.address.timezone": time_zone(person),
        "Person.name.full": person.name,
        "Message.locale": person.lang,
        "User.id": person.opaque,
        "User.username": person.username,
        "User.image": f"{canvas.url}/images/messages/avatar-50.png",
        "vnd.instructure.User.uuid": lti_id("uuid", person.id),
    }
    if person.idnumber:
        known["Canvas.user.sisSourceId"] = known["Person.sourcedId"] = person.idnumber
    if person.email:
        known["Person.email.primary"] = person.email
    return known


def time_zone(person: Person) -> str:
    """Return somebody's IANA zone; the account's when they chose none."""
    return "America/Denver" if person.timezone == "99" else person.timezone


def _value(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return known.get(value[1:], value)
    return value


def _typed(canvas: Institution, known: dict[str, Any]) -> dict[str, Any]:
    if canvas.says("canvas_custom_values_are_strings"):
        return {name: str(value) for name, value in known.items()}
    return known


def _of_installation(canvas: Institution) -> dict[str, Any]:
    return {
        "Canvas.account.id": 1,
        "Canvas.account.name": "Practice Campus",
        "Canvas.rootAccount.id": 1,
        "Canvas.api.baseUrl": canvas.url,
        "Canvas.api.domain": canvas.domain,
        "com.instructure.brandConfigJSON.url": f"{canvas.url}/brand.json",
        "com.instructure.PostMessageToken": opaque("token", canvas.secret),
    }


def _of_membership(canvas: Institution, launch: Launch) -> dict[str, Any]:
    person, course = launch.person, launch.course
    if person is None or course is None:
        return {}
    types = canvas.types(course.id, person.id)
    enrolled = (course.id, person.id) in canvas.world.enrolments
    state = ("active" if types else "inactive") if enrolled else ""
    watched = canvas.store.observed.get(f"{course.id} {person.id}", [])
    return {
        "Canvas.membership.roles": ",".join(role_names(canvas, course.id, person)),
        "Canvas.enrollment.enrollmentState": state,
        "Membership.role": ",".join(context_roles(types)),
        "com.instructure.User.observees": ",".join(
            canvas.world.people[one].sub for one in watched
        ),
        "com.instructure.User.student_view": "StudentViewEnrollment" in types,
    }


def role_names(canvas: Institution, course: int, person: Person) -> list[str]:
    """Return Canvas's names of somebody's roles here, custom labels too."""
    label = canvas.store.labels.get(f"{course} {person.id}")
    admin = ["Account Admin"] if person.admin else []
    return [*canvas.types(course, person.id), *([label] if label else []), *admin]


def _of_course(canvas: Institution, course: Course) -> dict[str, Any]:
    state = "completed" if course.concluded else "available"
    groups = [g.id for g in canvas.world.groups.values() if g.course == course.id]
    return {
        "Canvas.course.id": course.id,
        "Canvas.course.name": course.title,
        "Canvas.course.sisSourceId": course.idnumber,
        "Canvas.course.workflowState": state if course.visible else "claimed",
        "Canvas.course.sectionIds": ",".join(map(str, section_ids(canvas, course.id))),
        "Canvas.course.sectionRestricted": "false",
        "Context.id": course.opaque,
        "Context.id.history": ",".join(
            other.opaque
            for other in canvas.world.courses.values()
            if other.family == course.family and other.start < course.start
        ),
        "CourseSection.sourcedId": course.idnumber,
        "com.instructure.Course.groupIds": ",".join(map(str, groups)),
    }


_DATES: dict[str, Callable[[Assignment], str | None]] = {
    "Canvas.assignment.dueAt.iso8601": lambda assignment: assignment.due,
    "Canvas.assignment.unlockAt.iso8601": lambda assignment: assignment.unlock,
    "Canvas.assignment.lockAt.iso8601": lambda assignment: assignment.lock,
    "ResourceLink.submission.endDateTime": lambda assignment: assignment.due,
    "ResourceLink.available.startDateTime": lambda assignment: assignment.unlock,
    "ResourceLink.available.endDateTime": lambda assignment: assignment.lock,
}


def _of_assignment(assignment: Assignment) -> dict[str, Any]:
    known: dict[str, Any] = {
        "Canvas.assignment.id": assignment.id,
        "Canvas.assignment.title": assignment.title,
        "Canvas.assignment.pointsPossible": assignment.points,
        "Canvas.assignment.published": assignment.published,
    }
    dates = {name: read(assignment) for name, read in _DATES.items()}
    return known | {name: value for name, value in dates.items() if value}
