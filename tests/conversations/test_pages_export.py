"""A conversation as a Word file, on paper, and as plain text."""

import html
import io
import re

import pytest
from django.urls import reverse

from conversations import services, word
from conversations.assistant.engines import Delta, Quotation, SeeAlso, Verdict
from conversations.models import Citation, Message
from conversations.references import passages_of, reference_to
from conversations.telling import NOT_COMPARED, NOT_ITS_WORDS, STATES, told
from documents import extraction
from documents import services as documents
from lexai.audit.models import AuditEvent
from lexai.database import insert
from lexai.encryption.fields import Sealed
from tests import factories
from tests.browsing import let_in

LEASE = "1. Rent\n\nThe rent is 4,200 dollars a month.\n\n2. Notice\n\nNotice is given sixty days before."
RENT = "The rent is 4,200 dollars a month."


class Scripted:
    """Say what it is told to say."""

    name = "scripted"

    def __init__(self, *events):
        self.events = events

    def answer(self, _retrieval):
        yield from self.events
        yield Verdict(supported=True, support=1.0)


@pytest.fixture
def lease(cast):
    return factories.ready_document(cast.open, LEASE, filename="lease.txt")


def asked(cast, *events, question="What is the rent?", **fields):
    message = Message(client=cast.open, content=question, **fields)
    return services.ask(message, by=cast.ana, engine=Scripted(*events) if events else None)


def quotation(document, n, words):
    start = LEASE.index(words) if words in LEASE else 0
    return Quotation(n, document.pk, start, start + len(words), words)


def address(answer, name):
    return reverse(name, args=[answer.client_id, answer.thread_id or 0])


def word_text(response):
    """Return what our own reader reads in a Word file."""
    return extraction.extract(io.BytesIO(response.content), filename="export.docx").text


def copied(response):
    """Return what "Copy with citations" takes."""
    box = re.search(r"<textarea data-copied[^>]*>(.*?)</textarea>", response.content.decode(), re.DOTALL)
    return html.unescape(box[1])


def printed(response):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def test_a_word_file_tells_question_answer_and_where_the_words_stand(cast, lease):
    answer = asked(
        cast,
        quotation(lease, 1, RENT),
        Delta(f"The lease **says** it:\n\n> “{RENT}” [1]\n\n"),
        SeeAlso(lease.pk, LEASE.index("Notice is"), len(LEASE), LEASE[LEASE.index("Notice is") :]),
    )

    response = let_in(cast.ana).get(address(answer, "thread-export"))

    lines = word_text(response).splitlines()
    assert response["Content-Type"] == word.MEDIA_TYPE
    assert lines[0] == "Questions and answers: Harbour Bakery"
    assert lines[2].startswith("Exported from LexAI on ")
    assert "by First Last. Of each quotation it is said what is known of it" in lines[2]
    assert lines[3] == "What is the rent?"
    assert lines[4].startswith("Asked by First Last, ")
    assert lines[5:10] == [
        "The lease says it:",
        f"“{RENT}” [1]",
        "[1] lease.txt, 1. Rent; found word for word",
        "See also",
        "•\tlease.txt, 1. Rent",
    ]


def test_its_name_is_that_of_the_client_and_harmless_whatever_that_holds(cast):
    client = factories.client(cast.ana, 'Ä "quoted"; name/../x')
    factories.ready_document(client, LEASE)
    answer = services.ask(Message(client=client, content="What is the rent?"), by=cast.ana)

    header = let_in(cast.ana).get(address(answer, "thread-export"))["Content-Disposition"]

    assert header.startswith('attachment; filename="_ _quoted__ name_.._x_ questions_ ')
    assert "filename*=UTF-8''%C3%84%20%22quoted%22%3B%20name%2F..%2Fx%2C%20questions%2C%20" in header


