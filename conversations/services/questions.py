"""What happens when a question is asked about a client."""

import math
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conversations import policies, tasks
from conversations.assistant import engines
from conversations.assistant.quote import QuoteEngine
from conversations.models import Message, Thread
from conversations.services.answers import carry_out
from conversations.services.threads import begin_thread
from documents.models import Document
from lexai import audit
from lexai.audit.models import AuditEvent
from lexai.celery import nudge
from lexai.characters import is_visible
from lexai.database import insert, locked
from lexai.errors import DomainError, NotAcceptable, NotAllowed, TooSoon, require_visible
from lexai.system import SystemUser

QUESTION_CHARACTERS = 4000
PENDING_OF_ONE_USER, PENDING_WAIT_SECONDS = 20, 10  # the queue is everybody's
DOUBLE_CLICK_SECONDS = 10  # with time to spare for a slow line


class QuestionEmpty(DomainError):
    """A question needs words. Write what you want to know about this client."""


class QuestionTooLong(DomainError):
    """A question may have at most 4,000 characters. Shorten it, or add the long text as a document."""


class DailyLimitReached(TooSoon):
    """Your questions of today are used up. Ask again later, or have your subscription raised."""


class TooManyPending(TooSoon):
    """Many of your questions are still being answered. Wait for their answers, and ask again."""


class NoSuchThread(NotAcceptable):
    """There is no such thread of this client. It may have been deleted meanwhile."""


class NoSuchDocument(NotAcceptable):
    """A document that was chosen is none of this client's, or has been deleted meanwhile. Choose again."""


def ask(question: Message, *, by: User | SystemUser, engine: engines.Engine | None = None) -> Message:
    """Answer a question from the papers of its client that the asking user may read; return the answer.

    A question that names no thread begins one; `document_ids` limit it to those papers. Raises QuestionEmpty,
    QuestionTooLong, NoSuchThread, NoSuchDocument, DailyLimitReached, or EngineFailed when the engine breaks off:
    whatever goes wrong, the answer is settled as `incomplete` with what had come.
    """
    engine = engine or QuoteEngine()
    with transaction.atomic():
        pending = _begin(question, by=_locked_asker(by), engine=engine, attempts=1)
    return carry_out(pending, question, by=by, engine=engine)


@transaction.atomic
def begin_answer(question: Message, *, by: User) -> Message:
    """Store a question and leave its answer to the queue; return the pending answer.

    What one form sends twice at once, by a double click, is one question: its answer is returned, pending or not.
    Raises QuestionEmpty, QuestionTooLong, NoSuchThread, NoSuchDocument, TooManyPending or DailyLimitReached.
    """
    asker = _locked_asker(by)
    earlier = _sent_before(question, by=asker)
    if earlier is not None:
        return earlier
    _demand_few_pending(asker)
    pending = _begin(question, by=asker, engine=QuoteEngine(), attempts=0)
    nudge(tasks.answer_question, message_id=pending.pk)
    return pending


def _begin(question: Message, *, by: User | SystemUser, engine: engines.Engine, attempts: int) -> Message:
    """Store a locked user's question with its pending answer; with `attempts=1` the caller answers it at once."""
    question.client = locked(question.client)  # the wall may have been built a moment ago
    require_visible(policies.can_ask(by, question.client))
    question.role, question.content = Message.Role.USER, question.content.strip()
    question.asked_by = by if isinstance(by, User) else None
    if not is_visible(question.content):
        raise QuestionEmpty
    if len(question.content) > QUESTION_CHARACTERS:
        raise QuestionTooLong
    question.document_ids = _chosen(question)
    _demand_questions_left(by)
    question.thread = _thread(question, by=by)
    pending = _pending(question, engine=engine, attempts=attempts)
    insert(question, pending)
    audit.record("question.asked", question, by=by)
    return pending


def _locked_asker(by: User | SystemUser) -> User | SystemUser:
    """Lock a user's row, so that parallel questions are counted one after the other; return it as it is now."""
    if isinstance(by, SystemUser):
        return by
    now: User | None = User.objects.select_for_update(no_key=True).filter(pk=by.pk).first()
    if now is None:
        raise NotAllowed
    return now


def _sent_before(question: Message, *, by: User | SystemUser) -> Message | None:
    """Return the answer to the question that the same form sent a moment ago; None where there is none."""
    if question.sent_as is None:
        return None
    since = timezone.now() - timedelta(seconds=DOUBLE_CLICK_SECONDS)
    sent = Message.objects.visible_to(by).filter(client=question.client, asked_by=by.pk, timestamp__gte=since)
    replies = Message.objects.visible_to(by).filter(reply_to__in=sent.filter(sent_as=question.sent_as))
    earlier = replies.select_related("reply_to", "thread").first()
    return earlier if earlier and _asks_the_same(earlier.reply_to, question) else None


def _asks_the_same(earlier: Message | None, question: Message) -> bool:
    """Tell whether a form was sent twice as it was; mended meanwhile, it asks another question."""
    if earlier is None:
        return False
    is_same_scope = set(earlier.document_ids) == set(question.document_ids)
    return is_same_scope and earlier.content == question.content.strip()


def _chosen(question: Message) -> list[int]:
    """Return the ids of the documents that a question is limited to, each once; raise NoSuchDocument."""
    chosen = sorted(set(question.document_ids))
    if Document.objects.filter(client=question.client, pk__in=chosen).count() < len(chosen):
        raise NoSuchDocument.of("documents")
    return chosen


def _thread(question: Message, *, by: User | SystemUser) -> Thread:
    """Return the thread that a question names, or a new one; raise NoSuchThread."""
    if question.thread_id is None:
        return begin_thread(question.client, question.content, by=by)
    thread: Thread | None = Thread.objects.filter(pk=question.thread_id, client=question.client).first()
    if thread is None:
        raise NoSuchThread.of("thread")
    return thread


def _demand_questions_left(by: User | SystemUser) -> None:
    now = timezone.now()
    if isinstance(by, SystemUser) or not policies.is_limited(by, now):
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = AuditEvent.objects.deeds_of(by, "question.asked", midnight)  # a deleted client frees no questions
    if asked.count() >= settings.FREE_QUESTIONS_A_DAY:
        raise DailyLimitReached(math.ceil((midnight + timedelta(days=1) - now).total_seconds()))


def _demand_few_pending(by: User | SystemUser) -> None:
    """Raise TooManyPending for somebody whose questions hold up those of everybody else."""
    pending = Message.objects.filter(status=Message.Status.PENDING, reply_to__asked_by=by.pk)
    if pending.count() >= PENDING_OF_ONE_USER:
        raise TooManyPending(PENDING_WAIT_SECONDS)


def _pending(question: Message, *, engine: engines.Engine, attempts: int) -> Message:
    """Return the answer to come; the queue leaves it alone while a nudge is under way."""
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
    return pending
