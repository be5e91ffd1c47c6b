"""A full-text index of passages that lives in memory and can be put away as bytes."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from documents.retrieval import language

BODY_WEIGHT, HEADING_WEIGHT = 1.0, 0.6
_TABLE = """CREATE VIRTUAL TABLE passages
    USING fts5(body, heading, content='', tokenize="ascii tokenchars '_'")"""
_RANKED = "SELECT rowid, bm25(passages, ?, ?) FROM passages WHERE passages MATCH ?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better, comparable within one search only."""

    passage_id: int
    score: float


class Index:
    """The passages of one client as word stems; holds no readable text. Use it in the thread that made it."""

    def __init__(self, stored: bytes | None = None) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA temp_store=MEMORY")
        if stored is None:
            self._connection.execute(_TABLE)
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
        """Add (passage id, heading, text) rows; the ids must be new to the index."""
        rows = ((number, _stored(text), _stored(heading)) for number, heading, text in passages)
        self._connection.execute("BEGIN")
        with self._connection:
            self._connection.executemany("INSERT INTO passages(rowid, body, heading) VALUES (?, ?, ?)", rows)

    def search(self, question: str, limit: int) -> list[Hit]:
        """Return the best passages for a question, best first; any word of it may match.

        The score is the weighted sum over the query's stems of Okapi BM25 (k1 1.2, b 0.75, SQLite FTS5), which
        is additive: terms of equal weight are asked for together.
        """
        scores: defaultdict[int, float] = defaultdict(float)
        for weight, stems in _by_weight(language.query_terms(question)).items():
            wanted = " OR ".join(f'"{stem}"' for stem in stems)
            for number, score in self._connection.execute(_RANKED, (BODY_WEIGHT, HEADING_WEIGHT, wanted)):
                scores[number] -= weight * score
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [Hit(number, score) for number, score in best]

    def document_frequency(self, stem: str) -> int:
        """Return how many passages hold a stem in their text or heading."""
        wanted = (f'"{_ascii(stem)}"',)
        found = self._connection.execute("SELECT count(*) FROM passages WHERE passages MATCH ?", wanted)
        return int(found.fetchone()[0])

    def serialise(self) -> bytes:
        """Return the index as bytes for `deserialise`."""
        return self._connection.serialize()

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM passages_docsize").fetchone()[0])

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _stored(text: str) -> str:
    return " ".join(_ascii(stem) for stem in language.stems(text))


def _ascii(stem: str) -> str:
    """Write a stem in the characters that the tokenizer keeps whole: letters, digits, low lines, non-ASCII."""
    return "".join(letter for letter in stem if letter.isalnum() or letter == "_")


def _by_weight(terms: dict[str, float]) -> dict[float, list[str]]:
    groups: defaultdict[float, list[str]] = defaultdict(list)
    for stem, weight in terms.items():
        if _ascii(stem):
            groups[weight].append(_ascii(stem))
    return groups
