"""A whole product of its own for every test that kills, flushes or stops something."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from lexai import embedded

CHECKOUT = Path(__file__).resolve().parent.parent.parent
VARIABLES = {"LEASE_SECONDS": "3", "DISPATCH_SECONDS": "1"}
GIVEN = {"DATABASE_URL", "REDIS_URL", "STORAGE_URL", "LEXAI_HOME", "SECRET_KEY"}


@dataclass
class Product:
    """A running `manage.py run` with servers and a home of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    patience_seconds: float = 60  # until it is ready

    def environment(self, **variables: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in GIVEN}
        return {**kept, **VARIABLES, "LEXAI_HOME": str(self.home), **variables}

    def start(self) -> None:
        command = [sys.executable, "manage.py", "run", "--port", str(self.port)]
        with (self.home.parent / "product.log").open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=CHECKOUT, env=self.environment(), stdout=output, stderr=output
            )
        self.await_true(self.is_ready, self.patience_seconds)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def rows(self, statement: str) -> list[tuple]:
        with psycopg.connect(embedded.database_url(self.home)) as connection:
            return connection.execute(statement).fetchall()

    def valkey(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(embedded.redis_socket(self.home)))

    def client_id(self) -> str:
        return json.loads(self.manage("seed-demo", "--json").stdout.splitlines()[-1])["clients"][0]["id"]

    def processes(self, *words: str) -> list[int]:
        """Return the processes of this product whose command line holds all the words."""
        return [pid for pid in _processes_of(self.home) if all(word in _command_line(pid) for word in words)]

    @staticmethod
    def await_true(condition, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not so within {seconds} seconds"
            time.sleep(0.1)


def _processes_of(home: Path) -> list[int]:
    marker = f"LEXAI_HOME={home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            belongs = marker in (folder / "environ").read_bytes().split(b"\0")
            belongs = belongs or os.fsencode(home) in (folder / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if belongs:
            found.append(int(folder.name))
    return found


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # it ended meanwhile
        return ""


@pytest.fixture
def product():
    with tempfile.TemporaryDirectory(prefix="lexai-") as folder:
        Path(folder).chmod(0o755)  # the servers' user must get through
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = Product(Path(folder) / "home", port)
        yield made
        if made.process:
            made.process.send_signal(signal.SIGTERM)
            made.process.wait(60)
        made.await_true(lambda: not _processes_of(made.home), 30)
