"""What the kernel tells of running processes (man 5 proc)."""

import contextlib
import re
from pathlib import Path


def memory_mb(pid: int | str, line: str) -> float:
    """Return a line of a process's status: VmRSS is the memory it holds, VmHWM the most that it has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{line}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1_024 if found else 0.0


def children_of(pid: int) -> set[int]:
    """Return the ids of the processes that this one has started, the dead left out."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state not in "ZX":
                found.add(int(folder.name))
    return found


def sandboxes_of(pid: int) -> list[int]:
    """Return the ids of the reading processes that this one has started."""
    return [child for child in children_of(pid) if "documents.extraction.sandbox" in command_of(child)]


def command_of(pid: int) -> str:
    """Return the command line of a process, or nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
