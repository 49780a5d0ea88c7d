"""The door to the network, against servers that misbehave."""

import logging
import socket
import threading
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from lms_clients import (
    Forbidden,
    Limits,
    LMSError,
    Malformed,
    NotFound,
    OffSite,
    Pace,
    Rejected,
    Throttled,
    TimedOut,
    TooLarge,
    Traffic,
    Transport,
    Unauthorized,
    Unreachable,
)
from lms_clients.transport import Call, _backoff, new_session
from tests.lms_clients.local_server import Reply, Request, served

SECRET = "s3cret-token"
PERSON = "ann.lee"


@pytest.fixture
def door(clock):
    """Make a transport for an address; its sessions are closed afterwards."""
    with new_session() as session:

        def make(url: str, **options: Any) -> Transport:
            pace = Pace(sleep=clock.sleep, clock=clock)
            limits = options.pop("limits", Limits(connect=1, read=0.5, attempts=3))
            return Transport(
                url,
                "tests/1",
                session=options.pop("session", session),
                limits=limits,
                pace=options.pop("pace", pace),
                sleep=clock.sleep,
                **options,
            )

        yield make


def ask(transport: Transport, path: str = "/x", **parts: Any) -> Any:
    url = f"{transport.base_url}{path}?login={PERSON}"
    headers = {"Authorization": f"Bearer {SECRET}"}
    return transport.send(Call("GET /x", url, headers=headers, **parts))


