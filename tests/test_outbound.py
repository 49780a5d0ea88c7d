"""Nothing leaves but to the addresses we judged, in the time and size we allow."""

import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.clock import now
from lti_mentor.errors import Outside
from lti_mentor.outbound import AddressRefused, Outbound
from lti_mentor.outbound.guard import Guard, is_public

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
Answer = tuple[int, dict[str, str], bytes]
PLAIN: Answer = (200, {}, b"{}")


@dataclass
class Server:
    """A server on loopback that answers what it is told, one answer after another."""

    url: str
    port: int
    answers: list[Answer | Callable[[Any], None]] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            known.seen.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = known.answers.pop(0) if known.answers else PLAIN
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        known = Server(
            f"http://127.0.0.1:{listening.server_port}", listening.server_port
        )
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield known
        listening.shutdown()


def resolving(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: list(addresses)


PRIVATE = [
    "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254",
    "172.16.0.1", "192.0.0.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0",
    "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
    "2002:a00:1::", "2001::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_into_a_private_network_is_refused(address: str) -> None:
    http = Outbound(resolver=resolving(address))

    with pytest.raises(Outside) as refused:
        http.request("GET", "https://lms.example.org/")

    assert refused.value.code == "outside.refused_address"


@pytest.mark.parametrize("address", PRIVATE)
def test_one_private_address_among_public_ones_is_enough_to_refuse(
    address: str,
) -> None:
    http = Outbound(resolver=resolving("93.184.216.34", address))

    with pytest.raises(Outside, match=r"outside\.refused_address"):
        http.request("GET", "https://lms.example.org/")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@lms.example.org/",
        "https://user:password@lms.example.org/",
        "http://lms.example.org/",
        "https://lms.example.org:8443/",
        "https://lms.example.org:22/",
        "ftp://lms.example.org/",
        "file:///etc/passwd",
        "gopher://lms.example.org/",
        "//lms.example.org/",
        "https:///nohost",
        "https://",
        "",
        "javascript:alert(1)",
        "https://lms.example.org:99999/",
        "https://[bad/",
    ],
)
def test_an_address_that_is_not_plain_public_https_is_refused(url: str) -> None:
    def answer(host: str, _port: int) -> list[str]:
        return [host if host[:1].isdigit() or ":" in host else "93.184.216.34"]

    http = Outbound(resolver=answer)

    with pytest.raises(Outside, match=r"outside\.refused_address"):
        http.request("GET", url)
    with pytest.raises(Outside, match=r"outside\.refused_address"):
        http.check(url)


PUBLIC = "93.184.216.34"


def test_plain_public_https_is_let_through_with_every_address_it_has() -> None:
    guard = Guard(LOOPBACK, resolving(PUBLIC, "2606:2800:220:1::1", "127.0.0.1"))

    found = guard.judge("https", "lms.example.org", 443)

    assert found == [PUBLIC, "2606:2800:220:1::1", "127.0.0.1"]


@pytest.mark.parametrize(
    ("scheme", "host", "port", "why"),
    [
        ("http", "lms.example.org", 443, "only https on port 443"),
        ("http", "lms.example.org", 80, "only https on port 443"),
        ("https", "lms.example.org", 8443, "only https on port 443"),
        ("https", "2130706433", 443, "disguised address"),
        ("https", "0x7f.1", 443, "disguised address"),
        ("https", "127.1", 443, "disguised address"),
        ("https", "lms.example.0x7f", 443, "disguised address"),
    ],
)
def test_even_with_a_public_address_it_must_be_plain_https_by_an_honest_name(
    scheme: str, host: str, port: int, why: str
) -> None:
    guard = Guard(resolver=resolving(PUBLIC))

    with pytest.raises(Exception, match=why):
        guard.judge(scheme, host, port)


@pytest.mark.parametrize("found", [None, []])
def test_a_name_nobody_knows_is_unreachable(found: list[str] | None) -> None:
    def answer(_host: str, _port: int) -> list[str]:
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return found

    with pytest.raises(Outside, match=r"outside\.unreachable"):
        Outbound(resolver=answer).request("GET", "https://lms.example.org/")


@given(st.ip_addresses(v=4))
def test_what_python_calls_not_global_is_not_public(
    address: ipaddress.IPv4Address,
) -> None:
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=6))
def test_what_python_calls_not_global_is_not_public_in_ipv6(
    address: ipaddress.IPv6Address,
) -> None:
    assert not is_public(address) or (address.is_global and not address.is_multicast)


