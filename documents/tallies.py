"""How many papers of a client stand where."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count

from documents.models import Document
from lexai.queries import BuiltQuery, OneOf, kept
from lexai.system import Actor


@dataclass
class Tally:
    """How many of a client's papers are ready, were refused, and wait or are being read."""

    ready: int = 0
    refused: int = 0
    waiting: int = 0

    @classmethod
    def of(cls, statuses: Iterable[str]) -> Self:
        """Count papers by their statuses."""
        counted = cls()
        for status, count in Counter(statuses).items():
            counted.add(status, count)
        return counted

    def add(self, status: str, count: int) -> None:
        """Count so many papers of a status."""
        match status:
            case Document.Status.READY:
                self.ready += count
            case Document.Status.REFUSED:
                self.refused += count
            case _:
                self.waiting += count

    @property
    def settled(self) -> int:
        return self.ready + self.refused

    @property
    def total(self) -> int:
        return self.settled + self.waiting


def tallies(client_ids: Collection[str], *, by: Actor) -> dict[str, Tally]:
    """Return how the papers of each client stand, in one query."""
    found = {client_id: Tally() for client_id in client_ids}
    counts = _tallied(by, limit=len(client_ids) * len(Document.Status), client_ids=list(client_ids))
    for client_id, status, count in counts:
        found[client_id].add(status, count)
    return found


@kept
def _tallied(by: Any) -> BuiltQuery:
    of_them = Document.objects.visible_to(by).filter(OneOf("client_id", "client_ids")).order_by()
    return BuiltQuery(of_them.values_list("client_id", "status").annotate(Count("pk")))


def tally(client_id: str, *, by: Actor) -> Tally:
    """Return how the papers of one client stand."""
    return tallies([client_id], by=by)[client_id]
