"""The row is the queue of answers: whatever dies or forgets, no answer stays pending for ever."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from clients.services import remove_member
from conversations import services, tasks
from conversations.assistant.engines import Delta
from conversations.models import Message
from lexai import processes
from lexai.audit.models import AuditEvent
from lexai.celery import app
from lexai.errors import NotAllowed
from lexai.operations import supervisor
from lexai.system import SYSTEM
from tests import factories
from tests.conftest import CHECKOUT, environment
from tests.conversations.engines import BreakingEngine, answering, say

FEES = "1. Fees\n\nThe Tenant pays a monthly rent of $900 to the Landlord on the first day of each month."
QUESTION = "What is the monthly rent?"


def begun(client, user):
    return services.begin_answer(Message(client=client, content=QUESTION), by=user)


@pytest.fixture
def pending(cast):
    factories.ready_document(cast.restricted, FEES)
    return begun(cast.restricted, cast.ben)


def fresh(message):
    return Message.objects.get(pk=message.pk)


def forget(message):
    """Let the lease run out."""
    Message.objects.filter(pk=message.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_the_queue_answers_as_waiting_does(cast, pending):
    queued = services.answer(pending, by=SYSTEM)
    waited = services.ask(Message(client=cast.restricted, content=QUESTION), by=cast.ben)

    assert (queued.status, queued.content, queued.is_supported) == ("complete", waited.content, True)
    assert queued.passage_ids == fresh(waited).passage_ids
    assert [one.quote for one in queued.citations.quotations()] == [
        one.quote for one in waited.citations.quotations()
    ]


def test_an_answer_is_given_once(pending):
    tasks.answer_question(message_id=pending.pk, from_a_later_release=True)
    tasks.answer_question(message_id=pending.pk)

    with pytest.raises(services.NotPending):
        services.answer(pending, by=SYSTEM)
    assert (fresh(pending).attempts, fresh(pending).status) == (1, "complete")
    assert not AuditEvent.objects.filter(verb="access.refused").exists()


@pytest.mark.django_db
def test_a_message_for_an_answer_that_is_gone_does_nothing():
    tasks.answer_question(message_id=10**9)

    assert not AuditEvent.objects.exists()


def test_only_the_queue_answers_for_the_queue(cast, pending):
    for user in (cast.ana, cast.ben, cast.dora):
        with pytest.raises(NotAllowed):
            services.answer(pending, by=user)
        with pytest.raises(NotAllowed):
            services.dispatch_answers(by=user)

    assert fresh(pending).attempts == 0


def test_s6_whoever_lost_the_client_meanwhile_gets_no_answer(cast, pending):
    remove_member(cast.restricted, cast.ben, by=cast.ana)

    with pytest.raises(NotAllowed):
        services.answer(pending, by=SYSTEM)

    settled = fresh(pending)
    assert (settled.status, settled.passage_ids, settled.citations.count()) == ("incomplete", [], 0)
    assert "$900" not in settled.content


def test_s6_whoever_was_deactivated_meanwhile_gets_no_answer(cast, pending):
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)

    with pytest.raises(NotAllowed):
        services.answer(pending, by=SYSTEM)

    assert (fresh(pending).status, fresh(pending).passage_ids) == ("incomplete", [])


def test_an_engine_that_breaks_off_leaves_what_had_come(pending):
    with pytest.raises(services.EngineFailed):
        services.answer(pending, by=SYSTEM, engine=BreakingEngine())

    assert (fresh(pending).status, fresh(pending).content) == ("incomplete", "The answer is")


def test_an_answer_nobody_has_begun_is_queued_again(pending):
    forget(pending)

    assert services.dispatch_answers(by=SYSTEM) == 1
    assert (fresh(pending).status, fresh(pending).attempts) == ("pending", 0)
    assert services.dispatch_answers(by=SYSTEM) == 0
    assert services.answer(pending, by=SYSTEM).status == "complete"


@pytest.mark.parametrize(("content", "kept"), [("The rent", "The rent"), ("", services.NO_ANSWER)])
def test_an_answer_whose_worker_died_is_settled_with_what_had_come(pending, content, kept):
    pending.attempts, pending.content = 1, content
    pending.save(update_fields=["attempts", "content"])
    forget(pending)

    assert services.dispatch_answers(by=SYSTEM) == 1
    assert (fresh(pending).status, fresh(pending).content) == ("incomplete", kept)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_while_an_answer_comes_it_is_stored_and_its_lease_renewed():
    cast = factories.cast()
    pending = begun(cast.open, cast.ana)
    with answering(pending) as engine:
        leases = []
        for word in ("One ", "two ", "three"):
            say(engine, word)
            await_true(lambda word=word: fresh(pending).content.endswith(word.strip()))
            leases.append(fresh(pending).lease_expires_at)
        assert (fresh(pending).content, fresh(pending).status) == ("One two three", "pending")
    assert leases == sorted(set(leases))
    assert (fresh(pending).content, fresh(pending).status) == ("One two three", "complete")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_was_settled_meanwhile_is_not_overwritten():
    cast = factories.cast()
    pending = begun(cast.open, cast.ana)
    with answering(pending) as engine:
        say(engine, "One ")
        await_true(lambda: fresh(pending).content == "One")
        forget(pending)
        assert services.dispatch_answers(by=SYSTEM) == 1
        engine.dictated.put(Delta("two"))
    assert (fresh(pending).content, fresh(pending).status) == ("One", "incomplete")


A_WORKER_THAT_WAITS = """
import time
import django
django.setup()
from conversations import services
from conversations.assistant.engines import Delta
from conversations.models import Message
from lexai.system import SYSTEM

class WaitingEngine:
    name = "waiting"
    def answer(self, retrieval):
        for word in ["The", " rent", " is", " due"]:
            time.sleep(0.35)
            yield Delta(word)
        time.sleep(600)

services.answer(Message.objects.get(pk={pk}), by=SYSTEM, engine=WaitingEngine())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_9_of_a_worker_in_the_middle_of_an_answer():
    cast = factories.cast()
    pending = begun(cast.open, cast.ana)
    variables = {**environment(), "DJANGO_SETTINGS_MODULE": "lexai.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", A_WORKER_THAT_WAITS.format(pk=pending.pk)], cwd=CHECKOUT, env=variables
    )
    await_true(lambda: fresh(pending).content == "The rent is due", worker)

    worker.kill()
    worker.wait(10)

    assert services.dispatch_answers(by=SYSTEM) == 0
    await_true(lambda: services.dispatch_answers(by=SYSTEM) == 1)
    assert (fresh(pending).status, fresh(pending).content) == ("incomplete", "The rent is due")


@pytest.mark.slow
def test_a_flushed_broker_with_a_question_queued(transactional_db, request):
    cast = factories.cast()
    factories.ready_document(cast.restricted, FEES)
    pending = begun(cast.restricted, cast.ben)
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    request.getfixturevalue("answers")
    beat = processes.spawn(supervisor.beat().command, cwd=CHECKOUT, env=environment())
    try:
        forget(pending)
        await_true(lambda: fresh(pending).is_settled)
    finally:
        processes.stop(beat, processes.signal.SIGTERM, 10)

    assert (fresh(pending).status, fresh(pending).is_supported) == ("complete", True)


def await_true(condition, process=None):
    deadline = time.monotonic() + 30
    while not condition():
        assert process is None or process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline, "not so within 30 seconds"
        time.sleep(0.05)
