"""The engine that needs no model: it quotes the clauses that answer, and says when none seems to."""

import re
from collections.abc import Iterator, Sequence

from conversations.assistant.engines import Delta, Event, Quotation, Retrieval, SeeAlso, Source, Verdict
from conversations.assistant.evidence import Judge, Sentence

QUOTATIONS = 2
SEE_ALSO = 5
SUPPORTED_FROM = 0.5
QUOTATION_CHARACTERS = 480
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+!|~&$])")
_NOTHING = "No papers of this client could be searched yet, so there is nothing to quote."
_UNSUPPORTED = "The papers do not seem to hold an answer to this question."
_NEAREST = " The nearest passage is quoted below; please judge for yourself."


class QuoteEngine:
    """Quotes at most two stretches of the papers, names where they stand, and points to further passages."""

    name = "quote"

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        """Yield the quotations with their Markdown, further passages, and whether the papers support an answer."""
        judge = Judge(retrieval)
        sentences = sorted(
            (sentence for source in retrieval.sources for sentence in judge.sentences(source)),
            key=lambda sentence: -sentence.score,
        )
        if not sentences:
            yield Delta(_NOTHING)
            yield Verdict(supported=False, support=0.0)
            return
        support = sentences[0].score
        supported = support >= SUPPORTED_FROM
        chosen = _chosen(sentences)
        if not supported:
            yield Delta(_UNSUPPORTED + _NEAREST)
        for n, (source, start, end) in enumerate(chosen, 1):
            text = source.text[start:end]
            yield Quotation(n, source.document_id, source.start + start, source.start + end, text)
            yield Delta(_paragraph(n, source, text))
        yield from _see_also(sentences, chosen)
        yield Verdict(supported, support)


def _chosen(sentences: Sequence[Sentence]) -> list[tuple[Source, int, int]]:
    """Return the best stretches, best first, none overlapping."""
    stretches: list[tuple[Source, int, int]] = []
    for sentence in sentences:
        if len(stretches) == QUOTATIONS:
            break
        stretch = (sentence.source, sentence.start, min(sentence.end, sentence.start + QUOTATION_CHARACTERS))
        stretches.append(stretch)
    return stretches


def _see_also(sentences: Sequence[Sentence], chosen: Sequence[tuple[Source, int, int]]) -> Iterator[SeeAlso]:
    seen = {source.passage_id for source, _, _ in chosen}
    for sentence in sentences:
        source = sentence.source
        if len(seen) == len(chosen) + SEE_ALSO:
            return
        if source.passage_id not in seen:
            seen.add(source.passage_id)
            yield SeeAlso(
                source.document_id,
                source.start,
                source.end,
                source.text,
                source.filename,
                source.heading,
                source.page,
            )


def _paragraph(n: int, source: Source, text: str) -> str:
    return f"\n\n{_place(source)} [{n}]:\n\n> “{_plain(text)}”"


def _place(source: Source) -> str:
    page = f", page {source.page}" if source.page else ""
    heading = f", {_plain(source.heading)}" if source.heading else ""
    return f"**{_plain(source.filename)}**{page}{heading}"


def _plain(text: str) -> str:
    """Write client text on one line so that none of its characters means anything in Markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
