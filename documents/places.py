"""Where words stand in a paper, as one cites them."""

from documents.models import Document


def place_told(document: Document, page: int | None, page_end: int | None, heading: str = "") -> str:
    """Return a place such as "pages 3 to 4, § 4.2": pages where the document has several, and the heading."""
    return ", ".join(part for part in (_pages_told(document, page, page_end), heading) if part)


def _pages_told(document: Document, page: int | None, page_end: int | None) -> str:
    if page is None or document.page_count == 1:
        return ""
    return f"page {page}" if page_end in {None, page} else f"pages {page} to {page_end}"
