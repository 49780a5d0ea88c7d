"""What a mail leads to: one question with one button, and the step in the course."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_mentor.clock import now
from lti_mentor.config import Mail
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import Mentorship, MentorshipState, RunState
from lti_mentor.notices import telling
from lti_mentor.notices.models import Kind, NoMail, Notice
from lti_mentor.notices.rendering import Desk, render
from lti_mentor.notices.subjects import Subject, subject_of
from lti_mentor.people.models import Person, ResourceLink
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.platform import Platform
from tests.tool import Tool
from tests.web.pages import House, check_headers, parse
from tests.web.stage import Stage, stage

DESK = Desk(Mail("127.0.0.1", 25, "mentor@uni.edu"), "https://mentor.example.org")
S = MentorshipState


def mailed(s: Stage, kind: Kind, subject: Subject, to: Person) -> list[str]:
    """Return the addresses in a mail of this kind, as paths, in order."""
    with_address = s.session.get_one(Person, to.id)
    with_address.email = "somebody@example.edu"
    telling.write(s.session, kind, subject, [with_address], cause="a test")
    notice = s.session.scalars(select(Notice)).all()[-1]
    message = render(s.session, notice, subject, DESK)
    s.session.commit()
    body = message.get_body(("plain",))
    assert body is not None
    found = re.findall(r"https://mentor\.example\.org(/\S+)", body.get_content())
    return sorted(found, key=lambda path: "/go/" in path)


def get(house: House, path: str) -> TestResponse:
    return house.app.test_client().get(path)


def post(house: House, path: str) -> TestResponse:
    return house.app.test_client().post(path)


def state(s: Stage, pair: Mentorship) -> MentorshipState:
    s.house.again()
    return pair.state


def test_looking_asks_one_question_and_answers_nothing(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    yes, *_ = mailed(s, Kind.PROPOSED, pair, s.lea)
    before = house.dump()

    for _ in range(3):
        answer = get(house, yes)

    page = parse(answer)
    assert answer.status_code == 200 and page.one("form button")
    assert not re.search("Лея|Макс|Практика", answer.text)
    check_headers(answer)
    assert house.dump() == before


def test_both_say_yes_by_mail_and_it_begins(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    of_lea = mailed(s, Kind.PROPOSED, pair, s.lea)[0]
    of_max = mailed(s, Kind.PROPOSED, pair, s.max)[0]

    assert post(house, of_lea).status_code == 200
    assert state(s, pair) is S.OFFERED
    assert post(house, of_max).status_code == 200

    assert state(s, pair) is S.ACTIVE
    assert pair.mentee_accepted_at and pair.mentor_accepted_at


def test_an_answer_is_given_once_and_takes_the_others_with_it(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    yes, no, _ = mailed(s, Kind.PROPOSED, pair, s.lea)

    first = [post(house, path).status_code for path in (yes, yes, no)]

    assert first == [200, 410, 410]
    assert get(house, no).status_code == 410
    assert state(s, pair) is S.OFFERED


def test_not_now_says_no(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    _, no, _ = mailed(s, Kind.PROPOSED, pair, s.lea)

    assert post(house, no).status_code == 200

    assert state(s, pair) is S.DECLINED


def test_what_was_settled_meanwhile_is_said_calmly_and_changes_nothing(
    house: House,
) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    yes, *_ = mailed(s, Kind.PROPOSED, pair, s.lea)
    mentoring.decline(s.session, pair, s.max)
    s.session.commit()

    answer = post(house, yes)

    assert answer.status_code == 410 and "settled meanwhile" in answer.text
    assert state(s, pair) is S.DECLINED


def test_an_answer_that_is_too_late_or_made_up_changes_nothing(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    yes, *_ = mailed(s, Kind.PROPOSED, pair, s.lea)

    with time_machine.travel(now() + timedelta(days=31), tick=False):
        late = [get(house, yes), post(house, yes)]
    made_up = [get(house, "/answer/nothing"), post(house, "/answer/nothing")]

    assert {answer.status_code for answer in late + made_up} == {410}
    assert state(s, pair) is S.OFFERED


def test_who_has_not_joined_gets_no_yes_by_mail(house: House) -> None:
    s = stage(house)
    program = s.program()
    s.joined(program, "max")
    pair = s.pair(program, S.OFFERED)

    assert len(mailed(s, Kind.PROPOSED, pair, s.lea)) == 2
    assert len(mailed(s, Kind.PROPOSED, pair, s.max)) == 3


def test_one_of_the_offered_times_is_taken_by_mail(house: House) -> None:
    s = stage(house)
    meeting = s.talk(s.couple(), SessionState.OFFERED)
    first, second, _ = mailed(s, Kind.TIMES, meeting, s.lea)

    assert post(house, second).status_code == 200

    house.again()
    assert meeting.state is SessionState.BOOKED
    assert meeting.starts_at == meeting.times[1].starts_at
    assert post(house, first).status_code == 410


def test_that_they_met_is_said_by_mail(house: House) -> None:
    s = stage(house)
    meeting = s.talk(s.couple(), SessionState.CLAIMED)
    met, *_ = mailed(s, Kind.CLAIMED, meeting, s.lea)

    assert post(house, met).status_code == 200

    house.again()
    assert meeting.state is SessionState.HELD


def test_fewer_mails_are_asked_for_with_one_click_of_the_mail_program(
    house: House,
) -> None:
    s = stage(house)
    pair = s.couple()
    *_, few = [
        path for path in mailed(s, Kind.BEGAN, pair, s.lea) if "/answer/" in path
    ]

    one_click = house.app.test_client().post(
        few, data={"List-Unsubscribe": "One-Click"}
    )

    assert one_click.status_code == 200
    assert s.session.scalars(select(NoMail.person_id)).all() == [s.lea.id]


def test_another_site_presses_no_button(house: House) -> None:
    s = stage(house)
    pair = s.couple(S.OFFERED)
    yes, *_ = mailed(s, Kind.PROPOSED, pair, s.lea)

    answer = house.app.test_client().post(yes, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert state(s, pair) is S.OFFERED


def test_a_button_that_is_pressed_without_end_is_slowed_down(house: House) -> None:
    answers = [get(house, "/answer/again-and-again") for _ in range(301)]

    assert answers[-1].status_code == 429 and answers[0].status_code == 410


def test_a_link_leads_to_the_course_and_says_nothing(house: House) -> None:
    s = stage(house)
    pair = s.couple(context_id=s.course.id)
    go = mailed(s, Kind.BEGAN, pair, s.lea)[-1]
    unknown = get(house, go)

    page_url = "https://lms.example.edu/mod/lti/view.php?id=7"
    s.session.add(ResourceLink(context_id=s.course.id, lti_id="1", page_url=page_url))
    s.session.commit()
    known = get(house, go)

    assert unknown.status_code == 200 and "Open it in your course" in unknown.text
    assert "Лея" not in unknown.text and "Макс" not in unknown.text
    assert (known.status_code, known.location) == (303, page_url)
    assert get(house, "/go/nothing").status_code == 404


def test_who_is_in_no_course_is_led_to_the_hub(house: House) -> None:
    s = stage(house)
    pair = s.couple(context_id=s.course.id)
    pages = {
        place: f"https://lms.example.edu/{place.kind}" for place in (s.course, s.hub)
    }
    for place, page_url in pages.items():
        s.session.add(ResourceLink(context_id=place.id, lti_id="1", page_url=page_url))
    of_max, of_lea = (mailed(s, Kind.BEGAN, pair, one)[-1] for one in (s.max, s.lea))

    assert get(house, of_max).location == pages[s.hub]
    assert get(house, of_lea).location == pages[s.course]


@contextmanager
def of_who_launches(tool: Tool) -> Iterator[tuple[Session, Person, Mentorship]]:
    """Give the platform's own person a mentorship that has begun."""
    tool.sign_in()
    with tool.session() as session:
        person = session.scalars(select(Person)).one()
        course = builders.context(session, person.registration)
        mentor = builders.person(session, person.registration, "Max")
        program = builders.program(session, course, mentor)
        pair = builders.mentorship(session, program, mentor, person, S.ACTIVE)
        person.email = "somebody@example.edu"
        yield session, person, pair


