"""Who may have a password hashed now: one at a time in each process, a few in line, the rest come back later.

A bcrypt hash costs most of a second of one core. Without the line, a crowd at the sign-in would take every
thread of the web server, and everybody who is signed in would wait.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lexai.errors import Unavailable

WAITING_MOST = 8
_places = threading.BoundedSemaphore(1 + WAITING_MOST)
_hashing = threading.Lock()


class Busy(Unavailable):
    """Too many people are signing in at this moment. Try again in a few seconds."""

    retry_after_seconds = 5


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to hash, and hold it; raise Busy at once when too many wait already."""
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        with _hashing:
            yield
    finally:
        _places.release()