class Script:
    """Answers one reply after the other; the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def __call__(self, request: Request) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


RATE_LIMIT = b"403 Forbidden (Rate Limit Exceeded)\n"


@pytest.mark.parametrize(
    ("reply", "error", "tries"),
    [
        (Reply(b"bad", 400), Rejected, 1),
        (Reply(b"who", 401), Unauthorized, 1),
        (Reply(b"no", 403), Forbidden, 1),
        (Reply(RATE_LIMIT, 403, {"Content-Type": "text/plain"}), Throttled, 3),
        (Reply(b"gone", 404), NotFound, 1),
        (Reply(b"slow", 408), Unreachable, 3),
        (Reply(b"clash", 409), Rejected, 1),
        (Reply(b"gone", 410), NotFound, 1),
        (Reply(b"what", 422), Rejected, 1),
        (Reply(b"slow down", 429), Throttled, 3),
        (Reply(b"oops", 500), Unreachable, 3),
        (Reply(b"proxy", 502), Unreachable, 3),
        (Reply(b"busy", 503), Unreachable, 3),
        (Reply(b"odd", 304), Unreachable, 3),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
def test_each_status_is_its_own_error_and_only_some_are_tried_again(
    door, serve, reply, error, tries
):
    server = serve(lambda _: reply)

    with pytest.raises(error) as caught:
        ask(door(server.url))

    assert type(caught.value) is error
    assert caught.value.status == reply.status
    assert len(server.requests) == tries


def test_a_passing_trouble_is_not_noticed(door, serve, clock):
    server = serve(Script(Reply(b"", 503), Reply(b"", 429), Reply({"fine": True})))

    answer = ask(door(server.url))

    assert answer.json() == {"fine": True}
    assert len(clock.naps) == 2


def test_a_write_that_failed_is_never_sent_twice(door, serve):
    server = serve(lambda _: Reply(b"", 500))

    with pytest.raises(Unreachable):
        ask(door(server.url), method="POST", data={"a": "b"}, is_read=False)

    assert len(server.requests) == 1


def test_a_throttled_write_was_not_done_and_is_sent_again(door, serve):
    server = serve(Script(Reply(b"", 429), Reply([])))

    ask(door(server.url), method="POST", is_read=False)

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 8),
        ({"Retry-After": "99999"}, 59, 60),
        ({"Retry-After": "-5"}, 0, 1),
        ({"Retry-After": "soon"}, 2, 3),
        (
            {
                "Date": "Sun, 22 Nov 2026 20:00:00 GMT",
                "Retry-After": "Sun, 22 Nov 2026 20:00:30 GMT",
            },
            30,
            31,
        ),
        (
            {
                "Date": "Sun, 22 Nov 2026 20:00:30 GMT",
                "Retry-After": "Sun, 22 Nov 2026 20:00:00 GMT",
            },
            0.5,
            1,
        ),
    ],
)
def test_waiting_is_as_told_spread_and_capped(door, serve, clock, headers, least, most):
    server = serve(Script(Reply(b"", 429, headers), Reply([])))

    ask(door(server.url))

    assert least <= sum(clock.naps) <= most


def test_a_wait_is_never_negative(door, serve, clock):
    past = Reply(b"", 503, {"Retry-After": "-5"})
    server = serve(Script(past, Reply([])))

    ask(door(server.url))

    assert 0 <= clock.naps[0] <= 1


@pytest.mark.parametrize(("attempt", "least"), [(1, 2.5), (2, 4.5), (3, 8.5)])
def test_each_wait_is_twice_as_long_and_never_in_step(attempt, least):
    waits = {_backoff(attempt, Unreachable("GET /x")) for _ in range(100)}

    assert len(waits) > 90
    assert min(waits) >= least
    assert max(waits) <= least + 0.5


def test_silence_ends_in_time(door):
    with socket.create_server(("127.0.0.1", 0)) as quiet:
        url = f"http://127.0.0.1:{quiet.getsockname()[1]}"

        with pytest.raises(TimedOut):
            ask(door(url, limits=Limits(read=0.05, attempts=1)))


def test_a_slow_drip_ends_in_time(door, serve, clock):
    def later() -> float:
        clock.sleep(100)
        return float(clock.time)

    server = serve(lambda _: Reply(b"x" * 10))

    with pytest.raises(TimedOut, match="takes too long") as caught:
        ask(door(server.url, clock=later))

    assert caught.value.code == "timeout"


@pytest.mark.parametrize(("size", "fits"), [(10, True), (11, False)])
def test_an_answer_may_be_as_long_as_the_limit(door, serve, size, fits):
    server = serve(lambda _: Reply(b"x" * size))
    transport = door(server.url, limits=Limits(max_bytes=10))

    if fits:
        assert len(ask(transport).body) == 10
        return
    with pytest.raises(TooLarge) as caught:
        ask(transport)
    assert (str(caught.value), caught.value.code) == ("GET /x: too large", "too_large")


def test_nobody_there_is_unreachable(door):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with pytest.raises(Unreachable) as caught:
        ask(door(f"http://127.0.0.1:{port}"))

    assert caught.value.code == "network"
    assert str(caught.value) == "GET /x: no answer (ConnectionError)"


def test_a_body_that_breaks_off_is_unreachable_not_short(door, serve):
    server = serve(lambda _: Reply(b'{"half":', headers={"Content-Length": "100"}))

    with pytest.raises(Unreachable):
        ask(door(server.url))


@pytest.mark.parametrize("length", [True, False])
def test_twenty_megabytes_are_not_read(door, length):
    sent = 0

    def flood(listener: socket.socket) -> None:
        nonlocal sent
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            size = f"Content-Length: {20 * 2**20}\r\n" if length else ""
            connection.sendall(f"HTTP/1.1 200 OK\r\n{size}\r\n".encode())
            try:
                for _ in range(20):
                    connection.sendall(b"x" * 2**20)
                    sent += 1
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=flood, args=(listener,))
        thread.start()

        with pytest.raises(TooLarge):
            ask(door(f"http://127.0.0.1:{listener.getsockname()[1]}"))

        thread.join()
    assert sent < 20


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"<html>Log in</html>", "text/html", "not_json"),
        (b"<?xml version='1.0'?><a/>", "application/xml", "xml"),
        (b"\n  <?xml version='1.0'?><a/>", "application/xml", "xml"),
        (b'{"cut": "of', "application/json", "not_json"),
        (b'{"error" : ""kid" invalid"}', "text/html", "not_json"),
        (b"<b>Warning</b>: x{}", "application/json", "not_json"),
        (b'{"much": NaN}', "application/json", "not_json"),
        (b"[" * 100_000, "application/json", "not_json"),
        (b"\xff\xfe\xfa", "application/json", "not_json"),
        (b"", "application/json", "not_json"),
    ],
)
def test_what_is_no_json_is_malformed(door, serve, body, content_type, code):
    server = serve(lambda _: Reply(body, headers={"Content-Type": content_type}))

    with pytest.raises(Malformed) as caught:
        ask(door(server.url)).json()

    assert (caught.value.code, caught.value.status) == (code, 200)
    assert str(caught.value) == "GET /x: no JSON"


def test_json_under_a_wrong_content_type_is_read(door, serve):
    server = serve(lambda _: Reply(b"[1]", headers={"Content-Type": "text/html"}))

    assert ask(door(server.url)).json() == [1]


def test_a_redirect_within_the_site_is_followed(door, serve):
    moved = Reply(b"", 302, {"Location": "/y?page=AbC"})
    server = serve(Script(moved, Reply([1])))

    assert ask(door(server.url)).json() == [1]
    assert server.requests[1].url == "/y?page=AbC"


@pytest.mark.parametrize(
    "target",
    [
        "http://other.test/x",
        "//other.test/x",
        "http://127.0.0.1:1/x",
        "http://user@127.0.0.1/x",
        "file:///etc/passwd",
        "http://[broken/x",
    ],
)
def test_a_redirect_off_the_site_gets_no_token(door, serve, target):
    server = serve(lambda _: Reply(b"", 302, {"Location": target}))

    with pytest.raises(OffSite, match=r"^GET /x: ") as caught:
        ask(door(server.url))

    assert caught.value.code == "off_site"
    assert len(server.requests) == 1


def test_a_call_off_the_site_is_never_made(door, serve):
    server = serve(lambda _: Reply([]))

    with pytest.raises(OffSite, match=r"^GET /x: "):
        door("http://lms.test").send(Call("GET /x", f"{server.url}/x"))

    assert server.requests == []


def test_a_redirect_to_nowhere_is_no_answer(door, serve):
    server = serve(lambda _: Reply(b"", 302))

    with pytest.raises(Unreachable) as caught:
        ask(door(server.url))

    assert caught.value.status == 302


def test_redirects_end(door, serve):
    server = serve(lambda _: Reply(b"", 301, {"Location": "/x"}))

    with pytest.raises(Malformed, match="too many") as caught:
        ask(door(server.url))

    assert caught.value.code == "redirects"
    assert len(server.requests) == 4


def test_a_redirected_post_is_not_sent_on(door, serve):
    server = serve(lambda _: Reply(b"", 301, {"Location": "/y"}))

    with pytest.raises(Malformed, match="redirected") as caught:
        ask(door(server.url), method="POST", data={"wstoken": SECRET})

    assert caught.value.code == "redirected"
    assert len(server.requests) == 1


@dataclass
class Refusing:
    """A session whose guard refuses every address."""

    error: Exception
    calls: int = 0

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self.calls += 1
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (requests.exceptions.InvalidURL("http://10.0.0.1/ refused"), "address"),
        (requests.exceptions.SSLError("https://x/?login=ann"), "tls"),
    ],
)
def test_what_cannot_get_better_is_tried_once(door, error, code):
    session = Refusing(error)

    with pytest.raises(Unreachable) as caught:
        ask(door("http://lms.test", session=session))

    assert (caught.value.code, session.calls) == (code, 1)


def test_no_error_or_log_line_shows_a_token_a_person_or_a_body(
    door, serve, caplog, request
):
    caplog.set_level(logging.DEBUG, logger="lms_clients")
    words = f"{PERSON} may not use {SECRET}".encode()
    shown: list[str] = []

    for status in (400, 401, 403, 404, 429, 500):
        with served(Script(Reply(words, status))) as server:
            with pytest.raises(LMSError) as caught:
                ask(door(server.url))
            shown += [str(caught.value), repr(caught.value)]
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
    with pytest.raises(Unreachable) as unreachable:
        ask(door("http://127.0.0.1:1"))
    shown += [str(unreachable.value), repr(unreachable.value.__context__)]

    text = " ".join(shown) + caplog.text
    assert caplog.text
    assert PERSON not in text
    assert SECRET not in text


def test_calls_answers_and_transports_do_not_print_secrets(door, serve):
    server = serve(lambda _: Reply({"name": PERSON}))
    call = Call("GET /x", f"http://x/{PERSON}", data={"wstoken": SECRET})

    answer = ask(door(server.url))

    assert PERSON not in repr(call) + repr(answer)
    assert SECRET not in repr(call) + repr(answer)


def test_a_netrc_never_replaces_our_token(door, serve, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password pass\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(lambda _: Reply([]))

    ask(door(server.url))

    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_cookies_are_not_kept_and_we_say_who_we_are(door, serve):
    server = serve(lambda _: Reply([], headers={"Set-Cookie": "a=b; Path=/"}))
    transport = door(server.url)

    ask(transport)
    ask(transport)

    assert "cookie" not in server.requests[1].headers
    assert server.requests[1].headers["user-agent"] == "tests/1"


def test_a_bucket_that_runs_low_slows_us_down_before_it_is_empty(door, serve, clock):
    server = serve(
        Script(Reply([], headers={"x-rate-limit-remaining": "50.0"}), Reply([]))
    )
    transport = door(server.url)

    ask(transport)
    ask(transport)

    assert clock.naps == [pytest.approx(10.0)]


def test_a_full_bucket_does_not_slow_us_down(door, serve, clock):
    server = serve(lambda _: Reply([], headers={"X-Rate-Limit-Remaining": "600"}))
    transport = door(server.url)

    ask(transport)
    ask(transport)

    assert clock.naps == []


def test_calls_bytes_and_waits_are_counted(door, serve, clock):
    slow = Reply(b"12345", 429, {"Retry-After": "7"})
    server = serve(Script(slow, Reply(b"12345", 503), Reply(b"[1, 2]")))
    traffic = Traffic()

    ask(door(server.url, traffic=traffic))

    assert (traffic.calls, traffic.received) == (3, 16)
    assert traffic.waited == pytest.approx(sum(clock.naps))
    assert traffic.waited > 7


def test_one_try_is_the_least(door, serve):
    server = serve(lambda _: Reply(b"", 500))

    with pytest.raises(Unreachable):
        ask(door(server.url, limits=Limits(attempts=0)))

    assert len(server.requests) == 1


def test_an_address_that_no_session_takes_is_off_the_site(door):
    session = Refusing(ValueError("http://x/?login=ann.lee"))

    with pytest.raises(OffSite) as caught:
        ask(door("http://lms.test", session=session))

    assert PERSON not in repr(caught.value)