def test_what_was_not_found_says_so_with_the_words_that_were_claimed(cast, lease):
    answer = asked(
        cast, quotation(lease, 1, "The rent is nothing."), Delta(f"> “{RENT}” [1]\n\nSo it stands. [1]")
    )
    browser = let_in(cast.ana)

    for text in (
        " ".join(word_text(browser.get(address(answer, "thread-export"))).split()),
        printed(browser.get(address(answer, "thread-print"))),
    ):
        assert f"“{RENT}” [1] {NOT_ITS_WORDS.format(1)} So it stands. [1] “The rent is nothing.” [1]" in text
        assert "[1] lease.txt; not in this file" in text
        assert "; found word for word" not in text


@pytest.mark.parametrize(
    "said",
    [f"“{RENT} Nothing else is owed.” [1]", f"“Only this: {RENT}” [1]", f"“{RENT}” [1] “It is low.” [1]"],
)
def test_more_words_than_were_found_are_told_as_unverified(cast, lease, said):
    answer = asked(cast, quotation(lease, 1, RENT), Delta(f"> {said}"))
    browser = let_in(cast.ana)

    for text in (
        " ".join(word_text(browser.get(address(answer, "thread-export"))).split()),
        printed(browser.get(address(answer, "thread-print"))),
        " ".join(copied(browser.get(address(answer, "thread"))).split()),
    ):
        own = f"“{RENT}” [1] [1] lease.txt, 1. Rent; found word for word"
        assert f"{said} {NOT_ITS_WORDS.format(1)} {own}" in text
        assert text.count("; found word for word") == 1


def test_what_a_stopped_answer_quotes_is_told_as_not_compared_wherever_it_goes(cast, lease):
    pending = services.begin_answer(Message(client=cast.open, content="What is the rent?"), by=cast.ana)
    pending.content = f"> “{RENT}” [1]"
    pending.save(update_fields=["content"])
    services.stop_answer(pending, by=cast.ana)
    browser = let_in(cast.ana)

    for text in (
        " ".join(word_text(browser.get(address(pending, "thread-export"))).split()),
        printed(browser.get(address(pending, "thread-print"))),
        " ".join(copied(browser.get(address(pending, "thread"))).split()),
    ):
        assert f"{STATES['incomplete']} “{RENT}” [1] {NOT_COMPARED}" in text


def test_a_deleted_paper_is_told_wherever_the_answer_goes(cast, lease):
    answer = asked(
        cast, quotation(lease, 1, RENT), quotation(lease, 2, "Notice is given"), Delta(f"> “{RENT}” [1]")
    )
    browser = let_in(cast.ana)
    documents.delete_document(lease, by=cast.ana)

    for text in (
        " ".join(word_text(browser.get(address(answer, "thread-export"))).split()),
        printed(browser.get(address(answer, "thread-print"))),
        " ".join(copied(browser.get(address(answer, "thread"))).split()),
    ):
        gone = "not verified: the paper was deleted"
        assert f"“{RENT}” [1] [1] {gone} [2] {gone}" in text
        assert "Notice is given" not in text


def test_a_page_for_paper_has_neither_rail_nor_script_of_ours_in_it(cast, lease):
    answer = asked(cast, quotation(lease, 1, RENT), Delta(f"> “{RENT}” [1]"))

    content = let_in(cast.ana).get(address(answer, "thread-print")).content.decode()

    assert '<body class="on-paper">' in content
    assert 'class="rail"' not in content
    assert f"<blockquote>“{RENT}” [1]<footer>[1] lease.txt, 1. Rent; " in content


def test_each_export_is_one_row_of_the_audit(cast, lease):
    answer = asked(cast)
    browser = let_in(cast.ben)

    browser.get(address(answer, "thread-export"))
    browser.get(address(answer, "thread-print"))

    events = AuditEvent.objects.filter(actor=cast.ben.email).order_by("pk")
    assert [
        (event.verb, event.target_type, event.target_id, event.client_ids, event.facts) for event in events
    ] == [
        ("conversation.exported", "thread", str(answer.thread_id), [cast.open.pk], {"form": "docx"}),
        ("conversation.exported", "thread", str(answer.thread_id), [cast.open.pk], {"form": "print"}),
    ]


