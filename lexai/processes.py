"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path], *, death_signal: signal.Signals = signal.SIGTERM, **popen: Any
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when this process ends in any way, kill -9 included.

    `popen` goes to `subprocess.Popen`. Outside Linux the child is an ordinary one.
    Raise RuntimeError off the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        # The kernel sends the signal when the thread that forked ends, not the process.
        raise RuntimeError("Child processes are started from the main thread.")
    preparation = _dies_with(os.getpid(), death_signal)
    return subprocess.Popen(command, preexec_fn=preparation, **popen)  # noqa: S603, PLW1509 - callers vouch


def stop(
    process: subprocess.Popen[bytes],
    first: signal.Signals,
    seconds: float,
    *,
    then: signal.Signals = signal.SIGKILL,
) -> int:
    """Stop a child and return its exit code.

    Send `first`, after `seconds` `then`, after as many again SIGKILL. An ended child is only reaped.
    """
    for step in (first, then):
        process.send_signal(step)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.wait()


def _dies_with(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    if _prctl is None:
        return None

    def set_death_signal() -> None:
        if _prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
        if os.getppid() != parent:  # it ended before the kernel was told
            os.kill(os.getpid(), signal.SIGKILL)

    return set_death_signal
