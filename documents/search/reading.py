"""Search in the papers of given clients, by the indexes that this process holds open."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate

from django.db import DEFAULT_DB_ALIAS

from clients.models import Client
from documents import policies
from documents.models import Document, Passage, SearchIndex
from documents.retrieval.index import Hit, Index, best
from documents.retrieval.language import question_stems
from documents.retrieval.ranking import Query, Statistics, score
from documents.search.sealing import fetch_contents, mark_broken, rows_of, unseal
from lexai import audit
from lexai.encryption import keyring
from lexai.encryption.core.cache import ByteCache
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import KeyErased, Tampered
from lexai.errors import require_visible
from lexai.queries import BuiltQuery, plain_columns
from lexai.system import Actor

OPEN_LIMIT_BYTES = 256 * 1024 * 1024
OPEN_LIFE_SECONDS = 300
CANDIDATES = 5  # so many times the limit come from each of several parts, to be scored anew
Faults = dict[str, Tampered]  # by client, the first thing of each that does not open


@dataclass(frozen=True)
class Found:
    """A passage and how well it fits; scores compare within one client only."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Hits:
    """The best hits in one client's papers, best first, and how many passages fit at all."""

    best: list[Hit]
    count: int


@dataclass(frozen=True)
class Results:
    """What a search in one client found, best first, with what judging it needs."""

    found: list[Found]
    passage_count: int
    document_frequency: dict[str, int]


@dataclass
class OpenPart:
    """A part of an index in memory, and the documents that were added to it there: no stored part holds them."""

    index: Index
    added: set[int] = field(default_factory=set)
    expires_at: float | None = None


open_parts: ByteCache[OpenPart] = ByteCache(
    OPEN_LIMIT_BYTES, OPEN_LIFE_SECONDS
)  # one thread at a time has one


@dataclass
class Shelf:
    """What a search in one client needs to know first: the parts of its index, and the documents that are ready."""

    client_id: str
    rows: list[SearchIndex]
    ready: set[int]
    within: frozenset[int] = frozenset()  # the documents that the search is limited to; none: all
    holds_deleted: bool = False

    @contextmanager
    def opened(self) -> Iterator[list[OpenPart]]:
        """Hold the parts open, every ready document among them; none where papers, the client or its key are gone.

        Raises Tampered when the client's keys are damaged.
        """
        parts = self._parts() if self.rows else []
        if parts:
            self._complete(parts)
        yield parts
        for row, part in zip(self.rows, parts, strict=False):
            open_parts.put(_name(row), part, part.index.size_bytes, expires_at=part.expires_at)

    def _parts(self) -> list[OpenPart]:
        """Open every part; without the client's key not even one that is open already may be read."""
        try:
            keyring.sealing_cipher(self.client_id, Purpose.INDEX)
            return [_taken(row) for row in self.rows]
        except (KeyErased, SearchIndex.DoesNotExist):
            return []

    def hits(self, parts: list[OpenPart], query: Query, limit: int, faults: Faults) -> Hits:
        """Return the best passages, ranked as one index of all parts would rank them, and how many fit at all.

        Those that must be scored anew and do not open are left out, and the first of them told in `faults`.
        """
        filled = [part for part in parts if len(part.index)]
        scores = [self._scores(part, query) for part in filled]
        count = sum(map(len, scores))
        if len(filled) <= 1:
            return Hits([hit for each in scores for hit in best(each.items(), limit)], count)
        statistics = Statistics.together(part.index.statistics(query) for part in filled)
        chosen = [hit.passage_id for each in scores for hit in best(each.items(), limit * CANDIDATES)]
        return Hits(best(self._scored_anew(chosen, query, statistics, faults).items(), limit), count)

    def _scored_anew(
        self, chosen: list[int], query: Query, statistics: Statistics, faults: Faults
    ) -> dict[int, float]:
        """Return the scores of passages by what all parts know together."""
        passages = Passage.objects.filter(client=self.client_id, pk__in=chosen)
        return {
            one.pk: score(query, statistics, heading=one.heading, text=one.text)
            for one in passages
            if _opens(one, faults)
        }

    def _complete(self, parts: list[OpenPart]) -> None:
        """Add to the last part in memory what none holds; find out whether they hold what has been deleted."""
        held = {number for row in self.rows for number in row.document_ids}
        last = parts[-1]
        if fresh := self.ready - held - last.added:
            last.index.add(rows_of(fresh))
            last.added |= fresh
        self.holds_deleted = not self.ready.issuperset(held | last.added)

    def _scores(self, part: OpenPart, query: Query) -> dict[int, float]:
        """Return the scores of those passages of a part that are there, and among which is searched."""
        scores = part.index.scores(query)
        if not self.holds_deleted and not self.within:
            return scores
        rows = Passage.objects.filter(client=self.client_id)
        rows = rows.filter(document__in=self.within) if self.within else rows.filter(pk__in=list(scores))
        there = set(rows.values_list("pk", flat=True))
        return {number: fit for number, fit in scores.items() if number in there}


