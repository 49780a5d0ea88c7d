"""Events to a Caliper 1.2 endpoint: who used the tool for what, without names or texts.

Types, actions and what may be object of which event follow the conformance tables of
the Caliper Analytics 1.2 certification guide (Assignable, Feedback, Grading and Tool
Use Profile).
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.passback.outcome import Outcome, skipped
from lti_mentor.passback.records import (
    REFUSALS,
    Record,
    Store,
    home_page,
    nobody,
    who_of,
    without_none,
)
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration
from lti_mentor.practice.models import PracticeAssignment, PracticeWork

VERSION = "http://purl.imsglobal.org/ctx/caliper/v1p2"
"""Names the vocabulary, in every event and in the envelope."""
USED = ("ToolUseEvent", "ToolUseProfile", "Used")
COMMENTED = ("FeedbackEvent", "FeedbackProfile", "Commented")
GRADED = ("GradeEvent", "GradingProfile", "Graded")
EVENTS: dict[Verb, tuple[str, str, str]] = {
    Verb.BEGAN_MENTORSHIP: USED,
    Verb.AGREED: USED,
    Verb.ENDED_MENTORSHIP: USED,
    Verb.HELD_SESSION: USED,
    Verb.PLANNED: ("AssignableEvent", "AssignableProfile", "Started"),
    Verb.APPLIED: ("AssignableEvent", "AssignableProfile", "Submitted"),
    Verb.REFLECTED: ("AssignableEvent", "AssignableProfile", "Reviewed"),
    Verb.COMPLETED_PRACTICE: ("AssignableEvent", "AssignableProfile", "Completed"),
    Verb.SETTLED_PRACTICE: ("AssignableEvent", "AssignableProfile", "Completed"),
    Verb.PLAN_AGREED: COMMENTED,
    Verb.ASKED_REVISION: COMMENTED,
    Verb.VERIFIED: COMMENTED,
    Verb.SCORED: GRADED,
}
"""Type, profile and action by verb; the verb itself goes along as an extension."""


def store_of(registration: Registration, public_url: str) -> Store | None:
    """Return where this registration's events go; None where nowhere."""
    if not registration.caliper_url:
        return None
    key = registration.caliper_key or ""
    return Store(url=registration.caliper_url, key=key, sender=public_url)


def record(
    session: Session, activity: Activity, registration: Registration, public_url: str
) -> Record | Outcome:
    """Translate an activity; its id is the activity's, so that it is known again."""
    who = who_of(activity)
    why_not = nobody(activity, Destination.CALIPER)
    if why_not is not None or who is None:
        return why_not or skipped("caliper.nobody")
    kind, profile, action = EVENTS[activity.verb]
    names = _Names(public_url, home_page(registration, public_url))
    about = _about(session, activity, names)
    if about is None:
        return skipped("caliper.gone")
    is_graded_by_rule = kind == "GradeEvent" and activity.actor is None
    event = {
        "@context": VERSION,
        "id": f"urn:uuid:{activity.public_id}",
        "type": kind,
        "profile": profile,
        "actor": names.tool() if is_graded_by_rule else names.person(who),
        "action": action,
        "eventTime": _stamp(activity.at),
        "edApp": names.tool(),
        "group": names.course(activity.context),
        "extensions": names.told(activity),
    }
    return without_none(event | about)


def receipt(event: Record) -> Record:
    """Return what the person it is about may read later."""
    return {
        "id": event["id"],
        "timestamp": event["eventTime"],
        "verb": f"{event['type']}/{event['action']}",
    }


def post(events: Sequence[Record], store: Store, http: Outbound) -> Reply:
    """Send an envelope; refusals are answers.

    Raises:
        Outside: Nobody answered, asked for patience, or did not let us in.
    """
    envelope = {
        "sensor": f"{store.sender}/caliper/sensor",
        "sendTime": _stamp(now()),
        "dataVersion": VERSION,
        "data": list(events),
    }
    return http.request(
        "POST",
        store.url,
        headers={
            "Authorization": f"Bearer {store.key}",
            "Content-Type": "application/json",
        },
        data=json.dumps(envelope, allow_nan=False),
        allow_statuses=REFUSALS,
    )


class _Names:
    """Gives everything its IRI below our own address, and the LMS's own id beside."""

    def __init__(self, public_url: str, home: str) -> None:
        self._root, self._home = f"{public_url}/caliper", home

    def tool(self) -> Record:
        return {"id": self._root, "type": "SoftwareApplication", "name": "LTI Mentor"}

    def person(self, person: Person) -> Record:
        identifier = self._identifier("LtiUserId", person.sub)
        return self._thing("person", person.public_id, "Person") | identifier

    def course(self, context: Context | None) -> Record | None:
        if context is None:
            return None
        course = self._thing("context", context.public_id, "CourseSection")
        title = {"name": context.title or None}
        identifier = self._identifier("LtiContextId", context.lti_id)
        return without_none(course | title | identifier)

    def practice(self, assignment: PracticeAssignment) -> Record:
        return self._thing(
            "practice", assignment.public_id, "AssignableDigitalResource"
        )

    def attempt(self, work: PracticeWork) -> Record:
        return self._thing("attempt", work.public_id, "Attempt") | {
            "assignee": self.person(work.learner),
            "assignable": self.practice(work.assignment),
        }

    def made(self, activity: Activity, kind: str) -> Record:
        return self._thing(kind.lower(), activity.public_id, kind)

    def told(self, activity: Activity) -> Record:
        """Return verb, object and numbers, which Caliper has no words for."""
        return without_none(
            {
                f"{self._root}/verb": activity.verb.value,
                f"{self._root}/object": f"{activity.object_type}/{activity.object_id}",
                f"{self._root}/data": activity.data or None,
            }
        )

    def _thing(self, room: str, public_id: object, kind: str) -> Record:
        return {"id": f"{self._root}/{room}/{public_id}", "type": kind}

    def _identifier(self, kind: str, value: str | None) -> Record:
        if not value:
            return {}
        known = {"type": "SystemIdentifier", "identifierType": kind}
        return {
            "otherIdentifiers": [{**known, "identifier": value, "source": self._home}]
        }


def _about(session: Session, activity: Activity, names: _Names) -> Record | None:
    """Return object and what came of it; None where the practice is gone."""
    kind = EVENTS[activity.verb][0]
    if kind == "ToolUseEvent":
        return {"object": names.tool()}
    work = session.scalar(
        select(PracticeWork).where(PracticeWork.public_id == activity.object_id)
    )
    if work is None:
        return None
    attempt = names.attempt(work)
    if kind == "AssignableEvent":
        return {"object": names.practice(work.assignment), "generated": attempt}
    if kind == "GradeEvent":
        return {"object": attempt, "generated": _score(activity, attempt, names)}
    comment = names.made(activity, "Comment") | {
        "commenter": names.person(activity.actor or work.learner),
        "commentedOn": attempt,
    }
    return {"object": attempt, "generated": comment}


def _score(activity: Activity, attempt: Record, names: _Names) -> Record:
    by = names.person(activity.actor) if activity.actor else names.tool()
    given, most = activity.data.get("points"), activity.data.get("maximum")
    return names.made(activity, "Score") | without_none(
        {
            "attempt": attempt["id"],
            "maxScore": None if most is None else float(most),
            "scoreGiven": None if given is None else float(given),
            "scoredBy": by,
            "dateCreated": _stamp(activity.at),
        }
    )


def _stamp(moment: datetime) -> str:
    """Return UTC with milliseconds and Z, the only form endpoints must take."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
