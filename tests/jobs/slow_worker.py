"""A worker process that the tests end with no warning.

Called as: slow_worker.py DATABASE_URL LOG MODE, with MODE `hang` or `work`.
"""

import sys
import threading
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import sessionmaker

from lti_mentor.db import engine_for
from lti_mentor.jobs.runner import Runner
from lti_mentor.jobs.service import Claimed

LEASE = timedelta(seconds=1.5)


def main(url: str, log: str, mode: str) -> None:
    def handler(claimed: Claimed) -> None:
        with Path(log).open("a") as out:
            out.write(f"{mode} {claimed.key} {claimed.attempts}\n")
        if mode == "hang":
            threading.Event().wait()

    runner = Runner(sessionmaker(engine_for(url)), {"greet": handler}, lease=LEASE)
    stop = threading.Event()
    if mode == "work":
        threading.Timer(20, stop.set).start()
    runner.run_until(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
