"""Stop: an answer under way is settled with what has come of it, and nothing comes after that."""

import pytest

from conversations import services
from conversations.assistant.engines import Delta
from conversations.models import Message
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories
from tests.conversations.engines import answering, say


@pytest.fixture
def pending(cast):
    factories.ready_document(cast.restricted, "The tenant pays a rent of $900 a month.")
    return services.begin_answer(Message(client=cast.restricted, content="Who pays?"), by=cast.ben)


def now(message):
    return Message.objects.get(pk=message.pk)


def test_an_answer_that_nobody_has_begun_is_stopped_and_audited(cast, pending):
    stopped = services.stop_answer(pending, by=cast.ana)

    event = AuditEvent.objects.get(verb="answer.stopped")
    assert (stopped.status, stopped.content) == ("incomplete", services.STOPPED)
    assert (event.actor, event.client_ids, event.target_id) == (
        "ana@hart.example",
        [cast.restricted.pk],
        str(pending.pk),
    )
    with pytest.raises(services.NotPending):
        services.answer(pending, by=SYSTEM)


def test_what_is_settled_cannot_be_stopped_and_neither_can_a_question(cast, pending):
    services.stop_answer(pending, by=cast.ben)

    for message in (pending, pending.reply_to):
        with pytest.raises(services.AnswerSettled):
            services.stop_answer(message, by=cast.ben)


@pytest.mark.slow
def test_what_has_come_is_kept_and_what_comes_later_is_not(transactional_db):
    cast = factories.cast()
    factories.ready_document(cast.open, "The tenant pays a rent of $900 a month.")
    question = Message(client=cast.open, content="Who pays?")
    pending = services.begin_answer(question, by=cast.ana)
    with answering(pending) as engine:
        say(engine, "The tenant pays.")
        while not now(pending).content:
            pass
        services.stop_answer(pending, by=cast.ana)
        say(engine, " And much more.")
        engine.dictated.put(Delta(" And more still."))

    assert (now(pending).status, now(pending).content) == ("incomplete", "The tenant pays.")
