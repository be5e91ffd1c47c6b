"""Pages on their way to become a document."""

from collections.abc import Mapping
from dataclasses import dataclass

from documents.extraction.extracted import Page


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as far as it is read: its size in points; its layout belongs to its text, with offsets from 0."""

    width: float = 0.0
    height: float = 0.0
    text: str = ""
    layout: bytes = b""


def tiled(sheets: Mapping[int, Sheet]) -> tuple[str, list[Page]]:
    """Join pages, given by their numbers in order, with line breaks that belong to the earlier page."""
    pages, start = [], 0
    for place, (number, sheet) in enumerate(sorted(sheets.items()), 1):
        end = start + len(sheet.text) + (place < len(sheets))
        pages.append(Page(number, start, end, sheet.width, sheet.height, sheet.layout))
        start = end
    return "\n".join(sheet.text for _, sheet in sorted(sheets.items())), pages
