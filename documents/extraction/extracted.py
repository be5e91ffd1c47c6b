"""What reading a document gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from documents.extraction import limits
from documents.extraction.refusals import NoText, OverLimits


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `text[start:end]` of the document, in code points; pages tile the text.

    `number` counts from 1; `width` and `height` are points as the page is shown, 0 where the format flows.
    `layout` holds the boxes of its words as `layout.pack` makes it; it is empty where the format flows.
    """

    number: int
    start: int
    end: int
    width: float
    height: float
    layout: bytes = b""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a format that flows: `text[start:end]`, and the headings above it, the outermost first."""

    start: int
    end: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of one document, its pages, its media type, and sentences about what may be missing.

    `page_count` is that of the whole document, where only a range of its pages was asked for.
    """

    text: str
    pages: list[Page]
    media_type: str
    warnings: list[str]
    paragraphs: list[Paragraph] = field(default_factory=list)
    page_count: int = 1


def flowing(
    text: str, *, media_type: str, warnings: list[str], paragraphs: Sequence[Paragraph] = ()
) -> Extracted:
    """Wrap the text of a format that knows no pages as one page; raise NoText or OverLimits."""
    if len(text) > limits.CHARACTER_LIMIT or len(paragraphs) > limits.PARAGRAPH_LIMIT:
        raise OverLimits
    if not text.strip():
        raise NoText
    page = Page(number=1, start=0, end=len(text), width=0, height=0)
    return Extracted(text, [page], media_type, warnings, list(paragraphs))


def joined(ranges: Sequence[Extracted]) -> Extracted:
    """Return the ranges of one document as a whole, in their order; a line break parts them, as it parts pages.

    Raise OverLimits when they hold too much text together.
    """
    pages: list[Page] = []
    start = 0
    for place, part in enumerate(ranges, 1):
        length = len(part.text) + (place < len(ranges))
        pages += _moved(part.pages, start, start + length)
        start += length
    if start > limits.CHARACTER_LIMIT:
        raise OverLimits
    warnings = list(dict.fromkeys(warning for part in ranges for warning in part.warnings))
    return replace(ranges[0], text="\n".join(part.text for part in ranges), pages=pages, warnings=warnings)


def _moved(pages: Sequence[Page], start: int, end: int) -> list[Page]:
    """Return the pages of a range where they stand in the whole; the last of them reaches to the end of the range."""
    moved = [replace(page, start=page.start + start, end=page.end + start) for page in pages]
    return [*moved[:-1], replace(moved[-1], end=end)] if moved else []
