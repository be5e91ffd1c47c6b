"""The processor's time of this process and of all that it started, running ones included."""

import os
import resource
import time
from collections import defaultdict
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN_TICKS, _CHILDRENS_TICKS = (
    1,
    slice(11, 13),
    slice(13, 15),
)  # of what follows the name in proc(5) stat


def processor_seconds() -> float:
    """Return the seconds used so far, those of descendants to a hundredth."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + _descendants_seconds()


def _descendants_seconds() -> float:
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        number = int(place.parent.name)
        children[int(fields[_PARENT])].append(number)
        ticks[number] = sum(map(int, [*fields[_OWN_TICKS], *fields[_CHILDRENS_TICKS]]))
    unseen, total = list(children[os.getpid()]), 0
    while unseen:
        number = unseen.pop()
        total += ticks[number]
        unseen += children[number]
    return total / _TICKS_A_SECOND
