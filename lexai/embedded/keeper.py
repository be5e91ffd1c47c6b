"""The keeper: the detached process that is the parent of both servers of a home."""

import logging
import os
import signal
import time
from pathlib import Path
from types import FrameType

from lexai.embedded import locks
from lexai.embedded.errors import ServersUnavailable
from lexai.embedded.paths import make_socket_folder, server_user
from lexai.embedded.postgresql import PostgreSQL
from lexai.embedded.valkey import Valkey

READY_MARK = "servers.ready"  # exists while both servers answer
POLL_SECONDS = 0.1

logger = logging.getLogger(__name__)


def main(home: Path) -> None:
    """Keep the servers of this home; what goes wrong stands in the log."""
    logging.basicConfig(format="%(asctime)s keeper: %(message)s", level=logging.INFO)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    os.umask(0o077)
    try:
        keep(home)
    except ServersUnavailable as error:
        logger.critical("%s", error)
        raise SystemExit(1) from None


def keep(home: Path) -> None:
    """Run the servers until nobody holds them. Standard input is the keeper lock, held to the end.

    Raise ServersUnavailable if one of them cannot be started at all.
    """
    make_socket_folder(home, server_user())
    servers = (PostgreSQL(home), Valkey(home))
    try:
        # Once taken, this lock too is held to the end: newcomers wait until all has stopped.
        while locks.try_lock(home / locks.USERS) is None:
            for server in servers:
                server.tend()
            _mark(home / READY_MARK, is_ready=all(server.is_ready for server in servers))
            time.sleep(POLL_SECONDS)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # stopping is not interrupted
        _mark(home / READY_MARK, is_ready=False)
        for server in servers:
            server.stop()


def _mark(ready_mark: Path, *, is_ready: bool) -> None:
    if is_ready:
        ready_mark.touch()
    else:
        ready_mark.unlink(missing_ok=True)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