def test_a_listed_private_network_may_be_reached_over_http(server: Server) -> None:
    http = Outbound(LOOPBACK)

    assert http.request("GET", server.url).json() == {}


def test_a_private_network_that_is_not_listed_stays_closed(server: Server) -> None:
    http = Outbound((ipaddress.ip_network("10.0.0.0/8"),))

    with pytest.raises(Outside, match=r"outside\.refused_address"):
        http.request("GET", server.url)

    assert server.seen == []


def test_the_socket_goes_to_the_judged_address_whatever_the_name_says_later(
    server: Server,
) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    http = Outbound(LOOPBACK, resolver=rebinding)

    reply = http.request("GET", f"http://lms.example.org:{server.port}/x")

    assert reply.status == 200
    assert asked == ["lms.example.org"]
    assert server.seen[0][2]["Host"] == f"lms.example.org:{server.port}"


def test_a_name_rebound_to_a_private_address_is_refused_the_next_time(
    server: Server,
) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    http = Outbound(LOOPBACK, resolver=lambda *_: answers.pop(0))
    url = f"http://lms.example.org:{server.port}/"
    server.answers = [(200, {"Connection": "close"}, b"{}")]
    http.request("GET", url)

    with pytest.raises(Outside, match=r"outside\.refused_address"):
        http.request("GET", url)


def test_a_redirect_is_not_followed(server: Server, outbound: Outbound) -> None:
    away = {"Location": "http://169.254.169.254/latest/meta-data/"}
    server.answers = [(302, away, b"")]

    with pytest.raises(Outside) as refused:
        outbound.request("GET", server.url)

    assert refused.value.details["status"] == 302


def test_a_redirect_on_the_same_host_is_followed_when_asked(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(302, {"Location": "/there"}, b""), PLAIN]

    outbound.request("GET", f"{server.url}/here", redirects=True)

    assert [path for _, path, _ in server.seen] == ["/here", "/there"]


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://10.0.0.1/"])
def test_a_redirect_to_another_host_is_never_followed(
    server: Server, outbound: Outbound, target: str
) -> None:
    server.answers = [(302, {"Location": target.format(port=server.port)}, b"")]

    with pytest.raises(Outside, match=r"outside\.status"):
        outbound.request("GET", server.url, redirects=True)

    assert len(server.seen) == 1


def test_a_session_for_others_has_the_same_guard(server: Server) -> None:
    session = Outbound().session()

    with pytest.raises(AddressRefused):
        session.get(server.url, timeout=1)

    assert server.seen == []


def test_a_redirect_within_a_session_passes_the_guard_again(server: Server) -> None:
    server.answers = [(302, {"Location": "http://10.0.0.1/"}, b"")]
    session = Outbound(LOOPBACK).session()

    with pytest.raises(requests.RequestException):
        session.get(server.url, timeout=1)


def test_proxies_of_the_environment_do_not_lead_around_the_guard(
    server: Server, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert outbound.request("GET", server.url).status == 200


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(
    server: Server, outbound: Outbound, status: int
) -> None:
    server.answers = [(status, {}, b""), (status, {}, b""), PLAIN]

    assert outbound.request("GET", server.url).status == 200


def test_a_server_that_stays_busy_is_given_up_with_its_status(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(503, {}, b"")] * 9

    with pytest.raises(Outside) as failed:
        outbound.request("GET", server.url)

    assert failed.value.details["status"] == 503
    assert len(server.seen) == 3


def test_a_post_is_never_repeated(server: Server, outbound: Outbound) -> None:
    server.answers = [(503, {}, b"")]

    with pytest.raises(Outside, match=r"outside\.status"):
        outbound.request("POST", server.url, data=b"x")

    assert len(server.seen) == 1


def test_a_server_that_asks_for_minutes_is_left_to_the_job(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(429, {"Retry-After": "300"}, b"")]

    with pytest.raises(Outside) as failed:
        outbound.request("GET", server.url)

    assert failed.value.details["retry_after"] == 300
    assert len(server.seen) == 1


def test_retry_after_may_be_a_date(server: Server, outbound: Outbound) -> None:
    server.answers = [(429, {"Retry-After": format_datetime(now())}, b"")]

    reply = outbound.request("GET", server.url, allow_statuses={429})

    assert reply.retry_after == 0


@pytest.mark.parametrize("text", ["soon", "-1", "1e9", ""])
def test_a_senseless_retry_after_is_ignored(
    server: Server, outbound: Outbound, text: str
) -> None:
    server.answers = [(429, {"Retry-After": text}, b"")]

    reply = outbound.request("GET", server.url, allow_statuses={429})

    assert reply.retry_after is None


def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(200, {}, b"x" * 5000)]

    with pytest.raises(Outside, match=r"outside\.too_large"):
        outbound.request("GET", server.url, max_bytes=4999)