def search_client(
    client: Client,
    question: str,
    *,
    by: Actor,
    limit: int,
    within: Collection[int] = (),
    favoured: Collection[int] = (),
) -> Results:
    """Rank the client's passages for a question, and tell the audit of one that does not open: it is left out.

    `within` limits the search to these documents; how common a word is, all papers of the client tell even then.
    Of the documents that are `favoured` the best passages are found, too, half as many as the limit.
    Raises Gone when the user may not see the client, and Tampered when its keys are damaged.
    """
    require_visible(policies.can_search_client(by, client))
    (shelf,) = shelves([client])
    shelf.within = frozenset(within)
    faults: Faults = {}
    query = Query.of(question)
    with shelf.opened() as parts:
        hits = shelf.hits(parts, query, limit, faults).best
        if favoured:
            shelf.within = frozenset(favoured)
            hits = _merged(hits, shelf.hits(parts, query, limit // 2, faults).best)
        frequency = {
            stem: sum(part.index.document_frequency(stem) for part in parts)
            for stem in question_stems(question)
        }
        count = sum(len(part.index) for part in parts)
    results = Results(found({client.pk: hits}, faults, by=by)[client.pk], count, frequency)
    for fault in faults.values():
        audit.record(fault.verb, client, by=by, **fault.facts)
    return results


def _merged(hits: Sequence[Hit], further: Sequence[Hit]) -> list[Hit]:
    return sorted({*hits, *further}, key=lambda hit: -hit.score)


def shelves(clients: Collection[Client], *, passages_most: float = math.inf) -> list[Shelf]:
    """Return what searching in these clients needs to know, in their order; raise KeysUnavailable.

    Where their indexes hold more passages together, the last clients are left out; the first never is.
    """
    rows: dict[str, list[SearchIndex]] = {client.pk: [] for client in clients}
    for row in SearchIndex.objects.filter(client__in=rows).defer("content").order_by("part"):
        rows[row.client_id].append(row)
    ids = _first_of(rows, passages_most)
    ready: dict[str, set[int]] = {client_id: set() for client_id in ids}
    for client_id, number in Document.objects.ready().filter(client__in=ids).values_list("client_id", "pk"):
        ready[client_id].add(number)
        rows[client_id] = rows[client_id] or [SearchIndex(client_id=client_id)]
    filled = [client_id for client_id in ids if rows[client_id]]
    keyring.load(filled)
    whole = _with_contents([row for client_id in filled for row in rows[client_id]])
    return [Shelf(one, [whole.get(row.pk, row) for row in rows[one]], ready[one]) for one in ids]


def _first_of(rows: Mapping[str, Sequence[SearchIndex]], passages_most: float) -> list[str]:
    """Return the first clients, whose parts hold so many passages together at most; one client at the least."""
    held = accumulate(sum(row.passage_count for row in parts) for parts in rows.values())
    fitting = sum(count <= passages_most for count in held)
    return list(rows)[: max(1, fitting)]


def found(hits: Mapping[str, Sequence[Hit]], faults: Faults, *, by: Actor) -> dict[str, list[Found]]:
    """Return the passages of the hits in each client, in their order, as far as the user may see them.

    Those that do not open are left out, and the first of each client told in `faults`.
    """
    scores = {hit.passage_id: hit.score for some in hits.values() for hit in some}
    visible = Passage.objects.visible_to(by).filter(client__in=[one for one in hits if hits[one]])
    wanted = visible.filter(pk__in=scores).with_document()
    passages = {passage.pk: passage for passage in wanted if _opens(passage, faults)}
    return {
        client_id: [Found(passages[hit.passage_id], hit.score) for hit in some if hit.passage_id in passages]
        for client_id, some in hits.items()
    }


def _opens(passage: Passage, faults: Faults) -> bool:
    """Say whether a passage opens; the first of a client that does not is told."""
    try:
        _words = passage.heading, passage.text
    except Tampered as fault:
        faults.setdefault(passage.client_id, fault)
        return False
    return True


def _with_contents(rows: list[SearchIndex]) -> dict[int, SearchIndex]:
    """Return, by their keys, those of the rows that are not open here, fetched with their contents."""
    closed = [row.pk for row in rows if row.pk and open_parts.get(_name(row)) is None]
    return {row.pk: row for row in _whole(closed)} if closed else {}


def _whole(keys: list[int]) -> list[SearchIndex]:
    """Fetch rows with their contents, in binary: as text they are twice as long and take four times as long."""
    columns = plain_columns(SearchIndex)
    query = BuiltQuery(SearchIndex.objects.filter(pk__in=keys).values_list(*columns))
    return [SearchIndex.from_db(DEFAULT_DB_ALIAS, columns, row) for row in query.fetch(limit=len(keys))]


def _taken(row: SearchIndex) -> OpenPart:
    """Take a part that is open here, or open it; one that does not open is marked, and stands empty.

    Raises KeyErased, KeysUnavailable, and SearchIndex.DoesNotExist when the client was deleted meanwhile.
    """
    taken = open_parts.take(_name(row))
    if taken:
        return replace(taken[0], expires_at=taken[1])
    if "content" not in row.__dict__:  # another thread has taken it in the meantime
        fetch_contents(row)
    try:
        return OpenPart(unseal(row))
    except TamperError:
        mark_broken(row)  # empty now, or what a writer stored meanwhile
        return _taken(row)


def _name(row: SearchIndex) -> tuple[str, int, int]:
    return row.client_id, row.part, row.version
