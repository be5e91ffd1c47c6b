"""What reading a document gives."""

from dataclasses import dataclass, field

from documents.extraction import limits
from documents.extraction.refusals import NoText, OverLimits


@dataclass(frozen=True)
class Page:
    """One page: `text[start:end]` of the document, in code points; pages tile the text.

    `number` counts from 1; `width` and `height` are points, 0 where the format flows.
    `words` will hold [start, end, x0, y0, x1, y1] for each word; it is empty as yet.
    """

    number: int
    start: int
    end: int
    width: float
    height: float
    words: list[list[float]] = field(default_factory=list)


@dataclass(frozen=True)
class Extracted:
    """The text of one document, its pages, its media type, and sentences about what may be missing."""

    text: str
    pages: list[Page]
    media_type: str
    warnings: list[str]


def flowing(text: str, *, media_type: str, warnings: list[str]) -> Extracted:
    """Wrap the text of a format that knows no pages as one page; raise NoText or OverLimits."""
    if len(text) > limits.CHARACTER_LIMIT:
        raise OverLimits
    if not text.strip():
        raise NoText
    page = Page(number=1, start=0, end=len(text), width=0, height=0)
    return Extracted(text=text, pages=[page], media_type=media_type, warnings=warnings)
