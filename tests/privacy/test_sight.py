"""Who sees what: the table people read, held against every page they can open."""

from dataclasses import dataclass

import pytest

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring import programs
from lti_mentor.mentoring.models import Mentorship, MentorshipState, RunState, Voice
from lti_mentor.practice.models import PracticeWork, WorkState
from lti_mentor.privacy.consent import TAKE_PART
from lti_mentor.privacy.sight import SIGHTS, Viewer
from lti_mentor.scheduling.models import SessionNote, SessionState
from lti_mentor.skills.models import LevelSource, SkillLevel
from lti_mentor.sync.models import SyncState
from lti_mentor.web import sentences
from tests import builders
from tests.web.pages import House
from tests.web.stage import Stage, stage

WORDS = {
    "sight.name": ("Лея Ученик",),
    "sight.progress": ("Слушай дважды",),
    "sight.why": ("in 3 hours of the week",),
    "sight.skills": ("Умеет слушать",),
    "sight.introduction": ("Тайное вступление",),
    "sight.agreement": ("Тайная цель", "Тайное место"),
    "sight.thread": ("Тайный привет",),
    "sight.contact": ("Тайный номер",),
    "sight.notes": ("Тайная заметка",),
    "sight.private": ("Тайное для себя", "Тайный итог"),
    "sight.practice": ("звонок", "Они сказали больше", "Скажи точнее", "Ещё раз"),
    "sight.score": ("42.5",),
    "sight.receipts": ("Written",),
}
"""What the rows of Lea's things say, wherever a page shows them."""
UNSEEN = {"sight.availability", "sight.exclusions"}
"""Things that no page writes out as words: chips in her own form, nothing at all."""


@dataclass
class Scene:
    stage: Stage
    pair: Mentorship
    works: list[PracticeWork]

    def pages(self, viewer: Viewer) -> list[tuple[str, str]]:
        """Return every page this viewer can open on Lea."""
        own = f"/mentorships/{self.pair.public_id}"
        life = f"{own}/life"
        join = f"/join/{self.pair.program.public_id}"
        program = f"/programs/{self.pair.program.public_id}"
        work = [f"/work/{one.public_id}" for one in self.works]
        desk = [f"/review/{one.public_id}" for one in self.works]
        lead = ["/inbox", "/closing"]
        staff = ["/board", "/board/reading", "/report", program, *desk, *lead, "/turn"]
        paths = {
            Viewer.SELF: ("lea", ["/mentorship", own, life, join, *work]),
            Viewer.PARTNER: ("max", ["/turn", own, life, *desk, "/mentorship"]),
            Viewer.STAFF: ("iris", [*staff, "/mentorship", "/programs/new"]),
            Viewer.OBSERVER: (
                "zoya",
                ["/accompanied", "/mentorship", "/turn", "/mine"],
            ),
            Viewer.ORG_ADMIN: ("ada", ["/setup", "/records", "/mentorship", "/turn"]),
        }
        who, found = paths[viewer]
        return [(who, path) for path in found]


def scene(house: House) -> Scene:
    s = stage(house)
    pair = s.couple(
        goals="Тайная цель",
        meeting_note="Тайное место",
        mentor_signed_at=now(),
        mentee_signed_at=now(),
    )
    s.message(pair, s.lea)
    s.message(pair, s.max)
    said = {"contact": "Тайный номер", "takes_along": "Тайный итог"}
    s.session.add(Voice(mentorship=pair, person=s.lea, **said))
    pair.state = MentorshipState.CONCLUDING
    talk = s.talk(pair, SessionState.HELD)
    noted = {"shared": "Тайная заметка", "private": "Тайное для себя"}
    s.session.add(SessionNote(session_id=talk.id, author=s.lea, **noted))
    level = SkillLevel(
        person_id=s.lea.id,
        skill_id=s.skill.id,
        source=LevelSource.LMS,
        level=0.5,
        raw="Умеет слушать",
    )
    s.session.add(level)
    states = (WorkState.IN_REVIEW, WorkState.COMPLETED)
    works = [s.work(state, pair.program, pair) for state in states]
    for work in works:
        activity = Activity(
            registration_id=s.tenant.id,
            verb=Verb.SCORED,
            learner_id=s.lea.id,
            object_type="practice_work",
            object_id=work.public_id,
        )
        s.session.add(activity)
        s.told(activity, Destination.AGS, DeliveryState.SENT)
    s.reading(SyncState.DONE, counts={"roster": 3})
    programs.exclude(s.session, pair.program, s.lea, s.sam, by=s.lea)
    return Scene(s, pair, works)


