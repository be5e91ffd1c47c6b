"""Where words stand in a paper, as one cites them."""

import re

from documents.models import Document
from documents.retrieval.passages import HEADING_SEPARATOR

_NUMBER = re.compile(r"\d+(\.\d+)*\.?")


def place_told(document: Document, page: int | None, page_end: int | None, path: str = "") -> str:
    """Return a place such as "pages 3 to 4, § 4.2": pages where the document has several, and the nearest heading."""
    return ", ".join(part for part in (_pages_told(document, page, page_end), heading_told(path)) if part)


def heading_told(path: str) -> str:
    """Return the nearest heading as it is cited: a bare number as "§ 7.1"."""
    heading = nearest_heading(path)
    return f"§ {heading}" if _NUMBER.fullmatch(heading) else heading


def nearest_heading(path: str) -> str:
    """Return the innermost of the headings that lead to a place."""
    return path.rpartition(HEADING_SEPARATOR)[2]


def _pages_told(document: Document, page: int | None, page_end: int | None) -> str:
    if page is None or document.page_count == 1:
        return ""
    return f"page {page}" if page_end in {None, page} else f"pages {page} to {page_end}"
