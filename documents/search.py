"""Search in the papers of clients: the only place that knows the index; every query starts from `visible_to`."""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from clients.models import Client
from documents import policies
from documents.models import Document, Passage, SearchIndex
from documents.retrieval.index import Index
from documents.retrieval.language import question_stems
from lexai.errors import require
from lexai.system import Actor

logger = logging.getLogger(__name__)
SPARE_HITS = 2  # an index may still name passages of deleted documents; this many times more are asked for


@dataclass(frozen=True)
class Found:
    """A passage and how well it fits; scores compare within one client only."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Results:
    """What a search in one client found, best first, with what judging it needs."""

    found: list[Found]
    passage_count: int
    document_frequency: dict[str, int]


def search_client(client: Client, question: str, *, by: Actor, limit: int) -> Results:
    """Rank the client's passages for a question; raise NotAllowed when the user may not see the client."""
    require(policies.can_search_client(by, client))
    with _open_index(client) as index:
        hits = index.search(question, limit * SPARE_HITS)
        frequency = {stem: index.document_frequency(stem) for stem in question_stems(question)}
        count = len(index)
    scores = {hit.passage_id: hit.score for hit in hits}
    passages = Passage.objects.visible_to(by).filter(client=client, pk__in=scores).with_document()
    ranked = sorted(passages, key=lambda passage: -scores[passage.pk])[:limit]
    return Results([Found(passage, scores[passage.pk]) for passage in ranked], count, frequency)


@contextmanager
def _open_index(client: Client) -> Iterator[Index]:
    """Open the client's index with the passages that it does not hold yet added in memory."""
    stored = SearchIndex.objects.filter(client=client).first()
    index, held = _deserialised(stored)
    with index:
        fresh = client.documents.ready().exclude(pk__in=held).values_list("pk", flat=True)
        index.add(_rows(fresh))
        yield index


def update_index(client: Client) -> None:
    """Write the client's index anew where documents came or went; the caller's transaction holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"index {client.pk}"])
    stored = SearchIndex.objects.filter(client=client).first() or SearchIndex(client=client)
    ready = set(client.documents.ready().values_list("pk", flat=True))
    if ready == set(stored.document_ids) and _deserialised(stored)[1] == ready:
        return
    if not ready.issuperset(stored.document_ids):
        stored.content = b""
    index, held = _deserialised(stored)
    with index:
        index.add(_rows(ready - held))
        stored.content = index.serialise()
    stored.document_ids = sorted(ready)
    stored.version += 1
    stored.save()


def stale_clients() -> list[str]:
    """Return the ids of the clients whose index lacks documents or still holds deleted ones."""
    ready: defaultdict[str, set[int]] = defaultdict(set)
    for client_id, document_id in Document.objects.ready().values_list("client_id", "pk"):
        ready[client_id].add(document_id)
    indexed = {row.client_id: set(row.document_ids) for row in SearchIndex.objects.defer("content")}
    return sorted(one for one in ready.keys() | indexed.keys() if ready[one] != indexed.get(one, set()))


def _deserialised(stored: SearchIndex | None) -> tuple[Index, set[int]]:
    """Return the stored index and the ids of the documents it holds; a missing or broken one is an empty one."""
    if stored is None or not stored.content:
        return Index(), set()
    try:
        return Index.deserialise(bytes(stored.content)), set(stored.document_ids)
    except sqlite3.DatabaseError:
        logger.warning(
            "the index of %s is broken; its passages are scanned until it is written anew", stored.pk
        )
        return Index(), set()


def _rows(document_ids: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    passages = Passage.objects.filter(document__in=list(document_ids)).order_by("pk")
    return ((passage.pk, passage.heading, passage.text) for passage in passages.iterator())
