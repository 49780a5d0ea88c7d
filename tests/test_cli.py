"""The command line starts, explains, registers, and ends what it started."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lti_mentor.cli import COMMANDS, database, main
from lti_mentor.db import engine_for, transaction
from lti_mentor.errors import Outside
from lti_mentor.jobs import service as jobs
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.outbound import Outbound
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind, Person
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.models import Registration
from tests import builders
from tests.conftest import SECRET, free_port

ADD = [
    "platform", "add", "--issuer", "https://lms.example.edu", "--client-id", "42",
    "--auth-url", "https://lms.example.edu/auth",
    "--token-url", "https://lms.example.edu/token",
    "--jwks-url", "https://lms.example.edu/jwks",
]  # fmt: skip


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "LTI_MENTOR_SECRET_KEYS": SECRET,
        "LTI_MENTOR_DATABASE_URL": f"sqlite:///{tmp_path}/cli.db",
    }


@pytest.fixture
def call(env: dict[str, str]) -> Callable[..., Result]:
    """Call a command on a fresh, migrated database."""
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    database.upgrade(engine)
    engine.dispose()

    def calling(*words: str) -> Result:
        return CliRunner().invoke(main, list(words), env=env)

    return calling


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_a_missing_setting_is_one_readable_line() -> None:
    result = CliRunner().invoke(main, ["run"], env={"LTI_MENTOR_SECRET_KEYS": ""})

    assert result.exit_code == 1
    assert result.output.startswith("Error: LTI_MENTOR_SECRET_KEYS needs")


def test_nothing_starts_on_tables_of_another_version(env: dict[str, str]) -> None:
    result = CliRunner().invoke(main, ["run"], env=env)

    assert result.exit_code == 1
    assert "lti-mentor db upgrade" in result.output


def test_config_explains_and_checks_without_telling_secrets(
    call: Callable[..., Result],
) -> None:
    result = call("config")

    assert "LTI_MENTOR_PUBLIC_URL" in result.output
    assert "up to date" in result.output
    assert SECRET not in result.output


def test_a_platform_is_added_once_and_changed_by_adding_it_again(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    first = call(*ADD, "--name", "Campus", "--lms-kind", "moodle")
    second = call(*ADD, "--lms-token", "t0ken", "--no-lms-admins")
    listed = call("platform", "list")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert listed.output.count("https://lms.example.edu") == 1
    assert "Campus" in listed.output and "t0ken" not in listed.output
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session:
        (row,) = platforms.everyone(session)
        assert (row.lms_token, row.lms_admins) == ("t0ken", False)
    engine.dispose()


def test_adding_a_platform_that_waits_for_approval_approves_it(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    call(*ADD)
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session:
        platforms.everyone(session)[0].is_active = False
        session.commit()

    call(*ADD)

    with Session(engine) as session:
        assert platforms.everyone(session)[0].is_active
    engine.dispose()


def test_an_invitation_works_once(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    said = call("platform", "invite")

    address = said.stdout.strip()

    secret = address.rpartition("/lti/register?invite=")[2]
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session:
        first = links.use(session, LinkKind.REGISTRATION_INVITE, secret)
        second = links.use(session, LinkKind.REGISTRATION_INVITE, secret)
    engine.dispose()
    assert (first, second) == ({}, None)
    assert "by hand" in said.stderr


def test_a_refusal_is_one_readable_line(call: Callable[..., Result]) -> None:
    result = call("jobs", "retry", "7")

    assert result.exit_code == 1
    assert result.output == "Error: cli.no_such_id\n"


def test_one_person_is_erased_and_only_when_it_is_clear_who(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session:
        for name in ("Ada", "Eve"):
            lms = builders.registration(session)
            builders.person(session, lms, name, sub="17", email=f"{name}@example.edu")
        session.commit()

    unclear = call("erase", "17", "--yes")
    unsure = call("erase", "ada@example.edu")
    done = call("erase", "ada@example.edu", "--yes")

    assert unclear.exit_code == 1 and "2 people fit" in unclear.output
    assert unsure.exit_code == 1 and "Erase Ada of LMS" in unsure.output
    assert done.exit_code == 0, done.output
    with Session(engine) as session:
        assert set(session.scalars(select(Person.name))) == {"", "Eve"}
    engine.dispose()


def test_keys_rotate_and_are_listed(call: Callable[..., Result]) -> None:
    new = call("keys", "rotate").output.removeprefix("new key ").strip()

    listed = call("keys", "list").output

    assert f"{new}  pending" in listed
    assert "PRIVATE" not in listed


def test_secrets_are_encrypted_with_the_first_of_several_keys(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    call(*ADD, "--lms-token", "t0ken")
    newer = "a newer secret that only tests may ever know"
    env["LTI_MENTOR_SECRET_KEYS"] = f"{newer},{SECRET}"

    said = call("keys", "reencrypt").output
    env["LTI_MENTOR_SECRET_KEYS"] = newer

    assert said == "secrets encrypted with the first key: 1\n"
    assert call("keys", "reencrypt").output == said


def test_dead_jobs_are_listed_tried_again_and_given_up(
    call: Callable[..., Result], env: dict[str, str]
) -> None:
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session, transaction(session):
        job = jobs.enqueue(session, "greet", key="1")
        claimed = jobs.claim(session, ["greet"])
        assert claimed is not None
        jobs.fail(session, claimed, "no answer", tries=1)
        job_id = job.id

    listed = call("jobs", "list", "--state", "dead")
    call("jobs", "retry", str(job_id))
    with Session(engine) as session:
        assert session.get_one(Job, job_id).state is JobState.WAITING
    call("jobs", "discard", str(job_id))

    assert "no answer" in listed.output
    assert "done" in call("jobs", "list").output
    assert call("outbox", "list").output.startswith("id")
    assert call("outbox", "discard", "1").exit_code == 1
    engine.dispose()


@pytest.mark.parametrize(
    "setting",
    [
        {"LTI_MENTOR_DATABASE_URL": "sqlite:///real.db"},
        {"LTI_MENTOR_PUBLIC_URL": "https://mentor.example.org"},
    ],
)
def test_the_demo_stays_away_from_a_real_installation(
    setting: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, ["demo"], env=setting)

    assert result.exit_code == 1
    assert not (tmp_path / ".demo").exists()


def answers(outbound: Outbound, url: str) -> bool:
    try:
        return outbound.request("GET", url).status == 200
    except Outside:
        return False


def wait_for(url: str, outbound: Outbound, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 90
    while not answers(outbound, url):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never answered"
        time.sleep(0.2)


def is_closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_run_serves_pages_beside_a_worker_and_ends_both(
    call: Callable[..., Result], env: dict[str, str], outbound: Outbound
) -> None:
    port = free_port()
    told = {**env, "LTI_MENTOR_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "lti_mentor", "run"]
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with subprocess.Popen(
        command, env={**os.environ, **told}, text=True, stderr=subprocess.PIPE
    ) as process:
        wait_for(f"http://127.0.0.1:{port}/readyz", outbound, process)
        end = time.monotonic() + 60
        while not worked(engine) and time.monotonic() < end:
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert worked(engine), "the worker did nothing"
    assert process.returncode == 0
    assert is_closed(port)
    engine.dispose()


def worked(engine: object) -> bool:
    with Session(engine) as session:  # type: ignore[arg-type]
        return session.query(Job).filter_by(state=JobState.DONE).count() > 0


def test_the_demo_comes_up_registered_and_ends_whole(
    tmp_path: Path, outbound: Outbound
) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LTI_MENTOR_")}
    command = [sys.executable, "-m", "lti_mentor", "demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=clean, text=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "Ready: open" in line)
        ports = json.loads((tmp_path / ".demo/ports.json").read_text())
        tool = f"http://127.0.0.1:{ports['tool']}/readyz"
        portal = f"http://127.0.0.1:{ports['portal']}/platforms.json"
        ready, told = answers(outbound, tool), outbound.request("GET", portal).json()
        process.send_signal(signal.SIGINT)
        process.wait(60)

    engine = engine_for(f"sqlite:///{tmp_path}/.demo/lti-mentor.db")
    with Session(engine) as session:
        issuers = set(session.scalars(select(Registration.issuer)))
    engine.dispose()
    assert str(ports["portal"]) in line
    assert ready
    assert issuers == {row["issuer"] for row in told["platforms"]}
    assert all(is_closed(port) for port in ports.values())


@pytest.fixture
def campus(call: Callable[..., Result], env: dict[str, str]) -> tuple[Engine, str]:
    """Return the database and the id of an LMS with a person in it."""
    call(*ADD, "--name", "Campus", "--lms-token", "t0ken")
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    with Session(engine) as session, transaction(session):
        (row,) = platforms.everyone(session)
        builders.person(session, row, "Ada")
        return engine, str(row.public_id)


def test_an_lms_is_exported_into_a_file_of_ones_own(
    call: Callable[..., Result], campus: tuple[Engine, str], tmp_path: Path
) -> None:
    target = tmp_path / "campus.zip"
    words = ("platform", "export", campus[1], "--to", str(target))

    first, second = call(*words), call(*words)

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "File exists" in second.output
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as packed:
        assert "Ada" in packed.read("person.jsonl").decode()
        assert "t0ken" not in packed.read("registration.jsonl").decode()


def test_an_lms_is_erased_when_its_name_is_typed(
    call: Callable[..., Result], campus: tuple[Engine, str]
) -> None:
    engine, public_id = campus

    wrong = call("platform", "erase", public_id, "--name", "campus?")
    with Session(engine) as session:
        assert session.query(Person).count() == 1
    right = call("platform", "erase", public_id, "--name", "Campus")

    assert (wrong.exit_code, right.exit_code) == (1, 0)
    assert "person" in right.output
    with Session(engine) as session:
        assert (session.query(Person).all(), platforms.everyone(session)) == ([], [])
    engine.dispose()