def test_questions_of_one_thread_stay_apart_from_those_of_another_and_of_none(cast, lease):
    answer = asked(cast, question="What is the rent?")
    asked(cast, question="How long is the notice?")
    stray = Message(client=cast.open, content="An old question", role="user")
    insert(stray)
    insert(Message(client=cast.open, content="An old answer", role="assistant"))
    browser = let_in(cast.ana)

    thread = printed(browser.get(address(answer, "thread-print")))
    none = printed(browser.get(address(stray, "thread-print")))

    assert [words in thread for words in ("What is the rent?", "notice?", "An old")] == [True, False, False]
    assert [words in none for words in ("rent?", "An old question", "An old answer")] == [False, True, True]


@pytest.mark.parametrize("name", ["thread-export", "thread-print"])
def test_a_thread_is_found_at_its_own_client_alone(cast, lease, name):
    answer = asked(cast)

    assert let_in(cast.ben).get(reverse(name, args=[cast.restricted.pk, answer.thread_id])).status_code == 404
    assert let_in(cast.emil).get(address(answer, name)).status_code == 404


def test_characters_that_xml_cannot_hold_are_left_out(cast, lease):
    answer = asked(cast, Delta("bell \x07, form \x0c, half \ufffe, smile \U0001f600"))

    assert "bell , form , half , smile \U0001f600" in word_text(
        let_in(cast.ana).get(address(answer, "thread-export"))
    )
    assert word.writable("a\x00b\ud800c\td\ne") == "abc\td\ne"


def test_hostile_words_stay_words(cast):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    client = factories.client(cast.ana, hostile)
    document = factories.ready_document(
        client, f"1. Fee\n\nThe fee {hostile} is due.", filename=f"{hostile}.txt"
    )
    start = len("1. Fee\n\n")
    words = f"The fee {hostile} is due."
    engine = Scripted(
        Quotation(1, document.pk, start, start + len(words), words), Delta(f"{hostile}\n\n> “{words}” [1]")
    )
    answer = services.ask(Message(client=client, content=f"Fee? {hostile}"), by=cast.ana, engine=engine)
    browser = let_in(cast.ana)

    content = browser.get(address(answer, "thread-print")).content.decode()
    text = word_text(browser.get(address(answer, "thread-export")))

    assert "<script>alert" not in content
    assert "<img" not in content
    assert text.count(hostile) == 7  # title, thread, question, answer, quotation, file name, foot


def test_a_damaged_quotation_says_that_it_cannot_be_read(cast, lease):
    answer = asked(cast, quotation(lease, 1, RENT), Delta("So it stands. [1]"))
    sealed = bytearray(Citation.objects.get(message=answer).__dict__["quote"])
    sealed[-1] ^= 1
    Citation.objects.filter(message=answer).update(quote=Sealed(sealed))

    response = let_in(cast.ana).get(address(answer, "thread-export"))

    assert response.status_code == 200
    assert "not verified: these words cannot be read any more" in word_text(response)
    assert AuditEvent.objects.filter(verb="seal.broken").count() == 1


def test_an_answer_under_way_or_broken_off_says_so(cast, lease):
    pending = services.begin_answer(Message(client=cast.open, content="What is the rent?"), by=cast.ana)
    browser = let_in(cast.ana)

    assert STATES["pending"] in printed(browser.get(address(pending, "thread-print")))
    Message.objects.filter(pk=pending.pk).update(status=Message.Status.INCOMPLETE)
    assert STATES["incomplete"] in printed(browser.get(address(pending, "thread-print")))


def test_an_answer_is_copied_as_plain_text_with_its_citations(cast, lease):
    answer = asked(
        cast,
        quotation(lease, 1, RENT),
        quotation(lease, 2, "The rent is nothing."),
        Delta(f"> “{RENT}” [1]\n\nOr is it? [2]"),
    )

    passages = passages_of([answer], by=cast.ana)
    references = [
        reference_to(one, passages.get(one.pk)) for one in Citation.objects.with_document().order_by("n")
    ]

    assert told(answer, references).text == (
        "From the papers; 1 of 2 quotations not verified\n\n"
        f"“{RENT}” [1]\n[1] lease.txt, 1. Rent; found word for word\n\n"
        "Or is it? [2]\n\n"
        "“The rent is nothing.” [2]\n[2] lease.txt; not in this file"
    )
