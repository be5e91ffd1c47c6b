"""Judge how strongly the sentences of the retrieved passages answer a question."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conversations.assistant.engines import Retrieval, Source
from documents.retrieval import language
from documents.retrieval.passages import is_title

STRONG_WORDING, WEAK_WORDING = 0.5, 0.2
LONG_SENTENCE_WORDS = 25
RARITY_FLOOR = 1.0  # else one word that the papers lack outweighs all that they hold
_BLANK_OR_NAME = re.compile(
    r"\.{5}|_{4}|\bin witness whereof\b|^\s*(?:by|name|title|date)\s*:|^source:", re.IGNORECASE
)
_CLAUSE_NUMBER = re.compile(r"^\s*(?:[\d.§]{1,12}|\(?[A-Za-z\d]{1,4}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a source, source.text[start:end], and what speaks for it, each from 0 to 1.

    `cover` is the share of the question that the sentence holds, `heading` and `passage` the shares that its
    heading path and its whole passage hold; `strong` tells whether it has the wording of the question's subject.
    """

    source: Source
    start: int
    end: int
    cover: float
    strong: float
    heading: float
    passage: float
    score: float


class Asked:
    """What a question asks of a document: the weights of its stems, without those that only name the document."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.weights = weights
        self.total = sum(weights.values()) or 1.0

    def without(self, name: frozenset[str]) -> "Asked":
        """Return the same but for a name; a question that is nothing else asks for the name."""
        return Asked(
            {stem: weight for stem, weight in self.weights.items() if stem not in name} or self.weights
        )


class Judge:
    """Knows what one question asks for, and weighs texts by it."""

    def __init__(self, retrieval: Retrieval) -> None:
        self._sources = retrieval.sources
        self._whole = Asked(_rarity(retrieval))
        self._of_named = {key: self._whole.without(paper.stems) for key, paper in retrieval.named.items()}
        self._subjects = language.subjects(retrieval.question)
        self._best = _best(source for source in retrieval.sources)
        self._best_named = _best(one for one in retrieval.sources if one.document_id in retrieval.named)

    def sentences(self) -> list[Sentence]:
        """Return all sentences of the sources but mere headings, best first."""
        found = (sentence for source in self._sources for sentence in self._of(source))
        return sorted(found, key=lambda sentence: -sentence.score)

    def support(self, best: Sentence) -> float:
        """Return how surely the papers answer the question, from 0 to 1, judged by the best sentence found.

        A logistic model: the more words a question has beside the name of its subject, the fewer of them can be
        expected in one clause. Weights fitted on questions that a contract of CUAD or ContractNLI does or does
        not answer, and on a few of ordinary cases, yes and no weighing the same.
        """
        named = frozenset[str]().union(*(named for _, named in self._subjects))
        further = math.log1p(len(self._asked_of(best.source).weights.keys() - named))
        return _logistic(
            2.2 * best.cover
            + 0.95 * best.strong
            + 1.5 * best.heading
            + 3.2 * best.passage
            + 1.0 * further
            - 3.95
        )

    def _of(self, source: Source) -> Iterator[Sentence]:
        asked = self._asked_of(source)
        heading, _ = self._reading(language.stems(source.heading), asked)
        passage, _ = self._reading(language.stems(source.text), asked)
        for start, end in language.sentences(source.text):
            text = source.text[start:end]
            if not is_title(_CLAUSE_NUMBER.sub("", text).rstrip(".:;")):
                stems = language.stems(text)
                cover, strong = self._reading(stems, asked)
                score = _score(
                    cover=cover,
                    strong=strong,
                    heading=heading,
                    passage=passage,
                    rank=source.score / self._best_of(source),
                    length=min(1.0, len(stems) / LONG_SENTENCE_WORDS),
                    blank=float(bool(_BLANK_OR_NAME.search(text))),
                )
                yield Sentence(source, start, end, cover, strong, heading, passage, score)

    def _best_of(self, source: Source) -> float:
        return self._best_named if source.document_id in self._of_named else self._best

    def _asked_of(self, source: Source) -> Asked:
        return self._of_named.get(source.document_id, self._whole)

    def _reading(self, stems: Sequence[str], asked: Asked) -> tuple[float, float]:
        """Return (cover, strong) of a text.

        Cover is the weighted share of the stems asked for that the text holds; stems that name a subject are
        held as far as the text has the subject's wording. Strong is the evidence of strong wordings alone, times
        the share of the question that names the subject.
        """
        held = dict.fromkeys(asked.weights.keys() & set(stems), 1.0)
        strong = 0.0
        for subject, named in self._subjects:
            strongly = _noisy_or(stems, subject.strong, STRONG_WORDING)
            weakly = _noisy_or(stems, subject.weak, WEAK_WORDING)
            at_all = 1 - (1 - strongly) * (1 - weakly)
            naming = named & asked.weights.keys()
            held |= {stem: max(held.get(stem, 0.0), at_all) for stem in naming}
            strong += strongly * sum(asked.weights[stem] for stem in naming) / asked.total
        cover = sum(asked.weights[stem] * share for stem, share in held.items()) / asked.total
        return cover, min(1.0, strong)


def _rarity(retrieval: Retrieval) -> dict[str, float]:
    """Return the weight of each of the question's stems.

    It is a floor plus the idf of BM25, ln(1 + (n - df + 0.5) / (df + 0.5)), where df of n passages hold the stem.
    """
    total = max(1, retrieval.passage_count)
    weights = {}
    for stem in language.question_stems(retrieval.question):
        frequency = min(total, retrieval.document_frequency.get(stem, 0))
        weights[stem] = RARITY_FLOOR + math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
    return weights


def _noisy_or(stems: Sequence[str], phrases: Sequence[tuple[str, ...]], weight: float) -> float:
    """Return 1 - (1 - weight) ** (number of phrases that stand in the text): each is evidence of its own."""
    present = set(stems)
    found = sum(present.issuperset(phrase) and language.holds(stems, phrase) for phrase in phrases)
    return 1 - (1 - weight) ** found


def _best(sources: Iterable[Source]) -> float:
    return max((source.score for source in sources), default=0.0) or 1.0


def _score(
    *, cover: float, strong: float, heading: float, passage: float, rank: float, length: float, blank: float
) -> float:
    """Return how likely a sentence is an answer, from 0 to 1.

    A logistic model over the features; weights fitted on sentences of CUAD (123 contracts) and ContractNLI (61).
    """
    return _logistic(
        2.1 * cover
        + 1.3 * strong
        + 2.0 * heading
        + 0.8 * passage
        + 3.1 * rank
        + 0.45 * length
        - 1.3 * blank
        - 7.5
    )


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
