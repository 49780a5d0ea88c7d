"""The launch matrix over HTTP against the running app."""

import re
from typing import Any
from uuid import UUID

import pytest

from lti_mentor.people import links
from lti_mentor.people.models import LinkKind, OneUseLink, Person, Role, WebSession
from tests.certification.cases import CASES, Case
from tests.certification.conftest import Codes
from tests.tool import Tool, code_of, page_data


def test_the_table_holds_every_case_of_the_list_in_its_order():
    kinds = {"V": 35, "B": 35, "A": 25, "S": 17, "L": 9}
    wanted = [f"{kind}{n}" for kind, most in kinds.items() for n in range(1, most + 1)]
    found = [re.sub(r"[a-z]$", "", case.name.split()[0]) for case in CASES]

    assert [case.number for case in CASES] == list(range(1, 128))
    assert list(dict.fromkeys(found)) == wanted
    assert len({case.name for case in CASES}) == 127


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_answered_and_logged_as_it_should_be(
    tool: Tool, codes: Codes, case: Case
):
    answer = case.send(tool)

    assert (answer.status_code, codes()[-1]) == (case.status, case.code)
    assert "Traceback" not in answer.text
    if answer.status_code >= 400:
        assert code_of(answer) == case.code
        assert nobody_new_came_in(tool)
    if case.role:
        assert role_behind(tool, page_data(answer)) is case.role


def nobody_new_came_in(tool: Tool) -> bool:
    """Say whether there is no session, and no person but an earlier good launch's."""
    with tool.session() as session:
        tickets = session.query(OneUseLink).count()
        people = session.query(Person).count()
        return session.query(WebSession).count() == 0 and people <= tickets <= 1


def role_behind(tool: Tool, page: dict[str, Any]) -> Role:
    """Return what the session is that a page opens, or will be."""
    with tool.session() as session:
        if "opened" in page:
            handle = UUID(page["opened"]["handle"])
            return session.query(WebSession).filter_by(public_id=handle).one().role
        found = links.look(session, LinkKind.LAUNCH_TICKET, page["ticket"])
        assert found is not None
        return Role(found["session"]["role"])
