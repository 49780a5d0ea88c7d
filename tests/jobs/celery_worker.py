"""A Celery worker process. Called as: celery_worker.py BROKER_URL DATABASE_URL."""

import sys

from sqlalchemy.orm import sessionmaker

from lti_mentor.db import engine_for
from lti_mentor.jobs import celery, queries
from lti_mentor.jobs.runner import Runner

HANDLERS = {"greet": lambda _claimed: None}


def main(broker_url: str, database_url: str) -> None:
    looking = sessionmaker(engine_for(database_url))

    def run(job_id: int) -> None:
        Runner(sessionmaker(engine_for(database_url)), HANDLERS).run_one(job_id)

    def due() -> list[int]:
        with looking() as session:
            return queries.due_ids(session, HANDLERS)

    celery.work(celery.make_app(broker_url), run, due, concurrency=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
