"""Whether a process runs, as Linux tells it."""

import contextlib
from pathlib import Path
from time import monotonic, sleep


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and whom nobody has asked for yet does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    return False


def has_ended(pid: int, seconds: float = 10) -> bool:
    """Say whether a process ends in time: who was sent a signal may still run when the sender goes on."""
    deadline = monotonic() + seconds
    while is_alive(pid) and monotonic() < deadline:
        sleep(0.01)
    return not is_alive(pid)