def seen(house: House, viewer: Viewer) -> str:
    """Return everything this viewer reads, on all their pages."""
    acting = scene(house)
    visits = acting.pages(viewer)
    visitor = acting.stage.as_(visits[0][0])
    return "\n".join(visitor.get(path).text for _, path in visits)


MUST_NOT = [
    (row.thing, viewer)
    for row in SIGHTS
    for viewer in Viewer
    if viewer not in row.viewers and row.thing not in UNSEEN
]
MAY = [
    (row.thing, viewer)
    for row in SIGHTS
    for viewer in row.viewers
    if row.thing not in UNSEEN
]
NOT_SHOWN_YET = {
    ("sight.skills", Viewer.STAFF),
    ("sight.why", Viewer.STAFF),
    ("sight.name", Viewer.SELF),
}
"""What somebody may see and no page shows: the board counts levels and names none;
the why-lines of a published pair are the two's; nobody is told their own name."""


@pytest.mark.parametrize("viewer", Viewer)
def test_nobody_reads_what_the_table_keeps_from_them(
    house: House, viewer: Viewer
) -> None:
    hidden = [thing for thing, who in MUST_NOT if who is viewer]

    text = seen(house, viewer)

    found = [word for thing in hidden for word in WORDS[thing] if word in text]
    assert found == []


@pytest.mark.parametrize("viewer", Viewer)
def test_everybody_finds_what_the_table_promises(house: House, viewer: Viewer) -> None:
    promised = {thing for thing, who in MAY if who is viewer}
    promised -= {thing for thing, who in NOT_SHOWN_YET if who is viewer}

    text = seen(house, viewer)

    missing = [word for thing in promised for word in WORDS[thing] if word not in text]
    assert missing == []


def test_before_both_said_yes_a_partner_reads_name_and_why_only(house: House) -> None:
    acting = scene(house)
    s, pair = acting.stage, acting.pair
    pair.state = MentorshipState.OFFERED
    pair.goals = pair.meeting_note = ""  # nothing is agreed before
    for work in acting.works:
        work.mentorship = None
    visitor = s.as_("max")

    text = visitor.get(f"/mentorships/{pair.public_id}").text

    kept = WORDS.keys() - {"sight.name", "sight.why", "sight.thread"}
    assert "Лея Ученик" in text
    assert [word for thing in kept for word in WORDS[thing] if word in text] == []


def test_before_a_draft_is_published_nobody_but_staff_hears_of_it(
    house: House,
) -> None:
    s = stage(house)
    program = s.program()
    s.joined(program, "lea", "max")
    run = s.run(program, RunState.DRAFT)
    builders.proposal(s.session, run, s.max, s.lea)
    lea, max_ = s.as_("lea"), s.as_("max")

    hers, his = lea.get("/mentorship").text, max_.get("/turn").text

    assert "Макс" not in hers
    assert "Лея" not in his


def test_no_page_of_anybody_else_names_an_exclusion(house: House) -> None:
    for viewer in (Viewer.PARTNER, Viewer.STAFF, Viewer.ORG_ADMIN):
        assert "Сэм" not in seen(house, viewer)


def test_every_row_and_column_of_the_table_has_words(house: House) -> None:
    things = {row.thing for row in SIGHTS}
    page = stage(house).as_("lea").get("/sight")

    assert sentences.SIGHTS.keys() == things == WORDS.keys() | UNSEEN
    assert sentences.VIEWERS.keys() == set(Viewer)
    assert len(page.soup.select("tbody tr")) == len(SIGHTS)
    for row, line in zip(SIGHTS, page.soup.select("tbody tr"), strict=True):
        cells = [cell.get_text(strip=True) for cell in line.select("td")]
        assert cells == ["sees it" if v in row.viewers else "no" for v in Viewer]


def test_what_is_agreed_to_is_what_is_asked(house: House) -> None:
    s = stage(house)
    program = s.program()

    page = s.as_("lea").get(f"/join/{program.public_id}")

    said = [item.get_text(strip=True) for item in page.soup.select("section li")]
    assert len(said) == len(TAKE_PART)
    assert any("never your conversation" in sentence for sentence in said)
