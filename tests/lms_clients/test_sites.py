"""Which links belong to an LMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_clients import OffSite
from lms_clients.sites import host_of, on_site

CANVAS = "https://canvas.test"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://canvas.test/a?page=bookmark:WyJBYkMi", None),
        ("/a?page=AbC%2f", "https://canvas.test/a?page=AbC%2f"),
        ("http://canvas.test/a", "https://canvas.test/a"),
        ("https://CANVAS.test/a", None),
        ("https://canvas.test:443/a", None),
    ],
)
def test_a_link_of_the_site_stays_as_it_is_but_never_loses_tls(link, expected):
    assert on_site(CANVAS, link, "x") == (expected or link)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.test/a",
        "https://canvas.test.evil.test/a",
        "https://canvas.test@evil.test/a",
        "https://token@canvas.test/a",
        "https://canvas.test:8443/a",
        "http://canvas.test:8080/a",
        "ftp://canvas.test/a",
        "javascript:alert(1)",
        "https://[broken/a",
        "https://canvas.test:99999/a",
    ],
)
def test_a_link_elsewhere_is_refused(link):
    with pytest.raises(OffSite):
        on_site(CANVAS, link, "x")


def test_plain_http_may_become_https_on_the_usual_port_only():
    assert on_site("http://lms.test", "https://lms.test/a", "x") == "https://lms.test/a"
    with pytest.raises(OffSite):
        on_site("http://lms.test:8000", "https://lms.test/a", "x")


@given(st.text())
def test_whatever_the_link_the_host_is_ours(link):
    try:
        url = on_site(CANVAS, link, "x")
    except OffSite:
        return

    assert host_of(url) == "canvas.test:443"
