"""Whatever people do: every open state has one owner, who can take a step (P12)."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.errors import MentorError
from lti_mentor.mentoring import absence, concerns, service
from lti_mentor.mentoring.models import (
    LIVING,
    NEXT,
    ConcernKind,
    Mentorship,
    MentorshipState,
)
from lti_mentor.mentoring.owners import Owner, owner_of, person_of
from lti_mentor.people.models import Membership, Person, Standing
from lti_mentor.scheduling import owners, queries
from lti_mentor.scheduling import service as talks
from lti_mentor.scheduling.models import NEXT as TALK_NEXT
from lti_mentor.scheduling.models import MentoringSession, SessionState
from tests import builders

DAY = timedelta(days=1)
OPEN_TALKS = queries.OPEN
OPEN_PAIRS = LIVING | {MentorshipState.OFFERED}
TWO = st.sampled_from(["lea", "max"])
CONCERN = concerns.ConcernWords(ConcernKind.OTHER)
PAIR_STEPS = {
    "accept": lambda s, m, by: service.accept(s, m, by),
    "decline": lambda s, m, by: service.decline(s, m, by),
    "sign": lambda s, m, by: service.sign(s, m, by, goals="a", meeting=""),
    "pause": lambda s, m, by: service.pause(s, m, by),
    "resume": lambda s, m, by: service.resume(s, m, by),
    "conclude": lambda s, m, by: service.conclude(s, m, by),
    "look back": lambda s, m, by: service.answer_closing(
        s, m, by, service.ClosingWords()
    ),
    "change": lambda s, m, by: service.check_fit(s, m, by, helps=None, goes_on=False),
    "report": lambda s, m, by: concerns.report(s, m, by, CONCERN),
}
TALK_STEPS = {
    "book": lambda s, t, by: talks.book(s, t.times[0], by),
    "move": lambda s, t, by: talks.move(s, t, by, [now() + 2 * DAY]),
    "keep": talks.keep_time,
    "met": talks.say_we_met,
    "missed": talks.say_missed,
    "object": talks.object_to,
    "cancel": talks.cancel,
}


class Lives(RuleBasedStateMachine):
    """Two people and whoever leads their program do whatever they may, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        self.w = builders.world(self.session)
        builders.consent(self.session, self.w.program, self.w.max, self.w.lea)
        self.pair: Mentorship = self.w.pair(MentorshipState.OFFERED)
        self.talk: MentoringSession | None = None

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()

    def _try(self, step: object, *args: object) -> bool:
        try:
            step(self.session, *args)  # type: ignore[operator]
        except MentorError:
            return False
        self.session.flush()
        return True

    def _person(self, name: str) -> Person:
        found: Person = getattr(self.w, name)
        return found

    @rule(step=st.sampled_from(sorted(PAIR_STEPS)), who=TWO)
    def with_the_mentorship(self, step: str, who: str) -> None:
        self._try(PAIR_STEPS[step], self.pair, self._person(who))

    @initialize(says_yes=st.booleans())
    def at_first(self, says_yes: bool) -> None:
        if says_yes:
            self.begins()

    @rule()
    def begins(self) -> None:
        for who in ("lea", "max"):
            self._try(service.accept, self.pair, self._person(who))

    @rule(by=TWO, says=st.sampled_from(["met", "missed"]))
    def they_talk_and_one_says_how_it_was(self, by: str, says: str) -> None:
        if self.pair.state in LIVING:
            other = {"lea": "max", "max": "lea"}[by]
            self.offers(by)
            self.with_the_talk("book", other)
            self.the_talks_hour_comes()
            self.with_the_talk(says, by)

    @rule(who=TWO)
    def offers(self, who: str) -> None:
        if self.pair.state in LIVING:
            self.talk = talks.offer(
                self.session, self.pair, self._person(who), [now() + DAY]
            )

    @rule(step=st.sampled_from(sorted(TALK_STEPS)), who=TWO)
    def with_the_talk(self, step: str, who: str) -> None:
        if self.talk is not None:
            self._try(TALK_STEPS[step], self.talk, self._person(who))

    @rule()
    def the_talks_hour_comes(self) -> None:
        if self.talk is not None and self.talk.starts_at:
            self.talk.starts_at = now() - DAY
            self.session.flush()

    @rule(held=st.booleans())
    def whoever_leads_decides(self, held: bool) -> None:
        if self.talk is not None:
            self._try(self._settle, held)

    def _settle(self, session: Session, held: bool) -> None:
        assert self.talk is not None
        talks.settle_dispute(session, self.talk, self.w.iris, held=held)

    @rule()
    def the_mentor_leaves(self) -> None:
        seat = self.session.query(Membership).filter_by(person_id=self.w.max.id)
        if seat.first() is None:
            builders.member(
                self.session, self.w.course, self.w.max, standing=Standing.LEFT
            )

    @invariant()
    def an_open_mentorship_has_one_owner(self) -> None:
        gone = absence.absent(self.session, [self.pair])
        owner = owner_of(self.pair, has_left=self.pair.id in gone)
        is_open = self.pair.state in OPEN_PAIRS
        assert (owner is not Owner.NONE) is is_open
        assert (person_of(self.pair, owner) is not None) is is_open
        assert bool(NEXT[self.pair.state]) is is_open
        if gone:
            assert owner is Owner.COORDINATOR

    @invariant()
    def an_open_talk_has_one_owner(self) -> None:
        if self.talk is None:
            return
        owner = owners.owner_of(self.talk)
        is_open = self.talk.state in OPEN_TALKS
        assert (owner is not Owner.NONE) is is_open
        assert person_of(self.pair, owner) is not None or not is_open
        if is_open:
            assert TALK_NEXT[self.talk.state]
            self._the_owner_can_step(owner)

    def _the_owner_can_step(self, owner: Owner) -> None:
        """Try every step as the owner, and take it back."""
        assert self.talk is not None
        state, by = self.talk.state, person_of(self.pair, owner)
        if self.pair.state not in LIVING or state is SessionState.BOOKED:
            return  # the worker calls it off; a booked one waits for its hour
        steps = [self._settled] if owner is Owner.COORDINATOR else TALK_STEPS.values()
        took = False
        for step in steps:
            with self.session.begin_nested() as point:
                took = self._try(step, self.talk, by) or took
                point.rollback()
            self.session.refresh(self.talk)
        assert took, f"{owner} cannot do anything in {state}"

    def _settled(self, session: Session, talk: MentoringSession, by: Person) -> None:
        talks.settle_dispute(session, talk, by, held=True)


Lives.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_whatever_people_do = Lives.TestCase
