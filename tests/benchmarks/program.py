"""Every audience's pages with ten thousand people in one program: time on the server.

Asked within the process, one page after the other, without a network: what is measured
is our own work and SQLite's. p95 of forty times each.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Message,
    Part,
    Participant,
    ParticipantState,
)
from lti_mentor.people.models import Membership, Person, Role
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.scheduling.models import MentoringSession, SessionState
from lti_mentor.skills.models import CompletionState, CourseCompletion
from lti_mentor.web import db
from tests.tool import close, make_app
from tests.web import pages
from tests.web.stage import Stage, stage

PEOPLE = int(os.environ.get("BENCH_PROGRAM_PEOPLE", "10000"))
TIMES = 40
STATES = (
    MentorshipState.ACTIVE,
    MentorshipState.ACTIVE,
    MentorshipState.ACTIVE,
    MentorshipState.OFFERED,
    MentorshipState.CONCLUDING,
    MentorshipState.PAUSED,
    MentorshipState.COMPLETED,
    MentorshipState.ENDED,
)
TURNS = {
    WorkState.PLANNING: Turn.LEARNER,
    WorkState.PRACTISING: Turn.LEARNER,
    WorkState.PLAN_REVIEW: Turn.MENTOR,
    WorkState.IN_REVIEW: Turn.MENTOR,
    WorkState.COMPLETED: Turn.NONE,
}
TALKS = (SessionState.OFFERED, SessionState.BOOKED, SessionState.HELD)
Figures = dict[str, Any]


def measure() -> Figures:
    """Fill one program and open each page."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        with pages.house(app) as house:
            acting = stage(house)
            program = filled(acting)
            seen = {name: acting.as_(name) for name in ("iris", "max", "lea", "ada")}
            found = {
                f"{who} {path.replace(program, 'PROGRAM')}": _timed(
                    app, seen[who], path
                )
                for who, path in _visits(program)
            }
        close(app)
    slowest = max(one["p95_ms"] for one in found.values())
    return {"people": PEOPLE, "slowest_p95_ms": slowest, "pages": found}


def _visits(program: str) -> Iterator[tuple[str, str]]:
    inside = f"/programs/{program}"
    for path in ("/board", "/report", "/inbox", "/closing", "/course/known", "/turn"):
        yield "iris", path
    for path in (inside, f"{inside}/settings", "/programs/fits"):
        yield "iris", path
    for path in ("/turn", "/mine", "/mentorship"):
        yield "max", path
    for path in ("/mentorship", "/mine", f"{inside}/choose"):
        yield "lea", path
    for path in ("/usage", "/courses", "/organisation"):
        yield "ada", path


def _timed(app: Flask, who: pages.Visitor, path: str) -> Figures:
    with app.app_context():
        engine = db.engine
    taken = []
    status = 0
    with counted(engine) as asked:
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = who.ask("GET", path)
            taken.append((time.perf_counter() - began) * 1000)
            status = answer.status_code
    cuts = quantiles(taken, n=20)
    return {
        "status": status,
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "queries": len(asked) // TIMES,
        "kilobytes": len(answer.data) // 1024,
    }


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note every statement."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def filled(s: Stage) -> str:
    """Fill a program with people, pairs, work and talks; return its public id."""
    program = s.program()
    s.joined(program, "max", "lea")
    placed = s.placed(program)
    mentors = _people(s, program.id, "Наставник", PEOPLE // 5, Part.MENTOR)
    learners = _people(s, program.id, "Ученик", PEOPLE - PEOPLE // 5, Part.MENTEE)
    leading = cycle([s.max.id, *mentors])
    pairs = [
        _pair(s, program.id, mentor, learner, state)
        for learner, mentor, state in zip(
            learners[: -PEOPLE // 10], leading, cycle(STATES), strict=False
        )
    ]
    ids = _rows(s.session, Mentorship, pairs)
    couple = s.pair(program, MentorshipState.ACTIVE)
    living = [
        (id_, row) for id_, row in zip(ids, pairs, strict=True) if row["began_at"]
    ]
    works, talks, words = [], [], []
    for (id_, row), (state, turn) in zip(living, cycle(TURNS.items()), strict=False):
        works.append(
            {
                "assignment_id": placed.id,
                "learner_id": row["mentee_id"],
                "mentorship_id": id_,
                "state": state,
                "turn": turn,
                "due_at": now() + timedelta(days=3),
            }
        )
        words.append(
            {"mentorship_id": id_, "author_id": row["mentor_id"], "text": "Привет"}
        )
    for (id_, row), talk in zip(living, cycle(TALKS), strict=False):
        talks.append(_talk(id_, row["mentor_id"], talk))
    s.session.execute(insert(PracticeWork), works)
    s.session.execute(insert(Message), words)
    s.session.execute(insert(MentoringSession), talks)
    s.work(WorkState.PRACTISING, program, couple)
    return str(program.public_id)


def _people(s: Stage, program: int, name: str, many: int, part: Part) -> list[int]:
    told = [
        {"registration_id": s.tenant.id, "name": f"{name} {n}", "sub": f"{name}-{n}"}
        for n in range(many)
    ]
    people = _rows(s.session, Person, told)
    role = {"context_id": s.course.id, "role": Role.LEARNER}
    s.session.execute(insert(Membership), [{**role, "person_id": i} for i in people])
    done = {
        "context_id": s.course.id,
        "state": CompletionState.COMPLETE,
        "progress": 1.0,
        "completed_at": now(),
    }
    s.session.execute(
        insert(CourseCompletion), [{**done, "person_id": i} for i in people]
    )
    taking = {
        "program_id": program,
        "part": part,
        "state": ParticipantState.ACTIVE,
        "capacity": 4 if part is Part.MENTOR else 0,
        "set_up_at": now(),
    }
    s.session.execute(insert(Participant), [{**taking, "person_id": i} for i in people])
    return people


def _pair(
    s: Stage, program: int, mentor: int, mentee: int, state: MentorshipState
) -> Figures:
    said = None if state is MentorshipState.OFFERED else now()
    return {
        "registration_id": s.tenant.id,
        "program_id": program,
        "context_id": s.course.id,
        "mentor_id": mentor,
        "mentee_id": mentee,
        "state": state,
        "answer_by": now() + timedelta(days=7),
        "began_at": said,
        "mentor_accepted_at": said,
        "mentee_accepted_at": said,
    }


def _talk(pair: int, mentor: int, state: SessionState) -> Figures:
    starts = {} if state is SessionState.OFFERED else {"starts_at": now()}
    return {
        "mentorship_id": pair,
        "offered_by_id": mentor,
        "state": state,
        "starts_at": None,
        **starts,
    }


def _rows(session: Session, kind: Any, rows: list[Figures]) -> list[int]:
    return list(session.scalars(insert(kind).returning(kind.id), rows))
