"""From a notice to a message: words, addresses that work once, a calendar entry."""

from dataclasses import dataclass, field
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.orm import Session

import lti_mentor
from lti_mentor.clock import now
from lti_mentor.config import Mail
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.notices import subjects
from lti_mentor.notices.kinds import BUTTONS, WORDS, Answer, Words
from lti_mentor.notices.models import Notice
from lti_mentor.notices.subjects import Subject
from lti_mentor.notices.words import Voice, filled, first_name, marked, voice_for
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind, Person
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling.calendar import Address, Invitation, calendar_file
from lti_mentor.scheduling.models import MentoringSession

HERE = Path(lti_mentor.__file__).parent
_PAGES = Environment(
    loader=FileSystemLoader([HERE / "templates/mail", HERE.parent / "templates/mail"]),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
)
WHY = marked("You get this because you take part in mentoring at %(place)s.")
TITLE = marked("Talk with %(who)s")


@dataclass(frozen=True, slots=True)
class Letter:
    """What the two parts of a mail say."""

    subject: str
    sentence: str
    button: str
    address: str
    why: str
    fewer: str
    language: str
    direction: str
    silence: str = ""
    """Where one asks for fewer mails; empty where a mail is necessary."""
    answers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a mail needs beside the database."""

    mail: Mail
    public_url: str


def render(
    session: Session, notice: Notice, subject: Subject, desk: Desk
) -> EmailMessage:
    """Return the message of a notice; its addresses are new each time it is made.

    Raises:
        ValueError: The person's address is none.
    """
    words, person = WORDS[notice.kind], notice.person
    pair = subjects.pair_of(subject)
    voice = voice_for(person, pair.program.zone if pair else None)
    facts = _facts(subject, person, voice)
    letter = Letter(
        subject=voice.say(words.subject),
        sentence=filled(voice, words.sentence, facts),
        button=voice.say(words.button),
        address=_address(session, notice, desk, "go"),
        why=voice.say(WHY, place=notice.registration.name),
        fewer=voice.say(BUTTONS[Answer.SILENCE].label),
        language=str(voice.locale).replace("_", "-"),
        direction=voice.locale.text_direction,
        silence=_silence(session, notice, words, desk),
        answers=_answers(session, notice, subject, voice, desk),
    )
    message = _message(notice, letter, desk)
    if words.has_calendar and isinstance(subject, MentoringSession):
        _add_calendar(session, message, subject, person, voice, desk.mail)
    return message


def _facts(subject: Subject, person: Person, voice: Voice) -> dict[str, str]:
    facts = {"who": first_name(subjects.other_of(subject, person))}
    if isinstance(subject, MentoringSession) and subject.starts_at:
        facts["when"] = voice.moment(subject.starts_at)
    return facts


def _address(
    session: Session, notice: Notice, desk: Desk, way: str, **payload: object
) -> str:
    kind = LinkKind.STEP if way == "go" else LinkKind.ANSWER
    held = {"notice": str(notice.public_id)} | payload
    return f"{desk.public_url}/{way}/{links.issue(session, kind, held)}"


def _silence(session: Session, notice: Notice, words: Words, desk: Desk) -> str:
    if words.is_necessary:
        return ""
    return _address(session, notice, desk, "answer", answer=Answer.SILENCE)


def _answers(
    session: Session, notice: Notice, subject: Subject, voice: Voice, desk: Desk
) -> list[tuple[str, str]]:
    found = []
    for answer in WORDS[notice.kind].answers:
        if not _may(session, answer, subject, notice.person):
            continue
        for label, payload in _buttons(answer, subject, voice):
            address = _address(
                session, notice, desk, "answer", answer=answer, **payload
            )
            found.append((label, address))
    return found


def _may(session: Session, answer: Answer, subject: Subject, person: Person) -> bool:
    """Leave out the yes of who has not joined: they read first what it means (D14)."""
    if answer is not Answer.ACCEPT or not isinstance(subject, Mentorship):
        return True
    return mentoring.has_consented(session, person, subject.program)


def _buttons(
    answer: Answer, subject: Subject, voice: Voice
) -> list[tuple[str, dict[str, str]]]:
    label = BUTTONS[answer].label
    if answer is not Answer.SUITS or not isinstance(subject, MentoringSession):
        return [(voice.say(label), {})]
    return [
        (
            voice.say(label, when=voice.moment(time.starts_at)),
            {"time": str(time.public_id)},
        )
        for time in subject.times
        if time.starts_at > now()
    ]


def _message(notice: Notice, letter: Letter, desk: Desk) -> EmailMessage:
    mail = desk.mail
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = str(MailAddress(addr_spec=notice.person.address or ""))
    message["Reply-To"] = mail.reply_to or mail.sender
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = message_id(notice, mail)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    if letter.silence:
        message["List-Unsubscribe"] = f"<{letter.silence}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_PAGES.get_template("notice.txt").render(letter=letter))
    page = _PAGES.get_template("notice.html").render(letter=letter)
    message.add_alternative(page, subtype="html")
    return message


def message_id(notice: Notice, mail: Mail) -> str:
    """Return the id that a mail keeps however often it is sent."""
    return f"<{notice.public_id}@{mail.address.rpartition('@')[2]}>"


def _add_calendar(
    session: Session,
    message: EmailMessage,
    meeting: MentoringSession,
    person: Person,
    voice: Voice,
    mail: Mail,
) -> None:
    entry = scheduling.entry_for(session, meeting, person)
    names = ", ".join(filter(None, map(first_name, entry.others)))
    to = message["To"].addresses[0].addr_spec
    body = calendar_file(
        entry,
        title=filled(voice, TITLE, {"who": names}),
        zone=voice.zone.key,
        invitation=Invitation(
            Address(mail.address, mail.name), Address(to, first_name(person))
        ),
    )
    method = "CANCEL" if entry.is_off else "REQUEST"
    message.add_alternative(
        body.decode(), subtype="calendar", params={"method": method}
    )
