"""A user's side: claim the servers, and start a keeper for them if none lives."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from lexai.embedded import locks
from lexai.embedded.errors import ServersUnavailable
from lexai.embedded.keeper import READY_MARK
from lexai.embedded.paths import CHECKOUT, prepare_home

START_SECONDS = 60
POLL_SECONDS = 0.05
LOG_LIMIT_BYTES = 10_000_000
REAP_SECONDS = 1.0  # between giving up its lock and its very end; a keeper that others hold lives on
_keepers: set[int] = set()  # the process ids of those that this process started
LAST_WORDS_LINES = 10

# The keeper outlives whoever starts it and must not carry that one's secrets along.
KEEPER_ENVIRONMENT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TZ")


class Hold:
    """One user's claim on the servers of a home; it ends with `release` or with the process."""

    def __init__(self, home: Path, users_lock: int) -> None:
        self._home = home
        self._users_lock: int | None = users_lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def release(self, *, wait: bool = False) -> None:
        """Give the claim up; with `wait` return when the servers have stopped, or if others hold them."""
        if self._users_lock is not None:
            os.close(self._users_lock)
            self._users_lock = None
        while wait and not _is_settled(self._home):
            time.sleep(POLL_SECONDS)
        deadline = time.monotonic() + REAP_SECONDS
        while wait and not _reap() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def hold(home: Path) -> Hold:
    """Return a claim on the servers of this home, which answer by then; start them if nobody has.

    Several claims in one process are fine. Raise ServersUnavailable when they cannot run.
    """
    home = home.resolve()
    prepare_home(home)
    users_lock = locks.lock(home / locks.USERS, locks.SHARED)  # waits while a keeper is stopping
    try:
        with locks.locked(home / locks.STARTER):
            _ensure_keeper(home)
    except BaseException:
        os.close(users_lock)
        raise
    return Hold(home, users_lock)


def _ensure_keeper(home: Path) -> None:
    """Return when a keeper's servers answer; spawn one if none lives. Needs the starter lock."""
    deadline = time.monotonic() + START_SECONDS
    is_spawned = False
    _reap()
    while time.monotonic() < deadline:
        keeper_lock = locks.try_lock(home / locks.KEEPER)
        if keeper_lock is None:
            if (home / READY_MARK).exists():
                return
        elif is_spawned:
            os.close(keeper_lock)
            raise ServersUnavailable(f"LexAI's own servers did not start. {_last_words(home)}")
        else:
            _spawn_keeper(home, keeper_lock)
            is_spawned = True
        time.sleep(POLL_SECONDS)
    raise ServersUnavailable(
        f"LexAI's own servers did not answer within {START_SECONDS} seconds. {_last_words(home)}"
    )


def _spawn_keeper(home: Path, keeper_lock: int) -> None:
    """Start a keeper that takes over the lock; by that lock everybody knows that it lives."""
    (home / READY_MARK).unlink(missing_ok=True)
    try:
        with _log_with_room(home).open("ab") as log:
            keeper = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "lexai.embedded", str(home)],
                cwd=CHECKOUT,
                env={name: os.environ[name] for name in KEEPER_ENVIRONMENT if name in os.environ},
                stdin=keeper_lock,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    finally:
        os.close(keeper_lock)
    _keepers.add(keeper.pid)
    keeper.returncode = 0  # it may outlive us, and subprocess would complain; `_reap` collects it by its id


def _reap() -> bool:
    """Collect the keepers of this process that have ended; tell whether none is left to end."""
    for pid in list(_keepers):
        try:
            ended, _status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # collected already
            ended = pid
        if ended:
            _keepers.discard(pid)
    return not _keepers


def _log(home: Path) -> Path:
    return home / "logs" / "servers.log"


def _log_with_room(home: Path) -> Path:
    log = _log(home)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.old"))
    return log


def _last_words(home: Path) -> str:
    log = _log(home)
    lines = log.read_text(errors="replace").splitlines()[-LAST_WORDS_LINES:] if log.exists() else []
    return "\n".join([f"The last lines of {log}:", *lines])


def _is_settled(home: Path) -> bool:
    """Tell whether a leaver has nothing to wait for: the keeper has gone, or others need it."""
    with locks.locked(home / locks.STARTER):
        keeper_lock = locks.try_lock(home / locks.KEEPER)
        if keeper_lock is not None:
            os.close(keeper_lock)
            return True
        users_lock = locks.try_lock(home / locks.USERS, locks.SHARED)
        if users_lock is None:  # the keeper has it: it is stopping the servers
            return False
        try:
            return locks.is_shared(users_lock)
        finally:
            os.close(users_lock)
