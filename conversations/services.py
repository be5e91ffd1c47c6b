"""What happens when a question is asked about a client."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from conversations import policies, tasks
from conversations.assistant import engines, verification
from conversations.assistant.quote import QuoteEngine
from conversations.models import Citation, Message
from documents.models import Document, Page
from documents.search import Found, Results, search_client
from lexai import audit
from lexai.audit.models import AuditEvent
from lexai.celery import nudge
from lexai.database import insert, insert_all, locked
from lexai.errors import DomainError, NotAllowed, WrongState, require, require_visible, storable
from lexai.system import SystemUser

SOURCES = 50
QUESTION_CHARACTERS = 4000
SAVING_SECONDS = 0.3  # how often an answer under way is stored for those who watch it
NO_ANSWER = "The assistant gave no answer. Please ask again."


class QuestionEmpty(DomainError):
    """A question needs words. Write what you want to know about this client."""


class QuestionTooLong(DomainError):
    """A question may have at most 4,000 characters. Shorten it, or add the long text as a document."""


class EngineFailed(DomainError):
    """The assistant broke off before its answer was complete. Ask again."""

    status = 503


class DailyLimitReached(DomainError):
    """Your questions of today are used up. Ask again after midnight UTC, or have your subscription raised."""

    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class NotPending(WrongState):
    """This answer is not waiting to be given."""


class AnswerSettled(WrongState):
    """This answer has been settled meanwhile."""


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
    def so_far(self) -> str:
        """Return the Markdown that has come; what comes later only follows it."""
        return storable("".join(self.deltas)).strip()

    @property
    def content(self) -> str:
        return self.so_far or NO_ANSWER


def ask(question: Message, *, by: User | SystemUser, engine: engines.Engine | None = None) -> Message:
    """Answer a question from the papers of its client that the asking user may read; return the answer.

    Raises QuestionEmpty, QuestionTooLong, DailyLimitReached, or EngineFailed when the engine breaks off:
    whatever goes wrong, the answer is settled as `incomplete` with what had come.
    """
    engine = engine or QuoteEngine()
    pending = _begin(question, by=by, engine=engine, attempts=1)
    return _carry_out(pending, question, by=by, engine=engine)


@transaction.atomic
def begin_answer(question: Message, *, by: User) -> Message:
    """Store a question and leave its answer to the queue; return the pending answer.

    Raises QuestionEmpty, QuestionTooLong or DailyLimitReached.
    """
    pending = _begin(question, by=by, engine=QuoteEngine(), attempts=0)
    nudge(tasks.answer_question, message_id=pending.pk)
    return pending


def answer(pending: Message, *, by: SystemUser, engine: engines.Engine | None = None) -> Message:
    """Give a pending answer for the queue, from what the user who asked may read now; return it.

    Raises NotPending when it is settled or another worker has it; AnswerSettled when it was settled meanwhile;
    else as `ask` does. NotAllowed: whoever asked is gone or shut out; the answer is settled as `incomplete`.
    """
    engine = engine or QuoteEngine()
    pending = _claim(pending, by=by, engine=engine)
    question = pending.reply_to
    if question is None:
        raise NotPending
    return _carry_out(pending, question, by=question.asked_by, engine=engine)


@transaction.atomic
def dispatch_answers(*, by: SystemUser) -> int:
    """See to every pending answer whose lease ran out; return how many.

    One that nobody has begun is queued again; one that was begun is settled as `incomplete`, because whoever
    watches has read its beginning.
    """
    require(policies.can_answer_for_the_queue(by))
    due = list(Message.objects.due().select_for_update(skip_locked=True).order_by("pk"))
    for pending in due:
        if pending.attempts:
            _settle_incomplete(pending, pending.content)
            continue
        pending.lease(settings.LEASE_SECONDS)
        pending.save(update_fields=["lease_expires_at"])
        nudge(tasks.answer_question, message_id=pending.pk)
    return len(due)


@transaction.atomic
def _begin(question: Message, *, by: User | SystemUser, engine: engines.Engine, attempts: int) -> Message:
    """Store a question with its pending answer; with `attempts=1` the caller answers it at once."""
    by = _locked_asker(by)
    question.client = locked(question.client)  # the wall may have been built a moment ago
    require_visible(policies.can_ask(by, question.client))
    question.role, question.content = Message.Role.USER, question.content.strip()
    question.asked_by = by if isinstance(by, User) else None
    if not question.content:
        raise QuestionEmpty
    if len(question.content) > QUESTION_CHARACTERS:
        raise QuestionTooLong
    _demand_questions_left(by)
    insert(question)
    audit.record("question.asked", question, by=by)
    return _insert_pending(question, engine=engine, attempts=attempts)


def _locked_asker(by: User | SystemUser) -> User | SystemUser:
    """Lock a user's row, so that parallel questions are counted one after the other; return it as it is now."""
    if isinstance(by, SystemUser):
        return by
    now: User | None = User.objects.select_for_update(no_key=True).filter(pk=by.pk).first()
    if now is None:
        raise NotAllowed
    return now


