"""Writing the index of a client: in parts, of which only those are touched that documents came to or went from."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import count

from django.db import connection
from django.db.models import Count

from clients.models import Client
from documents.models import Document, SearchIndex
from documents.retrieval.index import Index
from documents.search.sealing import mark_broken, rows_of, seal, unseal
from lexai.encryption.core.errors import TamperError

PART_PASSAGES = 20_000


def update_index(client: Client) -> None:
    """Write the client's index anew where documents came or went; the caller's transaction holds the lock.

    Raises KeyErased, KeysUnavailable.
    """
    rows, ready = _locked_rows(client), _ready(client)
    for row in rows:
        if not ready.issuperset(row.document_ids):
            _write_anew(row, ready.intersection(row.document_ids))
    _append(client, rows, ready)


def rebuild_index(client: Client) -> None:
    """Write the client's whole index anew; the caller's transaction holds the lock. Raises as `update_index`."""
    rows = _locked_rows(client)
    for row in rows:
        row.content, row.document_ids = b"", []
    _append(client, rows, _ready(client))
    for row in rows:
        if not row.document_ids:
            _write_anew(row, [])


def stale_clients() -> list[str]:
    """Return the ids of the clients whose index lacks documents or still holds deleted ones; opens nothing."""
    ready: defaultdict[str, set[int]] = defaultdict(set)
    for client_id, document_id in Document.objects.ready().values_list("client_id", "pk"):
        ready[client_id].add(document_id)
    indexed: defaultdict[str, set[int]] = defaultdict(set)
    for client_id, document_ids in SearchIndex.objects.values_list("client_id", "document_ids"):
        indexed[client_id].update(document_ids)
    return sorted(one for one in ready.keys() | indexed.keys() if ready[one] != indexed[one])


def _locked_rows(client: Client) -> list[SearchIndex]:
    """Return the parts in order, until the transaction ends in nobody else's hands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"index {client.pk}"])
    rows = SearchIndex.objects.select_for_update().filter(client=client)
    return list(rows.defer("content").order_by("part"))


def _ready(client: Client) -> set[int]:
    return set(client.documents.ready().values_list("pk", flat=True))


def _append(client: Client, rows: list[SearchIndex], ready: set[int]) -> None:
    """Add the documents that no part holds to the last part that holds any, and to new ones when it is full."""
    if ready.issubset(_held(rows)):
        return
    targets = _targets(client, rows)
    row = next(targets)
    index = _opened(row)  # what it held is missing, too, when it does not open
    for share in _shares(_sizes(ready - _held(rows)), PART_PASSAGES - len(index)):
        if share:
            with index:
                index.add(rows_of(share))
                _save(row, [*row.document_ids, *share], index)
        row, index = next(targets), Index()


def _targets(client: Client, rows: list[SearchIndex]) -> Iterator[SearchIndex]:
    """Yield the last part that holds documents, the empty ones after it, and new ones without end."""
    filled = [place for place, row in enumerate(rows) if row.document_ids]
    yield from rows[filled[-1] if filled else 0 :]
    yield from (SearchIndex(client=client, part=number) for number in count(len(rows) + 1))


def _shares(sizes: Mapping[int, int], room: int) -> Iterator[list[int]]:
    """Divide documents of so many passages, each whole; the first share has this room, the others a part's."""
    share: list[int] = []
    for number, size in sorted(sizes.items()):
        if size > room and room < PART_PASSAGES:
            yield share
            share, room = [], PART_PASSAGES
        share.append(number)
        room -= size
    yield share


def _sizes(document_ids: Collection[int]) -> dict[int, int]:
    rows = Document.objects.filter(pk__in=document_ids).annotate(size=Count("passages"))
    return dict(rows.values_list("pk", "size"))


def _opened(row: SearchIndex) -> Index:
    """Return the index of a row that is locked, an empty one where it does not open."""
    try:
        return unseal(row)
    except TamperError:
        mark_broken(row)
        return Index()


def _write_anew(row: SearchIndex, document_ids: Collection[int]) -> None:
    with Index() as index:
        index.add(rows_of(document_ids))
        _save(row, document_ids, index)


def _save(row: SearchIndex, document_ids: Collection[int], index: Index) -> None:
    row.document_ids = sorted(document_ids)
    row.version += 1
    seal(row, index)
    row.save()


def _held(rows: list[SearchIndex]) -> set[int]:
    return {number for row in rows for number in row.document_ids}
