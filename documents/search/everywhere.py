"""Search in all papers that a user may see, in parts: client by client, newest first, within a budget of time."""

import math
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.core import signing
from django.db.models import Q

from clients.models import Client, ClientQuerySet
from documents import policies
from documents.retrieval.ranking import Query
from documents.search.reading import Faults, Found, Hits, Shelf, found, shelves
from lexai.encryption.errors import Tampered
from lexai.errors import NotAcceptable, require_visible
from lexai.system import Actor

CLIENTS_A_PART = 500  # so many clients' keys, indexes and passages are fetched in one question each
INDEXED_A_PART = 100_000  # the passages that these indexes hold; 1,000 take about 400 kB
PASSAGES_A_PART = 2000  # a part ends with the client that brings so many, whatever time is left
SALT = "place of a search"


class BrokenCursor(NotAcceptable):
    """This is no place where a search can go on. Take the address from `next` as it is, or search anew."""


@dataclass(frozen=True)
class Place:
    """How far a search has come: the last client searched, in an order that never changes, and how many were."""

    created_at: datetime
    client_id: str
    searched: int

    @classmethod
    def behind(cls, done: list[tuple[Client, list[Found]]], searched: int) -> Self | None:
        """Return the place behind the last of the clients that were searched; None where there is none."""
        return cls(done[-1][0].created_at, done[-1][0].pk, searched) if done else None

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Return the place that a cursor names; raise BrokenCursor."""
        try:
            created_at, client_id, searched = signing.loads(cursor, salt=SALT)
        except signing.BadSignature as error:
            raise BrokenCursor.of("cursor") from error
        return cls(datetime.fromisoformat(created_at), client_id, searched)

    def __str__(self) -> str:
        return signing.dumps([self.created_at.isoformat(), self.client_id, self.searched], salt=SALT)

    def clients_after(self, clients: ClientQuerySet) -> ClientQuerySet:
        """Narrow clients to those that come after this place."""
        is_older = Q(created_at__lt=self.created_at)
        return clients.filter(is_older | Q(created_at=self.created_at, pk__gt=self.client_id))


@dataclass(frozen=True)
class SearchedPart:
    """What one part of a search found in each client, how many of all clients are searched, and where to go on.

    `counts` says of each client, by its id, how many passages fit at all. `broken` are the clients of which
    something does not open: what was found there lacks it.
    """

    found: list[tuple[Client, list[Found]]]
    counts: dict[str, int]
    broken: list[tuple[Client, Tampered]]
    searched: int
    total: int
    next: Place | None


def search_one(client: Client, question: str, *, by: Actor, limit: int) -> SearchedPart:
    """Search one client, as a part that is the whole; raise Gone when the user may not see the client."""
    require_visible(policies.can_search_client(by, client))
    done = _searched([client], Query.of(question), by=by, limit=limit)
    return SearchedPart(_filled(done.found), done.counts, done.broken, searched=1, total=1, next=None)


def search_everywhere(
    question: str,
    *,
    by: Actor,
    limit: int,
    after: Place | None,
    seconds: float,
    passages: int = PASSAGES_A_PART,
) -> SearchedPart:
    """Search visible clients, the one opened last first, until the seconds are over; one client at the least.

    The client that brings the passages to a number ends the part earlier, and so do CLIENTS_A_PART and INDEXED_A_PART.
    Clients that are opened while a search goes on are not missed by it: they are for the next one.
    """
    ends_at = time.monotonic() + seconds
    clients = Client.objects.visible_to(by).order_by("-created_at", "pk")
    left = after.clients_after(clients) if after else clients
    batch = list(left[:CLIENTS_A_PART])
    before = after.searched if after else 0
    total = (
        before + left.count()
    )  # counted after they were fetched: who comes meanwhile is no client left out
    done = _searched(batch, Query.of(question), by=by, limit=limit, ends_at=ends_at, passages=passages)
    searched = before + len(done.found)
    following = Place.behind(done.found, searched) if searched < total else None
    return SearchedPart(_filled(done.found), done.counts, done.broken, searched, total, following)


def _filled(results: list[tuple[Client, list[Found]]]) -> list[tuple[Client, list[Found]]]:
    return [(client, passages) for client, passages in results if passages]


@dataclass(frozen=True)
class _Searched:
    """Clients with what was found in each, how many passages fit there, and those of which something is broken."""

    found: list[tuple[Client, list[Found]]]
    counts: dict[str, int]
    broken: list[tuple[Client, Tampered]]


def _searched(
    clients: list[Client],
    query: Query,
    *,
    by: Actor,
    limit: int,
    ends_at: float = math.inf,
    passages: float = math.inf,
) -> _Searched:
    """Search the first of the clients, as many as the limits allow; a broken one stops the search in no other."""
    hits: dict[str, Hits] = {}
    faults: Faults = {}
    for shelf in shelves(clients, passages_most=INDEXED_A_PART):
        hits[shelf.client_id] = _hits(shelf, query, limit, faults)
        passages -= len(hits[shelf.client_id].best)
        if time.monotonic() >= ends_at or passages <= 0:
            break
    best = found({client_id: some.best for client_id, some in hits.items()}, faults, by=by)
    done = clients[: len(hits)]
    return _Searched(
        [(client, best[client.pk]) for client in done],
        {client_id: some.count for client_id, some in hits.items()},
        [(client, faults[client.pk]) for client in done if client.pk in faults],
    )


def _hits(shelf: Shelf, query: Query, limit: int, faults: Faults) -> Hits:
    """Return the best passages of a client, none where its keys are damaged."""
    try:
        with shelf.opened() as parts:
            return shelf.hits(parts, query, limit, faults)
    except Tampered as fault:
        faults[shelf.client_id] = fault
        return Hits([], 0)
