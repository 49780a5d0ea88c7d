"""The launches of the 1EdTech certification suite, in its words and its order.

The suite asks for a piece of the tool's log as proof: every test reads the code there.
"""

from typing import Any

import pytest

from lti_mentor.people.models import Person, Role, WebSession
from tests.certification.conftest import Codes
from tests.certification.sending import Send, at, claims, signed_as, token
from tests.platform import CORE, INSTRUCTOR, LEARNER, MISSING, ROLE, Platform
from tests.tool import Tool, code_of

NAMES = dict.fromkeys(("name", "given_name", "family_name"), MISSING)


def without_lti(payload: dict[str, Any], platform: Platform) -> str:
    """Sign what OpenID Connect asks for, and no claim of LTI."""
    kept = {name: value for name, value in payload.items() if CORE not in name}
    return platform.sign(kept)


BAD: dict[str, tuple[Send, str]] = {
    "No KID in header": (token(lambda p, lms: lms.sign(p, kid=None)), "launch.token"),
    "Incorrect KID": (token(signed_as("k1", kid="other")), "launch.key_unknown"),
    "Wrong LTI version": (claims(version="11.3"), "launch.message"),
    "No LTI version": (claims(version=MISSING), "launch.message"),
    "Invalid LTI message": (token(lambda _, lms: lms.sign({"a": 1})), "launch.token"),
    "Missing LTI claims": (token(without_lti), "launch.message_unknown"),
    "Timestamps incorrect": (at(iat=-9000, exp=-8900), "launch.token"),
    "message_type claim missing": (
        claims(message_type=MISSING),
        "launch.message_unknown",
    ),
    "role claim missing": (claims(roles=MISSING), "launch.no_roles"),
    "deployment_id claim missing": (claims(deployment_id=MISSING), "launch.malformed"),
    "resource_link_id claim missing": (
        claims(resource_link={"title": "x"}),
        "launch.malformed",
    ),
    "user claim missing": (claims(sub=MISSING), "launch.anonymous"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_known_bad_payload_is_refused_and_logged(tool: Tool, codes: Codes, name: str):
    send, code = BAD[name]

    answer = send(tool)

    assert (answer.status_code, code_of(answer)) == (400, code)
    assert codes() == ["login.started", code]
    with tool.session() as session:
        assert session.query(WebSession).count() == 0
        assert session.query(Person).count() == 0


def test_a_moment_in_the_future_is_as_wrong_as_one_in_the_past(tool: Tool):
    answer = at(iat=9000, exp=9060)(tool)

    assert code_of(answer) == "launch.token"


VALID: dict[str, dict[str, Any]] = {
    "normal": {},
    "multiple roles": {"roles": "many"},
    "short role": {"roles": "short"},
    "unknown role": {"roles": ["https://example.edu/roles#Wizard"]},
    "no role": {"roles": []},
    "email only": NAMES,
    "names only": {"email": MISSING},
    "no PII": NAMES | {"email": MISSING},
    "email without context": NAMES | {"context": MISSING},
    "new resource_link id": {"resource_link": {"id": "never-seen", "title": "New"}},
}
"""The ten; roles in words are the person's own, see `spoken`."""
PEOPLE = {"teacher": (INSTRUCTOR, Role.INSTRUCTOR), "student": (LEARNER, Role.LEARNER)}
POWERLESS = {"unknown role", "no role", "email without context"}
"""Launches that tell no role in a course: the least that can be done is shown."""


def spoken(roles: Any, own: str) -> list[str]:
    said = {
        "many": [f"{ROLE}institution/person#Student", own, f"{ROLE}membership#Member"],
        "short": [own.rpartition("#")[2]],
    }
    return said.get(roles, []) if isinstance(roles, str) else roles


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", VALID)
def test_a_valid_launch_leads_to_a_page(tool: Tool, codes: Codes, name: str, who: str):
    own, role = PEOPLE[who]
    given = VALID[name]
    roles = spoken(given["roles"], own) if "roles" in given else [own]

    signed = tool.sign_in(**given | {"roles": roles})
    page = tool.browser.get(signed.next, headers=signed.headers, follow_redirects=True)

    assert codes() == ["login.started", "launch.accepted", "session.opened"]
    assert page.status_code == 200
    assert "<h1" in page.text
    with tool.session() as session:
        found = session.query(WebSession).one().role
        assert found is (Role.VIEWER if name in POWERLESS else role)
