"""Score answers to questions about contracts against the texts that lawyers marked as the answers."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

PIECE_CHARACTERS = 40
OVERLAP_CHARACTERS = 20

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked: the gold texts (none when the contract does not answer it) and what was answered.

    `citations` are (start, end) code points of document_text, first quotation first.
    """

    gold: list[str]
    document_text: str
    citations: list[Span]
    supported: bool
    support: float


@dataclass(frozen=True, slots=True)
class Located:
    """Where gold texts stand in a document, and how many were found whole, in pieces and not at all."""

    spans: list[Span]
    whole: int
    pieces: int
    missing: int


def locate(gold: Sequence[str], document_text: str) -> Located:
    """Find gold texts by their lower-case letters and digits; a text not found whole counts by its long pieces."""
    folded, offsets = _folded(document_text)
    spans: list[Span] = []
    counts = {"whole": 0, "pieces": 0, "missing": 0}
    for text in gold:
        wanted, _ = _folded(text)
        found = _whole(wanted, folded)
        kind = "whole" if found else "pieces"
        found = found or _pieces(wanted, folded)
        counts[kind if found else "missing"] += 1
        spans += [(offsets[start], offsets[end - 1] + 1) for start, end in found]
    return Located(union(spans), **counts)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the lower-case letters and digits of a text and the offset of each."""
    pairs = [
        (small, offset) for offset, letter in enumerate(text) for small in letter.lower() if small.isalnum()
    ]
    return "".join(small for small, _ in pairs), [offset for _, offset in pairs]


def _whole(wanted: str, folded: str) -> list[Span]:
    start = folded.find(wanted) if wanted else -1
    return [(start, start + len(wanted))] if start >= 0 else []


def _pieces(wanted: str, folded: str) -> list[Span]:
    """Return where pieces of the wanted text of at least PIECE_CHARACTERS stand, taken from left to right."""
    found, place = [], 0
    while place + PIECE_CHARACTERS <= len(wanted):
        start = folded.find(wanted[place : place + PIECE_CHARACTERS])
        size = _common_length(wanted[place:], folded[start : start + len(wanted)]) if start >= 0 else 0
        if size:
            found.append((start, start + size))
        place += size or 1
    return found


def _common_length(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the spans sorted, with those that touch joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def shared(span: Span, gold: Sequence[Span]) -> int:
    """Return how many characters of a span are gold; `gold` is a union."""
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in gold)


def hits(span: Span, gold: Sequence[Span]) -> bool:
    """Tell whether a span shares with one gold stretch 20 characters, or the whole stretch if it is shorter."""
    return any(
        min(span[1], end) - max(span[0], start) >= min(OVERLAP_CHARACTERS, end - start) for start, end in gold
    )


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the probability that a positive scores above a negative, ties counting half (Mann-Whitney U).

    Raises ValueError when either side is empty.
    """
    if not positive or not negative:
        raise ValueError("The AUC needs both answered and unanswered questions.")
    ordered = sorted(negative)
    wins = sum(bisect_left(ordered, score) + _ties(ordered, score) / 2 for score in positive)
    return wins / (len(positive) * len(negative))


def _ties(ordered: Sequence[float], score: float) -> int:
    return bisect_right(ordered, score) - bisect_left(ordered, score)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run; shares are from 0 to 1.

    `overlapping`, `first_precision`, `first_overlapping` and `characters` are means over the answered questions
    whose gold text was found in the document: does a quotation overlap gold, what share of the first quotation is
    gold, does the first overlap gold, how many characters are quoted. `supported_auc` judges the plain yes or no
    (it equals the balanced accuracy), `support_auc` the score.
    """

    answered: int
    unanswered: int
    gold_whole: int
    gold_pieces: int
    gold_missing: int
    unlocated_questions: int
    overlapping: float
    overlapping_and_supported: float
    first_precision: float
    first_overlapping: float
    characters: float
    supported_auc: float
    support_auc: float
    supported_when_answered: float
    supported_when_unanswered: float

    def __str__(self) -> str:
        return (
            f"questions: {self.answered} answered by their contract, {self.unanswered} not\n"
            f"gold texts: {self.gold_whole} found whole, {self.gold_pieces} in pieces, {self.gold_missing} not found"
            f" ({self.unlocated_questions} questions left out of a and b for it)\n"
            f"a. a quotation overlaps gold: {self.overlapping:.3f}"
            f" (and the answer is said to be supported: {self.overlapping_and_supported:.3f}),"
            f" {self.characters:.0f} characters quoted per answer\n"
            f"b. first quotation: {self.first_precision:.3f} of its characters are gold,"
            f" {self.first_overlapping:.3f} overlap gold\n"
            f"c. telling answered from unanswered: AUC {self.supported_auc:.3f} by yes or no"
            f" (yes to {self.supported_when_answered:.2f} and {self.supported_when_unanswered:.2f}),"
            f" {self.support_auc:.3f} by score"
        )


def report(asked: Sequence[Asked]) -> Report:
    """Score all questions of a run; raise ValueError unless it has answered (and found) and unanswered ones."""
    answered = [(one, locate(one.gold, one.document_text)) for one in asked if one.gold]
    unanswered = [one for one in asked if not one.gold]
    located = [(one, places.spans) for one, places in answered if places.spans]
    if not located or not unanswered:
        raise ValueError("A report needs both answered questions with gold in the text and unanswered ones.")
    yes = [float(one.supported) for one, _ in answered]
    no = [float(one.supported) for one in unanswered]
    return Report(
        answered=len(answered),
        unanswered=len(unanswered),
        gold_whole=sum(places.whole for _, places in answered),
        gold_pieces=sum(places.pieces for _, places in answered),
        gold_missing=sum(places.missing for _, places in answered),
        unlocated_questions=len(answered) - len(located),
        overlapping=fmean(_overlaps(one, spans) for one, spans in located),
        overlapping_and_supported=fmean(one.supported and _overlaps(one, spans) for one, spans in located),
        first_precision=fmean(_first_precision(one, spans) for one, spans in located),
        first_overlapping=fmean(
            bool(one.citations) and hits(one.citations[0], spans) for one, spans in located
        ),
        characters=fmean(sum(end - start for start, end in union(one.citations)) for one, _ in located),
        supported_auc=auc(yes, no),
        support_auc=auc([one.support for one, _ in answered], [one.support for one in unanswered]),
        supported_when_answered=fmean(yes),
        supported_when_unanswered=fmean(no),
    )


def _overlaps(one: Asked, gold: Sequence[Span]) -> bool:
    return any(hits(citation, gold) for citation in one.citations)


def _first_precision(one: Asked, gold: Sequence[Span]) -> float:
    """Return the share of the first quotation that is gold; 0 without a quotation."""
    if not one.citations:
        return 0.0
    start, end = one.citations[0]
    return shared((start, end), gold) / max(1, end - start)