def _demand_questions_left(by: User | SystemUser) -> None:
    now = timezone.now()
    if isinstance(by, SystemUser) or not policies.is_limited(by, now):
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = AuditEvent.objects.deeds_of(by, "question.asked", midnight)  # a deleted client frees no questions
    if asked.count() >= settings.FREE_QUESTIONS_A_DAY:
        raise DailyLimitReached(math.ceil((midnight + timedelta(days=1) - now).total_seconds()))


def _insert_pending(question: Message, *, engine: engines.Engine, attempts: int) -> Message:
    pending = Message(
        client=question.client,
        role=Message.Role.ASSISTANT,
        thread=question.thread,
        reply_to=question,
        status=Message.Status.PENDING,
        engine=engine.name,
        attempts=attempts,
    )
    pending.lease(settings.LEASE_SECONDS)
    insert(pending)
    return pending


@transaction.atomic
def _claim(pending: Message, *, by: SystemUser, engine: engines.Engine) -> Message:
    pending = locked(pending)
    require(policies.can_answer_for_the_queue(by))
    if pending.is_settled or pending.attempts:
        raise NotPending
    pending.attempts, pending.engine = 1, engine.name
    pending.lease(settings.LEASE_SECONDS)
    pending.save(update_fields=["attempts", "engine", "lease_expires_at"])
    return pending


def _carry_out(
    pending: Message, question: Message, *, by: User | SystemUser | None, engine: engines.Engine
) -> Message:
    """Find, gather, store; whatever goes wrong, settle the answer with what had come and raise."""
    gathered = Answer()
    try:
        reader = _reader(by, pending)
        results = search_client(pending.client, question.content, by=reader, limit=SOURCES)
        _store_found(pending, results)
        _gather(engine, _retrieval(question, results), gathered, pending)
        return _complete(pending, gathered, by=_reader(by, pending))
    except AnswerSettled:
        raise
    except BaseException:
        _leave_incomplete(pending, gathered)
        raise


def _reader(by: User | SystemUser | None, pending: Message) -> User | SystemUser:
    """Return whoever asks as they are now; raise NotAllowed when they are gone or may not see the client."""
    if isinstance(by, User):
        by = User.objects.filter(pk=by.pk).first()
    if by is None or not Client.objects.visible_to(by).filter(pk=pending.client_id).exists():
        raise NotAllowed
    return by


def _held(pending: Message) -> Message:
    """Lock the row and return it; raise AnswerSettled unless it is still pending."""
    held: Message | None = Message.objects.select_for_update().filter(pk=pending.pk).first()
    if held is None or held.is_settled:
        raise AnswerSettled
    return held


@transaction.atomic
def _store_found(pending: Message, results: Results) -> None:
    held = _held(pending)
    held.passage_ids = [found.passage.pk for found in results.found]
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["passage_ids", "lease_expires_at"])


@transaction.atomic
def _store_so_far(pending: Message, gathered: Answer) -> None:
    held = _held(pending)
    held.content = gathered.so_far
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["content", "lease_expires_at"])


@transaction.atomic
def _leave_incomplete(pending: Message, gathered: Answer) -> None:
    held: Message | None = Message.objects.select_for_update().filter(pk=pending.pk).first()
    if held and not held.is_settled:
        _settle_incomplete(held, gathered.content)


def _settle_incomplete(pending: Message, content: str) -> None:
    pending.content, pending.status = content or NO_ANSWER, Message.Status.INCOMPLETE
    pending.save(update_fields=["content", "status"])


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


def _gather(engine: engines.Engine, retrieval: engines.Retrieval, gathered: Answer, pending: Message) -> None:
    """Take in what an engine streams, storing it now and then for those who watch.

    Raises EngineFailed when it breaks off or numbers two quotations alike.
    """
    stored_at = time.monotonic()
    for event in _events(engine, retrieval):
        gathered.take(event)
        if time.monotonic() - stored_at >= SAVING_SECONDS:
            _store_so_far(pending, gathered)
            stored_at = time.monotonic()
    if len({claim.n for claim in gathered.quotations}) < len(gathered.quotations):
        raise EngineFailed


def _events(engine: engines.Engine, retrieval: engines.Retrieval) -> Iterator[engines.Event]:
    try:
        yield from engine.answer(retrieval)
    except Exception as error:
        raise EngineFailed from error


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
def _complete(pending: Message, gathered: Answer, *, by: User | SystemUser) -> Message:
    citations = _citations(pending, gathered, by=by)
    held = _held(pending)
    held.content, held.status = gathered.content, Message.Status.COMPLETE
    held.is_supported, held.support = gathered.verdict.supported, gathered.verdict.support
    held.save(update_fields=["content", "status", "is_supported", "support"])
    insert_all(citations)
    return held
