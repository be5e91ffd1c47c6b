"""A cache with a limit in bytes, whose entries live for a bounded time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Entry]):
    entry: Entry
    size_bytes: int
    expires_at: float


class ByteCache(Generic[Entry]):
    """What was used last, up to `limit_bytes` together, each for `life_seconds` at most. Safe between threads.

    What has expired goes at the next use of the cache, and in a process that does nothing by a timer.
    """

    def __init__(self, limit_bytes: int, life_seconds: float) -> None:
        self.limit_bytes = limit_bytes
        self.life_seconds = life_seconds
        self.size_bytes = 0
        self._kept: OrderedDict[Hashable, _Kept[Entry]] = OrderedDict()
        self._ends: list[tuple[float, int, Hashable]] = []  # a heap; its numbers spare comparing names
        self._numbers = count()
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> Entry | None:
        """Return an entry that has not expired."""
        with self._lock:
            self._drop_expired()
            kept = self._kept.get(name)
            if kept is None:
                return None
            self._kept.move_to_end(name)
            return kept.entry

    def put(self, name: Hashable, entry: Entry, size_bytes: int, *, expires_at: float | None = None) -> None:
        """Keep an entry of this size; those unused for longest make room. One above the limit is not kept.

        What was taken is put back with its old end, `expires_at`: being used prolongs no life.
        """
        with self._lock:
            self._drop_expired()
            self._drop(name)
            if size_bytes > self.limit_bytes:
                return
            ends_at = time.monotonic() + self.life_seconds if expires_at is None else expires_at
            self._kept[name] = _Kept(entry, size_bytes, ends_at)
            heappush(self._ends, (ends_at, next(self._numbers), name))
            self.size_bytes += size_bytes
            while self.size_bytes > self.limit_bytes:
                self._drop(next(iter(self._kept)))
            self._set_timer()

    def take(self, name: Hashable) -> tuple[Entry, float] | None:
        """Return an entry and when it expires, and keep it no longer: for what one thread at a time may use."""
        with self._lock:
            self._drop_expired()
            kept = self._kept.get(name)
            self._drop(name)
        return (kept.entry, kept.expires_at) if kept else None

    def discard(self, name: Hashable) -> None:
        """Keep an entry no longer, if there is one."""
        with self._lock:
            self._drop(name)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._ends.clear()
            self.size_bytes = 0

    def _drop_expired(self) -> None:
        now = time.monotonic()
        while self._ends and self._ends[0][0] <= now:
            _ends_at, _number, name = heappop(self._ends)
            if name in self._kept and self._kept[name].expires_at <= now:  # it may have been put anew since
                self._drop(name)

    def _set_timer(self) -> None:
        if self._ends and not (self._timer and self._timer.is_alive()):
            rest = self._ends[0][0] - time.monotonic()
            self._timer = threading.Timer(max(rest, self.life_seconds / 10), self._sweep)
            self._timer.daemon = True
            self._timer.start()

    def _sweep(self) -> None:
        with self._lock:
            self._drop_expired()
            self._timer = None
            self._set_timer()

    def _drop(self, name: Hashable) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            self.size_bytes -= kept.size_bytes
