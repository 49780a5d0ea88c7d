"""An activity's page: the tool in its frame, or a few words."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo.moodle import gradebook
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.pages import NotEnrolled, page, somebody
from lti_mentor.demo.moodle.roles import SITE, may_enter, may_see
from lti_mentor.demo.rows import Activity
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import first

routes = Blueprint("activities", __name__)


@routes.get("/mod/<kind>/view.php")
def view(kind: str) -> str | Response:
    """Show an activity; opening it completes one that asks for viewing."""
    activity, person = _asked(), somebody()
    course = here().world.courses[activity.course]
    if not may_see(here().world, activity, person):
        if course.id == SITE:
            return redirect("/", 303)
        return error_page("Sorry, this activity is currently hidden", 403)
    if activity.completes == "view" and not _done(activity):
        with here().world.change():
            gradebook.complete(here().world, activity, person.id, 1)
    link = first(here().world.links, activity=activity.id)
    item = first(here().world.grade_items, activity=activity.id)
    score = here().world.scores.get((item.id, person.id)) if item else None
    return page(
        "tool" if kind == "lti" else "activity",
        course,
        activity=activity,
        link=link,
        item=item,
        score=score,
        done=_done(activity),
    )


@routes.post("/mod/<kind>/view.php")
def mark(kind: str) -> Response:
    """Let a learner mark a self-marked activity as done or not."""
    activity, person = _asked(), somebody()
    if activity.completes == "manual":
        with here().world.change():
            state = int(not _done(activity))
            gradebook.complete(here().world, activity, person.id, state)
    return redirect(f"/mod/{kind}/view.php?id={activity.id}", 303)


@routes.get("/mod/lti/return.php")
def come_back() -> str:
    """Show what the tool says on the way back to the course."""
    words = [request.args.get(name) for name in ("lti_errormsg", "lti_msg")]
    course = here().world.courses.get(request.args.get("course", 0, type=int))
    return page("return", course, words=[row for row in words if row])


def _asked() -> Activity:
    activity = here().world.activities.get(request.args.get("id", 0, type=int))
    person = somebody()
    if activity is None:
        raise NotEnrolled(SITE)
    course = here().world.courses[activity.course]
    if not may_enter(here().world, course, person):
        raise NotEnrolled(course.id)
    return activity


def _done(activity: Activity) -> bool:
    return gradebook.is_done(here().world, activity.id, somebody().id)
