"""From a change to a mail that somebody reads, and what a mail server may say to it."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_mentor import worker
from lti_mentor.activity.models import ANNOUNCED, Verb
from lti_mentor.clock import now
from lti_mentor.config import Mail
from lti_mentor.db import transaction
from lti_mentor.errors import Outside
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import MatchRun, Mentorship
from lti_mentor.notices import service, telling
from lti_mentor.notices.kinds import TOLD, WORDS
from lti_mentor.notices.models import Kind, NoMail, Notice
from lti_mentor.notices.service import Post, send
from lti_mentor.notices.smtp import Door
from lti_mentor.people.models import Membership, Person, Standing
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.scheduling import service as scheduling
from lti_mentor.scheduling.models import MentoringSession
from tests.notices.conftest import URL, Office
from tests.notices.mailserver import MailServer, serving

MAX, LEA = "max@example.edu", "lea@example.edu"


def change(office: Office, kind: type, row: int, **columns: object) -> None:
    with office.sessions() as session, transaction(session):
        session.execute(update(kind).where(kind.id == row).values(**columns))  # type: ignore[attr-defined]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def tell(office: Office, kind: Kind = Kind.PROPOSED, cause: str = "a test") -> None:
    """Write a notice of the pair to both of them; nothing is sent yet."""
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        telling.write(session, kind, pair, (pair.mentor, pair.mentee), cause=cause)


def accept(office: Office, who: int) -> None:
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        mentoring.accept(session, pair, session.get_one(Person, who))


def health(office: Office) -> tuple[Health, str, str | None]:
    with office.sessions() as session:
        tenant = session.get_one(Registration, office.tenant)
        row = queries.health(session, tenant)[Feature.MAIL]
        return row.state, row.code, row.answer


def a_run(session: Session, pair: Mentorship) -> MatchRun:
    counts = dict.fromkeys(("mentees", "mentors", "matched", "total", "gap"), 0)
    run = MatchRun(program=pair.program, inputs_hash="-", engine_version="-", **counts)
    session.add(run)
    session.flush()
    return run


def test_a_yes_is_told_to_the_other_one_once(office: Office) -> None:
    accept(office, office.max)

    office.work()
    office.work()

    (mail,) = office.server.messages
    assert mail["To"] == LEA and mail["From"] == "Mentoring <mentor@uni.edu>"
    assert "Max said yes to working with you." in text_of(mail)
    assert office.notices() == [("half", "Lea Secretname", "sent", None)]


def test_no_mail_holds_more_of_the_other_one_than_the_first_name(
    office: Office,
) -> None:
    for kind in WORDS:
        tell(office, kind)

    office.work()

    assert len(office.server.messages) > 2
    for mail in office.server.messages:
        assert "Secretname" not in mail.as_string()
        other = {MAX: LEA, LEA: MAX}[mail["To"]]
        assert other not in mail.as_string()


def test_publishing_tells_both_of_every_pair_that_waits(office: Office) -> None:
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        mentoring.publish(session, a_run(session, pair), pair.program.coordinator)

    office.work()

    assert [kind for kind, *_ in office.notices()] == ["proposed", "proposed"]
    assert sorted(mail["To"] for mail in office.server.messages) == [LEA, MAX]


def test_what_is_no_longer_so_is_not_told(office: Office) -> None:
    tell(office)
    accept(office, office.max)

    office.work()

    states = {(kind, who.split()[0]): state for kind, who, state, _ in office.notices()}
    assert states["proposed", "Max"] == "superseded"
    assert states["half", "Lea"] == states["proposed", "Lea"] == "sent"


@pytest.mark.parametrize(
    ("row", "columns", "reason"),
    [
        ("registration", {"is_copy": True}, "mail.copy"),
        ("person", {"email": None}, "mail.no_address"),
        ("person", {"is_test": True}, "mail.no_address"),
        ("person", {"refused_email": LEA}, "mail.no_address"),
        ("person", {"email": "lea@x.edu\r\nBcc: a@b.edu"}, "mail.bad_address"),
        ("membership", {"standing": Standing.SUSPENDED}, "mail.suspended"),
    ],
)
def test_nothing_goes_to_who_must_not_or_cannot_get_it(
    office: Office, row: str, columns: dict[str, object], reason: str
) -> None:
    tell(office)
    if row == "membership":
        with office.sessions() as session, transaction(session):
            of_lea = update(Membership).where(Membership.person_id == office.lea)
            session.execute(of_lea.values(**columns))
    elif row == "person":
        change(office, Person, office.lea, **columns)
    else:
        change(office, Registration, office.tenant, **columns)

    office.work()

    assert [n[2:] for n in office.notices() if n[1][:3] == "Lea"] == [
        ("refused", reason)
    ]
    assert LEA not in [mail["To"] for mail in office.server.messages]


def test_a_paused_organisation_sends_nothing_and_loses_nothing(office: Office) -> None:
    tell(office)
    change(office, Registration, office.tenant, writes_paused=True)
    office.work()
    assert office.server.messages == []

    change(office, Registration, office.tenant, writes_paused=False)
    with office.sessions() as session, transaction(session):
        telling.sweep(session)
    office.work()

    assert len(office.server.messages) == 2


def test_who_wants_few_mails_gets_what_somebody_waits_for(office: Office) -> None:
    with office.sessions() as session, transaction(session):
        session.add(NoMail(person_id=office.lea))
        session.add(NoMail(person_id=office.max))
    tell(office, Kind.PROPOSED)
    accept(office, office.max)
    accept(office, office.lea)

    office.work()

    said = {(kind, reason) for kind, _, _, reason in office.notices()}
    assert ("began", "mail.unwanted") in said


def test_without_a_mail_server_nothing_piles_up(office: Office) -> None:
    tell(office)
    office.post = Post(office.sessions, URL, None)

    office.work()

    assert {n[3] for n in office.notices()} == {"mail.off"}


def test_news_of_last_week_is_no_news(office: Office) -> None:
    tell(office)

    with time_machine.travel(now() + timedelta(days=4), tick=False):
        office.work()

    assert {n[2:] for n in office.notices()} == {("superseded", "mail.too_late")}


def test_many_messages_go_over_one_connection(office: Office) -> None:
    for number in range(5):
        tell(office, cause=str(number))

    office.work()

    assert len(office.server.messages) == 10
    assert office.server.connections == 1


def test_an_address_that_is_none_is_remembered_and_the_next_one_is_tried(
    office: Office,
) -> None:
    office.server.at_recipient[LEA] = "550 5.1.1 no such user lea@example.edu here"
    tell(office)

    office.work()

    assert ("proposed", "Lea Secretname", "refused", "mail.refused 550 5.1.1") in (
        office.notices()
    )
    with office.sessions() as session:
        lea = session.get_one(Person, office.lea)
        assert lea.refused_email == LEA and lea.address is None
    change(office, Person, office.lea, email="lea@new.example.edu")
    tell(office, cause="another")
    office.work()
    assert "lea@new.example.edu" in [mail["To"] for mail in office.server.messages]


def test_a_server_that_asks_to_come_back_is_asked_again_later(office: Office) -> None:
    office.server.at_recipient[LEA] = "451 4.7.1 greylisted"
    tell(office)

    office.work()

    assert [mail["To"] for mail in office.server.messages] == [MAX]
    assert ("proposed", "Lea Secretname", "waiting", "mail.later 451 4.7.1") in (
        office.notices()
    )
    office.server.at_recipient.clear()
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        with office.sessions() as session, transaction(session):
            telling.sweep(session)
        office.work()
    assert [mail["To"] for mail in office.server.messages] == [MAX, LEA]


def test_a_message_that_is_refused_says_nothing_of_the_address(office: Office) -> None:
    office.server.at_data = ["554 5.6.0 we do not like it", "250 2.0.0 fine"]
    tell(office)

    office.work()

    assert sorted(n[2] for n in office.notices()) == ["refused", "sent"]
    with office.sessions() as session:
        assert session.scalars(select(Person.refused_email).distinct()).all() == [None]


def test_a_server_that_hangs_up_may_have_the_mail_so_it_comes_again_as_the_same(
    office: Office,
) -> None:
    office.server.at_data = ["hang up"]
    tell(office)

    with pytest.raises(Outside, match=r"mail\.no_answer"):
        send(office.post, office.tenant)

    assert {n[2] for n in office.notices()} == {"waiting"}
    assert health(office)[:2] == (Health.FAILED, "mail.no_answer")
    send(office.post, office.tenant)
    ids = [str(mail["Message-ID"]) for mail in office.server.messages]
    assert len(ids) == 3 and ids[0] == ids[1] != ids[2]
    assert health(office) == (Health.OK, "mail.taken", "250")


class Dying(Door):
    """The worker's end comes when the server has the message, before that is noted."""

    def send(self, message):
        super().send(message)
        raise KeyboardInterrupt