def test_the_next_launch_opens_the_step_once(tool: Tool, platform: Platform) -> None:
    with of_who_launches(tool) as (session, person, pair):
        telling.write(session, Kind.BEGAN, pair, [person], cause="a test")
        notice = session.scalars(select(Notice)).one()
        subject = subject_of(session, notice)
        assert subject is not None
        message: Any = render(session, notice, subject, DESK)
        text = message.get_body(("plain",)).get_content()
        step = f"/mentorships/{pair.public_id}"
    (go,) = re.findall(r"/go/\S+", text)

    tool.app.test_client().get(go)
    first, second = tool.sign_in(), tool.sign_in()

    assert first.next.endswith(step)
    assert second.next.endswith("/home")


@pytest.mark.parametrize("hours", [23, 25])
def test_a_step_is_remembered_for_a_day(
    tool: Tool, platform: Platform, hours: int
) -> None:
    with of_who_launches(tool) as (session, person, pair):
        telling.write(session, Kind.BEGAN, pair, [person], cause="a test")
        notice = session.scalars(select(Notice)).one()
        notice.followed_at = now() - timedelta(hours=hours)

    opened = tool.sign_in().next

    assert ("/mentorships/" in opened) == (hours < 24)


def test_an_admin_gets_a_test_mail_at_their_own_address(house: House) -> None:
    s = stage(house)
    ada = s.as_("ada")

    ada.post("/setup/mail")

    (notice,) = s.session.scalars(select(Notice)).all()
    assert (notice.kind, notice.person_id) == (Kind.TRIAL, s.ada.id)


def test_who_has_no_address_is_told_so_and_nothing_is_sent(house: House) -> None:
    s = stage(house)
    s.ada.email = None

    page = s.as_("ada").follow("/setup/mail")

    assert "no mail can be sent" in page.text
    assert s.session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("columns", "is_named"),
    [
        ({"email": None}, True),
        ({"email": "a@b.edu", "refused_email": "a@b.edu"}, True),
        ({"email": "a@b.edu"}, False),
        ({"email": None, "last_seen": now()}, False),
    ],
)
def test_who_has_no_way_in_is_named_before_pairs_are_published(
    house: House, columns: dict[str, Any], *, is_named: bool
) -> None:
    s = stage(house)
    program = s.program()
    s.joined(program, "max", "lea")
    builders.proposal(s.session, s.run(program, RunState.DRAFT), s.max, s.lea)
    for name, value in ({"last_seen": None} | columns).items():
        setattr(s.lea, name, value)

    page = s.as_("iris").get(f"/programs/{program.public_id}")

    assert bool(page.soup.select("#without-way-in")) is is_named
    if is_named:
        assert "Лея" in page.one("#without-way-in").text
        assert "Макс" not in page.one("#without-way-in").text
