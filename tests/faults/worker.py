"""A worker as `lti-mentor worker` is one, with short leases and pauses.

Called as: python -m tests.faults.worker
"""

import logging
import signal
import threading
from datetime import timedelta

from lti_mentor.cli.database import load_models
from lti_mentor.config import Settings
from lti_mentor.jobs.runner import Runner
from lti_mentor.worker import Work

LEASE = timedelta(seconds=3)
FIRST_WAIT = timedelta(seconds=0.2)


def main() -> None:
    logging.getLogger().setLevel(logging.ERROR)
    load_models()
    work, stop = Work(Settings.from_env()), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    runner = Runner(work.sessions, work.handlers, lease=LEASE, first_wait=FIRST_WAIT)
    runner.run_until(stop, threads=2)


if __name__ == "__main__":
    main()