def test_an_endless_answer_is_cut(server: Server, outbound: Outbound) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True

    server.answers = [endless]

    with pytest.raises(Outside, match=r"outside\.too_large"):
        outbound.request("GET", server.url, max_bytes=100_000)


def test_a_silent_server_is_a_timeout(server: Server, outbound: Outbound) -> None:
    done = threading.Event()
    server.answers = [lambda _handler: done.wait(5)]  # type: ignore[list-item]

    with pytest.raises(Outside, match=r"outside\.timeout"):
        outbound.request("GET", server.url, timeout=(1, 0.2))
    done.set()


def test_a_body_that_ends_early_is_unreachable(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(200, {"Content-Length": "100"}, b"short")]

    def close(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"short")
        handler.close_connection = True

    server.answers = [close]

    with pytest.raises(Outside, match=r"outside\.unreachable"):
        outbound.request("GET", server.url)


def test_nobody_there_is_unreachable(outbound: Outbound) -> None:
    with pytest.raises(Outside, match=r"outside\.unreachable"):
        outbound.request("GET", "http://127.0.0.1:1/")


def test_json_is_read_whatever_the_content_type_says(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(200, {"Content-Type": "text/html"}, b'\xef\xbb\xbf{"a": 1}')]

    assert outbound.request("GET", server.url).json() == {"a": 1}


@pytest.mark.parametrize("body", [b"", b'"error" : ""kid" invalid', b"<html>", b"\xff"])
def test_broken_json_is_malformed(
    server: Server, outbound: Outbound, body: bytes
) -> None:
    server.answers = [(200, {}, body)]

    with pytest.raises(Outside, match=r"outside\.malformed"):
        outbound.request("GET", server.url).json()


def test_the_link_header_is_read(server: Server, outbound: Outbound) -> None:
    link = f'<{server.url}/2>; rel="next", <{server.url}/9>; rel="last"'
    server.answers = [(200, {"Link": link}, b"[]")]

    links = outbound.request("GET", server.url).links

    assert links == {"next": f"{server.url}/2", "last": f"{server.url}/9"}


def test_neither_queries_headers_nor_bodies_reach_errors_or_logs(
    server: Server, outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="lti_mentor")
    server.answers = [(400, {}, b"canary-body")]

    with pytest.raises(Outside) as failed:
        outbound.request(
            "POST",
            f"{server.url}/path?wstoken=canary-query",
            headers={"Authorization": "Bearer canary-header"},
            data={"wstoken": "canary-form"},
        )

    told = json.dumps(failed.value.details) + str(failed.value) + caplog.text
    assert "canary" not in told
    assert failed.value.__cause__ is None
    assert failed.value.details["path"] == "/path"


def test_a_refused_address_tells_no_secrets_either() -> None:
    with pytest.raises(Outside) as failed:
        Outbound().request("GET", "http://user:canary@10.0.0.1/x?token=canary")

    assert "canary" not in json.dumps(failed.value.details)


def test_cookies_of_one_call_are_not_sent_with_the_next(
    server: Server, outbound: Outbound
) -> None:
    server.answers = [(200, {"Set-Cookie": "a=1; Path=/"}, b"{}"), PLAIN]

    outbound.request("GET", server.url)
    outbound.request("GET", server.url)

    assert "Cookie" not in server.seen[1][2]


def test_a_dripping_server_meets_the_clock(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is moved by the server itself: no test waits a minute."""
    moved = {"by": 0.0}
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + moved["by"])

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x")
        moved["by"] = 61.0
        handler.wfile.write(b"x")
        handler.close_connection = True

    server.answers = [drip]

    with pytest.raises(Outside, match=r"outside\.timeout"):
        Outbound(LOOPBACK).request("GET", server.url)
