"""Believable rows for pages: one course, its people, and states on demand.

All data are Cyrillic: Latin letters on a page in the pseudo-language are words that
were never given to gettext.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Delivery, DeliveryState, Destination
from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    MatchRun,
    Mentorship,
    MentorshipState,
    Message,
    Part,
    Program,
    ProgramSkill,
    RunState,
)
from lti_mentor.people.models import Context, ContextKind, Person, Role
from lti_mentor.platforms.models import Registration
from lti_mentor.practice.models import (
    FINAL,
    Application,
    Basis,
    Decision,
    Evidence,
    EvidenceKind,
    Plan,
    PracticeAssignment,
    PracticeWork,
    Reflection,
    Review,
    Turn,
    WorkState,
)
from lti_mentor.scheduling.models import MentoringSession, OfferedTime, SessionState
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    LevelSource,
    Skill,
    SkillLevel,
)
from lti_mentor.sync.models import SyncRun, SyncState
from tests import builders
from tests.web.pages import House, Visitor

NAMES = {
    "iris": "Ирис Учитель",
    "tess": "Люба Помощник",
    "lea": "Лея Ученик",
    "max": "Макс Наставник",
    "ada": "Ада Администратор",
    "sam": "Сэм Чужой",
    "zoya": "Зоя Мать",
    "vera": "Юля Зритель",
}
ROLES = {
    "iris": Role.INSTRUCTOR,
    "tess": Role.ASSISTANT,
    "zoya": Role.OBSERVER,
    "vera": Role.VIEWER,
}
"""What they are in the course; everybody else learns."""
RUBRIC = [{"key": "used", "label": "Применено", "levels": ["нет", "да"]}]
WHY = [
    {"code": "skill.completed", "skill": "Слушание", "when": "2026-03-01"},
    {"code": "skill.completed", "skill": "Слушание"},
    {"code": "skill.verified", "skill": "Слушание"},
    {"code": "skill.endorsed", "skill": "Слушание"},
    {"code": "skill.named", "skill": "Слушание"},
    {"code": "preference.mutual"},
    {"code": "ways.alike"},
    {"code": "context.shared"},
    {"code": "time.shared", "hours": 3},
    {"code": "of.a.newer.engine"},
]
OWNERS = {
    WorkState.WAITING_MENTOR: Turn.COORDINATOR,
    WorkState.PLAN_REVIEW: Turn.MENTOR,
    WorkState.IN_REVIEW: Turn.MENTOR,
    WorkState.EXPIRED: Turn.INSTRUCTOR,
}
PLANNED = frozenset(WorkState) - {WorkState.WAITING_MENTOR, WorkState.PLANNING}
APPLIED = frozenset(
    {
        WorkState.IN_REVIEW,
        WorkState.REVISING,
        WorkState.REFLECTING,
        WorkState.COMPLETED,
        WorkState.EXPIRED,
    }
)
DONE = frozenset({WorkState.REFLECTING, WorkState.COMPLETED})


@dataclass
class Stage:
    """A course of one LMS with its people; nothing has begun yet."""

    house: House
    session: Session
    tenant: Registration
    course: Context
    hub: Context
    people: dict[str, Person]
    skill: Skill

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def as_(self, name: str, **options: Any) -> Visitor:
        """Open a session as this person enters: from the course, or from the hub."""
        role = ROLES.get(name, Role.LEARNER)
        place = self.hub if name in {"max", "ada"} else self.course
        given: dict[str, Any] = {"is_org_admin": name == "ada"} | options
        if name == "zoya":
            given = {"launch": {"observed": [self.lea.sub]}} | given
        return self.house.visitor(self.people[name], role, place, **given)

    def at_hub(self, name: str) -> Visitor:
        """Open a session as this person enters from the hub: no role in a course."""
        return self.house.visitor(self.people[name], Role.VIEWER, self.hub)

    def program(self, **columns: Any) -> Program:
        named = {"name": "Практика", "skills": [ProgramSkill(skill=self.skill)]}
        given = named | columns
        return builders.program(self.session, self.course, self.iris, **given)

    def joined(self, program: Program, *names: str) -> None:
        """Let people take part as who they are: max mentors, everybody else learns."""
        for name in names:
            part = Part.MENTOR if name == "max" else Part.MENTEE
            builders.participant(
                self.session,
                program,
                self.people[name],
                part,
                chips=["weekday_morning"],
                introduction="Тайное вступление",
                set_up_at=now(),
            )
            builders.consent(self.session, program, self.people[name])

    def pair(
        self, program: Program, state: MentorshipState, **columns: Any
    ) -> Mentorship:
        began = {} if state is MentorshipState.OFFERED else {"began_at": now()}
        return builders.mentorship(
            self.session,
            program,
            self.max,
            self.lea,
            state,
            **({"reasons": WHY} | began | columns),
        )

    def couple(
        self, state: MentorshipState = MentorshipState.ACTIVE, **columns: Any
    ) -> Mentorship:
        """Return a pair of a new program that both have joined."""
        program = self.program()
        self.joined(program, "max", "lea")
        return self.pair(program, state, **columns)

    def placed(self, program: Program, **columns: Any) -> PracticeAssignment:
        asked = {
            "title": "Слушай дважды",
            "task": "Сделай это",
            "rubric": RUBRIC,
            "skill_id": self.skill.id,
            "due_at": now() + timedelta(days=9),
        }
        return builders.assignment(
            self.session, program, self.course, self.iris, **(asked | columns)
        )

    def work(
        self,
        state: WorkState,
        program: Program,
        mentorship: Mentorship | None,
        learner: Person | None = None,
        assignment: PracticeAssignment | None = None,
    ) -> PracticeWork:
        """Return a work that stands in this state, with what led to it."""
        owner = Turn.NONE if state in FINAL else OWNERS.get(state, Turn.LEARNER)
        if owner is Turn.MENTOR and mentorship is None:
            owner = Turn.INSTRUCTOR
        work = PracticeWork(
            assignment=assignment or self.placed(program),
            learner=learner or self.lea,
            mentorship=mentorship,
            state=state,
            turn=owner,
            due_at=now() + timedelta(days=9),
            score_hundredths=4250,
        )
        self.session.add(work)
        if state in PLANNED:
            self.session.add(self._plan(work, state))
        if state in APPLIED:
            self.session.add(self._application(work, state))
        if state is WorkState.COMPLETED:
            said = Reflection(work=work, learned="Спросить", next_time="Ещё раз")
            self.session.add(said)
        self.session.flush()
        return work

    def _plan(self, work: PracticeWork, state: WorkState) -> Plan:
        agreed = None if state is WorkState.PLAN_REVIEW else now()
        return Plan(
            work=work,
            occasion="звонок",
            action="повторю",
            obstacle="спешка",
            response="запишу",
            note="Хорошо",
            planned_for=date(2026, 12, 1),
            agreed_at=agreed,
        )

    def _application(self, work: PracticeWork, state: WorkState) -> Application:
        shown = [
            Evidence(kind=EvidenceKind.TEXT, content="Они сказали больше"),
            Evidence(kind=EvidenceKind.LINK, content="https://example.org/1"),
        ]
        done = state in DONE
        looked = [self._review(Decision.REVISE)]
        if done:
            looked.append(self._review(Decision.VERIFIED))
        return Application(
            work=work,
            number=1,
            happened_on=date(2026, 11, 2),
            situation="Звонок",
            did="Спросила",
            result="Узнала",
            evidence=shown,
            reviews=looked,
            verified_at=now() if done else None,
            quality_thousandths=1000 if done else None,
        )

    def _review(self, decision: Decision) -> Review:
        return Review(
            reviewer=self.max,
            basis=Basis.ARTIFACT,
            levels={"used": 1},
            decision=decision,
            comment="Скажи точнее",
        )

    def talk(
        self, of: Mentorship, state: SessionState, by: Person | None = None
    ) -> MentoringSession:
        open_ = {SessionState.OFFERED, SessionState.WITHDRAWN, SessionState.EXPIRED}
        claimed = {SessionState.CLAIMED, SessionState.DISPUTED, SessionState.HELD}
        starts = now() - timedelta(hours=1)
        if state is SessionState.BOOKED:
            starts = now() + timedelta(days=1)
        meeting = MentoringSession(
            mentorship=of,
            state=state,
            offered_by=by or self.max,
            place="Комната",
            starts_at=None if state in open_ else starts,
            claimed_by_id=self.max.id if state in claimed else None,
            claimed_at=now() if state in claimed else None,
            held_at=now() if state is SessionState.HELD else None,
            times=[
                OfferedTime(starts_at=now() + timedelta(days=days)) for days in (1, 2)
            ],
        )
        self.session.add(meeting)
        self.session.flush()
        return meeting

    def message(self, of: Mentorship, by: Person, text: str = "Тайный привет") -> None:
        self.session.add(Message(mentorship_id=of.id, author=by, text=text))
        self.session.flush()

    def run(self, program: Program, state: RunState, **columns: Any) -> MatchRun:
        return builders._add(
            self.session,
            MatchRun,
            columns,
            program=program,
            state=state,
            inputs_hash="",
            engine_version="1",
            mentees=3,
            mentors=1,
            matched=1,
            total=5000,
            gap=0,
        )

    def reading(self, state: SyncState, **columns: Any) -> SyncRun:
        finished = None if state is SyncState.RUNNING else now()
        run = SyncRun(context=self.course, state=state, finished_at=finished, **columns)
        self.session.add(run)
        self.session.flush()
        return run

    def graduate(self, who: Person, days_ago: int = 40) -> None:
        """Let somebody have completed the course and master its skill."""
        at = now() - timedelta(days=days_ago)
        done = {"state": CompletionState.COMPLETE, "progress": 1.0, "completed_at": at}
        mastered = {"level": 1.0, "raw": "Освоено", "is_mastered": True}
        two = {"person_id": who.id}
        builders._add(
            self.session, CourseCompletion, done, context_id=self.course.id, **two
        )
        level = {"skill_id": self.skill.id, "source": LevelSource.LMS}
        builders._add(self.session, SkillLevel, mastered, **level, **two)

    def told(
        self, activity: Activity, to: Destination, state: DeliveryState
    ) -> Delivery:
        row = Delivery(
            activity=activity,
            registration_id=self.tenant.id,
            destination=to,
            state=state,
            code=None if state is DeliveryState.WAITING else "ags.said",
            words="Нет такой колонки" if state is DeliveryState.DEAD else None,
        )
        self.session.add(row)
        self.session.flush()
        return row


def stage(house: House, locale: str = "en") -> Stage:
    session = house.session
    tenant = builders.registration(
        session, name="Школа", origins=["https://class.example.edu"]
    )
    course = builders.context(
        session, tenant, lms_id="7", title="Переговоры", label="П-1"
    )
    hub = builders.context(session, tenant, kind=ContextKind.HUB, title="Школа")
    people = {
        key: builders.person(
            session, tenant, name, email=f"{key}@example.edu", locale=locale
        )
        for key, name in NAMES.items()
    }
    builders.member(session, course, people["iris"], Role.INSTRUCTOR)
    builders.member(session, course, people["tess"], Role.ASSISTANT)
    builders.member(session, course, people["lea"])
    skill = builders.skill(session, course, "Слушание")
    return Stage(house, session, tenant, course, hub, people, skill)
