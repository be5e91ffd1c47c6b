"""Papers that came in others: what goes with them, where they stand, and how one comes to stand by itself."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from documents.models import Document


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
        for child in children[pk]:
            stand(child, level + 1)
        places[here] = Place(pk, level, len(places) - here - 1)

    for pk in children[None]:
        stand(pk, 0)
    return places


def locked_parts(document: Document) -> list[Document]:
    """Lock and return what came in a document, and in that: level by level, as readers add it under these locks."""
    found: list[Document] = []
    level = [document]
    while level:
        parts = Document.objects.select_for_update().filter(parent__in=level)
        level = list(parts.order_by("pk"))
        found += level
    return found


def detach(part: Document, inside: list[Document]) -> None:
    """Let a part stand by itself, so that it stays when what it came in goes; `inside` is what came in it.

    The caller holds the locks of all of them.
    """
    up = part.depth
    for one in inside:
        one.depth -= up
    part.parent, part.depth = None, 0
    part.save(update_fields=["parent", "depth"])
    Document.objects.bulk_update(inside, ["depth"])