def test_a_worker_that_dies_after_sending_sends_the_same_mail_again(
    office: Office,
) -> None:
    tell(office)
    dying = Post(office.sessions, URL, office.post.mail, open=Dying)
    with pytest.raises(KeyboardInterrupt):
        send(dying, office.tenant)

    send(office.post, office.tenant)

    ids = [str(mail["Message-ID"]) for mail in office.server.messages]
    assert len(ids) == 3 and len(set(ids)) == 2
    assert {n[2] for n in office.notices()} == {"sent"}


def test_a_talk_comes_for_the_calendar_moves_and_is_called_off(office: Office) -> None:
    accept(office, office.max)
    accept(office, office.lea)
    office.work()
    office.server.messages.clear()
    at = now().replace(microsecond=0) + timedelta(days=2)
    steps = [
        lambda s, m: scheduling.book(s, m.times[0], m.mentorship.mentee),
        lambda s, m: scheduling.move(s, m, m.mentorship.mentor, [at]),
        lambda s, m: scheduling.book(s, m.times[0], m.mentorship.mentee),
        lambda s, m: scheduling.cancel(s, m, m.mentorship.mentor),
    ]
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        first = at - timedelta(days=1)
        words = scheduling.TalkWords(place="my secret room")
        scheduling.offer(session, pair, pair.mentor, [first], words)

    for step in steps:
        office.work()
        with office.sessions() as session, transaction(session):
            step(session, session.scalars(select(MentoringSession)).one())
    office.work()

    of_lea = [mail for mail in office.server.messages if mail["To"] == LEA]
    files = [part for mail in of_lea for part in mail.walk()
             if part.get_content_type() == "text/calendar"]  # fmt: skip
    methods = [part.get_param("method") for part in files]
    texts = [part.get_content().replace("\r\n ", "") for part in files]  # unfolded
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({line for t in texts for line in t.splitlines() if "UID" in line}) == 1
    assert [int(t.split("SEQUENCE:")[1][0]) for t in texts] == [0, 1, 2]
    assert f"mailto:{LEA}" in texts[0] and "secret" not in "".join(texts)
    assert "ORGANIZER;CN=Mentoring:mailto:mentor@uni.edu" in texts[0]


