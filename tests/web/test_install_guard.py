"""Nothing that registration fetches leads into our own network, or anywhere else.

Requirements 46 to 50: what an outsider may make the tool ask for.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from lti_mentor.outbound import Outbound
from lti_mentor.web import EXTENSION
from tests.platform import Answer, Platform, running
from tests.tool import LOOPBACK, Tool, code_of
from tests.web.registering import connect, invite, is_unused, made, offer


@pytest.fixture
def resolved(app: Flask, tool: Tool) -> Iterator[Callable[..., None]]:
    """Give the tool a name service of the test's own."""
    before = app.extensions[EXTENSION]

    def by(answer: Callable[[str, int], list[str]]) -> None:
        http = Outbound(LOOPBACK, resolver=answer, sleep=lambda _seconds: None)
        app.extensions[EXTENSION] = replace(before, http=http)

    yield by
    app.extensions[EXTENSION] = before


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://192.168.0.1/x",
        "https://10.0.0.1/x",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[2002:a00:1::]/",
        "https://[64:ff9b::a00:1]/",
        "https://[fd00::1]/",
        "https://93.184.216.34:8443/",
        "https://93.184.216.34:22/",
        "http://93.184.216.34/",
    ],
)
def test_our_own_network_is_not_asked(tool: Tool, platform: Platform, url: str):
    response = connect(tool, platform, openid_configuration=url)

    assert response.status_code == 502
    assert code_of(response) == "outside.refused_address"
    assert not platform.asked


@pytest.mark.parametrize("who", ["user@", "user:secret@", "127.0.0.1@"])
def test_a_name_in_the_address_is_refused_before_anything_is_asked(
    tool: Tool, platform: Platform, who: str
):
    url = f"https://{who}lms.example.org/configuration"

    response = connect(tool, platform, openid_configuration=url)

    expected = (400, "registration.no_configuration")
    assert (response.status_code, code_of(response)) == expected


def test_a_name_that_is_rebound_between_two_requests_gets_no_token(
    tool: Tool, platform: Platform, resolved: Callable[..., None]
):
    """Judged four times by then: for the configuration, and for each endpoint."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    resolved(rebinding)
    port = platform.url.rpartition(":")[2]
    named = replace(platform, url=f"http://lms.example.org:{port}")
    offer(platform, None, **_of(named))
    url = f"{named.url}/configuration"

    response = connect(tool, platform, openid_configuration=url)

    assert code_of(response) == "outside.refused_address"
    assert not platform.requests("/registration")
    assert set(asked) == {"lms.example.org"}


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/", "http://10.0.0.1/", "/elsewhere"]
)
def test_a_redirect_is_followed_nowhere(tool: Tool, platform: Platform, target: str):
    away = Answer(302, headers={"Location": target})
    platform.routes["/configuration"] = lambda _: away

    response = connect(tool, platform)

    assert (response.status_code, code_of(response)) == (502, "outside.status")
    assert [asked.path for asked in platform.asked] == ["/configuration"]


def test_a_registration_endpoint_that_redirects_gets_no_second_post(
    tool: Tool, platform: Platform
):
    secret = invite(tool)
    offer(platform, Answer(307, headers={"Location": f"{platform.url}/configuration"}))

    response = connect(tool, platform, invite=secret)

    assert response.status_code == 502
    assert len(platform.asked) == 2
    assert is_unused(tool, secret)


def test_the_token_goes_to_the_host_of_the_configuration_only(
    tool: Tool, platform: Platform
):
    with running() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        offer(platform, registration_endpoint=f"{elsewhere}/registration")

        response = connect(tool, platform, invite=invite(tool))

        assert code_of(response) == "registration.foreign_host"
        assert other.asked == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_endpoint", "ftp://127.0.0.1/token"),
        ("jwks_uri", "http://user@127.0.0.1/jwks"),
        ("authorization_endpoint", "https://127.0.0.1/a b"),
        ("issuer", "http://127.0.0.1/" + "x" * 300),
        ("token_endpoint", "http://127.0.0.1/" + "x" * 3000),
        ("issuer", 7),
    ],
)
def test_an_address_no_browser_should_be_sent_to_is_not_stored(
    tool: Tool, platform: Platform, name: str, value: Any
):
    offer(platform, **{name: value})

    response = connect(tool, platform, invite=invite(tool))

    expected = (400, "registration.incomplete")
    assert (response.status_code, code_of(response)) == expected
    assert made(tool) is None
    assert not platform.requests("/registration")


def test_every_endpoint_is_judged_not_only_those_we_ask(
    tool: Tool, platform: Platform, resolved: Callable[..., None]
):
    """Hosted Canvas spreads over hosts; one that leads inside is refused."""
    inside = {"sso.canvaslms.com": ["10.0.0.1"]}
    resolved(lambda host, _port: inside.get(host, ["127.0.0.1"]))
    offer(
        platform,
        issuer="https://canvas.instructure.com",
        authorization_endpoint="https://sso.canvaslms.com/api/lti/authorize_redirect",
    )

    response = connect(tool, platform, invite=invite(tool))

    assert code_of(response) == "outside.refused_address"
    assert not platform.requests("/registration")


@pytest.mark.parametrize("path", ["/configuration", "/registration"])
def test_a_flood_is_cut_off(tool: Tool, platform: Platform, path: str):
    offer(platform)
    platform.routes[path] = lambda _: Answer(body=b"[" + b" " * 300_000 + b"]")

    response = connect(tool, platform, invite=invite(tool))

    assert (response.status_code, code_of(response)) == (502, "outside.too_large")


@pytest.mark.parametrize("client_id", ["", "x" * 256, None, ["a"], {"a": 1}])
def test_a_client_id_that_is_none_is_not_kept(
    tool: Tool, platform: Platform, client_id: object
):
    secret = invite(tool)
    offer(platform, Answer(body={"client_id": client_id}))

    response = connect(tool, platform, invite=secret)

    assert (response.status_code, code_of(response)) == (502, "outside.malformed")
    assert is_unused(tool, secret)


def _of(named: Platform) -> dict[str, str]:
    return {
        "issuer": named.url,
        "authorization_endpoint": f"{named.url}/auth",
        "token_endpoint": f"{named.url}/token",
        "jwks_uri": f"{named.url}/jwks",
        "registration_endpoint": f"{named.url}/registration",
    }
