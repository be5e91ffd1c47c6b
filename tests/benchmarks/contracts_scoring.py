"""Score answers to questions about contracts against the texts that lawyers marked as the answers."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

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
    """Return where the common stretches of at least PIECE_CHARACTERS stand (all of a shorter text must match)."""
    blocks = SequenceMatcher(None, wanted, folded, autojunk=False).get_matching_blocks()
    return [(block.b, block.b + block.size) for block in blocks if block.size >= PIECE_CHARACTERS]


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
    from bisect import bisect_right

    return bisect_right(ordered, score) - bisect_left(ordered, score)