def test_who_talked_is_asked_whether_they_did_once(office: Office) -> None:
    accept(office, office.max)
    accept(office, office.lea)
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        at = now() + timedelta(hours=1)
        offered = scheduling.offer(session, pair, pair.mentor, [at])
        scheduling.book(session, offered.times[0], pair.mentee)

    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        for _ in range(2):
            with office.sessions() as session, transaction(session):
                telling.ask_whether_met(session)
        office.work()

    asked = [n for n in office.notices() if n[0] == "met_yet"]
    assert [n[2] for n in asked] == ["sent", "sent"]


def test_a_mail_is_in_the_language_and_on_the_clock_of_who_reads_it(
    office: Office,
) -> None:
    change(office, Person, office.lea, zone="Asia/Kathmandu", locale="xx-nonsense")
    accept(office, office.max)
    accept(office, office.lea)
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        at = (now() + timedelta(days=1)).replace(hour=12, minute=0, second=0)
        offered = scheduling.offer(session, pair, pair.mentor, [at])
        scheduling.book(session, offered.times[0], pair.mentee)

    office.work()

    (text,) = [
        text_of(mail)
        for mail in office.server.messages
        if mail["To"] == LEA and "talk on" in text_of(mail)
    ]
    assert "17:45" in text


class Elsewhere(Mail):
    """A server on this machine that counts as one elsewhere."""

    needs_tls = True


def test_a_server_elsewhere_that_offers_no_tls_gets_no_mail(server: MailServer) -> None:
    mail = Elsewhere(server.host, server.port, "a@b.edu")

    with Door(mail) as door, pytest.raises(Outside, match=r"mail\.no_tls"):
        door.greet()


def test_only_this_machine_is_spoken_to_without_tls() -> None:
    assert Mail("mail.uni.edu", 587, "a@b.edu").needs_tls
    assert not Mail("127.0.0.1", 587, "a@b.edu").needs_tls


def test_a_wrong_password_is_the_servers_answer_and_not_a_persons() -> None:
    with serving(users={"us": "right"}) as server:
        wrong = Mail(server.host, server.port, "a@b.edu", user="us", password="wrong")
        right = Mail(server.host, server.port, "a@b.edu", user="us", password="right")

        with Door(wrong) as door, pytest.raises(Outside, match=r"mail\.signed_out"):
            door.greet()
        with Door(right) as door:
            assert door.greet().is_sent


def test_the_health_row_says_what_the_server_says(office: Office) -> None:
    service.check(office.post, office.tenant)
    assert health(office)[:2] == (Health.OK, "mail.ready")

    away = Mail("127.0.0.1", 1, "a@b.edu")
    service.check(Post(office.sessions, URL, away), office.tenant)
    assert health(office)[:2] == (Health.FAILED, "mail.no_answer")

    service.check(Post(office.sessions, URL, None), office.tenant)
    assert health(office)[:2] == (Health.OFF, "mail.off")


def test_every_kind_has_words_and_every_announced_verb_a_kind() -> None:
    assert set(TOLD) | {Verb.PUBLISHED} == ANNOUNCED
    assert set(WORDS) == set(Kind)


def test_a_log_holds_neither_address_nor_secret(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="lti_mentor")
    office.server.at_recipient[LEA] = f"550 5.1.1 {LEA} unknown"
    tell(office)

    office.work()

    assert "@example.edu" not in caplog.text and "/answer/" not in caplog.text
    with office.sessions() as session:
        reasons = session.scalars(select(Notice.reason)).all()
    assert not [reason for reason in reasons if reason and "@" in reason]


def test_what_was_settled_long_ago_is_forgotten(office: Office) -> None:
    tell(office)
    office.work()

    for days, left in ((89, ["sent", "sent"]), (91, [])):
        with (
            time_machine.travel(now() + timedelta(days=days), tick=False),
            office.sessions() as session,
            transaction(session),
        ):
            worker.clean(session)
        assert [n[2] for n in office.notices()] == left
