"""File locks as plain descriptors, which no garbage collector closes and no child inherits by accident."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USERS = "servers.lock"  # shared by everybody who needs the servers
STARTER = "start.lock"  # one starter at a time
KEEPER = "keeper.lock"  # the keeper inherits it at birth and has it all its life

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


def lock(path: Path, operation: int) -> int:
    """Wait for the lock and return the descriptor that has it until it is closed everywhere."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def try_lock(path: Path, operation: int = EXCLUSIVE) -> int | None:
    """Return the descriptor that has the lock, or None if another one has it."""
    try:
        return lock(path, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def is_shared(descriptor: int) -> bool:
    """Tell whether others share the lock; the descriptor is good for closing only afterwards."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have the lock for the length of a block."""
    descriptor = lock(path, EXCLUSIVE)
    try:
        yield
    finally:
        os.close(descriptor)
