"""Choosing a mentor, and answering who chose, as pages."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.mentoring import choosing, programs, queries
from lti_mentor.mentoring.models import (
    Consent,
    Mentorship,
    MentorshipState,
    Part,
    Program,
    Purpose,
)
from lti_mentor.people.models import Person
from tests import builders
from tests.web.pages import House
from tests.web.stage import Stage, stage


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def open_to_choice(s: Stage) -> Program:
    """A program in which learners choose; Max is on the list, Lea has joined."""
    program = s.program(learners_choose=True)
    s.joined(program, "max", "lea")
    part_of(s, program, s.lea).waits_since = now()
    s.graduate(s.max)
    listed(s, program, s.max)
    return program


def part_of(s: Stage, program: Program, who: Person):
    return queries.participant_of(s.session, program, who)


def listed(s: Stage, program: Program, who: Person) -> None:
    programs.consent(s.session, program, who, answer=True, purpose=Purpose.BE_CHOSEN)


def another(s: Stage, program: Program, name: str, **columns) -> Person:
    who = builders.person(s.session, s.tenant, name)
    given = {"set_up_at": now()} | columns
    builders.participant(s.session, program, who, Part.MENTOR, **given)
    builders.consent(s.session, program, who)
    s.graduate(who)
    listed(s, program, who)
    return who


def rank(s: Stage, program: Program, who: Person) -> str:
    return f"rank-{part_of(s, program, who).public_id}"


def asked(s: Stage, program: Program) -> Mentorship:
    s.house.again()
    found = choosing.waiting_for(s.session, program, s.lea)
    assert found is not None
    return found


def test_a_learner_is_led_to_the_cards_and_asks_in_an_order(s: Stage) -> None:
    program = open_to_choice(s)
    mila = another(s, program, "Мила", introduction="Люблю вопросы")
    lea = s.as_("lea")

    home = lea.get("/mentorship")
    page = lea.get(f"/programs/{program.public_id}/choose")
    after = lea.follow(
        f"/programs/{program.public_id}/choose",
        said="Трудный звонок",
        **{rank(s, program, mila): "1", rank(s, program, s.max): "2"},
    )

    assert f"/programs/{program.public_id}/choose" in home.response.text
    assert "Люблю вопросы" in page.text and "Слушание" in page.text
    assert "2 free places" in page.text
    assert asked(s, program).mentor.name == "Мила"
    assert "Asked" in after.text and "Not asked yet" in after.text


def test_no_card_says_a_grade_a_level_or_who_must_not_meet(s: Stage) -> None:
    program = open_to_choice(s)
    mila = another(s, program, "Мила")
    lea = s.as_("lea")
    for name in ("максим наставник", mila.name.upper()):
        lea.follow(f"/programs/{program.public_id}/private", said=name)

    page = lea.get(f"/programs/{program.public_id}/choose")

    assert "Мила" not in page.text
    assert "Макс Наставник" in page.text
    for secret in ("Освоено", "1.0", "strong", "%"):
        assert secret not in page.text


def test_usual_days_are_told_unless_the_organisation_hides_them(s: Stage) -> None:
    program = open_to_choice(s)
    for number in range(2):
        who = builders.person(s.session, s.tenant, f"Ученик {number}")
        builders.mentorship(
            s.session,
            program,
            s.max,
            who,
            MentorshipState.ENDED,
            offered_at=now() - timedelta(days=3),
            mentor_accepted_at=now() - timedelta(days=1, hours=1),
        )
    lea, ada = s.as_("lea"), s.as_("ada")
    path = f"/programs/{program.public_id}/choose"

    shown = lea.get(path)
    ada.follow("/organisation/times", hide="yes")
    hidden = lea.get(path)
    ada.follow("/organisation/times")

    assert "usually answers within 2 days" in shown.text
    assert "usually answers" not in hidden.text
    assert "usually answers" in lea.get(path).text


@pytest.mark.parametrize("form", [{}, {"one": "1", "two": "1"}, {"one": "7"}])
def test_a_list_that_makes_no_sense_says_so_and_keeps_what_was_typed(
    s: Stage, form: dict[str, str]
) -> None:
    program = open_to_choice(s)
    mila = another(s, program, "Мила")
    names = {"one": rank(s, program, mila), "two": rank(s, program, s.max)}
    sent = {names[key]: value for key, value in form.items()}

    page = s.as_("lea").post(
        f"/programs/{program.public_id}/choose", 422, said="Звонок", **sent
    )

    assert "Звонок" in page.text
    assert page.soup.select("[data-error-summary]")


def test_who_has_not_joined_joins_first(s: Stage) -> None:
    program = s.program(learners_choose=True)

    answer = s.as_("lea").ask("GET", f"/programs/{program.public_id}/choose")

    assert answer.location.endswith(f"/join/{program.public_id}")


def test_the_mentor_asks_the_learner_replies_and_the_mentor_says_yes(s: Stage) -> None:
    program = open_to_choice(s)
    lea, mentor = s.as_("lea"), s.as_("max")
    lea.follow(
        f"/programs/{program.public_id}/choose",
        said="Трудный звонок",
        **{rank(s, program, s.max): "1"},
    )
    path = f"/mentorships/{asked(s, program).public_id}"

    request = mentor.get(path)
    mentor.follow(f"{path}/question", said="Когда звонок?")
    told = lea.get(path)
    lines = [lea.get(page).text for page in ("/mentorship", "/mine")]
    lea.follow(f"{path}/question", said="Завтра")
    reply = mentor.get(f"{path}/question")
    began = mentor.follow(f"{path}/accept")

    assert "Трудный звонок" in request.text
    assert f"{path}/question" in told.response.text
    assert all("has a question before they answer" in said for said in lines)
    assert "Завтра" in reply.text
    assert "You are now working together" in began.text


def test_not_now_says_no_to_all_and_pauses(s: Stage) -> None:
    program = open_to_choice(s)
    s.as_("lea").follow(
        f"/programs/{program.public_id}/choose", **{rank(s, program, s.max): "1"}
    )
    path = f"/mentorships/{asked(s, program).public_id}"

    page = s.as_("max").follow(f"{path}/not-now", weeks="4")

    assert "Not now, until" in page.text
    s.house.again()
    assert choosing.waiting_for(s.session, program, s.lea) is None


def test_the_same_click_twice_is_once(s: Stage) -> None:
    program = open_to_choice(s)
    lea, form = s.as_("lea"), {rank(s, program, s.max): "1"}

    for _click in range(2):
        lea.follow(f"/programs/{program.public_id}/choose", **form)
    path = f"/mentorships/{asked(s, program).public_id}/withdraw"
    for _click in range(2):
        lea.follow(path)

    s.house.again()
    assert s.session.query(Mentorship).count() == 1


def test_names_are_written_in_private_and_taken_back(s: Stage) -> None:
    program = open_to_choice(s)
    lea, iris = s.as_("lea"), s.as_("iris")
    path = f"/programs/{program.public_id}/private"

    page = lea.follow(path, said="Некто Иной")
    empty = lea.post(path, 422, said=" ")
    after = lea.follow(path, said="Некто Иной", back="yes")

    assert "Некто Иной" in page.text
    assert empty.soup.select("[data-error-summary]")
    assert "Некто Иной" not in after.text
    board = iris.get(f"/programs/{program.public_id}")
    assert "Некто" not in board.text


def test_joining_keeps_the_grid_and_asks_mentors_whether_they_may_be_chosen(
    s: Stage,
) -> None:
    program = s.program(learners_choose=True)
    builders.participant(s.session, program, s.max, Part.MENTOR)
    mentor, path = s.as_("max"), f"/join/{program.public_id}"

    page = mentor.get(path)
    mentor.follow(path, consent="yes", listed="yes", hours=["8", "20"], chips=[])
    again = mentor.get(path)

    assert len(page.soup.select('input[name="hours"]')) == 49
    s.house.again()
    part = part_of(s, program, s.max)
    assert part.hours == [8, 9, 20, 21]
    ticked = again.soup.select('input[name="hours"][checked]')
    assert [box["value"] for box in ticked] == ["8", "20"]
    assert queries.has_consented(s.session, s.max, program, Purpose.BE_CHOSEN)


def test_a_new_wording_asks_again(s: Stage) -> None:
    program = s.program()
    s.joined(program, "lea")
    row = s.session.query(Consent).filter_by(person_id=s.lea.id).one()
    row.text_version = "before"
    s.session.commit()
    lea = s.as_("lea")

    before = lea.get("/mentorship")
    lea.follow(f"/join/{program.public_id}", consent="yes")
    after = lea.get("/mentorship")

    assert "What taking part means has changed" in before.text
    assert "What taking part means has changed" not in after.text
