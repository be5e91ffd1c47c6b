"""Where words stand in a paper, as one cites them."""

from documents.models import Document
from documents.retrieval.passages import HEADING_SEPARATOR


def place_told(document: Document, page: int | None, page_end: int | None, path: str = "") -> str:
    """Return a place such as "pages 3 to 4, § 4.2": pages where the document has several, and the nearest heading."""
    return ", ".join(part for part in (_pages_told(document, page, page_end), nearest_heading(path)) if part)


def nearest_heading(path: str) -> str:
    """Return the innermost of the headings that lead to a place."""
    return path.rpartition(HEADING_SEPARATOR)[2]


def _pages_told(document: Document, page: int | None, page_end: int | None) -> str:
    if page is None or document.page_count == 1:
        return ""
    return f"page {page}" if page_end in {None, page} else f"pages {page} to {page_end}"
