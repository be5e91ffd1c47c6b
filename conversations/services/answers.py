"""What happens to an answer: it is claimed, gathered, checked, stored, or stopped."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from accounts.models import User
from clients.models import Client
from conversations import policies, tasks
from conversations.assistant import engines
from conversations.assistant.quote import QuoteEngine
from conversations.models import Message
from conversations.services.citations import checked_citations
from conversations.services.retrieval import retrieved
from lexai import audit, wakeups
from lexai.celery import nudge
from lexai.characters import storable
from lexai.database import insert_all, locked
from lexai.errors import DomainError, NotAllowed, WrongState, require, require_visible
from lexai.system import SystemUser

SAVING_SECONDS = 0.3  # how often an answer under way is stored for those who watch it
NO_ANSWER = "The assistant gave no answer. Please ask again."
STOPPED = "The answer was stopped before any of it had come."


class EngineFailed(DomainError):
    """The assistant broke off before its answer was complete. Ask again."""

    status = 503


class NotPending(WrongState):
    """This answer is not waiting to be given."""


class AnswerSettled(WrongState):
    """This answer has been settled meanwhile."""


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
    return carry_out(pending, question, by=question.asked_by, engine=engine)


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
def stop_answer(pending: Message, *, by: User) -> Message:
    """Settle an answer under way as `incomplete`, with what has come of it; raise AnswerSettled when it is over.

    Whoever works on it finds that out when the next piece is to be stored, and stops.
    """
    pending = locked(pending)
    require_visible(policies.can_stop_answer(by, pending))
    if pending.is_settled or pending.role != Message.Role.ASSISTANT:
        raise AnswerSettled
    _settle_incomplete(pending, pending.content or STOPPED)
    audit.record("answer.stopped", pending, by=by)
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


def carry_out(
    pending: Message, question: Message, *, by: User | SystemUser | None, engine: engines.Engine
) -> Message:
    """Find, gather, store; whatever goes wrong, settle the answer with what had come and raise."""
    gathered = Answer()
    try:
        reader = _reader(by, pending)
        retrieval = retrieved(question, by=reader)
        _store_found(pending, retrieval)
        _gather(engine, retrieval, gathered, pending)
        return _complete(pending, gathered, within=question.document_ids, by=_reader(by, pending))
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
def _store_found(pending: Message, retrieval: engines.Retrieval) -> None:
    held = _held(pending)
    held.passage_ids = [source.passage_id for source in retrieval.sources]
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["passage_ids", "lease_expires_at"])
    wakeups.tell(held.wakeup)


@transaction.atomic
def _store_so_far(pending: Message, gathered: Answer) -> None:
    held = _held(pending)
    held.content = gathered.so_far
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["content", "lease_expires_at"])
    wakeups.tell(held.wakeup)


@transaction.atomic
def _leave_incomplete(pending: Message, gathered: Answer) -> None:
    held: Message | None = Message.objects.select_for_update().filter(pk=pending.pk).first()
    if held and not held.is_settled:
        _settle_incomplete(held, gathered.content)


def _settle_incomplete(pending: Message, content: str) -> None:
    pending.content, pending.status = content or NO_ANSWER, Message.Status.INCOMPLETE
    pending.save(update_fields=["content", "status"])
    wakeups.tell(pending.wakeup)


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


@transaction.atomic
def _complete(pending: Message, gathered: Answer, *, within: list[int], by: User | SystemUser) -> Message:
    citations = checked_citations(pending, gathered.quotations, gathered.see_also, within=within, by=by)
    held = _held(pending)
    held.content, held.status = gathered.content, Message.Status.COMPLETE
    held.is_supported, held.support = gathered.verdict.supported, gathered.verdict.support
    held.save(update_fields=["content", "status", "is_supported", "support"])
    insert_all(citations)
    wakeups.tell(held.wakeup)
    return held
