"""A question that is limited to chosen documents: no other is searched, quoted or pointed at."""

import pytest

from conversations import services
from conversations.assistant.engines import Quotation, SeeAlso
from conversations.models import Message
from documents import search
from documents import services as documents
from documents.models import Document
from lexai.system import SYSTEM
from tests import factories
from tests.conversations.engines import DishonestEngine

QUESTION = "What is the monthly rent?"
OLD = "1. Rent\n\nThe tenant pays a monthly rent of $900 to the landlord."
NEW = "1. Rent\n\nThe tenant pays a monthly rent of $1,200 to the landlord."


@pytest.fixture
def leases(cast):
    return [
        factories.ready_document(cast.open, text, filename=name)
        for text, name in ((OLD, "old.txt"), (NEW, "new.txt"))
    ]


def asked(client, by, chosen, engine=None):
    question = Message(client=client, content=QUESTION, document_ids=chosen)
    return services.ask(question, by=by, engine=engine)


def cited(answer):
    return {citation.document_id for citation in answer.citations.all()}


def test_an_answer_comes_from_the_chosen_document_alone(cast, leases):
    old, new = leases

    assert cited(asked(cast.open, cast.ana, [])) == {old.pk, new.pk}
    assert cited(asked(cast.open, cast.ana, [new.pk])) == {new.pk}
    assert cited(asked(cast.open, cast.ana, [old.pk])) == {old.pk}


def test_the_choice_stands_with_the_question_each_document_once_and_holds_in_the_queue(cast, leases):
    _old, new = leases
    question = Message(client=cast.open, content=QUESTION, document_ids=[new.pk, new.pk])

    pending = services.begin_answer(question, by=cast.ana)
    answer = services.answer(pending, by=SYSTEM)

    assert Message.objects.get(pk=question.pk).document_ids == [new.pk]
    assert cited(answer) == {new.pk}


@pytest.mark.parametrize("kind", [Quotation, SeeAlso])
def test_what_an_engine_claims_of_another_document_is_not_verified(cast, leases, kind):
    old, new = leases
    text = Document.objects.defer(None).get(pk=old.pk).text
    claim = Quotation(1, old.pk, 0, len(text), text)
    engine = DishonestEngine([claim] if kind is Quotation else [])
    if kind is SeeAlso:
        engine.claims = [SeeAlsoWithNumber(old.pk, 0, len(text), text)]

    (citation,) = asked(cast.open, cast.ana, [new.pk], engine).citations.all()

    assert (citation.is_verified, citation.document, citation.start) == (False, None, None)


class SeeAlsoWithNumber(SeeAlso):
    """What the engine of the tests writes its marker with."""

    n = 1


def test_a_chosen_document_that_is_deleted_widens_nothing(cast, leases):
    _old, new = leases
    question = Message(client=cast.open, content=QUESTION, document_ids=[new.pk])
    pending = services.begin_answer(question, by=cast.ana)
    documents.delete_document(new, by=cast.ana)

    answer = services.answer(pending, by=SYSTEM)

    assert (answer.is_supported, cited(answer)) == (False, set())


def test_only_documents_of_the_client_can_be_chosen(cast, leases):
    foreign = factories.ready_document(cast.restricted, OLD)

    for chosen in ([foreign.pk], [leases[0].pk, 10**9]):
        with pytest.raises(services.NoSuchDocument):
            asked(cast.open, cast.ana, chosen)

    assert Message.objects.count() == 0


def test_the_search_within_documents_finds_what_the_search_in_all_finds_of_them(cast, leases):
    for n in range(12):
        factories.ready_document(cast.open, f"The rent of flat {n} is a monthly rent of ${n}00.")
    documents.index_client(cast.open, by=SYSTEM)
    new = leases[1]

    everywhere = search.search_client(cast.open, QUESTION, by=cast.ana, limit=50).found
    within = search.search_client(cast.open, QUESTION, by=cast.ana, limit=1, within=[new.pk]).found

    assert [(one.passage.pk, one.score) for one in within] == [
        (one.passage.pk, one.score) for one in everywhere if one.passage.document_id == new.pk
    ][:1]
    assert len(within) == 1
