"""Judge how strongly each sentence of the retrieved passages answers a question."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conversations.assistant.engines import Retrieval, Source
from documents.retrieval import language

STRONG_WORDING, WEAK_WORDING = 0.5, 0.2
_NOT_A_CLAUSE = re.compile(
    r"\.{5}|_{4}|\bin witness whereof\b|^\s*(?:by|name|title|date)\s*:|^source:", re.IGNORECASE
)
_DUTY = frozenset("shall may will must agree cannot grant hereby warrant entitl".split())
_QUANTITY = re.compile(
    r"\d|\b(?:one|two|three|five|ten|thirty|sixty|ninety|anniversary|monday|friday|sunday)\b", re.IGNORECASE
)
_ASKS_QUANTITY = re.compile(
    r"\b(?:when|how (?:much|many|long|often)|date|duration|period|deadline|amount)\b", re.IGNORECASE
)
WEIGHTS: dict[str, float] = dict(
    own=1.0,
    cover=1.0,
    strong=2.0,
    weak=1.0,
    heading_cover=0.5,
    heading_wording=0.5,
    passage_cover=0.3,
    passage_wording=0.5,
    rank=1.0,
    quantity=0.2,
    duty=0.3,
    noise=-2.0,
    length=0.5,
)
BIAS = -3.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a source: source.text[start:end], with the probability-like score that it answers."""

    source: Source
    start: int
    end: int
    score: float
    features: Mapping[str, float]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


class Judge:
    """Knows what one question asks for; weighs texts by it."""

    def __init__(self, retrieval: Retrieval) -> None:
        self._weights = _rarity(retrieval)
        self._subjects = language.subjects(retrieval.question)
        self._asks_quantity = bool(_ASKS_QUANTITY.search(retrieval.question))
        self._best = max((source.score for source in retrieval.sources), default=0.0) or 1.0

    def sentences(self, source: Source) -> Iterator[Sentence]:
        """Yield the sentences of a source with their scores."""
        of_passage = self._of_passage(source)
        for start, end in language.sentences(source.text):
            features = of_passage | self._of_sentence(source.text[start:end])
            yield Sentence(source, start, end, _score(features), features)

    def _of_passage(self, source: Source) -> dict[str, float]:
        passage, heading = self._reading(source.text), self._reading(source.heading)
        return {
            "heading_cover": heading["cover"],
            "heading_wording": heading["wording"],
            "passage_cover": passage["cover"],
            "passage_wording": passage["wording"],
            "rank": source.score / self._best,
        }

    def _of_sentence(self, text: str) -> dict[str, float]:
        r = self._reading(text)
        stems = language.stems(text)
        return {
            "own": r["own"],
            "cover": r["cover"],
            "strong": r["strong"],
            "weak": r["weak"],
            "quantity": float(self._asks_quantity and bool(_QUANTITY.search(text))),
            "duty": float(not _DUTY.isdisjoint(stems)),
            "noise": float(bool(_NOT_A_CLAUSE.search(text))),
            "length": min(1.0, len(stems) / 25),
        }

    def _reading(self, text: str) -> dict[str, float]:
        stems = language.stems(text)
        held = set(stems)
        total = sum(self._weights.values()) or 1.0
        cov = {s: float(s in held) for s in self._weights}
        own = sum(self._weights[s] * c for s, c in cov.items()) / total
        S = W = A = 0.0
        for subject, named in self._subjects:
            s, w = (
                _noisy_or(stems, subject.strong, STRONG_WORDING),
                _noisy_or(stems, subject.weak, WEAK_WORDING),
            )
            a = 1 - (1 - s) * (1 - w)
            share = sum(self._weights[st] for st in named if st in cov) / total / max(1, 1)
            S += s * share
            W += w * share
            A += a * share
            for st in named:
                if st in cov:
                    cov[st] = max(cov[st], a)
        return {
            "own": own,
            "cover": sum(self._weights[s] * c for s, c in cov.items()) / total,
            "strong": min(1, S),
            "weak": min(1, W),
            "wording": min(1, A),
        }


def _rarity(retrieval: Retrieval) -> dict[str, float]:
    """Return the weight of each of the question's stems: ln(1 + (n - df + 0.5) / (df + 0.5)), as in BM25."""
    total = max(1, retrieval.passage_count)
    frequency = retrieval.document_frequency
    return {
        stem: math.log(
            1
            + (total - min(total, frequency.get(stem, 0)) + 0.5) / (min(total, frequency.get(stem, 0)) + 0.5)
        )
        for stem in language.question_stems(retrieval.question)
    }


def _noisy_or(stems: Sequence[str], phrases: Sequence[tuple[str, ...]], weight: float) -> float:
    present, doubt = set(stems), 1.0
    for phrase in phrases:
        if present.issuperset(phrase) and language.holds(stems, phrase):
            doubt *= 1 - weight
    return 1 - doubt


def _score(features: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in features.items())))
