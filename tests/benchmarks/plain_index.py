"""What search in sealed indexes is measured against: FTS5 over plain rows, kept open in memory."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from documents.retrieval import language

BODY_WEIGHT, HEADING_WEIGHT = 1.0, 0.6


class PlainIndex:
    """Passages in the open, ranked by the same stems and the same question."""

    def __init__(self, passages: Iterable[tuple[int, str, str]]) -> None:
        """Take (passage id, heading, text) rows."""
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute(
            """CREATE VIRTUAL TABLE passages USING fts5(body, heading, tokenize="ascii tokenchars '_'")"""
        )
        rows = ((number, _stems(text), _stems(heading)) for number, heading, text in passages)
        self._connection.execute("BEGIN")
        with self._connection:
            self._connection.executemany("INSERT INTO passages(rowid, body, heading) VALUES (?, ?, ?)", rows)

    def search(self, question: str, limit: int) -> list[int]:
        """Return the ids of the best passages, best first; the older one first where they are equal."""
        groups: defaultdict[float, list[str]] = defaultdict(list)
        for stem, weight in language.query_terms(question).items():
            if _token(stem):
                groups[weight].append(f'"{_token(stem)}"')
        scores: defaultdict[int, float] = defaultdict(float)
        for weight, tokens in groups.items():
            for number, score in self._connection.execute(
                "SELECT rowid, bm25(passages, ?, ?) FROM passages WHERE passages MATCH ?",
                (BODY_WEIGHT, HEADING_WEIGHT, " OR ".join(tokens)),
            ):
                scores[number] -= weight * score
        return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def _stems(text: str) -> str:
    return " ".join(map(_token, language.stems(text)))


def _token(stem: str) -> str:
    return "".join(letter for letter in stem if letter.isalnum() or letter == "_")
