"""The campus's mail server, spoken to by the tool's own door."""

import smtplib
from email.message import EmailMessage

import pytest
import requests

from lti_mentor import demo
from lti_mentor.config import Mail
from lti_mentor.demo import Campus
from lti_mentor.notices.smtp import Door


@pytest.fixture
def campus():
    with demo.start() as campus:
        yield campus


def letter(subject: str = "Hello", number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "tool@campus.example", "lena@campus.example"
    message["Subject"], message["Message-ID"] = subject, f"<{number}@tool>"
    message.set_content("Open http://localhost:8000/answer/x\n.\n..two <b>dots</b>\n")
    return message


def test_what_is_sent_stands_in_the_inbox(campus: Campus) -> None:
    with Door(Mail("127.0.0.1", campus.mail_port, "tool@campus.example")) as door:
        assert door.greet().is_sent
        for number in (1, 2):
            assert door.send(letter(f"Mail {number}", number)).is_sent

    page = requests.Session().get(f"{campus.portal_url}/mail", timeout=5).text

    assert page.index("Mail 2") < page.index("Mail 1")
    assert "lena@campus.example" in page and "&lt;b&gt;dots" in page
    assert 'href="http://localhost:8000/answer/x"' in page
    assert campus.records.mails[1].text.splitlines()[1:] == [".", "..two <b>dots</b>"]


def test_a_mail_that_comes_twice_is_shown_once(campus: Campus) -> None:
    for _ in range(2):
        with smtplib.SMTP("127.0.0.1", campus.mail_port, timeout=5) as line:
            line.send_message(letter())

    assert len(campus.records.mails) == 1


def test_a_strange_word_is_answered(campus: Campus) -> None:
    with smtplib.SMTP("127.0.0.1", campus.mail_port, timeout=5) as line:
        assert line.docmd("VRFY", "lena")[0] == 502
