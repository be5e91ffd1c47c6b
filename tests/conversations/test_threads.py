"""Threads: a question begins one or goes on with one; people name them."""

import pytest

from conversations import services
from conversations.models import Message, Thread
from lexai.audit.models import AuditEvent
from lexai.database import insert
from lexai.errors import Gone, NotAcceptable
from lexai.system import SYSTEM
from tests import factories

LONG = "Which of the two parents decides about the school of the younger child when both disagree?"


def begun(client, by, content="Who pays the rent?", **fields):
    return services.begin_answer(Message(client=client, content=content, **fields), by=by)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who pays\n the   rent?", "Who pays the rent?"),
        (LONG, "Which of the two parents decides about the school of the…"),
        ("x" * 90, "x" * 59 + "…"),
        ("\x01Who\x02pays?", "Who pays?"),
    ],
)
def test_a_question_begins_a_thread_named_by_its_first_words(cast, question, title):
    answer = begun(cast.open, cast.ana, question)

    thread = Thread.objects.get()
    assert (thread.title, thread.client_id) == (title, cast.open.pk)
    assert (answer.thread, answer.reply_to.thread) == (thread, thread)


def test_a_question_goes_on_with_the_thread_that_it_names(cast):
    first = begun(cast.open, cast.ana)

    second = begun(cast.open, cast.cleo, thread=first.thread)

    assert (second.thread, Thread.objects.count()) == (first.thread, 1)


def test_a_thread_of_another_client_is_none_and_nothing_is_stored(cast):
    foreign = begun(cast.restricted, cast.ana).thread

    with pytest.raises(services.NoSuchThread):
        begun(cast.open, cast.ana, thread=foreign)
    with pytest.raises(services.NoSuchThread):
        begun(cast.open, cast.ana, thread_id=10**9)

    assert Message.objects.filter(client=cast.open).count() == 0


def test_a_refused_question_begins_no_thread(cast):
    with pytest.raises(services.QuestionTooLong):
        begun(cast.open, cast.ana, "x" * 4001)

    assert Thread.objects.count() == 0


def test_a_thread_is_renamed_and_audited_without_its_title(cast):
    thread = begun(cast.restricted, cast.ana).thread

    renamed = services.rename_thread(thread, "  The rent  ", by=cast.ben)

    event = AuditEvent.objects.get(verb="thread.renamed")
    assert Thread.objects.get(pk=thread.pk).title == renamed.title == "The rent"
    assert (event.actor, event.client_ids, event.target_id, event.facts) == (
        "ben@hart.example",
        [cast.restricted.pk],
        str(thread.pk),
        {},
    )


@pytest.mark.parametrize(
    ("title", "refusal"),
    [(" ", services.ThreadUnnamed), ("x" * 201, NotAcceptable), ("a\nb", NotAcceptable)],
)
def test_a_title_is_one_line_of_words(cast, title, refusal):
    thread = begun(cast.open, cast.ana).thread

    with pytest.raises(refusal):
        services.rename_thread(thread, title, by=cast.ana)


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_whoever_may_not_see_the_client_renames_and_stops_nothing(cast, who):
    pending = begun(cast.restricted, cast.ana)

    with pytest.raises(Gone):
        services.rename_thread(pending.thread, "Mine", by=getattr(cast, who))
    with pytest.raises(Gone):
        services.stop_answer(pending, by=getattr(cast, who))

    assert Message.objects.get(pk=pending.pk).status == "pending"


def test_what_comes_from_a_program_without_a_thread_stands_in_one_too(cast):
    factories.ready_document(cast.open, "The tenant pays a rent of $900 a month.")
    answer = services.ask(Message(client=cast.open, content="Who pays the rent?"), by=SYSTEM)

    assert answer.thread.title == "Who pays the rent?"


def test_threads_are_listed_newest_first_to_whoever_sees_their_client(cast):
    older, newer = (begun(cast.restricted, cast.ana, f"Question {n}?").thread for n in (1, 2))
    insert(Thread(client=cast.foreign, title="Foreign"))

    visible = {
        name: list(Thread.objects.visible_to(getattr(cast, name)).newest_first())
        for name in ("ben", "cleo", "dora")
    }

    assert visible == {"ben": [newer, older], "cleo": [], "dora": []}
