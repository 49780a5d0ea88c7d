"""The product as an operator runs it: `lti-mentor run` on a database of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.conftest import SECRET, free_port

PATIENCE = 60


@dataclass
class Product:
    """Pages and worker in processes of their own."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Another site than the campus's 127.0.0.1."""
        return f"http://localhost:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "tool.db"

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {
            "LTI_MENTOR_SECRET_KEYS": SECRET,
            "LTI_MENTOR_DATABASE_URL": f"sqlite:///{self.database}",
            "LTI_MENTOR_PUBLIC_URL": self.url,
            "LTI_MENTOR_BIND": f"127.0.0.1:{self.port}",
            "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8,::1/128",
            "LTI_MENTOR_WEB_PROCESSES": "1",
        }

    def command(self, *words: str) -> str:
        """Run `lti-mentor <words>` and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "lti_mentor", *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def add_platform(self, **known: str) -> None:
        """Run `lti-mentor platform add` with these options."""
        options = [
            word
            for name, value in known.items()
            for word in ("--" + name.replace("_", "-"), value)
        ]
        self.command("platform", "add", "--lms-admins", *options)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, or change it, beside the running product."""
        with sqlite3.connect(self.database, timeout=10) as database:
            found = database.execute(query, values).fetchall()
        database.close()
        return found

    def start(self) -> None:
        self.command("db", "upgrade")
        log = (self.folder / "product.log").open("wb")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lti_mentor", "run"],
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._until_ready()

    def _until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        with requests.Session() as visitor:
            while time.monotonic() < end:
                try:
                    if visitor.get(self.url + "/readyz", timeout=5).ok:
                        return
                except requests.RequestException:
                    time.sleep(0.1)
        raise TimeoutError(self.log())

    def log(self) -> str:
        return (self.folder / "product.log").read_text()

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)


@contextmanager
def run(folder: Path) -> Iterator[Product]:
    """Run the product in this folder; it knows no LMS yet."""
    product = Product(folder, free_port())
    try:
        product.start()
        yield product
    finally:
        product.stop()
