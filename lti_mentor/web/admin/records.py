"""What was told to other systems, and what somebody has to decide."""

from flask import request

from lti_mentor.activity.models import Delivery, DeliveryState
from lti_mentor.db import get_public
from lti_mentor.passback import queries as passback_queries
from lti_mentor.passback import service as passback
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp, changed, seen
from lti_mentor.web.pages import Answer, done, render, scope


@bp.get("/records")
def records() -> Answer:
    """Show what was told to other systems; what failed comes first, with its words."""
    registration, session = seen(), db.session()
    held = (DeliveryState.DEAD, DeliveryState.HELD, DeliveryState.WAITING)
    wrong = [
        row
        for state in held
        for row in passback_queries.listed(
            session, registration_id=registration.id, state=state
        )
    ]
    newest = passback_queries.listed(session, registration_id=registration.id, limit=50)
    return render(
        "admin/records.html",
        wrong=wrong,
        newest=[row for row in newest if row not in wrong],
        paused=registration.writes_paused,
    )


ACTS = {
    "retry": passback.retry,
    "overwrite": passback.overwrite,
    "keep": passback.keep_theirs,
    "discard": passback.discard,
}
"""What an admin may decide about a record that did not arrive."""
RESENDS = frozenset({passback.retry, passback.overwrite})


@bp.post("/records/<delivery>")
def answer(delivery: str) -> Answer:
    """Try again, keep what the gradebook says, or overwrite it: said and logged."""
    registration, session = changed(), db.session()
    found = get_public(
        session, Delivery, delivery, Delivery.registration_id == registration.id
    )
    act = ACTS.get(request.form.get("do", ""))
    scope().require(act is not None, "records.no_such_answer")
    if act is not None:
        act(session, found)
    return done("admin.records", "retry" if act in RESENDS else "settings")
