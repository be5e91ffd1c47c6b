"""The engine that needs no model: it quotes the clauses that answer, and says when none seems to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations.assistant.engines import (
    Delta,
    Event,
    NamedPaper,
    Quotation,
    Retrieval,
    SeeAlso,
    Source,
    Verdict,
)
from conversations.assistant.evidence import Judge, Sentence

QUOTATIONS = 2
SEE_ALSO = 5
SUPPORTED_FROM = 0.5
NEAREST_FROM = 0.1  # below this even the nearest passage has nothing to do with the question
SECOND_SHARE = 0.2  # of the best sentence's score
GROWN_CHARACTERS = 400
GROWING_SHARE = 0.5  # of the best sentence's score
GAP_CHARACTERS = 2
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#+!|~&$])")
_NO_PAPERS = "There are no papers to search yet."
_NOT_FOUND = "The papers do not seem to hold an answer to this question."
_NEAREST = " What comes nearest:"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a source to quote: source.text[start:end]."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def holds(self, sentence: Sentence) -> bool:
        return self.source is sentence.source and self.start < sentence.end and sentence.start < self.end


class QuoteEngine:
    """Quotes at most two stretches of the papers, and points to further passages.

    Where a question names papers, only these answer it; what others say is quoted as coming near.
    """

    name = "quote"

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        """Yield the quotations with their Markdown, further passages, and whether the papers hold an answer."""
        judge = Judge(retrieval)
        sentences = judge.sentences()
        named = retrieval.named
        asked_of = [one for one in sentences if one.source.document_id in named] if named else sentences
        surely = judge.support(asked_of[0]) if asked_of else 0.0
        supported = surely >= SUPPORTED_FROM
        quotable = asked_of if supported else sentences
        is_near = supported or (quotable and judge.support(quotable[0]) >= NEAREST_FROM)
        stretches = _stretches(quotable) if is_near else []
        if not supported:
            yield Delta(_refusal(retrieval, stretches))
        for n, stretch in enumerate(stretches, 1):
            yield _quotation(n, stretch)
            yield Delta(_paragraph(n, stretch))
        yield from _see_also(sentences, stretches)
        yield Verdict(supported, surely)


def _refusal(retrieval: Retrieval, stretches: Sequence[Stretch]) -> str:
    """Return the sentences that say plainly why the question is not answered."""
    if not retrieval.passage_count:
        return f"{_NO_PAPERS}{_not_searched(retrieval)}"
    not_found = _not_found_in([*retrieval.named.values()]) if retrieval.named else _NOT_FOUND
    return f"{not_found}{_not_searched(retrieval)}{_NEAREST if stretches else ''}\n\n"


def _not_found_in(named: Sequence[NamedPaper]) -> str:
    if len(named) > 1:
        return f"The {len(named):,} papers that this question names do not seem to hold an answer."
    was_found = "does not seem to hold an answer" if named[0].is_searched else "could not be searched"
    return f"“{_plain(named[0].filename)}”, which this question names, {was_found}."


def _not_searched(retrieval: Retrieval) -> str:
    counts = [(retrieval.waiting, "still being read"), (retrieval.refused, "not readable")]
    told = [f"{count:,} {'paper' if count == 1 else 'papers'} {why}" for count, why in counts if count]
    return f" Not searched: {' and '.join(told)}." if told else ""


def _stretches(sentences: Sequence[Sentence]) -> list[Stretch]:
    """Return the best stretches, best first, none overlapping."""
    stretches: list[Stretch] = []
    for sentence in sentences:
        if len(stretches) == QUOTATIONS or sentence.score < SECOND_SHARE * sentences[0].score:
            break
        if not any(stretch.holds(sentence) for stretch in stretches):
            stretches.append(_grown(sentence, sentences, stretches))
    return stretches


def _grown(best: Sentence, sentences: Sequence[Sentence], taken: Sequence[Stretch]) -> Stretch:
    """Return the sentence with those neighbours of its passage that answer nearly as well."""
    start, end = best.start, best.end
    neighbours = sorted(
        (
            each
            for each in sentences
            if each.source is best.source and each.score >= GROWING_SHARE * best.score
        ),
        key=lambda each: abs(each.start - best.start),
    )
    for each in neighbours:
        first, last = min(start, each.start), max(end, each.end)
        touches = max(each.start - end, start - each.end) <= GAP_CHARACTERS
        if touches and last - first <= GROWN_CHARACTERS and not any(stretch.holds(each) for stretch in taken):
            start, end = first, last
    return Stretch(best.source, start, end)


def _quotation(n: int, stretch: Stretch) -> Quotation:
    offset = stretch.source.start
    return Quotation(
        n, stretch.source.document_id, offset + stretch.start, offset + stretch.end, stretch.text
    )


def _see_also(sentences: Sequence[Sentence], stretches: Sequence[Stretch]) -> Iterator[SeeAlso]:
    """Yield the passages of the next best sentences, each passage once."""
    quoted = [stretch.source for stretch in stretches]
    ranked = dict.fromkeys(sentence.source for sentence in sentences)
    for source in [source for source in ranked if source not in quoted][:SEE_ALSO]:
        yield SeeAlso(source.document_id, source.start, source.end, source.text)


def _paragraph(n: int, stretch: Stretch) -> str:
    """Return the quotation as Markdown; where it stands is for its citation to say, which is checked."""
    return f"> “{_plain(stretch.text)}” [{n}]\n\n"


def _plain(text: str) -> str:
    """Write client text on one line so that none of its characters means anything in Markdown."""
    return _ACTIVE.sub(r"\\\1", " ".join(text.split()))
