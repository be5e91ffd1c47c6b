"""A full-text index of passages that lives in memory and can be put away as bytes."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from documents.retrieval.ranking import WEIGHTS, Query, Statistics, token_of, tokens

_TABLES = """
    CREATE VIRTUAL TABLE passages
        USING fts5(body, heading, content='', tokenize="ascii tokenchars '_'");
    CREATE TABLE totals (passages INTEGER NOT NULL, tokens INTEGER NOT NULL);
    INSERT INTO totals VALUES (0, 0);
"""
_INSERT = "INSERT INTO passages(rowid, body, heading) VALUES (?, ?, ?)"
_COUNT = "UPDATE totals SET passages = passages + ?, tokens = tokens + ?"
_RANKED = "SELECT rowid, bm25(passages, ?, ?) FROM passages WHERE passages MATCH ?"
_FREQUENCY = "SELECT count(*) FROM passages WHERE passages MATCH ?"
_READ_CACHE_BYTES = 2_048_000  # what SQLite keeps of the pages it has read, beside the file in memory


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better, comparable within one search only."""

    passage_id: int
    score: float


class Index:
    """Passages as word stems; holds no readable text. One thread at a time may use it."""

    def __init__(self, stored: bytes | None = None) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA temp_store=MEMORY")
        if stored is None:
            self._connection.executescript(_TABLES)
        else:
            self._connection.deserialize(stored)
            len(self)  # reads the file: what is no index fails here

    @classmethod
    def deserialise(cls, stored: bytes) -> Self:
        """Open what `serialise` returned; raise sqlite3.DatabaseError when it is not an index."""
        if not stored:
            raise sqlite3.DatabaseError("There are no bytes of an index.")
        return cls(stored)

    def add(self, passages: Iterable[tuple[int, str, str]]) -> None:
        """Add (passage id, heading, text) rows, all or none; the ids must be new to the index."""
        passage_count = token_count = 0
        self._connection.execute("BEGIN")
        with self._connection:
            for number, heading, text in passages:
                body, above = tokens(text), tokens(heading)
                self._connection.execute(_INSERT, (number, " ".join(body), " ".join(above)))
                passage_count, token_count = passage_count + 1, token_count + len(body) + len(above)
            self._connection.execute(_COUNT, (passage_count, token_count))

    def search(self, question: str | Query, limit: int) -> list[Hit]:
        """Return the best passages for a question, best first; any word of it may match.

        The score is the weighted sum over the query's stems of Okapi BM25 (k1 1.2, b 0.75, SQLite FTS5), which
        is additive: terms of equal weight are asked for together.
        """
        return best(self.scores(Query.of(question) if isinstance(question, str) else question).items(), limit)

    def scores(self, query: Query) -> dict[int, float]:
        """Return the score of every passage that fits at all."""
        scores: defaultdict[int, float] = defaultdict(float)
        for weight, group in query.groups:
            for number, score in self._connection.execute(_RANKED, (*WEIGHTS, _any_of(group))):
                scores[number] -= weight * score
        return scores

    def statistics(self, query: Query) -> Statistics:
        """Return what ranking by this query needs to know of all passages."""
        passage_count, token_count = self._totals()
        frequency = {token: self.document_frequency(token) for token in query.tokens}
        return Statistics(passage_count, token_count, frequency)

    def document_frequency(self, stem: str) -> int:
        """Return how many passages hold a stem in their text or heading."""
        found = self._connection.execute(_FREQUENCY, (_any_of([token_of(stem)]),))
        return int(found.fetchone()[0])

    def serialise(self) -> bytes:
        """Return the index as bytes for `deserialise`."""
        return self._connection.serialize()

    @property
    def size_bytes(self) -> int:
        """What the index takes in memory, at most."""
        (pages,), (page_bytes,) = (
            self._connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
        file_bytes = int(pages) * int(page_bytes)
        return file_bytes + min(file_bytes, _READ_CACHE_BYTES)

    def __len__(self) -> int:
        return self._totals()[0]

    def _totals(self) -> tuple[int, int]:
        passages, tokens_of_all = self._connection.execute("SELECT passages, tokens FROM totals").fetchone()
        return int(passages), int(tokens_of_all)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def best(scores: Iterable[tuple[int, float]], limit: int) -> list[Hit]:
    """Return the highest of (passage id, score) pairs, the older passage first where they are equal."""
    ordered = sorted(scores, key=lambda scored: (-scored[1], scored[0]))[:limit]
    return [Hit(number, score) for number, score in ordered]


def _any_of(wanted: Iterable[str]) -> str:
    return " OR ".join(f'"{token}"' for token in wanted)
