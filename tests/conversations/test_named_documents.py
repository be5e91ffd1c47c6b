"""A question that names a paper is answered from that paper; and what could not be searched is told."""

import pytest

from conversations import services
from conversations.models import Message
from documents.models import Document
from tests import factories

MILL = "Lease of the flat at 4 Mill Lane.\n\n3. Rent\n\nThe tenant pays a monthly rent of $900."
QUAY = "Lease of the flat on Quay Street.\n\n3. Rent\n\nThe tenant pays a monthly rent of $1,200."


@pytest.fixture
def leases(cast):
    quay = factories.ready_document(cast.open, QUAY, filename="Lease Quay Street.txt")
    return factories.ready_document(cast.open, MILL, filename="Lease Mill Lane.txt"), quay


def asked(cast, question, **limits):
    answer = services.ask(Message(client=cast.open, content=question, **limits), by=cast.ana)
    return answer, [citation.quote for citation in answer.citations.filter(kind="quotation").order_by("n")]


@pytest.mark.parametrize(("place", "rent"), [("Mill Lane", "$900"), ("Quay Street", "$1,200")])
def test_the_paper_that_a_question_names_is_quoted_first(cast, leases, place, rent):
    answer, quotes = asked(cast, f"What is the monthly rent under the {place} lease?")

    assert answer.is_supported
    assert rent in quotes[0]


def test_a_named_paper_that_holds_no_answer_gives_none(cast, leases):
    answer, _quotes = asked(cast, "Who insures the boat of the Mill Lane lease?")

    assert not answer.is_supported


def test_what_another_paper_says_is_no_answer_of_the_named_one_and_is_told_to_come_near(cast, leases):
    factories.ready_document(
        cast.open, "9. Pets\n\nThe tenant may keep two cats.", filename="House rules.txt"
    )

    answer, quotes = asked(cast, "May the tenant keep cats under the Mill Lane lease?")

    assert not answer.is_supported
    assert answer.content.startswith(
        "“Lease Mill Lane.txt”, which this question names, does not seem to hold an answer."
    )
    assert "What comes nearest:" in answer.content
    assert "two cats" in quotes[0]


def test_a_named_paper_that_is_still_being_read_is_answered_by_no_other(cast, leases):
    factories.document(cast.open, MILL, filename="Lease Jones.txt")

    answer, _quotes = asked(cast, "What is the monthly rent under the Jones lease?")

    assert not answer.is_supported
    assert answer.content.startswith(
        "“Lease Jones.txt”, which this question names, could not be searched. "
        "Not searched: 1 paper still being read."
    )


def test_a_named_paper_that_holds_nothing_of_the_question_is_answered_by_no_other(cast, leases):
    factories.ready_document(cast.open, "9. Pets\n\nHe may keep two cats.", filename="Jones.txt")

    answer, _quotes = asked(cast, "What is the monthly rent under the Jones lease?")

    assert not answer.is_supported
    assert answer.content.startswith("“Jones.txt”, which this question names, does not seem to")


def test_several_named_papers_that_hold_no_answer_are_counted(cast, leases):
    answer, _quotes = asked(cast, "Who insures the boat of the Mill Lane lease and of the Quay Street lease?")

    assert answer.content.startswith("The 2 papers that this question names do not seem to hold an answer.")


@pytest.mark.parametrize(
    "question",
    [
        "How many days notice must the Tenant give to the Landlord?",
        "How many days Notice must the Tenant give?",
        "HOW MANY DAYS NOTICE MUST THE TENANT GIVE?",
        "May the Tenant terminate the lease with 30 days notice?",
    ],
)
def test_words_with_capitals_and_numbers_alone_name_no_paper(cast, question):
    for filename in ("Letter to Landlord.txt", "Notice of viewing.txt", "Photo 30.txt"):
        factories.ready_document(cast.open, "The weather was fine.", filename=filename)
    factories.ready_document(
        cast.open,
        "4. Notice\n\nThe Tenant may terminate this Lease with 30 days notice to the Landlord in writing.",
        filename="Quay Street.txt",
    )

    answer, quotes = asked(cast, question)

    assert answer.is_supported
    assert "30 days notice" in quotes[0]


def test_documents_that_are_chosen_are_the_only_ones_searched_whatever_is_named(cast, leases):
    _mill, quay = leases

    _answer, quotes = asked(
        cast, "What is the monthly rent under the Mill Lane lease?", document_ids=[quay.pk]
    )

    assert quotes
    assert "$900" not in "".join(quotes)


def test_an_answer_that_was_not_found_tells_what_was_not_searched(cast, leases):
    for _paper in range(2):
        factories.document(cast.open, QUAY)
    sealed = factories.document(cast.open, MILL)
    Document.objects.filter(pk=sealed.pk).update(status="refused", refusal="encrypted")

    answer, _quotes = asked(cast, "Who insures the boat?")

    assert "Not searched: 2 papers still being read and 1 paper not readable." in answer.content


def test_of_chosen_documents_the_others_are_not_missed(cast, leases):
    factories.document(cast.open, QUAY)

    answer, _quotes = asked(cast, "Who insures the boat?", document_ids=[leases[0].pk])

    assert "Not searched" not in answer.content
