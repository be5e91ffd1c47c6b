"""The text of a paper, a screen at a time: what stands on it, and where words are found in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from documents.extraction import Paragraph

SCREEN_CHARACTERS = 6_000
MATCHES_MOST = 1_000
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# what people type and what papers print are folded alike
_ALIKE = {
    **dict.fromkeys("'’‘ʼ", "['’‘ʼ]"),
    **dict.fromkeys('"“”„«»', '["“”„«»]'),
    **dict.fromkeys("-‐‑‒–—", "[-‐‑‒–—]"),
}


class Span(NamedTuple):
    """A stretch of a document's text, in code points."""

    start: int
    end: int

    def touches(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


class Block(NamedTuple):
    """A paragraph as it is shown; `level` counts from 1 where it is a heading, and is 0 elsewhere."""

    start: int
    end: int
    level: int = 0


def screens(text: str, paragraphs: Sequence[Paragraph]) -> list[list[Block]]:
    """Return the paragraphs of a text that flows, parted into screens; there is one at least."""
    found: list[list[Block]] = [[]]
    length = 0
    for block in _blocks(text, paragraphs):
        if found[-1] and length + block.end - block.start > SCREEN_CHARACTERS:
            found.append([])
            length = 0
        found[-1].append(block)
        length += block.end - block.start
    return found


def _blocks(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Block]:
    """Yield all that is no white space; what is longer than a screen is cut."""
    for block in _headed(paragraphs) if paragraphs else _parted(text):
        for start in range(block.start, block.end, SCREEN_CHARACTERS):
            yield block._replace(start=start, end=min(block.end, start + SCREEN_CHARACTERS))


def _headed(paragraphs: Sequence[Paragraph]) -> Iterator[Block]:
    """Yield the paragraphs that a file names; what the next one stands under is a heading."""
    last = Paragraph(0, 0)
    for paragraph, following in pairwise([*paragraphs, last]):
        is_heading = len(following.headings) > len(paragraph.headings)
        yield Block(paragraph.start, paragraph.end, len(following.headings) if is_heading else 0)


def _parted(text: str) -> Iterator[Block]:
    """Yield the stretches between blank lines."""
    start = 0
    for gap in _BLANK_LINES.finditer(text):
        if gap.start() > start:
            yield Block(start, gap.start())
        start = gap.end()
    if text[start:].strip():
        yield Block(start, len(text))


def found(text: str, words: str) -> list[Span]:
    """Return where words stand in a text, one after the other, whatever the case and the breaks of lines.

    Of more than MATCHES_MOST places, the first.
    """
    parts = [_folded(part) for part in unicodedata.normalize("NFC", words).split()]
    if not parts:
        return []
    places = re.compile(r"\s++".join(parts), re.IGNORECASE).finditer(text)
    return [Span(place.start(), place.end()) for place in islice(places, MATCHES_MOST)]


def _folded(part: str) -> str:
    return "".join(_ALIKE.get(character) or _in_all_forms(character) for character in part)


def _in_all_forms(character: str) -> str:
    """Return a pattern for a character, also where a paper writes some of its accents as characters of their own."""
    apart = unicodedata.normalize("NFD", character)
    forms = [unicodedata.normalize("NFC", apart[:cut]) + apart[cut:] for cut in range(len(apart), 0, -1)]
    return re.escape(character) if len(forms) == 1 else f"(?:{'|'.join(forms)})"


class Run(NamedTuple):
    """A stretch of a paragraph in one look: plain, marked, or marked as what was asked for, the first of it apart."""

    text: str
    is_marked: bool = False
    is_here: bool = False
    is_first: bool = False


def runs(text: str, block: Block, marks: Iterable[Span], here: Span | None) -> list[Run]:
    """Return a paragraph as runs; marks are in order, and `here` wins where it overlaps them."""
    place, whole = block.start, Span(block.start, block.end)
    found: list[Run] = []
    for mark in _apart(marks, here):
        if not mark.touches(whole):
            continue
        start, end = max(mark.start, place), min(mark.end, block.end)
        found += [Run(text[place:start])] if place < start else []
        found.append(Run(text[start:end], is_marked=True, is_here=mark == here))
        place = end
    return [*found, Run(text[place : block.end])] if place < block.end else found


def _apart(marks: Iterable[Span], here: Span | None) -> list[Span]:
    """Return the marks in order, none overlapping what was asked for."""
    others = [mark for mark in marks if here is None or not mark.touches(here)]
    return sorted([*others, here] if here else others)
