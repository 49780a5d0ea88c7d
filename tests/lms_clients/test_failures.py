"""All that can go wrong, for both families: which error, and how often it is tried."""

import gzip
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lms_clients import (
    Forbidden,
    Limits,
    LMSError,
    Malformed,
    Message,
    NotFound,
    OffSite,
    Rejected,
    Throttled,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from tests.lms_clients.local_server import Reply, Request, Served

TOKEN, PERSON, WORDS, BODY = "canary-t0ken", "77001", "canary-words", "canary-body"
CANARIES = (TOKEN, PERSON, WORDS, BODY)
CALLS = {
    "moodle": "core_group_get_course_groups",
    "canvas": "GET /courses/:course_id/sections",
}
"""By which name errors know the read that is tried here."""
LIMITS = Limits(connect=2, read=2, attempts=3)
MEGABYTES = b"[" + b" " * (20 * 2**20) + b"]"


@dataclass(frozen=True)
class Fault:
    """What a server does wrong, and what becomes of it."""

    name: str
    reply: Reply
    error: type[LMSError]
    reads: int = 1
    writes: int = 1
    """How often a read and a write are sent; a write only again if it was refused."""


def status(
    number: int, error: type[LMSError], reads: int = 1, writes: int = 1, **headers: str
) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(str(number), Reply(BODY.encode(), number, named), error, reads, writes)


def body(name: str, data: bytes, error: type[LMSError] = Malformed, **headers) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reads = 3 if error is Unreachable else 1
    return Fault(name, Reply(data, 200, named), error, reads)


FAULTS = [
    status(302, OffSite, Location="http://elsewhere.test/canary-body"),
    status(304, Unreachable, 3),
    status(307, OffSite, Location="//elsewhere.test/canary-body"),
    status(400, Rejected),
    status(401, Unauthorized, WWW_Authenticate="Bearer"),
    status(402, Rejected),
    status(403, Forbidden),
    status(404, NotFound),
    status(405, Rejected),
    status(408, Unreachable, 3),
    status(409, Rejected),
    status(410, NotFound),
    status(413, Rejected),
    status(415, Rejected),
    status(422, Rejected),
    status(429, Throttled, 3, 3),
    status(429, Throttled, 3, 3, Retry_After="9"),
    status(500, Unreachable, 3),
    status(501, Unreachable, 3),
    status(502, Unreachable, 3),
    status(503, Unreachable, 3, Retry_After="9"),
    status(504, Unreachable, 3),
    Fault(
        "403 throttled",
        Reply(b"403 Forbidden (Rate Limit Exceeded)\n", 403),
        Throttled,
        3,
        3,
    ),
    body("a page for people", b"<html>canary-body</html>", Content_Type="text/html"),
    body("xml", b"<?xml version='1.0'?><e>canary-body</e>"),
    body("JSON cut off", b'[{"id": 1, "name": "canary-body'),
    body("a notice before JSON", b"<b>Warning</b>: canary-body[]"),
    body("no number at all", b'[{"id": NaN}]'),
    body("nothing", b""),
    body("null", b"null"),
    body("another shape", b'[["canary-body"]]'),
    body("a broken connection", b"[", Unreachable, Content_Length="100"),
    body("no gzip", b"canary-body", Unreachable, Content_Encoding="gzip"),
    body("twenty megabytes", MEGABYTES, TooLarge),
    body("twenty packed", gzip.compress(MEGABYTES), TooLarge, Content_Encoding="gzip"),
]


@pytest.fixture(params=["moodle", "canvas"])
def kind(request) -> str:
    return str(request.param)


@pytest.fixture
def lms(kind, serve, open_lms) -> Callable[..., tuple[Any, Served]]:
    """Open an LMS that answers everything like this."""

    def make(answer: Callable[[Request], Reply], limits: Limits = LIMITS):
        server = serve(answer)
        return open_lms(kind, server.url, TOKEN, limits=limits), server

    return make


def shown(error: LMSError) -> str:
    """All that a log or a report could print of an error."""
    told = "".join(traceback.format_exception(error))
    return f"{told} {error!r} {vars(error)}"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_read_fails_as_it_should_and_tells_nothing(kind, lms, fault, caplog):
    caplog.set_level(logging.DEBUG, logger="lms_clients")
    client, server = lms(lambda _: fault.reply)

    with pytest.raises(fault.error) as caught:
        list(client.sections(PERSON))

    assert type(caught.value) is fault.error
    assert len(server.requests) == fault.reads
    assert str(caught.value).startswith(f"{CALLS[kind]}: ")
    assert not caught.value.missing
    if fault.reply.status >= 400:
        assert caught.value.status == fault.reply.status
    text = shown(caught.value) + caplog.text
    assert not [canary for canary in CANARIES if canary in text]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_write_is_not_sent_again_unless_it_was_refused(lms, fault, caplog):
    caplog.set_level(logging.DEBUG, logger="lms_clients")
    client, server = lms(lambda _: fault.reply)

    with pytest.raises(LMSError) as caught:
        client.send_message(Message(PERSON, WORDS, WORDS))

    assert len(server.requests) == fault.writes
    text = shown(caught.value) + caplog.text
    assert not [canary for canary in CANARIES if canary in text]


def test_a_write_that_failed_after_it_was_done_is_done_once(lms):
    done: list[Request] = []

    def commits(request: Request) -> Reply:
        done.append(request)
        return Reply(b"", 500)

    client, _ = lms(commits)

    with pytest.raises(Unreachable):
        client.send_message(Message(PERSON, WORDS, WORDS))

    assert len(done) == 1


@pytest.fixture
def silence() -> Iterator[Callable[[Request], Reply]]:
    """A server that says nothing until the test is over."""
    over = threading.Event()

    def wait(request: Request) -> Reply:
        over.wait(10)
        return Reply(b"")

    try:
        yield wait
    finally:
        over.set()


@pytest.mark.parametrize(("call", "tries"), [("sections", 2), ("send_message", 1)])
def test_a_time_out_repeats_reads_only(lms, silence, call, tries):
    client, server = lms(silence, Limits(connect=1, read=0.2, attempts=2))
    message = Message(PERSON, WORDS, WORDS)
    what = {"sections": PERSON, "send_message": message}[call]

    with pytest.raises(TimedOut):
        list(getattr(client, call)(what))

    assert len(server.requests) == tries


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}…"])
def test_a_token_that_was_copied_badly_is_not_sent_nor_shown(
    serve, open_lms, token, caplog
):
    caplog.set_level(logging.DEBUG, logger="lms_clients")
    server = serve(lambda _: Reply([]))
    client = open_lms("canvas", server.url, token, limits=LIMITS)

    with pytest.raises(Unauthorized) as caught:
        client.site()

    assert caught.value.code == "token"
    assert server.requests == []
    assert TOKEN not in shown(caught.value) + caplog.text


def test_an_lms_that_recovers_is_not_noticed(kind, lms):
    answers = [Reply(b"", 503), Reply(b"", 429), Reply([])]

    client, server = lms(lambda _: answers.pop(0))

    assert list(client.sections("5")) == []
    assert len(server.requests) == 3


def test_a_list_that_goes_in_circles_ends(kind, lms):
    """Canvas: a next link to itself. Moodle: one that ignores where a page begins."""

    def again(request: Request) -> Reply:
        if request.form.get("options[1][name]") == "onlysuspended":
            return Reply([])
        roles = [{"shortname": "student"}]
        row = {"id": 5, "name": "A", "fullname": "A", "roles": roles, "enrollments": []}
        return Reply([row], headers={"Link": f'<{request.url}>; rel="next"'})

    client, server = lms(again)

    with pytest.raises(Malformed) as caught:
        list(client.members("5"))

    assert caught.value.code == "page_loop"
    assert len(server.requests) <= 5
