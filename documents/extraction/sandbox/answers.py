"""What a child says, put together and checked: it may be in the hands of whoever wrote the document."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from documents.extraction import layout, limits
from documents.extraction.extracted import Extracted, Page, Paragraph
from documents.extraction.sandbox import frames
from documents.extraction.sandbox.frames import BadFrame, Kind

WARNING_LIMIT = 1_000
SENTENCE_LIMIT = 2_000  # characters of one warning
SENTENCES_LIMIT = 200_000  # of all warnings
HEADINGS_LIMIT = 20_000_000  # characters of all paths that differ, which are kept once each
HEADING_LIMIT = 2_000
HEADING_LEVELS = 20
NAME_LIMIT = 1_000
POINTS_LIMIT = 1_000_000.0
LAYOUT_LIMIT_BYTES = 60_000_000  # of one document: six million words
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_WORD_BYTES = 20  # of a layout, at most, for each character of the text: no word has less than one


@dataclass
class Answer:
    """What was said about a text so far; every method raises BadFrame where it cannot be true."""

    texts: list[str] = field(default_factory=list)
    characters: int = 0
    pages: list[list[Any]] = field(default_factory=list)
    layouts: dict[int, bytearray] = field(default_factory=dict)
    layout_bytes: int = 0
    paragraphs: list[Paragraph] = field(default_factory=list)
    headings: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    heading_characters: int = 0
    extracted: Extracted | None = None

    def take(self, kind: Kind, payload: bytes) -> None:
        """Add one frame; with the last of them, `extracted` is the whole."""
        match kind:
            case Kind.TEXT:
                self._take_text(payload)
            case Kind.PAGES:
                self._take_pages(frames.understood(payload))
            case Kind.LAYOUT:
                self._take_layout(payload)
            case Kind.PARAGRAPHS:
                self._take_paragraphs(frames.understood(payload))
            case Kind.RESULT:
                self.extracted = self._finished(frames.understood(payload))
            case _:
                raise BadFrame

    def _take_text(self, payload: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            raise BadFrame from None
        self.characters += len(text)
        demand(self.characters <= limits.CHARACTER_LIMIT and "\x00" not in text)
        self.texts.append(text)

    def _take_pages(self, rows: Any) -> None:
        demand(isinstance(rows, list) and len(self.pages) + len(rows) <= limits.PAGE_LIMIT)
        self.pages += rows

    def _take_layout(self, payload: bytes) -> None:
        self.layout_bytes += len(payload)
        demand(self.layout_bytes <= LAYOUT_LIMIT_BYTES and len(payload) > frames.PLACE.size)
        place = frames.PLACE.unpack_from(payload)[0]
        demand(place < limits.PAGE_LIMIT)
        self.layouts.setdefault(place, bytearray()).extend(memoryview(payload)[frames.PLACE.size :])

    def _take_paragraphs(self, rows: Any) -> None:
        demand(isinstance(rows, list) and len(self.paragraphs) + len(rows) <= limits.PARAGRAPH_LIMIT)
        for row in rows:
            self.paragraphs.append(self._paragraph(row))

    def _paragraph(self, row: Any) -> Paragraph:
        demand(isinstance(row, list) and len(row) == 3)  # noqa: PLR2004 - start, end, headings
        start, end, headings = row
        previous = self.paragraphs[-1].end if self.paragraphs else 0
        demand(is_whole(start) and is_whole(end) and previous <= start <= end <= self.characters)
        demand(isinstance(headings, list) and len(headings) <= HEADING_LEVELS)
        demand(all(is_sentence(heading, HEADING_LIMIT) for heading in headings))
        path = tuple(headings)
        if path not in self.headings:
            self.heading_characters += sum(map(len, path))
            demand(self.heading_characters <= HEADINGS_LIMIT)
        return Paragraph(start, end, self.headings.setdefault(path, path))

    def _finished(self, said: Any) -> Extracted:
        demand(isinstance(said, dict) and said.keys() == {"media_type", "warnings", "page_count"})
        media_type, warnings, page_count = said["media_type"], said["warnings"], said["page_count"]
        demand(isinstance(media_type, str) and _MEDIA_TYPE.fullmatch(media_type) is not None)
        demand(isinstance(warnings, list) and len(warnings) <= WARNING_LIMIT)
        demand(all(is_sentence(warning, SENTENCE_LIMIT) for warning in warnings))
        demand(sum(map(len, warnings)) <= SENTENCES_LIMIT)
        demand(is_whole(page_count) and page_count <= limits.PAGE_LIMIT)
        text = "".join(self.texts)
        self.texts = []
        return Extracted(text, self._tiled(len(text)), media_type, warnings, self.paragraphs, page_count)

    def _tiled(self, length: int) -> list[Page]:
        """Return the pages, which follow one another and leave no character out."""
        pages: list[Page] = []
        demand(all(place < len(self.pages) for place in self.layouts))
        for place, row in enumerate(self.pages):
            page = self._page(row, bytes(self.layouts.pop(place, b"")))
            previous = pages[-1] if pages else None
            demand(page.start == (previous.end if previous else 0))
            demand(previous is None or page.number == previous.number + 1)
            pages.append(page)
        demand((pages[-1].end if pages else 0) == length)
        return pages

    def _page(self, row: Any, packed: bytes) -> Page:
        demand(isinstance(row, list) and len(row) == 5)  # noqa: PLR2004 - the fields of a page but one
        number, start, end, width, height = row
        demand(all(map(is_whole, (number, start, end))) and 1 <= number <= limits.PAGE_LIMIT and start <= end)
        demand(_is_size(width) and _is_size(height))
        demand(len(packed) <= 1 + _WORD_BYTES * (end - start))
        try:
            layout.check(packed, length=end - start)
        except layout.BadLayout:
            raise BadFrame from None
        return Page(number, start, end, width, height, packed)


@dataclass
class Parts:
    """The attachments and members of one document: each is handed to `keep` as soon as all of it is here."""

    keep: Callable[[str, bytes], None]
    pieces: BytesIO = field(default_factory=BytesIO)
    count: int = 0
    whole_bytes: int = 0

    def take(self, kind: Kind, payload: bytes) -> None:
        """Add a piece of a part, or the name that ends it; raise BadFrame when it is too much."""
        if kind is Kind.PIECE:
            self.pieces.write(payload)
            demand(self.pieces.tell() <= limits.PART_LIMIT_BYTES)
            return
        filename = frames.understood(payload)
        content, self.pieces = self.pieces.getvalue(), BytesIO()
        self.count, self.whole_bytes = self.count + 1, self.whole_bytes + len(content)
        demand(is_sentence(filename, NAME_LIMIT))
        demand(self.count <= limits.ATTACHMENT_LIMIT and self.whole_bytes <= limits.WHOLE_LIMIT_BYTES)
        self.keep(filename, content)


def demand(is_so: bool) -> None:
    """Raise BadFrame unless it is so."""
    if not is_so:
        raise BadFrame


def is_sentence(value: Any, limit: int) -> bool:
    """Say whether this is a string of at most `limit` characters that a database can hold."""
    return isinstance(value, str) and len(value) <= limit and "\x00" not in value and _is_unicode(value)


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def is_whole(value: Any) -> bool:
    """Say whether this is a whole number from 0."""
    return type(value) is int and value >= 0


def _is_size(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= POINTS_LIMIT
