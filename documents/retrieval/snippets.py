"""Cut what a search found to the few words that show why it was found, and mark those that were looked for."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from documents.retrieval.language import (
    mended,
    mended_places,
    query_terms,
    question_stems,
    stems,
    word_places,
)

SNIPPET_CHARACTERS = 240
TRIMMED_CHARACTERS = 24  # so far from a cut a space is looked for, so that no word is cut in two
ELLIPSIS = "…"
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a snippet, and whether they were looked for."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What was looked for: the stems of the question, and those of the wordings of its subjects."""

    own: frozenset[str]
    further: frozenset[str]

    @classmethod
    def of(cls, question: str) -> Self:
        """Return what marks the words of a question, in all their forms."""
        own = frozenset(question_stems(question))
        return cls(own, frozenset(query_terms(question)) - own)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where in a text the words stand that were looked for."""
        sought = self._sought(mended(text))
        return mended_places(text, [(word.start, word.end) for word in sought])

    def snippet(self, text: str, characters: int = SNIPPET_CHARACTERS) -> list[Piece]:
        """Return at most about so many characters around the words that were looked for.

        It shows where most different ones stand together, on one line; an ellipsis says that there is more.
        """
        line = _on_one_line(text)
        sought = self._sought(line)
        start, end = _window(line, sought, characters)
        pieces = list(_pieces(line, sought, start, end))
        before = [Piece(ELLIPSIS)] if start else []
        return [*before, *pieces, *([Piece(ELLIPSIS)] if end < len(line) else [])]

    def is_related(self, snippet: Sequence[Piece]) -> bool:
        """Say whether a snippet marks other words of the subject alone, none of the question's own."""
        marked = " ".join(piece.text for piece in snippet if piece.is_marked)
        return bool(marked) and self.own.isdisjoint(stems(marked))

    def _sought(self, line: str) -> list[_Word]:
        """Return the words that the question names, or, where there are none, those that its subjects go by."""
        found = [_Word(*place) for place in word_places(line)]
        named = [word for word in found if word.stem in self.own]
        return named or [word for word in found if word.stem in self.further]


def _on_one_line(text: str) -> str:
    return " ".join(mended(text).split())


def _window(line: str, sought: Sequence[_Word], characters: int) -> tuple[int, int]:
    """Return start and end of the stretch to show."""
    if len(line) <= characters or not sought:
        return 0, _word_end(line, characters)
    first, last = _densest(sought, characters)
    spare = max(characters - (last.end - first.start), 0)
    start = max(first.start - spare // 2, 0)
    end = min(start + characters, len(line))
    start = max(min(start, end - characters), 0)
    return min(_word_start(line, start), first.start), max(_word_end(line, end), first.end)


def _densest(sought: Sequence[_Word], characters: int) -> tuple[_Word, _Word]:
    """Return the first and last of those words that stand within so many characters, most different ones first."""
    starts = [word.start for word in sought]
    best, most = (sought[0], sought[0]), (0, 0)
    for place, first in enumerate(sought):
        past = bisect_right(starts, first.start + characters)
        together = [word for word in sought[place:past] if word.end <= first.start + characters] or [first]
        worth = len({word.stem for word in together}), len(together)
        if worth > most:
            best, most = (first, together[-1]), worth
    return best


def _word_start(line: str, place: int) -> int:
    """Return where the next word starts, unless that is far."""
    space = _SPACE.search(line, place, place + TRIMMED_CHARACTERS)
    return space.end() if place and space else place


def _word_end(line: str, place: int) -> int:
    """Return where the last word before a place ends, unless that is far."""
    if place >= len(line):
        return len(line)
    space = line.rfind(" ", max(place - TRIMMED_CHARACTERS, 0), place + 1)
    return space if space > 0 else place


def _pieces(line: str, sought: Sequence[_Word], start: int, end: int) -> Iterator[Piece]:
    for word in sought:
        if word.start < start or word.end > end:
            continue
        if word.start > start:
            yield Piece(line[start : word.start])
        yield Piece(line[word.start : word.end], is_marked=True)
        start = word.end
    if start < end:
        yield Piece(line[start:end])
