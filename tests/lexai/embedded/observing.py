"""Looking at the embedded servers from outside: their processes, their answers, their logs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from lexai import embedded

CHECKOUT = Path(__file__).parents[3]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root becomes another user")
USER = """
import sys
from pathlib import Path
from lexai import embedded
held = embedded.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
ORDINARY_USER = """
import os, socket
import psycopg
from lexai import embedded
home = embedded.home()
held = embedded.hold(home)
with psycopg.connect(embedded.database_url(home)) as connection:
    print(os.geteuid(), *connection.execute("SELECT current_user").fetchone())
with socket.socket(socket.AF_UNIX) as client:
    client.connect(str(embedded.redis_socket(home)))
    client.sendall(b"PING\\r\\n")
    print(client.recv(7))
held.release(wait=True)
"""


def running(folder: Path) -> dict[int, str]:
    """Every live process of the homes in a folder: keepers by their command, servers by where they work."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            place = str((entry / "cwd").readlink())
        except OSError:  # it has ended, or is somebody else's
            continue
        is_keeper = command[1:3] == ["-m", "lexai.embedded"] and command[3].startswith(f"{folder}/")
        if is_keeper or place.startswith(f"{folder}/"):
            found[int(entry.name)] = "keeper" if is_keeper else Path(command[0].split(" ")[0]).name
    return found


def keepers(home: Path) -> list[int]:
    return [pid for pid, name in running(home.parent).items() if name == "keeper"]


def eventually(is_so: Callable[[], object], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def until_none_left(folder: Path) -> dict[int, str]:
    eventually(lambda: not running(folder))
    return running(folder)


def query(home: Path, sql: str) -> list[tuple]:
    with psycopg.connect(embedded.database_url(home), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def answers_sql(home: Path) -> bool:
    try:
        return query(home, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


@contextmanager
def valkey(home: Path) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=str(embedded.redis_socket(home)), decode_responses=True) as client:
        yield client


def answers_ping(home: Path) -> bool:
    try:
        with valkey(home) as client:
            return client.ping()
    except redis.RedisError:
        return False


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().partition("\n")[0])


def log(home: Path) -> str:
    return (home / "logs" / "servers.log").read_text()


@contextmanager
def another_user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process that asks for the servers; it has them once it has said a line."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
