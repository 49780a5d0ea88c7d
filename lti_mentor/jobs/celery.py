"""Celery as a carrier: its messages are job ids, the table stays the truth.

A message that is lost, doubled or late does no harm: a sweep sends the ids of all
jobs that are due again, and whoever claims a row first runs it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

log = logging.getLogger(__name__)

TASK = "lti_mentor.run"
SWEEP = 2.0
"""Seconds between two looks for jobs that nobody was told of."""
OPTIONS = ("--loglevel=WARNING", "--without-gossip", "--without-mingle")
"""Workers need not know of each other: the table keeps them apart."""


def make_app(broker_url: str) -> Celery:
    """Return a Celery app that only sends; it keeps no results."""
    app = Celery("lti_mentor", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5},
    )
    return app


class Sender:
    """Sends the ids of jobs, behind the page's back: a dead broker delays nobody."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._thread: ThreadPoolExecutor | None = None
        """Made by the first call, so that a process that forks has its own."""

    def __call__(self, job_id: int) -> None:
        """Send one id soon; for `jobs.notify.listen`."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="jobs-send")
        self._thread.submit(self.send, job_id)

    def send(self, job_id: int) -> bool:
        """Send one id now; False when the broker cannot be reached."""
        try:
            self._app.send_task(TASK, args=(job_id,), retry=False)
        except Exception as failure:  # noqa: BLE001 - the sweep will send it again
            log.warning("jobs.broker_failed %s", type(failure).__name__)
            return False
        return True


def work(
    app: Celery,
    run: Callable[[int], object],
    due: Callable[[], Sequence[int]],
    concurrency: int = 4,
) -> None:
    """Run what arrives until the process is told to end.

    `run` is called in child processes, so it makes its own database connections;
    `due` is called here, by the sweep.
    """
    app.task(run, name=TASK)
    stop = threading.Event()
    sweeper = threading.Thread(
        target=_sweep, args=(stop, Sender(app), due), daemon=True, name="sweep"
    )
    sweeper.start()
    try:
        app.worker_main(["worker", f"--concurrency={concurrency}", *OPTIONS])
    finally:
        stop.set()


def _sweep(
    stop: threading.Event, sender: Sender, due: Callable[[], Sequence[int]]
) -> None:
    while not stop.wait(SWEEP):
        try:
            waiting = due()
        except Exception as failure:  # noqa: BLE001 - the loop outlives a lost database
            log.warning("jobs.sweep_failed %s", type(failure).__name__)
            continue
        all(sender.send(job_id) for job_id in waiting)
