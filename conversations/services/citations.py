"""What an answer quotes is checked here: every quotation, word for word, against the papers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from accounts.models import User
from conversations.assistant import engines, verification
from conversations.models import Citation, Message
from documents.models import Document, Page
from lexai.characters import storable
from lexai.system import SystemUser


@dataclass
class Paper:
    """A document with its text, and where its pages start."""

    document: Document
    page_starts: list[int] = field(default_factory=list)


def checked_citations(
    answer: Message,
    quoted: Sequence[engines.Quotation],
    see_also: Sequence[engines.SeeAlso],
    *,
    within: Collection[int],
    by: User | SystemUser,
) -> list[Citation]:
    """Check every claimed quotation against the papers of this client that the asking user may read.

    Where the question was limited to some documents, `within`, no other is looked at. The papers are locked, so that
    none is deleted between the check and the citation.
    """
    claims: list[engines.Quotation | engines.SeeAlso] = [*quoted, *see_also]
    named = {claim.document_id for claim in claims}
    readable = _papers(answer, named & set(within) if within else named, by=by)
    quotations = [_checked(claim, readable) for claim in quoted]
    further = [_checked(claim, readable) for claim in see_also]
    for citation, claim in zip(quotations, quoted, strict=True):
        citation.kind, citation.n = Citation.Kind.QUOTATION, claim.n
    for n, citation in enumerate(further, 1):
        citation.kind, citation.n = Citation.Kind.SEE_ALSO, n
    for citation in [*quotations, *further]:
        citation.client, citation.message = answer.client, answer
    return [*quotations, *further]


def _papers(answer: Message, named: set[int], *, by: User | SystemUser) -> dict[int, Paper]:
    visible = Document.objects.visible_to(by).ready().filter(client=answer.client, pk__in=named)
    locked_rows = visible.select_for_update(of=("self",)).order_by("pk").defer(None)
    papers = {document.pk: Paper(document) for document in locked_rows}
    pages = Page.objects.filter(document__in=list(papers)).order_by("number")
    for document_id, start in pages.values_list("document_id", "start"):
        papers[document_id].page_starts.append(start)
    return papers


def _checked(claim: engines.Quotation | engines.SeeAlso, readable: dict[int, Paper]) -> Citation:
    """Return the claim as a citation; what was not found word for word names no place."""
    paper = readable.get(claim.document_id)
    document = paper.document if paper else None
    text = document.text or "" if document else ""
    if paper is None or not verification.verify(claim.text, claim.start, claim.end, text):
        return Citation(document=document, quote=storable(claim.text), is_verified=False)
    page, page_end = verification.pages_of(claim.start, claim.end, paper.page_starts)
    return Citation(
        document=document,
        page=page,
        page_end=page_end,
        start=claim.start,
        end=claim.end,
        quote=claim.text,
        is_verified=True,
    )
