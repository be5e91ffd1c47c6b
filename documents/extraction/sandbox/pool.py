"""The children of this process, kept warm: a fresh Python costs more than most documents."""

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from documents.extraction.sandbox.frames import BadFrame, Kind
from documents.extraction.sandbox.process import (
    START_LIMIT_SECONDS,
    Child,
    ChildFailed,
    Ended,
    Heart,
    Silent,
)

CHILDREN_LIMIT = max(4, os.cpu_count() or 1)
DOCUMENT_LIMIT = 100  # of one child; then a fresh one takes its place
MEMORY_KEPT_LIMIT_MB = 300
_READY_LIMIT_SECONDS = 5  # for a child that was asked to forget a document


class Busy(RuntimeError):
    """All reading processes are at work. Try again in a moment."""


_places = threading.BoundedSemaphore(CHILDREN_LIMIT)
_idle: list[Child] = []
_lock = threading.Lock()


@contextmanager
def place(*, heart: Heart, patience: float | None = None) -> Iterator[None]:
    """Hold one of the places for children; raise Busy when none is free within `patience` seconds."""
    deadline = time.monotonic() + patience if patience is not None else float("inf")
    while not _places.acquire(timeout=heart.pause(deadline)):
        heart.beat_if_due()
        if time.monotonic() >= deadline:
            raise Busy
    try:
        yield
    finally:
        _places.release()


def take(*, memory_mb: int, heart: Heart) -> Child:
    """Return a child that waits for a document: a warm one, or a new one. Raise ChildFailed."""
    while child := _idle_child(memory_mb):
        if _is_ready(child, heart):
            return child
        child.end()
    return _started(memory_mb, heart)


def _idle_child(memory_mb: int) -> Child | None:
    with _lock:
        for child in reversed(_idle):
            if child.memory_mb == memory_mb:
                _idle.remove(child)
                return child
    return None


def _is_ready(child: Child, heart: Heart) -> bool:
    """Say whether a child that waited has forgotten its last document, and still lives: it is asked once more."""
    deadline = time.monotonic() + _READY_LIMIT_SECONDS
    try:
        first = child.receive(deadline=deadline, heart=heart)[0]
        child.send(Kind.FORGET, deadline=deadline, heart=heart)
        second = child.receive(deadline=deadline, heart=heart)[0]
    except (Silent, Ended, BadFrame):
        return False
    except BaseException:
        child.end()
        raise
    return first is second is Kind.READY and child.memory_in_use_mb() <= MEMORY_KEPT_LIMIT_MB


def _started(memory_mb: int, heart: Heart) -> Child:
    child = Child(memory_mb=memory_mb)
    try:
        kind, _missing = child.receive(deadline=time.monotonic() + START_LIMIT_SECONDS, heart=heart)
    except Ended:
        raise ChildFailed(f"The reading process ended with exit code {child.exit_code()}.") from None
    except (Silent, BadFrame):
        child.end()
        raise ChildFailed("The reading process did not start.") from None
    except BaseException:
        child.end()
        raise
    if kind is not Kind.READY:
        child.end()
        raise ChildFailed("The reading process did not start.")
    return child


def give_back(child: Child, *, heart: Heart) -> None:
    """Keep a sound child for the next document, or end it when it has had its share."""
    child.documents += 1
    if child.documents >= DOCUMENT_LIMIT:
        child.end()
        return
    try:
        child.send(Kind.FORGET, deadline=time.monotonic() + _READY_LIMIT_SECONDS, heart=heart)
    except (Silent, Ended):
        child.end()
        return
    except BaseException:
        child.end()
        raise
    with _lock:
        _idle.append(child)


def end_idle() -> None:
    """End every child that waits."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for child in waiting:
        child.end()


def _forget_after_fork() -> None:
    """Leave the children to the process that started them."""
    global _places, _lock  # noqa: PLW0603 - a lock that is held across a fork is never released
    _places = threading.BoundedSemaphore(CHILDREN_LIMIT)
    _lock = threading.Lock()
    _idle.clear()


atexit.register(end_idle)
os.register_at_fork(after_in_child=_forget_after_fork)
