"""Where papers stand in a list: each followed by what came in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """Where a paper stands in a list: below how many others, and with how many below itself."""

    pk: int
    level: int
    inside: int


def in_order(rows: Iterable[tuple[int, int | None]]) -> list[Place]:
    """Return papers, given by their ids and those of their parents, each followed by what came in it.

    Beside each other they keep their order. One whose parent is not among them stands by itself.
    """
    found = list(rows)
    present = {pk for pk, _parent in found}
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    for pk, parent in found:
        children[parent if parent in present else None].append(pk)
    places: list[Place] = []

    def stand(pk: int, level: int) -> None:
        here = len(places)
        places.append(Place(pk, level, 0))
        if pk not in children:  # as most are
            return
        for child in children[pk]:
            stand(child, level + 1)
        places[here] = Place(pk, level, len(places) - here - 1)

    for pk in children[None]:
        stand(pk, 0)
    return places


def beside(pk: int, places: Sequence[Place]) -> int | None:
    """Return what stands where a paper stood, once it is gone with what came in it: the next, else the one before.

    None where nothing is left, or somebody else has deleted it a moment ago.
    """
    here = next((number for number, place in enumerate(places) if place.pk == pk), None)
    if here is None:
        return None
    left = [*places[:here], *places[here + 1 + places[here].inside :]]
    return left[min(here, len(left) - 1)].pk if left else None
