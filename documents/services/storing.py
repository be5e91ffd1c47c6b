"""What was read in a paper, as rows: its text, pages, passages, and the papers that came in it."""

from bisect import bisect_right
from collections.abc import Callable

from django.db import transaction

from documents import extraction, paragraphs, tasks
from documents.models import Document, Page, Passage
from documents.parts import Parts
from documents.retrieval import passages
from documents.services.adding import add_parts
from lexai import audit, wakeups
from lexai.celery import nudge
from lexai.database import insert_all
from lexai.system import SystemUser

Headings = Callable[[passages.Clause], str]


@transaction.atomic
def store(document: Document, extracted: extraction.Extracted, parts: Parts, *, by: SystemUser) -> Document:
    """Store what was read in a document that the caller has locked, and settle it as ready."""
    insert_all([_page(document, page) for page in extracted.pages])
    insert_all(_passages(document, extracted))
    add_parts(document, parts, by=by)
    document.text, document.warnings = extracted.text, [*extracted.warnings, *parts.warnings()]
    document.paragraphs = paragraphs.packed(extracted.paragraphs)
    document.media_type, document.page_count = extracted.media_type, len(extracted.pages)
    document.status = Document.Status.READY
    document.save(update_fields=["text", "paragraphs", "warnings", "media_type", "page_count", "status"])
    audit.record("document.read", document, by=by)
    nudge(tasks.index_client, client_id=document.client_id)
    wakeups.tell(document.wakeup)
    return document


def _page(document: Document, page: extraction.Page) -> Page:
    return Page(
        client_id=document.client_id,
        document=document,
        number=page.number,
        start=page.start,
        end=page.end,
        width=float(page.width),  # the boxes are bound to the size as the database will tell it
        height=float(page.height),
        layout=page.layout,
    )


def _passages(document: Document, extracted: extraction.Extracted) -> list[Passage]:
    starts, heading = [page.start for page in extracted.pages], _headings(extracted)
    return [
        Passage(
            client_id=document.client_id,
            document=document,
            start=clause.start,
            end=clause.end,
            page=bisect_right(starts, clause.start),
            page_end=bisect_right(starts, clause.end - 1),
            heading=heading(clause),
            text=extracted.text[clause.start : clause.end],
        )
        for clause in passages.split(extracted.text)
    ]


def _headings(extracted: extraction.Extracted) -> Headings:
    """Return what tells the heading of a passage: that of its paragraph where the file names it, else the text's."""
    ordered = sorted(extracted.paragraphs, key=lambda paragraph: paragraph.start)
    starts = [paragraph.start for paragraph in ordered]

    def heading(clause: passages.Clause) -> str:
        place = bisect_right(starts, clause.start) - 1
        named = ordered[place].headings if place >= 0 else ()
        return passages.path_text(named) if named else clause.heading

    return heading
