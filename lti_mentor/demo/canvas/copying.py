"""Copying a course for a new term.

Assignments keep their custom fields but get new resource links; the new context's
`Context.id.history` names the old one.
"""

import dataclasses
import time
from typing import Any

from lti_mentor.demo.canvas.ids import opaque
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.canvas.notices import tell_copied
from lti_mentor.demo.canvas.store import Assignment
from lti_mentor.demo.rows import Course, Enrolment
from lti_mentor.demo.world import next_id


def copy_course(institution: Institution, course: Course) -> Course:
    """Copy a course with its assignments and its teachers, then tell the tools."""
    with institution.store.change():
        fresh = _new_course(institution, course)
        for one in list(institution.store.assignments.values()):
            if one.course == course.id:
                _copy_assignment(institution, one, fresh)
    tell_copied(institution, course, fresh)
    return fresh


def _new_course(institution: Institution, course: Course) -> Course:
    world = institution.world
    number, now = next_id(world.courses), int(time.time())
    fresh = dataclasses.replace(
        course,
        id=number,
        code=f"{course.code}-{number}",
        title=f"{course.title} (copy)",
        idnumber="",
        opaque=opaque("course", number),
        start=max(now, course.start + 1),
        end=now + 120 * 86400,
        concluded=False,
        criteria=[],
        sections=dict(course.sections),
        skills=list(course.skills),
    )
    world.add(fresh)
    for one in institution.enrolments(course.id, status="active"):
        if one.role != "learner":
            world.add(Enrolment(number, one.person, one.role, since=fresh.start))
    return fresh


def _copy_assignment(institution: Institution, old: Assignment, fresh: Course) -> None:
    fields: dict[str, Any] = {
        "title": old.title,
        "points": old.points,
        "description": old.description,
        "published": False,
    }
    if not old.link:
        number = next_id(institution.store.assignments)
        institution.store.add(Assignment(number, fresh.id, kind=old.kind, **fields))
        return
    link = institution.store.links[old.link]
    column = next(
        one for one in institution.store.line_items.values() if one.link == link.uuid
    )
    item = {
        "title": link.title,
        "url": link.url,
        "custom": link.custom,
        "lineItem": {"tag": column.tag, "resourceId": column.resource_id},
    }
    tool = institution.world.tools[link.tool]
    create_assignment(institution, fresh.id, tool, item, fields)
