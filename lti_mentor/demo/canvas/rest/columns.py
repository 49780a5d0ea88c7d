"""Custom gradebook columns: a note beside each learner, for teachers' eyes.

Source: Canvas doc of custom gradebook columns. Values are kept in the store under
the column's number.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import gone, listed
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.paging import answer
from lti_mentor.demo.canvas.rest.access import blueprint, graded_course
from lti_mentor.demo.canvas.rest.work import field
from lti_mentor.demo.canvas.store import Column
from lti_mentor.demo.world import next_id

routes = blueprint("columns")

BASE = "/courses/<course_id>/custom_gradebook_columns"
LONGEST = 255
"""Characters of a value (guess: what the field holds)."""


@routes.get(BASE)
def index(course_id: str) -> Response:
    """List a course's columns."""
    course = graded_course(course_id)
    found = [one for one in canvas().store.columns.values() if one.course == course.id]
    return answer([_shown(one) for one in found])


@routes.post(BASE)
def create(course_id: str) -> Response:
    """Add a column."""
    course, title = graded_course(course_id), field("column", "title")
    if not title:
        raise listed(400, "column[title] is missing")
    store = canvas().store
    with store.change():
        column = Column(next_id(store.columns), course.id, title)
        store.add(column)
    return jsonify(_shown(column))


@routes.get(BASE + "/<int:id>/data")
def data(course_id: str, id: int) -> Response:
    """List a column's values."""
    column = _column(graded_course(course_id).id, id)
    return answer(
        [
            {"user_id": int(person), "content": content}
            for person, content in column.values.items()
        ]
    )


@routes.put(BASE + "/<int:id>/data/<int:user_id>")
def put(course_id: str, id: int, user_id: int) -> Response:
    """Set one value."""
    column = _column(graded_course(course_id).id, id)
    with canvas().store.change():
        content = _set(column, user_id, field("column_data", "content"))
    return jsonify(user_id=user_id, content=content)


@routes.put("/courses/<course_id>/custom_gradebook_column_data")
def put_all(course_id: str) -> Response:
    """Set many values at once; the answer is a progress that is already done."""
    course = graded_course(course_id)
    rows = (request.get_json(silent=True) or {}).get("column_data", [])
    with canvas().store.change():
        for row in rows:
            column = _column(course.id, int(row["column_id"]))
            _set(column, int(row["user_id"]), row.get("content"))
    done = {"completion": 100, "workflow_state": "completed"}
    tag = "custom_columns_submissions_import"
    return jsonify({"id": 1, "context_id": course.id, "tag": tag, **done})


def _set(column: Column, person: int, content: Any) -> str:
    text = str(content or "")
    if len(text) > LONGEST:
        raise listed(400, "content is too long")
    column.values[str(person)] = text
    return text


def _column(course: int, number: int) -> Column:
    column = canvas().store.columns.get(number)
    if column is None or column.course != course:
        raise gone()
    return column


def _shown(column: Column) -> dict[str, Any]:
    return {
        "id": column.id,
        "title": column.title,
        "position": column.id,
        "teacher_notes": False,
        "hidden": False,
        "read_only": False,
    }
