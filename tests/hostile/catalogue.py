"""The list of hostile files, which their makers enter by a decorator."""

from collections.abc import Callable
from dataclasses import dataclass

TEXT = "text"
Maker = Callable[[], bytes]


@dataclass(frozen=True)
class Hostile:
    """A file that tries something, the ways in which reading it may end, and the seconds it is given.

    An end is TEXT or the name of a refusal.
    """

    name: str
    make: Maker
    ends: frozenset[str]
    seconds: float


CATALOGUE: list[Hostile] = []


def hostile(*ends: str, seconds: float = 20) -> Callable[[Maker], Maker]:
    """Enter the function that makes a file into the catalogue, under its own name."""

    def enter(make: Maker) -> Maker:
        CATALOGUE.append(Hostile(make.__name__.replace("_", "-"), make, frozenset(ends), seconds))
        return make

    return enter
