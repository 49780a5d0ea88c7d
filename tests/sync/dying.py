"""A worker process that is killed in the middle of a list: python -m tests.sync.dying.

Arguments: the database, and after how many members the process kills itself.
"""

import os
import signal
import sys
from collections.abc import Iterator

from sqlalchemy.orm import sessionmaker

from lms_clients import FakeLMS, Member
from lti_mentor import db
from lti_mentor.jobs.runner import Runner
from lti_mentor.jobs.service import Claimed
from lti_mentor.people.models import Context
from lti_mentor.sync import service
from tests.conftest import SECRET
from tests.sync.conftest import filled
from tests.sync.test_resuming import PEOPLE, entries


class Dies(FakeLMS):
    """Kills its own process after some members."""

    def members(self, course_id: str) -> Iterator[Member]:
        for number, member in enumerate(self.enrolled[course_id]):
            if number == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            yield member


def main() -> None:
    db.unlock((SECRET,))
    sessions = sessionmaker(db.engine_for(sys.argv[1]), expire_on_commit=False)
    whole = filled(PEOPLE)
    lms = Dies(listed=whole.listed, enrolled=whole.enrolled)

    def read(claimed: Claimed) -> None:
        with sessions() as session:
            with db.reading(session):
                context = db.get_public(session, Context, claimed.payload["context"])
            service.read_course(session, context, lms, entries)

    Runner(sessions, {service.SYNC: read}).run_one()


if __name__ == "__main__":
    main()
