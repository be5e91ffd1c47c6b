"""What happens when a question is asked about a client."""

from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from conversations import policies
from conversations.assistant import engines, verification
from conversations.assistant.quote import QuoteEngine
from conversations.models import Citation, Message
from documents.models import Document, Page
from documents.search import Found, Results, search_client
from lexai import audit
from lexai.database import insert, locked
from lexai.errors import DomainError, require, storable
from lexai.system import SystemUser

SOURCES = 50
QUESTION_CHARACTERS = 4000


class QuestionEmpty(DomainError):
    """A question needs words. Write what you want to know about this client."""


class QuestionTooLong(DomainError):
    """A question may have at most 4,000 characters. Shorten it, or add the long text as a document."""


class EngineFailed(DomainError):
    """The assistant broke off before its answer was complete. Ask again."""

    status = 503


@dataclass
class Paper:
    """A document with its text, and where its pages start."""

    document: Document
    page_starts: list[int] = field(default_factory=list)


@dataclass
class Answer:
    """What an engine said, gathered."""

    deltas: list[str] = field(default_factory=list)
    quotations: list[engines.Quotation] = field(default_factory=list)
    see_also: list[engines.SeeAlso] = field(default_factory=list)
    verdict: engines.Verdict = field(default_factory=lambda: engines.Verdict(supported=False, support=0.0))

    def take(self, event: engines.Event) -> None:
        """Put an event of the stream where it belongs."""
        match event:
            case engines.Delta():
                self.deltas.append(event.text)
            case engines.Quotation():
                self.quotations.append(event)
            case engines.SeeAlso():
                self.see_also.append(event)
            case engines.Verdict():
                self.verdict = event

    @property
    def content(self) -> str:
        return storable("".join(self.deltas)).strip() or "The assistant gave no answer. Please ask again."


def ask(question: Message, *, by: User | SystemUser, engine: engines.Engine | None = None) -> Message:
    """Answer a question from the papers of its client that the asking user may read; return the answer.

    Raises QuestionEmpty, QuestionTooLong, or EngineFailed when the engine breaks off: whatever goes wrong, the
    answer is settled as `incomplete` with what had come.
    """
    engine = engine or QuoteEngine()
    answer = _begin(question, by=by, engine=engine)
    gathered = Answer()
    try:
        results = search_client(question.client, question.content, by=by, limit=SOURCES)
        _gather(engine, _retrieval(question, results), gathered)
        return _complete(answer, gathered, by=by)
    except BaseException:
        _leave_incomplete(answer, gathered)
        raise


def _leave_incomplete(answer: Message, gathered: Answer) -> None:
    Message.objects.filter(pk=answer.pk).update(status=Message.Status.INCOMPLETE, content=gathered.content)


@transaction.atomic
def _begin(question: Message, *, by: User | SystemUser, engine: engines.Engine) -> Message:
    question.client = locked(question.client)  # the wall may have been built a moment ago
    require(policies.can_ask(by, question.client))
    question.role, question.content = Message.Role.USER, question.content.strip()
    question.asked_by = by if isinstance(by, User) else None
    if not question.content:
        raise QuestionEmpty
    if len(question.content) > QUESTION_CHARACTERS:
        raise QuestionTooLong
    insert(question)
    audit.record("question.asked", question, by=by)
    answer = Message(
        client=question.client,
        role=Message.Role.ASSISTANT,
        thread=question.thread,
        reply_to=question,
        status=Message.Status.PENDING,
        engine=engine.name,
    )
    insert(answer)
    return answer


def _retrieval(question: Message, results: Results) -> engines.Retrieval:
    return engines.Retrieval(
        question=question.content,
        sources=[_source(found) for found in results.found],
        passage_count=results.passage_count,
        document_frequency=results.document_frequency,
    )


def _source(found: Found) -> engines.Source:
    passage = found.passage
    return engines.Source(
        passage_id=passage.pk,
        document_id=passage.document_id,
        filename=passage.document.filename,
        heading=passage.heading,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        page=passage.page,
        page_end=passage.page_end,
        score=found.score,
    )


def _gather(engine: engines.Engine, retrieval: engines.Retrieval, answer: Answer) -> None:
    """Take in what an engine streams; raise EngineFailed when it breaks off or numbers two quotations alike."""
    try:
        for event in engine.answer(retrieval):
            answer.take(event)
    except Exception as error:
        raise EngineFailed from error
    if len({claim.n for claim in answer.quotations}) < len(answer.quotations):
        raise EngineFailed


def _citations(answer: Message, gathered: Answer, *, by: User | SystemUser) -> list[Citation]:
    """Check every claimed quotation against the papers of this client that the asking user may read.

    The papers are locked, so that none is deleted between the check and the citation.
    """
    claims: list[engines.Quotation | engines.SeeAlso] = [*gathered.quotations, *gathered.see_also]
    readable = _papers(answer, {claim.document_id for claim in claims}, by=by)
    quotations = [_checked(claim, readable) for claim in gathered.quotations]
    further = [_checked(claim, readable) for claim in gathered.see_also]
    for citation, claim in zip(quotations, gathered.quotations, strict=True):
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


@transaction.atomic
def _complete(answer: Message, gathered: Answer, *, by: User | SystemUser) -> Message:
    citations = _citations(answer, gathered, by=by)
    answer = locked(answer)
    answer.content, answer.status = gathered.content, Message.Status.COMPLETE
    answer.is_supported, answer.support = gathered.verdict.supported, gathered.verdict.support
    answer.save(update_fields=["content", "status", "is_supported", "support"])
    Citation.objects.bulk_create(citations)
    return answer
