"""What PostgreSQL and Valkey have in common: where their programs are, and how they are kept running."""

import importlib.metadata
import logging
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lexai.embedded import locks
from lexai.embedded.errors import ServersUnavailable
from lexai.embedded.paths import server_user, socket_folder
from lexai.processes import spawn, stop

STOP_SECONDS = 30
RELAUNCH_SECONDS = 1.0
SERVER_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}

Command = list[str | Path]
logger = logging.getLogger(__name__)


class Server(ABC):
    """One server and its process, if any. Subclasses say how it is prepared, started and asked."""

    name: str
    wheel: str
    folders: Sequence[str]  # of the wheel, side by side: the programs find libraries by relative paths
    stop_signal: signal.Signals

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sockets = socket_folder(home)
        self.user = server_user()
        self.process: subprocess.Popen[bytes] | None = None
        self.is_ready = False
        self._has_answered = False
        self._next_launch_at = 0.0

    def tend(self) -> None:
        """Do the next step towards a server that answers; never waits long.

        Raise ServersUnavailable if it ended before it ever answered; afterwards it is started again.
        """
        if self.process is not None and self.process.poll() is not None:
            self._bury(self.process)
        if self.process is None:
            self._launch()
        elif not self.is_ready:
            self.is_ready = self._has_answered = self.is_answering()

    def stop(self) -> None:
        """Stop the process, if any, and wait until it has ended."""
        if self.process is not None:
            stop(self.process, self.stop_signal, STOP_SECONDS, then=signal.SIGQUIT)

    @abstractmethod
    def prepare(self, lock: int) -> None:
        """Make the server's folder fit for a start; programs that it needs for that inherit `lock`."""

    @abstractmethod
    def command(self) -> Command:
        """Return the command line of the server."""

    @abstractmethod
    def is_answering(self) -> bool:
        """Tell whether the server does its work."""

    def spawn(self, command: Command, lock: int) -> subprocess.Popen[bytes]:
        """Start a program as the servers' user; the lock is free when its last descendant has ended."""
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return spawn(
            command,
            death_signal=self.stop_signal,
            cwd=self.home,
            env=SERVER_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            pass_fds=[lock],
            umask=0o077,
            **identity,
        )

    def programs(self) -> Path:
        """Return where the wheel's folders are; for root a copy that the servers' user can read."""
        distribution = importlib.metadata.distribution(self.wheel)
        installed = Path(str(distribution.locate_file("")))
        if os.geteuid() != 0:
            return installed
        copy = self.home / f"{self.name}-{distribution.version}"
        if not copy.exists():
            _copy_readable([installed / folder for folder in self.folders], copy)
        return copy

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.is_ready = None, False
        logger.warning("%s ended with code %s", self.name, process.returncode)
        if not self._has_answered:
            raise ServersUnavailable(f"{self.name} ended with code {process.returncode} while it started.")

    def _launch(self) -> None:
        if time.monotonic() < self._next_launch_at:
            return
        lock = locks.try_lock(self.home / f"{self.name}.lock")
        if lock is None:  # what a killed server or keeper has left behind is still on its way out
            return
        self._next_launch_at = time.monotonic() + RELAUNCH_SECONDS
        try:
            self.prepare(lock)
            self.process = self.spawn(self.command(), lock)
        finally:
            os.close(lock)


def _copy_readable(folders: Sequence[Path], target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in folders:
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [unfinished, *unfinished.rglob("*")]:
        owner_bits = path.stat().st_mode & 0o500
        path.chmod(path.stat().st_mode | owner_bits >> 3 | owner_bits >> 6)
    unfinished.rename(target)
