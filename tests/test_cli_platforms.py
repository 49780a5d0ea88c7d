"""Who may launch, from the command line: list, approve, deactivate, move."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_mentor.cli import database, main
from lti_mentor.clock import now
from lti_mentor.db import Base, engine_for
from lti_mentor.people.models import Role, WebSession
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Registration
from tests import builders
from tests.conftest import SECRET

Call = Callable[..., Result]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_for(f"sqlite:///{tmp_path}/cli.db")
    database.load_models()
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def call(engine: Engine) -> Call:
    """Call `lti-mentor platform ...` on that database."""
    url = str(engine.url)
    env = {"LTI_MENTOR_SECRET_KEYS": SECRET, "LTI_MENTOR_DATABASE_URL": url}

    def calling(*words: str) -> Result:
        return CliRunner().invoke(main, ["platform", *words], env=env)

    return calling


def add(engine: Engine, client_id: str, **columns: Any) -> str:
    """Add a registration and return its id; off unless told."""
    host = columns.pop("host", "https://lms.example.edu")
    given: dict[str, Any] = {"is_active": False, "name": "Campus"} | columns
    with Session(engine) as session:
        row = service.add(
            session,
            issuer="https://lms.example.edu",
            client_id=client_id,
            auth_url=f"{host}/auth",
            token_url=f"{host}/token/{client_id}",
            jwks_url=f"{host}/jwks",
            **given,
        )
        service.accept_deployment(session, row, f"of-{client_id}")
        session.commit()
        return str(row.public_id)


def rows(engine: Engine) -> list[Registration]:
    with Session(engine, expire_on_commit=False) as session:
        found = list(queries.everyone(session))
        for one in found:
            assert one.deployments is not None
        session.expunge_all()
        return found


def test_who_waits_is_listed_with_its_host_and_how_to_let_it_in(
    engine: Engine, call: Call
) -> None:
    public_id = add(engine, "42", host="https://sso.example.edu", lms_token="t0ken")

    said = call("list").output

    assert public_id in said
    assert "sso.example.edu" in said and " off " in said
    assert "platform approve" in said
    assert "t0ken" not in said


def test_nothing_is_said_of_approval_where_nobody_waits(
    engine: Engine, call: Call
) -> None:
    add(engine, "42", is_active=True)

    assert "approve" not in call("list").output


@pytest.mark.parametrize("by", ["id", "beginning", "name", "client"])
def test_an_lms_is_approved_by_whatever_names_it(
    engine: Engine, call: Call, by: str
) -> None:
    public_id = add(engine, "42", lms_admins=False)
    add(engine, "43", name="Other")
    names = {"id": public_id, "beginning": public_id[:8], "name": "Campus"}

    result = call("approve", names.get(by, "42"))

    assert result.exit_code == 0
    states = {row.client_id: (row.is_active, row.lms_admins) for row in rows(engine)}
    assert states["42"] == (True, True)
    assert states["43"][0] is False


def test_approval_may_withhold_the_lms_admins_rights(
    engine: Engine, call: Call
) -> None:
    add(engine, "42")

    call("approve", "42", "--no-lms-admins")

    assert [(r.is_active, r.lms_admins) for r in rows(engine)] == [(True, False)]


def test_a_name_that_fits_two_lets_nobody_in(engine: Engine, call: Call) -> None:
    ids = [add(engine, "42"), add(engine, "43")]

    result = call("approve", "Campus")

    assert result.exit_code == 1
    assert all(one in result.output for one in ids)
    assert not any(row.is_active for row in rows(engine))


@pytest.mark.parametrize("which", ["nobody", "", "abc"])
def test_a_name_that_fits_none_is_one_readable_line(call: Call, which: str) -> None:
    result = call("approve", which)

    assert result.exit_code == 1
    assert result.output == f"Error: No LMS is called {which}: see platform list.\n"


def test_a_deactivated_lms_lets_nobody_in_and_its_sessions_end(
    engine: Engine, call: Call
) -> None:
    add(engine, "42", is_active=True)
    with Session(engine) as session:
        tenant = queries.everyone(session)[0]
        person = builders.person(session, tenant, "Lea")
        opened = WebSession(
            registration=tenant,
            person=person,
            role=Role.VIEWER,
            token_digest="hashed",
            expires_at=now() + timedelta(hours=8),
        )
        session.add(opened)
        session.commit()
        opened_id = opened.id

    result = call("deactivate", "42")

    assert "platform approve" in result.output
    assert not rows(engine)[0].is_active
    with Session(engine) as session:
        assert session.get_one(WebSession, opened_id).ended_at is not None


def test_a_new_client_id_moves_only_by_this_command(engine: Engine, call: Call) -> None:
    old = add(engine, "42", is_active=True, name="Campus")
    add(engine, "43", name="Again")

    result = call("move", "Again", "--to", "Campus")

    (row,) = rows(engine)
    assert result.exit_code == 0
    assert (str(row.public_id), row.client_id) == (old, "43")
    assert row.token_url.endswith("/43")
    assert {one.deployment_id for one in row.deployments} == {"of-42", "of-43"}


def test_what_is_in_use_is_not_moved(engine: Engine, call: Call) -> None:
    add(engine, "42", is_active=True)
    add(engine, "43", is_active=True)
    add(engine, "44")
    with Session(engine) as session:
        builders.person(session, queries.everyone(session)[2], "Lea")
        session.commit()

    results = [
        call("move", "43", "--to", "42"),
        call("move", "44", "--to", "44"),
        call("move", "44", "--to", "42"),
    ]

    assert [r.output for r in results] == ["Error: platform.not_movable\n"] * 3
    assert {row.client_id for row in rows(engine)} == {"42", "43", "44"}
