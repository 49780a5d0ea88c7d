"""Who looks after the installation, from where launches come, copies (P30)."""

from typing import Any

from flask import request
from marshmallow import fields, validate

from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing
from lti_mentor.people import organisation as holders
from lti_mentor.people.models import Person
from lti_mentor.platforms import copies, origins, service
from lti_mentor.platforms.models import Deployment, DeploymentPolicy, Registration
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp, changed, seen
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, done, refuse, render, scope

PAGE = "admin/organisation.html"
HOME = "admin.organisation"


@bp.get("/organisation")
def organisation() -> Answer:
    """Show who may look after it or read numbers, and where launches come from."""
    return render(PAGE, **_data(seen()))


def _data(registration: Registration) -> dict[str, Any]:
    session = db.session()
    return {
        "registration": registration,
        "people": {
            right: holders.holders(session, registration, right)
            for right in holders.RIGHTS
        },
        "deployments": sorted(registration.deployments, key=lambda one: one.id),
        "lists_deployments": registration.deployment_policy is DeploymentPolicy.LISTED,
        "fixed_origins": origins.fixed(registration),
        "is_copy_for_good": copies.is_for_good(registration),
        "value": {},
        "errors": {},
    }


def _again(registration: Registration, errors: Any) -> Answer:
    data = _data(registration) | {"value": request.form}
    return refuse(PAGE, errors, **data)


class NameForm(Form):
    """Somebody, by whole name or address, and for what they are named."""

    who = text()
    right = fields.String(required=True, validate=validate.OneOf(list(holders.RIGHTS)))


@bp.post("/organisation/people")
def name_person() -> Answer:
    """Give a right to somebody the tool has met."""
    registration, session = changed(), db.session()
    try:
        sent = read(NameForm)
        person = holders.find(session, registration, sent["who"])
    except FormError as wrong:
        return _again(registration, wrong.errors)
    except Invalid as wrong:
        return _again(registration, {"who": as_error(wrong)[""]})
    holders.name(person, sent["right"])
    return done(HOME, "named")


@bp.post("/organisation/people/remove")
def unname_person() -> Answer:
    """Take a right back; the last organisation admin stays."""
    registration, session = changed(), db.session()
    mine = Person.registration_id == registration.id
    person = get_public(session, Person, request.form.get("person", ""), mine)
    holders.unname(session, person, request.form.get("right", ""))
    left = person.id == scope().person.id and not scope().is_org_admin
    return done("home.show" if left else HOME, "unnamed")


@bp.post("/organisation/deployments")
def accept_deployment() -> Answer:
    """Let launches from a place in, or keep them out."""
    registration, session = changed(), db.session()
    mine = Deployment.registration_id == registration.id
    wanted = request.form.get("deployment", "")
    found = get_public(session, Deployment, wanted, mine)
    found.is_accepted = request.form.get("accept") == "yes"
    return done(HOME, "settings")


@bp.post("/organisation/policy")
def deployment_policy() -> Answer:
    """Say what becomes of places that were never seen before (D2)."""
    listed = request.form.get("listed") == "yes"
    policy = DeploymentPolicy.LISTED if listed else DeploymentPolicy.LEARN
    changed().deployment_policy = policy
    return done(HOME, "settings")


@bp.post("/organisation/origins")
def change_origins() -> Answer:
    """Take one more address of this LMS, or one less."""
    registration = changed()
    if gone := request.form.get("remove"):
        service.drop_origin(registration, gone)
        return done(HOME, "settings")
    try:
        service.add_origin(registration, request.form.get("origin", "").strip())
    except Invalid as wrong:
        return _again(registration, {"origin": as_error(wrong)[""]})
    return done(HOME, "settings")


@bp.post("/organisation/held")
def answer_held() -> Answer:
    """Let another LMS with the same keys in, or keep it out."""
    registration, session = changed(), db.session()
    guid = request.form.get("guid", "")
    if request.form.get("accept") == "yes":
        service.let_in(session, registration, guid)
    else:
        service.keep_out(session, registration)
    return done(HOME, "settings")


@bp.post("/organisation/times")
def hide_times() -> Answer:
    """Say whether anybody may read how fast somebody named answers (P23)."""
    changed().hides_times = request.form.get("hide") == "yes"
    return done(HOME, "settings")


@bp.post("/organisation/copy")
def mark_copy() -> Answer:
    """Say whether this is a copy for trying things out; of some nobody decides."""
    registration = changed()
    if copies.is_for_good(registration):
        raise Missing("organisation.copy_for_good")
    registration.is_copy = request.form.get("copy") == "yes"
    return done(HOME, "settings")
