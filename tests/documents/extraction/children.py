"""What the tests of the sandbox share; the benchmarks measure with it too."""

from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import perf_counter

from documents import extraction


def extract(content: bytes = b"Words", **options) -> extraction.Extracted:
    """Read bytes in a child."""
    options = {"filename": "paper", "seconds": 20} | options
    return extraction.extract_in_child(BytesIO(content), **options)


def overhead_milliseconds(content: bytes, *, times: int = 200) -> float:
    """Return the median of what a reading in a warm child takes more than one in this process."""
    extract(content)
    return 1_000 * (
        _median_seconds(lambda: extract(content), times)
        - _median_seconds(lambda: extraction.extract(BytesIO(content), filename="paper"), times)
    )


def _median_seconds(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        begun = perf_counter()
        act()
        taken.append(perf_counter() - begun)
    return median(taken)
