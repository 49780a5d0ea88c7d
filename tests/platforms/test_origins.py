"""Addresses an organisation admin adds: stars only under a domain that is theirs."""

import pytest

from lti_mentor.errors import Invalid
from lti_mentor.platforms import origins
from lti_mentor.platforms.models import Registration


def registration(host: str = "moodle.uni.example.ac.uk", *kept: str) -> Registration:
    url = f"https://{host}"
    return Registration(
        issuer=url, auth_url=f"{url}/auth", token_url=f"{url}/token", origins=[*kept]
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://other.example.org/login?x=1", "https://other.example.org"),
        ("http://lms.example.org:8080", "http://lms.example.org:8080"),
        ("https://*.example.ac.uk", "https://*.example.ac.uk"),
        ("https://*.uni.example.ac.uk/", "https://*.uni.example.ac.uk"),
    ],
)
def test_an_address_is_kept_as_scheme_host_and_port(typed: str, kept: str) -> None:
    assert origins.checked(registration(), typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "uni", "ftp://a.example", "https://a.example; script-src *", "//a.b"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"origin\.bad"):
        origins.checked(registration(), typed)


@pytest.mark.parametrize(
    ("host", "typed"),
    [
        ("moodle.uni.example.ac.uk", "https://*.ac.uk"),
        ("moodle.uni.example.ac.uk", "https://*.uk"),
        ("moodle.uni.example.ac.uk", "https://*.other.example"),
        ("moodle.uni.example.ac.uk", "https://*.le.ac.uk"),
        ("moodle.uni.example.ac.uk", "https://moodle.*.example.ac.uk"),
        ("moodle.uni.example.ac.uk", "https://m*.example.ac.uk"),
        ("moodle.uni.example.ac.uk", "https://*.*.example.ac.uk"),
        ("school.moodlecloud.com", "https://*.moodlecloud.com"),
    ],
)
def test_a_star_over_what_is_not_theirs_is_refused(host: str, typed: str) -> None:
    with pytest.raises(Invalid, match=r"origin\.wildcard"):
        origins.checked(registration(host), typed)


def test_what_the_operator_allowed_may_stay() -> None:
    kept = "https://*.partners.example"

    assert origins.checked(registration("a.example", kept), kept) == kept
