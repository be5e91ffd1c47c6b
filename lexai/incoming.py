"""Bodies of requests on their way in: whole or not at all, and in bounded time."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

GRACE_SECONDS = 30
BYTES_A_SECOND = 64 * 1024
REST_BYTES, REST_SECONDS = 64 * 1024, 1.0
TICK_SECONDS = 1.0


class Overseer:
    """Ends the waiting on lines that are overdue: one thread for all, started with the first that waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due_at: dict[socket.socket, float] = {}
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def waiting(self, line: socket.socket, seconds: float) -> Iterator[None]:
        """Let the caller read from a line; when the seconds are over the line reads as ended."""
        with self._lock:
            self._due_at[line] = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._oversee, name="bodies", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._due_at[line]

    def _oversee(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            with self._lock:  # so no line is ended that has moved on to its next request
                for line, due_at in self._due_at.items():
                    if time.monotonic() > due_at:
                        end(line)


def end(line: socket.socket) -> None:
    """Let a line read as ended; what is being sent on it still arrives."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RD)


_overseer = Overseer()


class WholeBody:
    """A request's body that never ends early: a line that breaks raises, lest half a paper passes for a whole one.

    We wait for it GRACE_SECONDS, and as long as it takes at BYTES_A_SECOND; after that the line counts as broken.
    A line whose body was not read to its end serves no other request: the rest would pass for one.
    """

    def __init__(self, stream: Any, length_bytes: int, line: socket.socket | None = None) -> None:
        self._stream = stream
        self._line = line
        self._missing_bytes = length_bytes
        self._read_bytes = 0
        self._waited_seconds = 0.0

    def read(self, size: int = -1) -> bytes:
        due_bytes = self._due_bytes(size)
        found = self._awaited(self._stream.read, size, self._allowed_seconds(due_bytes))
        return self._counted(found, is_whole=len(found) >= due_bytes)

    def readline(self, size: int = -1) -> bytes:
        found = self._awaited(self._stream.readline, size, self._allowed_seconds(self._due_bytes(size)))
        return self._counted(found, is_whole=bool(found or not size or not self._missing_bytes))

    def finish(self) -> None:
        """Read what was left unread, if it is short and there; else abandon the line."""
        if not self._missing_bytes:
            return
        with contextlib.suppress(OSError):
            rest = self._awaited(self._stream.read, self._due_bytes(REST_BYTES), REST_SECONDS)
            self._missing_bytes -= len(rest)
        if self._missing_bytes:
            self.abandon()

    def abandon(self) -> None:
        """Read no more from this line, and let it serve no other request."""
        self._missing_bytes = 0
        self._stream.failed = True  # what gunicorn looks at before it keeps a line
        if self._line:
            end(self._line)

    def _due_bytes(self, size: int) -> int:
        return self._missing_bytes if size < 0 else min(size, self._missing_bytes)

    def _allowed_seconds(self, due_bytes: int) -> float:
        return GRACE_SECONDS + (self._read_bytes + due_bytes) / BYTES_A_SECOND - self._waited_seconds

    def _awaited(self, reading: Callable[[int], bytes], size: int, seconds: float) -> bytes:
        if not (self._line and self._missing_bytes):
            return reading(size)
        began = time.monotonic()
        try:
            with _overseer.waiting(self._line, seconds):
                return reading(size)
        finally:
            self._waited_seconds += time.monotonic() - began

    def _counted(self, found: bytes, *, is_whole: bool) -> bytes:
        if not is_whole:
            self.abandon()
            raise ConnectionResetError("The body broke off.")
        self._missing_bytes -= len(found)
        self._read_bytes += len(found)
        return found
