"""What a paper is and how far it has come, in the words of its readers."""

from typing import NamedTuple

from documents.extraction import Damaged, OverLimits, PasswordProtected, Unsupported
from documents.models import Document

_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "application/pdf": "PDF",
    "application/zip": "Archive",
    "application/rtf": "Rich text",
    "application/msword": "Word",
    "application/vnd.ms-outlook": "Mail",
    "application/vnd.oasis.opendocument.text": "OpenDocument text",
    f"{_OFFICE}.wordprocessingml.document": "Word",
    f"{_OFFICE}.spreadsheetml.sheet": "Excel",
    f"{_OFFICE}.presentationml.presentation": "PowerPoint",
    "message/rfc822": "Mail",
    "text/html": "Web page",
    "text/plain": "Plain text",
}
PICTURE = "image/"
TONES = {
    Document.Status.QUEUED: "live",
    Document.Status.EXTRACTING: "live",
    Document.Status.REFUSED: "bad",
}
WORDS = {
    Document.Status.QUEUED: "waiting to be read",
    Document.Status.EXTRACTING: "being read",
    Document.Status.READY: "ready",
    Document.Status.REFUSED: "refused",
}
FINAL = {Damaged.code, OverLimits.code, Unsupported.code}


class State(NamedTuple):
    """How far a paper has come: in words, as a tone that repeats them, and in pages while those are counted.

    It `is_final` where the same bytes would be refused again, however often they are read.
    """

    words: str
    tone: str = ""
    pages_read: int = 0
    pages: int = 0
    wants_password: bool = False
    is_final: bool = False


def state_of(document: Document) -> State:
    """Return the state of a paper, such as "reading 3 of 12"."""
    status = Document.Status(document.status)
    tone = TONES.get(status, "")
    if progress := document.progress:
        read, pages = progress["pages_read"], progress["pages"]
        return State(f"reading {read} of {pages}", tone, read, pages)
    wants_password, is_final = document.refusal == PasswordProtected.code, document.refusal in FINAL
    return State(WORDS[status], tone, wants_password=wants_password, is_final=is_final)


def kind_of(document: Document) -> str:
    """Return what kind of file a paper is, such as "PDF, 9 pages"; nothing before it is read."""
    is_picture = document.media_type.startswith(PICTURE)
    kind = "Picture" if is_picture else KINDS.get(document.media_type, "")
    pages = document.page_count or 0
    return f"{kind}, {pages:,} pages" if pages > 1 else kind
