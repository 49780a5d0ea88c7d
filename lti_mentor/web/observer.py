"""What a parent or adviser sees: how far those they accompany are, and no more."""

from lti_mentor.errors import NotAllowed
from lti_mentor.people import queries as people
from lti_mentor.practice import queries as practice
from lti_mentor.web import db, sentences
from lti_mentor.web.pages import Answer, blueprint, render, scope

bp = blueprint("observer", __name__)


@bp.get("/accompanied")
def show() -> Answer:
    """Show the practices of those the LMS says this person accompanies."""
    who, session = scope(), db.session()
    if who.course is None or not who.is_observer:
        raise NotAllowed("scope.not_observer")
    learners = people.observed(session, who.course, who.observed)
    works = practice.works_of_people(session, who.course, learners)
    theirs = [(one, [w for w in works if w.learner_id == one.id]) for one in learners]
    return render("observer/show.html", theirs=theirs, states=sentences.WORKS)
