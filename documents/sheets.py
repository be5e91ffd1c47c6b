"""A page as it is laid out for the screen: its words over its picture, or the paragraphs of a text that flows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from documents import leaves
from documents.extraction import layout
from documents.leaves import Run, Span
from documents.models import Page
from documents.services.leafing import Leaf
from lexai.encryption.errors import Tampered

UNKNOWN_SIZE_POINTS = (595.0, 842.0)  # of a page that could not be read: A4
DEEPEST_HEADING = 6
FIRST_HEADING = 2  # the name of the paper is the first
DESCENT = 0.22  # of the height of a line, below its base
WIDEST_GAP = 1.5  # heights of a line between words that are marked in one
ROOM_POINTS = 1.0  # around marked words


class PlacedWord(NamedTuple):
    """A word where it stands on its line, in points as SVG takes them; a break stands before it or none."""

    text: str
    left: str
    length: str
    is_apart: bool


@dataclass
class Line:
    """A line of words: its base and the size of its letters, in points."""

    base: str
    size: str
    words: list[PlacedWord]

    @property
    def drawn(self) -> SafeString:
        """Return the words as SVG: a page has hundreds, and a template takes most of its time for them."""
        return mark_safe("".join(_drawn(word) for word in self.words))  # noqa: S308 - all words are escaped


class Mark(NamedTuple):
    """A rectangle behind marked words, in points."""

    left: str
    top: str
    width: str
    height: str
    is_here: bool
    is_first: bool  # of what was asked for: the one to be scrolled to


class Paragraph(NamedTuple):
    """A paragraph of a text that flows; `level` is that of a heading, 0 elsewhere."""

    level: int
    runs: list[Run]


@dataclass
class Sheet:
    """What stands on one page or screen; `is_recognised` where text recognition has read its words in a picture."""

    is_pictured: bool
    is_recognised: bool = False
    width: str = ""
    height: str = ""
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)


def _drawn(word: PlacedWord) -> str:
    space = " " if word.is_apart else ""
    place = f'x="{word.left}" textLength="{word.length}"'
    return f'{space}<tspan {place} lengthAdjust="spacingAndGlyphs">{escape(word.text)}</tspan>'


def sheet_of(leaf: Leaf) -> Sheet:
    """Return a leaf as it is laid out; raise Tampered when its boxes are none."""
    marked = leaf.matches if leaf.here is None or leaf.is_at_match else [*leaf.matches, leaf.here]
    if leaf.page is None:
        return Sheet(is_pictured=False, paragraphs=list(_paragraphs(leaf, marked)))
    page = leaf.page
    width, height = (page.width, page.height) if page.width and page.height else UNKNOWN_SIZE_POINTS
    lines = _lines(leaf, _words(page)) if leaf.is_legible else []
    return Sheet(
        is_pictured=True,
        is_recognised=any(word.confidence is not None for line in lines for word in line),
        width=_points(width),
        height=_points(height),
        lines=[_placed(line, leaf.text) for line in lines],
        marks=list(_marks(lines, _on(page, marked), leaf.here)),
    )


def _words(page: Page) -> list[layout.Word]:
    words = layout.unpack(page.layout, start=page.start, end=page.end, width=page.width, height=page.height)
    try:
        return list(words)
    except layout.BadLayout as error:
        raise Tampered(f"pages.layout of {page.pk}", page.client_id) from error


def _lines(leaf: Leaf, words: Iterable[layout.Word]) -> list[list[layout.Word]]:
    """Part words into lines: at the line breaks of the text, and where one word lies below the one before."""
    lines: list[list[layout.Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        is_new = last is None or "\n" in leaf.text[last.end : word.start]
        if last is None or is_new or word.top >= last.bottom or word.bottom <= last.top:
            lines.append([word])
        else:
            lines[-1].append(word)
    return lines


def _placed(line: Sequence[layout.Word], text: str) -> Line:
    top, bottom = min(word.top for word in line), max(word.bottom for word in line)
    height = max(bottom - top, 1.0)
    ends = [line[0].start, *(word.end for word in line)]
    words = [
        PlacedWord(
            text[word.start : word.end],
            _points(word.left),
            _points(max(word.right - word.left, 0.1)),
            is_apart=word.start > end,
        )
        for word, end in zip(line, ends, strict=False)
    ]
    return Line(_points(bottom - DESCENT * height), _points(height), words)


def _on(page: Page, spans: Iterable[Span]) -> list[Span]:
    whole = Span(page.start, page.end)
    return [span for span in spans if span.touches(whole)]


def _marks(
    lines: Sequence[Sequence[layout.Word]], spans: Sequence[Span], here: Span | None
) -> Iterator[Mark]:
    """Yield the rectangles behind the marked words, line by line; those of what was asked for come last, on top."""
    is_first = True
    for span in sorted(spans, key=lambda one: one == here):
        for line in lines:
            if line[-1].end <= span.start or span.end <= line[0].start:
                continue
            touched = [word for word in line if span.touches(Span(word.start, word.end))]
            for stretch in _stretches(touched):
                yield _mark(stretch, is_here=span == here, is_first=span == here and is_first)
                is_first = is_first and span != here


def _stretches(words: Iterable[layout.Word]) -> Iterator[list[layout.Word]]:
    """Yield words of a line in those that stand together; a table or a column may part them."""
    current: list[layout.Word] = []
    for word in words:
        last = current[-1] if current else word
        gap = max(word.left - last.right, last.left - word.right)
        if current and gap > WIDEST_GAP * (last.bottom - last.top):
            yield current
            current = []
        current.append(word)
    if current:
        yield current


def _mark(words: Sequence[layout.Word], *, is_here: bool, is_first: bool) -> Mark:
    left, right = min(word.left for word in words), max(word.right for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return Mark(
        _points(left - ROOM_POINTS),
        _points(top - ROOM_POINTS),
        _points(right - left + 2 * ROOM_POINTS),
        _points(bottom - top + 2 * ROOM_POINTS),
        is_here,
        is_first,
    )


def _paragraphs(leaf: Leaf, marked: Sequence[Span]) -> Iterator[Paragraph]:
    """Yield the paragraphs of a screen; a heading stands one level deeper than the one before at most."""
    level, is_first = FIRST_HEADING - 1, True
    for block in leaf.blocks:
        if block.level:
            level = min(block.level + FIRST_HEADING - 1, level + 1, DEEPEST_HEADING)
        runs = leaves.runs(leaf.text, block, marked, leaf.here)
        place = next((place for place, run in enumerate(runs) if run.is_here), None)
        if is_first and place is not None:
            runs[place] = runs[place]._replace(is_first=True)
            is_first = False
        yield Paragraph(level if block.level else 0, runs)


def _points(value: float) -> str:
    """Return a length as SVG takes it, to a tenth of a point: finer cannot be seen."""
    return f"{value:.1f}".removesuffix(".0")
