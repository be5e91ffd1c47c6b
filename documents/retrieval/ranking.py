"""What is looked for, and how well a passage fits: the formula by which SQLite FTS5 ranks, for several indexes.

An index ranks by what it knows of its own passages. Where several hold the passages of one client, their hits are
scored anew by what all of them know together, so that order and scores are those of one index of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Self

from documents.retrieval import language

BODY_WEIGHT, HEADING_WEIGHT = WEIGHTS = (1.0, 0.6)
K1, B = 1.2, 0.75
LEAST_RARITY = 1e-6  # of a word that more than half of all passages hold


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the tokens to look for: those of equal weight together."""

    groups: tuple[tuple[float, tuple[str, ...]], ...]

    @classmethod
    def of(cls, question: str) -> Self:
        """Return what to look for, the wordings of the subjects that the question names included."""
        groups: defaultdict[float, list[str]] = defaultdict(list)
        for stem, weight in language.query_terms(question).items():
            groups[weight] += _plain([stem])
        return cls(tuple((weight, tuple(found)) for weight, found in groups.items() if found))

    @property
    def tokens(self) -> list[str]:
        """All that is looked for, each token once."""
        return list(dict.fromkeys(token for _weight, group in self.groups for token in group))


@dataclass(frozen=True, slots=True)
class Statistics:
    """What ranking knows of all passages: how many, their tokens together, and how many hold each token."""

    passage_count: int
    token_count: int
    frequency: Mapping[str, int]

    @classmethod
    def together(cls, parts: Iterable[Self]) -> Self:
        """Return the statistics of several indexes as if they were one."""
        parts = list(parts)
        frequency: defaultdict[str, int] = defaultdict(int)
        for part in parts:
            for token, count in part.frequency.items():
                frequency[token] += count
        return cls(
            sum(part.passage_count for part in parts), sum(part.token_count for part in parts), frequency
        )

    def rarity(self, token: str) -> float:
        """Return the inverse document frequency of a token."""
        count = self.frequency[token]
        return max(log((self.passage_count - count + 0.5) / (count + 0.5)), 0) or LEAST_RARITY


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order, as the index keeps them: its stems."""
    return _plain(language.stems(text))


def token_of(stem: str) -> str:
    """Write a stem in the characters that the index keeps whole: letters, digits, low lines, non-ASCII."""
    return "".join(letter for letter in stem if letter.isalnum() or letter == "_")


def score(query: Query, statistics: Statistics, *, heading: str, text: str) -> float:
    """Return how well a passage fits: Okapi BM25 as SQLite FTS5 computes it, weighted by the query.

    The formula and its constants: https://www.sqlite.org/fts5.html#the_bm25_function. Sums are formed in the
    order in which FTS5 forms them, so that even the last digit is the same.
    """
    frequency: defaultdict[str, float] = defaultdict(float)
    body, above = tokens(text), tokens(heading)
    for weight, column in ((BODY_WEIGHT, body), (HEADING_WEIGHT, above)):
        for token in column:
            frequency[token] += weight
    length = len(body) + len(above)
    mean_length = statistics.token_count / statistics.passage_count
    norm = K1 * (1 - B + B * length / mean_length)
    total = 0.0
    for weight, group in query.groups:
        fit = 0.0
        for token in group:
            count = frequency.get(token, 0.0)
            fit += statistics.rarity(token) * ((count * (K1 + 1)) / (count + norm))
        total += weight * fit
    return total


def _plain(stems: Iterable[str]) -> list[str]:
    return [token for token in map(token_of, stems) if token]
