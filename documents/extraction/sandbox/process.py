"""A child process, as its parent holds it."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from documents.extraction.sandbox import folders, frames
from documents.extraction.sandbox.frames import Kind

COMMAND = [sys.executable, "-s", "-m", "documents.extraction.sandbox"]
START_LIMIT_SECONDS = 60
EXIT_LIMIT_SECONDS = 5
_CHECKOUT = Path(__file__).resolve().parents[3]
_READ_BYTES = 262_144

Order = Callable[[], subprocess.Popen[bytes]]


class ChildFailed(RuntimeError):
    """The reading process failed by a fault of its own, not by one of the document."""


class Silent(Exception):
    """The child said nothing until the deadline."""


class Ended(Exception):
    """The child has closed its pipe."""


@dataclass
class Heart:
    """Whoever waits for a child gives a sign of life every `seconds`."""

    beat: Callable[[], None] | None = None
    seconds: float = 5.0
    due_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.due_at = time.monotonic() + self.seconds

    def beat_if_due(self) -> None:
        """Call `beat` when it is time to."""
        if time.monotonic() >= self.due_at:
            if self.beat:
                self.beat()
            self.due_at = time.monotonic() + self.seconds

    def pause(self, deadline: float) -> float:
        """Return the seconds until the next beat or the deadline, whichever is first; at least 0."""
        return max(0.0, min(self.due_at, deadline) - time.monotonic())


class _Starter:
    """Starts processes from one thread that lives as long as this process: PR_SET_PDEATHSIG means the thread."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take another thread at the next order: none survives a fork."""
        self._orders: SimpleQueue[tuple[Order, Future[subprocess.Popen[bytes]]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._has_begun = False

    def started(self, order: Order) -> subprocess.Popen[bytes]:
        """Return what `order` starts; raise what it raises."""
        with self._lock:
            if not self._has_begun:
                threading.Thread(target=self._serve, name="sandbox-starter", daemon=True).start()
                self._has_begun = True
        future: Future[subprocess.Popen[bytes]] = Future()
        self._orders.put((order, future))
        return future.result()

    def _serve(self) -> None:
        while True:
            order, future = self._orders.get()
            try:
                future.set_result(order())
            except BaseException as error:  # noqa: BLE001 - it is raised where the order came from
                future.set_exception(error)


_starter = _Starter()


os.register_at_fork(after_in_child=_starter.begin_anew)


class Child:
    """One child process with its pipes and its scratch folder. Every method is for one thread at a time."""

    def __init__(self, *, memory_mb: int) -> None:
        self.memory_mb = memory_mb
        self.documents = 0
        self._folder = folders.Folder()
        self._said = bytearray()
        try:
            self._process = _starter.started(self._started)
        except BaseException:
            self._folder.remove()
            raise
        self.pid = self._process.pid
        self._to, self._from = _pipe(self._process.stdin), _pipe(self._process.stdout)
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)
            _widen(pipe)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the command is a constant and two numbers
            [*COMMAND, str(self.memory_mb), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote the document
            bufsize=0,
            cwd=_CHECKOUT,
            env=_environment(self._folder.path),
            start_new_session=True,  # so that whatever the readers start is killed with it
        )

    def send(self, kind: Kind, payload: bytes = b"", *, deadline: float, heart: Heart) -> None:
        """Send a frame; raise Silent when the child takes it too slowly, Ended when it is gone."""
        unsent = memoryview(frames.frame(kind, payload))
        while unsent:
            self._wait([], [self._to], deadline, heart)
            try:
                unsent = unsent[os.write(self._to, unsent) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise Ended from None

    def receive(self, *, deadline: float, heart: Heart) -> tuple[Kind, bytes]:
        """Return the next frame; raise Silent, Ended or BadFrame."""
        kind, length = frames.opened(self._take(frames.HEADER.size, deadline, heart))
        return kind, self._take(length, deadline, heart)

    def _take(self, length: int, deadline: float, heart: Heart) -> bytes:
        while len(self._said) < length:
            self._wait([self._from], [], deadline, heart)
            try:
                piece = os.read(self._from, _READ_BYTES)
            except BlockingIOError:
                continue
            if not piece:
                raise Ended
            self._said += piece
        taken = bytes(self._said[:length])
        del self._said[:length]
        return taken

    def _wait(self, readable: list[int], writable: list[int], deadline: float, heart: Heart) -> None:
        """Return when a pipe can be used; raise Silent at the deadline."""
        poller = select.poll()
        for pipe in readable:
            poller.register(pipe, select.POLLIN)
        for pipe in writable:
            poller.register(pipe, select.POLLOUT)
        while True:
            heart.beat_if_due()
            if time.monotonic() >= deadline:  # also for one that never stops to speak
                raise Silent
            if poller.poll(heart.pause(deadline) * 1_000):
                return

    def memory_in_use_mb(self) -> float:
        """Return the memory that the child holds at the moment, as the system tells; 0 where it does not."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576

    def end(self) -> int:
        """Kill the child with all that it started, remove its folder, and return its exit code."""
        process = self._process
        if process.returncode is None:
            _kill_group(process.pid)
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        self._folder.remove()
        return process.returncode

    def exit_code(self) -> int:
        """End a child that has closed its pipe, after a moment to do so by itself, and return its exit code."""
        deadline = time.monotonic() + EXIT_LIMIT_SECONDS
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.002)
        return self.end()

    def is_alive(self) -> bool:
        """Say whether the child runs; a dead one stays in place, so that its number still names its group alone."""
        return not os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS knows no group of the dead
        os.killpg(pid, signal.SIGKILL)


def _widen(pipe: int) -> None:
    """Let more than the usual 64 KiB be on its way, where the system allows it."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, frames.LIMIT_BYTES)


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise ChildFailed("The reading process has no pipes.")
    return stream.fileno()


def _environment(scratch: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "OSL_SOCKET_PATH": str(scratch),  # of LibreOffice
        folders.VARIABLE: str(scratch),
    }
