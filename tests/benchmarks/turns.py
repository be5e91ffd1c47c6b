"""Deeds that are measured against one another: in turns, so that what else the machine does hits all alike."""

import time
from collections.abc import Callable, Sequence
from statistics import median

Deed = Callable[[], object]


def in_turns(
    rounds: int, *deeds: Deed, times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Do each deed `times` times a round, another one first each round; return each one's seconds, per time."""
    seconds: list[list[float]] = [[] for _ in deeds]
    for turn in range(rounds):
        for place in (*range(turn % len(deeds), len(deeds)), *range(turn % len(deeds))):
            began = clock()
            for _ in range(times):
                deeds[place]()
            seconds[place].append((clock() - began) / times)
    return seconds


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return median(a / b for a, b in zip(one, other, strict=True))
