import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations import services
from conversations.assistant.engines import Quotation
from conversations.assistant.quote import QuoteEngine
from conversations.models import Citation, Message
from documents import services as documents
from documents.models import Document, Page
from lexai.audit.models import AuditEvent
from lexai.characters import storable
from lexai.errors import Gone
from lexai.system import SYSTEM
from tests import factories, papers
from tests.conversations.engines import BreakingEngine, DishonestEngine

FEES = "1. Fees\n\nThe Tenant pays a monthly rent of $900 to the Landlord on the first day of each month."
NOTICE = "2. Notice\n\nThe Landlord gives the Tenant sixty days of written notice before the lease ends."
RENT = "The Tenant pays a monthly rent of $900 to the Landlord"


def ask(client, question, *, by, engine=None):
    return services.ask(Message(client=client, content=question), by=by, engine=engine)


def text_of(document):
    return Document.objects.defer(None).get(pk=document.pk).text


@pytest.fixture
def lease(cast):
    return factories.ready_document(cast.restricted, papers.pdf([FEES, NOTICE]), filename="lease.pdf")


def test_an_answer_quotes_the_paper_word_for_word_with_its_page(cast, lease):
    answer = ask(cast.restricted, "How many days of notice does the landlord give?", by=cast.ben)

    first = answer.citations.quotations().first()
    text = text_of(lease)
    assert (answer.status, answer.is_supported, answer.engine, answer.role) == (
        "complete",
        True,
        "quote",
        "assistant",
    )
    assert (first.is_verified, first.document, first.page, first.page_end) == (True, lease, 2, 2)
    assert first.quote == text[first.start : first.end]
    assert "sixty days of written notice" in " ".join(first.quote.split())
    assert "[1]" in answer.content


def test_asking_fetches_the_text_of_a_paper_once_however_many_passages_are_ranked(cast):
    clauses = "\n\n".join(
        f"{n}. The tenant of flat {n} pays a rent of ${n}00 on the first day." for n in range(1, 60)
    )
    factories.ready_document(cast.restricted, clauses)
    with CaptureQueriesContext(connection) as queries:
        answer = ask(cast.restricted, "What rent does the tenant pay?", by=cast.ben)

    fetching = [query["sql"] for query in queries if '"documents"."text"' in query["sql"]]
    assert (len(fetching), answer.is_supported) == (1, True)


def test_what_the_papers_do_not_hold_is_said(cast, lease):
    answer = ask(cast.restricted, "What is the blood type of the mother?", by=cast.ben)

    assert answer.is_supported is False
    assert "do not seem to hold" in answer.content


def test_a_client_without_papers_gets_an_answer_that_says_so(cast):
    answer = ask(cast.open, "Who pays?", by=cast.cleo)

    assert (answer.is_supported, answer.citations.count(), answer.status) == (False, 0, "complete")


def test_question_and_answer_are_stored_in_order_and_audited(cast, lease):
    answer = ask(cast.restricted, "  Who pays the rent?  ", by=cast.ben)

    question, reply = Message.objects.visible_to(cast.ben).in_order()
    assert (question.content, question.role, question.asked_by) == ("Who pays the rent?", "user", cast.ben)
    assert (reply, reply.reply_to) == (answer, question)
    event = AuditEvent.objects.filter(verb="question.asked").get()
    assert (event.actor, event.client_ids, event.target_id) == (
        "ben@hart.example",
        [cast.restricted.pk],
        str(question.pk),
    )
    assert "rent" not in str(event.facts)


def dishonest_claims(text, other_text):
    start = text.index("The Tenant pays")
    sentence = text[start : text.index(".", start) + 1]
    end = start + len(sentence)
    second = text.index("The Landlord gives")
    return {
        "a number changed": (start, end, sentence.replace("$900", "$950")),
        "a party swapped": (
            start,
            end,
            sentence.replace("Tenant", "Landlord").replace("to the Landlord", "to the Tenant"),
        ),
        "a word left out": (start, end, sentence.replace("monthly ", "")),
        "a negation slipped in": (start, end, sentence.replace("pays", "does not pay")),
        "another letter case": (start, end, sentence.upper()),
        "a quotation from another page": (second, second + len(sentence), sentence),
        "one character off": (start + 1, end + 1, sentence),
        "another client's paper": (0, len(other_text), other_text),
        "no text at all": (start, end, "The Tenant\0 pays \ud800"),
        "cut out of a number": (text.index("900") + 1, end, sentence[sentence.index("900") + 1 :]),
        "cut out of a word": (start + 5, end, sentence[5:]),
        "invented": (start, start + 30, "The Landlord waives all of the rent."),
        "empty": (start, start, ""),
        "a range turned round": (end, start, sentence),
        "a negative start": (-5, end, sentence),
        "beyond the end": (start, 10**9, sentence),
        "a huge start": (2**40, 2**40 + 10, sentence),
    }


@pytest.mark.parametrize("lie", dishonest_claims(f"{FEES}{NOTICE}", "x"))
def test_every_lie_of_an_engine_is_shown_as_not_verified(cast, lease, lie):
    other = factories.ready_document(cast.open, "Harbour Bakery owes $12,000 in back rent.")
    text = text_of(lease)
    claims = dishonest_claims(text, text_of(other))
    start, end, quote = claims[lie]
    engine = DishonestEngine([Quotation(1, lease.pk, start, end, quote)])

    answer = ask(cast.restricted, "What is the rent?", by=cast.ben, engine=engine)

    citation = answer.citations.get()
    assert citation.is_verified is False
    assert (citation.page, citation.start, citation.quote) == (None, None, storable(quote))


