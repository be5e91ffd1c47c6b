"""The whole measurement, in the order in which it is printed."""

from pathlib import Path

from tests.benchmarks.reading import geometry, quality, speed, whole_way
from tests.benchmarks.reading.corpus import papers


def measure(folder: Path) -> None:
    """Print what reading a corpus gives, beside the goals."""
    corpus = list(papers(folder))
    quality.measure(corpus)
    speed.measure(corpus)
    geometry.measure(corpus)
    whole_way.measure(corpus)
