"""Whether a list of a course's people is whole, or leaves some out without a word."""

from collections.abc import Collection, Sequence

from lms_clients import Forbidden, LMSClient
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import seats
from lti_mentor.sync.reading import Reading

FEW = 20
"""People of each list who are looked at."""
MISSING = "moodle/user:viewdetails"
"""Without it Moodle's lists leave people out and raise no error."""


def check(
    reading: Reading, client: LMSClient, seen: Collection[str], learners: Sequence[str]
) -> None:
    """Find out whether those missing are gone or hidden; asks only where some are.

    An account that sees somebody's profile, be it of a learner on the list or of one
    who is not on it, is shown everybody.

    Raises:
        Forbidden: People may be hidden, so the list proves nobody gone.
    """
    with reading.unit():
        context = reading.context()
        if context.registration.lms_kind is not LMSKind.MOODLE:
            return
        missing = seats.unlisted(reading.session, context, seen)
    if not missing:
        return
    asked = {*missing[:FEW], *learners[:FEW]} - {client.site().account_id}
    if not any(client.profiles(sorted(asked))):
        raise Forbidden("members: some may be hidden", missing=MISSING)