def test_a_true_quotation_of_another_client_or_an_absent_document_is_not_verified_and_names_nothing(
    cast, lease
):
    colleague = factories.ready_document(cast.open, "Harbour Bakery owes $12,000 in back rent.")
    foreign = factories.ready_document(cast.foreign, "Marcus Vale earns $128,000.")
    for document_id, text in [
        (colleague.pk, text_of(colleague)),
        (foreign.pk, text_of(foreign)),
        (10**12, "x"),
        (-1, "x"),
    ]:
        engine = DishonestEngine([Quotation(1, document_id, 0, len(text), text)])
        citation = ask(cast.restricted, "Rent?", by=cast.ana, engine=engine).citations.get()
        assert (citation.is_verified, citation.document, citation.page) == (False, None, None)


def test_a_true_quotation_is_verified_whatever_its_white_space_and_quote_marks(cast, lease):
    text = text_of(lease)
    start = text.index("The Tenant")
    end = text.index("each month.", start) + len("each month.")
    loose = "  " + "\n ".join(text[start:end].split()) + " "
    engine = DishonestEngine(
        [Quotation(1, lease.pk, start, end, text[start:end]), Quotation(2, lease.pk, start, end, loose)]
    )

    answer = ask(cast.restricted, "What is the rent?", by=cast.ben, engine=engine)

    assert [one.is_verified for one in answer.citations.quotations()] == [True, True]


def test_a_quotation_over_two_pages_names_both(cast, lease):
    text = text_of(lease)
    start, end = text.index("first day"), text.index("Landlord gives") + len("Landlord gives")
    assert start < Page.objects.get(document=lease, number=2).start < end
    engine = DishonestEngine([Quotation(1, lease.pk, start, end, text[start:end])])

    citation = ask(cast.restricted, "Notice?", by=cast.ben, engine=engine).citations.get()

    assert (citation.is_verified, citation.page, citation.page_end) == (True, 1, 2)


def test_when_the_engine_breaks_off_the_answer_stays_as_incomplete(cast, lease):
    with pytest.raises(services.EngineFailed):
        ask(cast.restricted, "What is the rent?", by=cast.ben, engine=BreakingEngine())

    answer = Message.objects.get(role="assistant")
    assert (answer.status, answer.content) == ("incomplete", "The answer is")


def test_an_engine_that_numbers_two_quotations_alike_has_failed(cast, lease):
    engine = DishonestEngine([Quotation(1, lease.pk, 0, 5, "x"), Quotation(1, lease.pk, 5, 9, "y")])
    with pytest.raises(services.EngineFailed):
        ask(cast.restricted, "What is the rent?", by=cast.ben, engine=engine)

    assert Message.objects.get(role="assistant").status == "incomplete"


@pytest.mark.django_db(transaction=True)
def test_a_paper_deleted_while_it_is_quoted_is_quoted_no_more():
    cast = factories.cast()
    lease = factories.ready_document(cast.restricted, FEES)

    class DeletingEngine(QuoteEngine):
        def answer(self, retrieval):
            yield from super().answer(retrieval)
            documents.delete_document(lease, by=cast.ana)

    answer = ask(cast.restricted, "What is the monthly rent?", by=cast.ben, engine=DeletingEngine())

    citation = answer.citations.quotations().first()
    assert (answer.status, citation.is_verified, citation.document) == ("complete", False, None)


def test_a_wall_built_after_the_client_was_fetched_holds(cast):
    fetched = type(cast.open).objects.get(pk=cast.open.pk)
    factories.restrict_client(cast.open, by=cast.ana, members=[])
    with pytest.raises(Gone):
        ask(fetched, "What is the rent?", by=cast.cleo)


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_nobody_asks_behind_a_wall(cast, lease, outsider):
    with pytest.raises(Gone):
        ask(cast.restricted, "What is the rent?", by=getattr(cast, outsider))

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("  ", services.QuestionEmpty),
        ("\u200b", services.QuestionEmpty),
        ("x" * 4001, services.QuestionTooLong),
    ],
)
def test_a_question_needs_words_and_has_a_limit(cast, question, refusal):
    with pytest.raises(refusal):
        ask(cast.open, question, by=cast.ana)
    assert not Message.objects.exists()


def test_who_sees_which_message_and_citation(cast, lease):
    ask(cast.restricted, "What is the rent?", by=cast.ben)
    ask(cast.foreign, "What is the rent?", by=cast.emil)

    for user, clients in [
        (cast.ana, {cast.restricted.pk}),
        (cast.cleo, set()),
        (cast.dora, set()),
        (cast.emil, {cast.foreign.pk}),
        (SYSTEM, {cast.restricted.pk, cast.foreign.pk}),
    ]:
        assert set(Message.objects.visible_to(user).values_list("client_id", flat=True)) == clients
        assert set(Citation.objects.visible_to(user).values_list("client_id", flat=True)) == clients - {
            cast.foreign.pk
        }
