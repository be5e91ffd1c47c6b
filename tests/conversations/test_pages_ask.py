"""The page on which people ask: what it shows, what it sends back, and what it leaves in the audit."""

import re
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients import services as clients
from conversations import composing, services
from conversations.assistant.engines import Quotation
from conversations.models import Citation, Message, Thread
from conversations.telling import NOT_COMPARED, NOT_ITS_WORDS, STATES
from documents import services as documents
from documents.models import Document
from lexai.audit.models import AuditEvent
from lexai.database import insert
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import let_in
from tests.conversations.engines import BreakingEngine, DishonestEngine

RENT = "1. Rent\n\nThe tenant pays a monthly rent of $900 to the landlord. It is due on the first day."
QUESTION = "What is the monthly rent?"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lease(cast):
    return factories.ready_document(cast.open, RENT, filename="lease.txt")


@pytest.fixture
def ana(cast):
    return let_in(cast.ana)


def page_of(client, thread=None):
    return reverse("thread", args=[client.pk, thread.pk]) if thread else reverse("ask", args=[client.pk])


def asked(client, by, content=QUESTION, engine=None, **fields):
    return services.ask(Message(client=client, content=content, **fields), by=by, engine=engine)


def quoted(document, words, n=1):
    text = Document.objects.defer(None).get(pk=document.pk).text
    start = text.index(words)
    return Quotation(n, document.pk, start, start + len(words), words)


def told(response):
    """Return the text of an answer as it is read: without tags, on one line."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.split())


def test_the_client_leads_to_asking_and_the_newest_thread_is_open(cast, ana, lease):
    asked(cast.open, cast.ana, "An older question?")
    asked(cast.open, cast.ana, "A newer question?")

    assert ana.get(reverse("client", args=[cast.open.pk])).url == page_of(cast.open)
    questions = re.findall(r'<h2 class="words">(.*?)</h2>', ana.get(page_of(cast.open)).content.decode())
    assert questions == ["A newer question?"]
    assert "A newer question?</h2>" not in ana.get(f"{page_of(cast.open)}?new").content.decode()


def test_a_question_becomes_a_thread_with_its_answer_on_the_way(cast, ana, lease):
    response = ana.post(page_of(cast.open), {"content": f" {QUESTION} "})

    pending = Message.objects.get(role="assistant")
    assert response.url == f"{page_of(cast.open, pending.thread)}#answer-{pending.pk}"
    page = ana.get(response.url).content.decode()
    assert f'data-events="/api/v1/conversations/{pending.pk}/events/"' in page
    assert f'data-fragment="/answers/{pending.pk}/"' in page


def test_with_htmx_the_exchange_comes_with_an_empty_composer_and_the_address_of_the_thread(cast, ana, lease):
    response = ana.post(page_of(cast.open), {"content": QUESTION}, headers=HTMX)

    thread = Thread.objects.get()
    page = response.content.decode()
    assert (response.status_code, response["HX-Push-Url"]) == (200, page_of(cast.open, thread))
    assert (page.count("<article"), page.count("<html"), page.count('hx-swap-oob="true"')) == (1, 0, 2)
    assert re.search(r"<textarea[^>]*></textarea>", page)
    assert f'action="{page_of(cast.open, thread)}"' in page


def test_an_answer_shows_each_quotation_with_its_place_and_what_the_check_found(cast, ana, lease):
    words = "The tenant pays a monthly rent of $900 to the landlord."
    claims = [
        quoted(lease, words),
        Quotation(2, lease.pk, 0, 12, "Rent is free"),
        Quotation(3, 10**9, 0, 5, "Nowhere"),
    ]
    answer = asked(cast.open, cast.ana, engine=DishonestEngine(claims))

    page = ana.get(page_of(cast.open, answer.thread))

    found = re.findall(r'<span class="(?:found|missing)">(.*?)</span>', page.content.decode())
    assert found == ["found word for word", "not in this file", "not verified: these words were not found"]
    assert f"<mark>{words}</mark> It is due on the first day.”" in page.content.decode()
    assert page.content.decode().count("<mark>") == 1


def test_a_chip_leads_to_the_words_and_one_of_no_document_leads_nowhere(cast, ana, lease):
    claim = quoted(lease, "The tenant pays a monthly rent of $900 to the landlord.")
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([claim, Quotation(2, 10**9, 0, 5, "Nowhere")]))

    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    place = f"?page=1&amp;start={claim.start}&amp;end={claim.end}"
    links = re.findall(r'<a class="chip[^"]*" href="([^"]+)"', page)
    assert set(links) == {f"/documents/{lease.pk}/source/{place}"}
    assert len(re.findall(r'<span class="chip doubtful">', page)) == 2


def test_what_a_model_writes_stays_text(cast, ana, lease):
    evil = '<img src=x onerror="alert(1)"> [1]("javascript:x") <script>alert(1)</script> [7] [1]'
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([quoted(lease, "tenant")]))
    answer.content = evil
    answer.save(update_fields=["content"])

    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    said = page.partition('<div class="said">')[2].partition('<div class="actions">')[0]
    assert re.findall(r"<(?!/?(?:p|a|span|blockquote|footer|mark|div)\b)\w+", said) == []
    assert "[7]" in said


def test_a_question_and_a_file_name_stay_text(cast, ana):
    name = '"><script>alert(1)</script>.txt'
    document = factories.ready_document(cast.open, RENT, filename=name)
    asked(cast.open, cast.ana, f"{QUESTION} <script>alert(2)</script>", document_ids=[document.pk])

    page = ana.get(page_of(cast.open)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page


def test_a_block_quotation_with_other_words_than_its_citation_is_not_taken_for_it(cast, ana, lease):
    words = "The tenant pays a monthly rent of $900 to the landlord."
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([quoted(lease, words)]))
    answer.content = "> “The tenant pays nothing.” [1]"
    answer.save(update_fields=["content"])

    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    altered, own = re.findall(r'<blockquote class="quotation.*?</blockquote>', page, re.DOTALL)
    assert 'class="quotation doubtful"' in altered
    assert "“The tenant pays nothing.” [1]</p>" in altered
    assert f'<span class="missing">{NOT_ITS_WORDS.format(1)}</span>' in altered
    assert "<strong>From the papers; 1 of 2 quotations not verified</strong>" in page
    assert "chip" not in altered
    assert f"<mark>{words}</mark>" in own


def test_each_citation_is_shown_once_and_the_answer_in_its_order(cast, ana, lease):
    answer = asked(cast.open, cast.ana)

    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    shown = re.findall(r'<footer>\s*<a class="chip"[^>]*data-citation="([^"]+)"', page)
    assert shown == [f"{answer.pk}-q{one.n}" for one in answer.citations.quotations()]
    assert len(shown) > 0


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("> “{0}”", NOT_COMPARED),
        *(
            (form, NOT_ITS_WORDS.format(1))
            for form in ("> “{0}” [1] “{0}” [1]", "> {1} [1]", "- > “{1}” [1]", ">     “{1}” [1]")
        ),
    ],
)
def test_what_a_block_quotes_beside_the_words_of_a_citation_is_told_as_unverified(
    cast, ana, lease, form, told
):
    words = "The tenant pays a monthly rent of $900 to the landlord."
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([quoted(lease, words)]))
    answer.content = form.format(words, f"{words} Or nothing.")
    answer.save(update_fields=["content"])

    said = ana.get(page_of(cast.open, answer.thread)).content.decode().partition('<div class="said">')[2]

    assert re.findall(r'<span class="(found|missing)">', said) == ["missing", "found"]
    assert said.count(told) == 2  # once to be copied
    assert said.partition("</blockquote>")[0].count("<mark>") == 0


def test_the_words_of_a_citation_are_found_whatever_their_quote_marks_and_in_a_list(cast, ana, lease):
    words = "The tenant pays a monthly rent of $900 to the landlord."
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([quoted(lease, words)]))
    answer.content = f'- so it says:\n\n  > "{words}" [1]\n  >\n  > {words} [1]\n- and no more [1]'
    answer.save(update_fields=["content"])

    said = ana.get(page_of(cast.open, answer.thread)).content.decode().partition('<div class="said">')[2]

    assert re.findall(r'<span class="(?:found|missing)">(.*?)</span>', said) == ["found word for word"] * 2
    said = said.partition("</div>")[0]
    assert [said.count(tag) for tag in ("<ul>", "<li>", "</li>", "</ul>", "<blockquote")] == [1, 2, 2, 1, 2]


def test_a_marker_stays_a_marker_whatever_a_line_of_the_answer_defines(cast, ana, lease):
    answer = asked(cast.open, cast.ana, engine=DishonestEngine([quoted(lease, "tenant")]))
    answer.content = "So it stands. [1]\n\n[1]: https://elsewhere.example"
    answer.save(update_fields=["content"])

    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    pointer = re.search(r'<p>So it stands\. <a class="chip pointer" [^>]*>(.*?)</a>', page)[1]
    assert "see lease.txt" in pointer
    assert "found word for word" not in pointer  # these are the answer's own words


def test_an_answer_under_way_is_shown_without_the_marks_of_its_layout(cast, ana, lease):
    pending = services.begin_answer(Message(client=cast.open, content=QUESTION), by=cast.ana)
    pending.content = "## Rent\n\n> “It is **900 dollars**, 2 \\* 450.” [1]"
    pending.save(update_fields=["content"])

    page = ana.get(page_of(cast.open, pending.thread)).content.decode()

    assert '<p class="coming">Rent\n\n“It is 900 dollars, 2 * 450.” [1]</p>' in page


def test_what_an_answer_quotes_that_was_stopped_is_not_verified(cast, ana, lease):
    pending = services.begin_answer(Message(client=cast.open, content=QUESTION), by=cast.ana)
    pending.content = "> “The tenant pays a monthly rent of $900 to the landlord.” [1]"
    pending.save(update_fields=["content"])
    services.stop_answer(pending, by=cast.ana)

    page = ana.get(page_of(cast.open, pending.thread)).content.decode()

    said = page.partition('<div class="said">')[2].partition('<div class="actions">')[0]
    assert re.findall(r'<span class="(?:found|missing)">(.*?)</span>', said) == [NOT_COMPARED]
    assert 'class="quotation doubtful"' in said


def test_a_deleted_paper_leaves_its_citations_to_say_so_and_none_of_its_words(cast, ana, lease):
    words = "The tenant pays a monthly rent of $900 to the landlord."
    engine = DishonestEngine([quoted(lease, words), quoted(lease, "It is due on the first day.", 2)])
    answer = asked(cast.open, cast.ana, engine=engine)
    answer.content = f"> “{words}” [1]\n\nIt is due soon. [2]"
    answer.save(update_fields=["content"])
    kept = asked(cast.restricted, SYSTEM)

    documents.delete_document(lease, by=cast.ana)
    page = ana.get(page_of(cast.open, answer.thread)).content.decode()

    said = page.partition('<div class="said">')[2].partition('<div class="actions">')[0]
    findings = re.findall(r'<span class="(?:found|missing)">(.*?)</span>', said)
    assert findings == ["not verified: the paper was deleted"] * 2
    assert f"<p>“{words}” [1]</p>" in said
    assert "first day" not in page
    assert "lease.txt" not in page
    assert len(re.findall(r'<span class="chip doubtful">', said)) == 2  # in the text, and below it
    rows = Citation.objects.filter(message=answer).order_by("n")
    assert list(rows.values_list("n", "kind", "document", "start", "is_verified")) == [
        (1, "quotation", None, None, False),
        (2, "quotation", None, None, False),
    ]
    assert [row.quote for row in rows] == [None, None]
    assert kept.citations.count() == 0


def test_the_further_passages_of_a_deleted_paper_are_gone_with_it(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    passage = Citation.objects.filter(message=answer).first()
    further = Citation(client=cast.open, message=answer, kind="see_also", n=1, quote=RENT, is_verified=True)
    further.document, further.page, further.start, further.end = lease, 1, 0, len(RENT)
    insert(further)

    documents.delete_document(lease, by=cast.ana)

    assert list(Citation.objects.filter(message=answer)) == [passage]
    assert "See also" not in ana.get(page_of(cast.open, answer.thread)).content.decode()


def test_a_form_that_was_mended_before_it_was_sent_again_asks_another_question(cast, ana, lease):
    sent = {"content": QUESTION, "sent_as": str(uuid4())}

    for more in ({}, {"content": "When is it due?"}, {"documents": [lease.pk]}):
        ana.post(page_of(cast.open), {**sent, **more})

    asked_so = Message.objects.filter(role="user").order_by("pk")
    assert [(one.content, one.document_ids) for one in asked_so] == [
        (QUESTION, []),
        ("When is it due?", []),
        (QUESTION, [lease.pk]),
    ]


def test_an_answer_outside_any_thread_leads_to_where_it_is_read(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    Message.objects.update(thread=None)

    response = ana.get(reverse("answer", args=[answer.pk]))

    assert response["Location"] == reverse("thread-print", args=[cast.open.pk, 0])


def test_a_question_whose_papers_are_gone_says_so_when_it_is_edited(cast, ana, lease):
    other = factories.ready_document(cast.open, "Another paper.", filename="other.txt")
    answer = asked(cast.open, cast.ana, document_ids=[lease.pk, other.pk])
    documents.delete_document(other, by=cast.ana)

    page = ana.get(page_of(cast.open, answer.thread), {"edit": answer.reply_to_id})

    assert "1 of the documents that were chosen is gone. Only lease.txt" in told(page)


def test_what_one_form_sends_twice_is_one_question(cast, ana, lease):
    sent = {"content": QUESTION, "sent_as": str(uuid4())}

    first, second = (ana.post(page_of(cast.open), sent) for _ in range(2))
    ana.post(page_of(cast.open), {**sent, "sent_as": str(uuid4())})
    let_in(cast.ben).post(page_of(cast.open), sent)

    assert first.url == second.url
    assert Message.objects.questions().count() == 3
    assert AuditEvent.objects.filter(verb="question.asked").count() == 3


def test_a_form_that_is_sent_again_later_asks_again(cast, ana, lease):
    sent = {"content": QUESTION, "sent_as": str(uuid4())}
    ana.post(page_of(cast.open), sent)
    long_ago = timezone.now() - timedelta(seconds=services.DOUBLE_CLICK_SECONDS + 1)
    Message.objects.update(timestamp=long_ago)

    ana.post(page_of(cast.open), sent)

    assert Message.objects.questions().count() == 2


def test_asking_again_leaves_the_composer_and_what_stands_above_alone(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    page = ana.get(page_of(cast.open, answer.thread)).content.decode()
    form = re.search(r'<form class="again".*?</form>', page, re.DOTALL)[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    sent.pop("csrfmiddlewaretoken", None)

    response = ana.post(page_of(cast.open, answer.thread), sent, headers=HTMX)

    assert (sent["content"], sent["again"]) == (QUESTION, "1")
    assert (response.content.decode().count("<article"), "hx-swap-oob" in response.content.decode()) == (
        1,
        False,
    )
    assert re.findall("hx-(?:sync|disabled-elt)", form) == ["hx-sync", "hx-disabled-elt"]


def test_asking_again_is_refused_beside_the_composer(cast, ana, lease, settings):
    answer = asked(cast.open, cast.ana)
    settings.FREE_QUESTIONS_A_DAY = 0

    sent = {"content": QUESTION, "again": "1"}
    response = ana.post(page_of(cast.open, answer.thread), sent, headers=HTMX)

    assert (response.status_code, "HX-Retarget" in response) == (429, False)
    assert "Your questions of today are used up." in told(response)
    assert "<textarea" not in response.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("   ", services.QuestionEmpty), ("x" * 4001, services.QuestionTooLong)],
)
def test_a_refused_question_comes_back_with_its_words_and_the_sentence(cast, ana, lease, content, sentence):
    for headers in ({}, HTMX):
        response = ana.post(page_of(cast.open), {"content": content}, headers=headers)

        assert response.status_code == 400
        assert str(sentence()) in told(response)
        assert content.strip() in response.content.decode()
        assert response.get("HX-Retarget") == ("#composer" if headers else None)


def test_the_daily_limit_is_told_at_the_composer_and_keeps_the_question(cast, ana, lease, settings):
    settings.FREE_QUESTIONS_A_DAY = 0
    chosen = factories.ready_document(cast.open, "Another paper.", filename="other.txt")

    body = {"content": QUESTION, "documents": [chosen.pk]}
    response = ana.post(page_of(cast.open), body, headers=HTMX)

    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    assert "Your questions of today are used up." in told(response)
    assert QUESTION in response.content.decode()
    assert f'<input type="hidden" name="documents" value="{chosen.pk}">' in response.content.decode()
    assert Message.objects.count() == 0


def test_the_question_is_limited_to_the_documents_that_are_chosen(cast, ana, lease):
    other = factories.ready_document(cast.open, "Another paper.", filename="other.txt")
    factories.document(cast.open, "On its way.", filename="waiting.txt")

    address = f"{page_of(cast.open)}?choose&documents={other.pk}"
    choices = [ana.get(address, headers=headers).content.decode() for headers in ({}, HTMX)]
    ana.post(page_of(cast.open), {"content": QUESTION, "documents": [lease.pk]})

    for choice in choices:
        boxes = re.findall(r'name="documents" value="(\d+)"( checked)?>', choice)
        assert boxes == [(str(other.pk), " checked"), (str(lease.pk), "")]
    assert Message.objects.get(role="user").document_ids == [lease.pk]
    assert "of lease.txt" in told(ana.get(page_of(cast.open)))


def test_the_choice_of_the_last_question_lasts_until_another_is_made(cast, ana, lease):
    other = factories.ready_document(cast.open, RENT, filename="annex.txt")
    ana.post(page_of(cast.open), {"content": QUESTION, "documents": other.pk})
    thread = Thread.objects.get()

    assert [one.pk for one in ana.get(page_of(cast.open, thread)).context["composer"].chosen] == [other.pk]
    assert ana.get(f"{page_of(cast.open)}?new").context["composer"].chosen == []
    ana.post(page_of(cast.open, thread), {"content": "And its end?"})
    assert ana.get(page_of(cast.open, thread)).context["composer"].chosen == []


def test_a_page_looks_again_while_papers_are_being_read(cast, ana, lease):
    waiting = factories.document(cast.open, RENT)
    page = ana.get(page_of(cast.open)).content.decode()
    address = f"{page_of(cast.open)}?papers"
    assert f'hx-get="{address}" hx-trigger="every 3s"' in page

    assert "1 more still being read" in ana.get(address, headers=HTMX).content.decode()
    Document.objects.filter(pk=waiting.pk).update(status="refused", refusal="damaged")
    told = ana.get(f"{address}&documents={lease.pk}", headers=HTMX).content.decode()

    assert "every 3s" not in told
    assert f'name="documents" value="{lease.pk}"' in told
    assert "All 1 documents" not in told
    assert "1 not readable" in ana.get(address, headers=HTMX).content.decode()


def test_looking_again_is_recorded_where_it_names_documents_and_hides_no_other_look(cast, ana, lease):
    other = factories.ready_document(cast.open, "Another paper.", filename="other.txt")
    address = f"{page_of(cast.open)}?papers"
    looks = ["", f"&documents={lease.pk}", f"&documents={lease.pk}", f"&documents={other.pk}"]

    for chosen in looks:
        assert ana.get(f"{address}{chosen}", headers=HTMX).status_code == 200
    ana.get(reverse("papers", args=[cast.open.pk]), headers=HTMX)

    reads = AuditEvent.objects.filter(verb="document.listed", target_id=cast.open.pk).order_by("pk")
    assert [read.facts["rows"] for read in reads] == [1, 1, 2]


def test_whoever_has_many_questions_under_way_waits_for_their_answers(cast, lease, monkeypatch):
    monkeypatch.setattr(services.questions, "PENDING_OF_ONE_USER", 2)
    ben, cleo = let_in(cast.ben), let_in(cast.cleo)
    for _question in range(2):
        assert ben.post(page_of(cast.open), {"content": QUESTION}).status_code == 302

    refused = ben.post(page_of(cast.open), {"content": QUESTION})

    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert "Many of your questions are still being answered." in refused.content.decode()
    assert cleo.post(page_of(cast.open), {"content": QUESTION}).status_code == 302


def test_what_is_chosen_is_listed_though_it_is_not_ready_or_not_looked_for(cast, ana, lease, monkeypatch):
    monkeypatch.setattr(composing, "DOCUMENTS_LISTED", 2)
    names = ["annex.txt", "Bond.txt", "zoning.txt"]
    papers = [factories.ready_document(cast.open, f"Paper {name}", filename=name) for name in names]
    waiting = factories.document(cast.open, "On its way.", filename="waiting.txt")
    chosen = f"documents={papers[2].pk}&documents={waiting.pk}"

    def listed(query):
        choice = ana.get(f"{page_of(cast.open)}?choose&{chosen}&{query}", headers=HTMX).content.decode()
        boxes = re.findall(r'value="(\d+)"( checked)?>', choice)
        return [int(pk) for pk, _checked in boxes], choice

    assert listed("")[0] == [waiting.pk, papers[2].pk, papers[0].pk, papers[1].pk]
    assert "The first 2 by name stand here." in listed("")[1]
    assert "waiting.txt <small>(queued: nothing can be found in it yet)" in listed("")[1]
    found, choice = listed("named=OND")
    assert (found, "stand here" in choice) == ([waiting.pk, papers[2].pk, papers[1].pk], False)
    assert "has “deed” in its name" in listed("named=deed")[1]


def test_a_question_is_edited_in_the_composer(cast, ana, lease):
    answer = asked(cast.open, cast.ana, document_ids=[lease.pk])

    address = f"{page_of(cast.open, answer.thread)}?edit={answer.reply_to_id}"

    for headers in ({}, HTMX):
        page = ana.get(address, headers=headers).content.decode()
        assert re.search(rf"<textarea[^>]*>{re.escape(QUESTION)}</textarea>", page)
        assert f'<input type="hidden" name="documents" value="{lease.pk}">' in page


@pytest.mark.parametrize("query", ["edit=x", "edit=1000000000", "before=-1", "documents=z"])
def test_an_address_that_names_nothing_is_absent(cast, ana, lease, query):
    thread = asked(cast.open, cast.ana).thread

    assert ana.get(f"{page_of(cast.open, thread)}?{query}").status_code == 404


def test_an_answer_that_broke_off_says_so_and_can_be_asked_again(cast, ana, lease):
    with pytest.raises(services.EngineFailed):
        asked(cast.open, cast.ana, engine=BreakingEngine())

    page = ana.get(page_of(cast.open))

    assert STATES["incomplete"] in told(page)
    assert "The answer is" in told(page)
    assert f'<input type="hidden" name="content" value="{QUESTION}">' in page.content.decode()


def test_an_answer_is_fetched_by_itself_or_leads_to_its_thread(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    address = reverse("answer", args=[answer.pk])

    fragment = ana.get(address, headers=HTMX).content.decode()

    assert (fragment.count(f'id="answer-{answer.pk}"'), fragment.count("<article")) == (1, 0)
    assert ana.get(address).url == f"{page_of(cast.open, answer.thread)}#answer-{answer.pk}"
    assert ana.get(reverse("answer", args=[answer.reply_to_id])).status_code == 404


def test_stop_leads_back_to_the_thread_and_with_htmx_nowhere(cast, ana, lease):
    first, second = (
        services.begin_answer(Message(client=cast.open, content=QUESTION), by=cast.ana) for _ in range(2)
    )

    back = ana.post(reverse("answer-stop", args=[first.pk]))
    silent = ana.post(reverse("answer-stop", args=[second.pk]), headers=HTMX)

    assert back.url == f"{page_of(cast.open, first.thread)}#answer-{first.pk}"
    assert silent.status_code == 204
    assert ana.get(reverse("answer-stop", args=[first.pk])).url == reverse("answer", args=[first.pk])
    assert set(Message.objects.filter(role="assistant").values_list("status", flat=True)) == {"incomplete"}


def test_a_thread_is_renamed_and_a_refused_title_comes_back(cast, ana, lease):
    thread = asked(cast.open, cast.ana).thread
    address = reverse("thread-rename", args=[cast.open.pk, thread.pk])

    assert ana.post(address, {"title": "The rent"}).url == page_of(cast.open, thread)
    refused = ana.post(address, {"title": " "})

    assert (refused.status_code, Thread.objects.get().title) == (400, "The rent")
    assert str(services.ThreadUnnamed()) in told(refused)
    assert ana.get(address).url == page_of(cast.open, thread)


def test_a_client_without_papers_leads_to_them_and_has_nothing_to_ask(cast, ana):
    page = ana.get(page_of(cast.open)).content.decode()

    assert "No papers yet" in page
    assert f'href="{reverse("papers", args=[cast.open.pk])}">Add documents' in page


def test_papers_that_are_still_being_read_are_told(cast, ana, lease):
    factories.document(cast.open, "On its way.")

    assert "1 more still being read" in told(ana.get(page_of(cast.open)))
    Document.objects.filter(pk=lease.pk).update(status="queued")
    assert "The papers are still being read" in told(ana.get(page_of(cast.open)))


def test_long_threads_show_their_last_exchanges_and_lead_to_the_earlier_ones(cast, ana, lease):
    thread = asked(cast.open, cast.ana, "Question 0?").thread
    for n in range(1, 7):
        services.begin_answer(Message(client=cast.open, content=f"Question {n}?", thread=thread), by=cast.ana)

    def questions(address, **headers):
        return re.findall(
            r'<h2 class="words">Question (\d+)', ana.get(address, headers=headers).content.decode()
        )

    page = ana.get(page_of(cast.open, thread)).content.decode()
    earlier = re.search(r'hx-get="([^"]+before=\d+)"', page)[1]

    assert questions(page_of(cast.open, thread)) == ["2", "3", "4", "5", "6"]
    assert questions(earlier) == questions(earlier, **HTMX) == ["0", "1"]


def test_older_threads_are_listed_when_they_are_asked_for(cast, ana, monkeypatch):
    monkeypatch.setattr(import_module("conversations.views.ask"), "THREADS_LISTED", 1)
    for name in ("Older", "Newer"):
        services.begin_thread(cast.open, name, by=cast.ana)

    def listed(address):
        page = ana.get(address).content.decode()
        return re.findall(r'<li><a href="[^"]+"(?: aria-current="page")?>(\w+)</a>', page)

    assert "?threads" in ana.get(page_of(cast.open)).content.decode()
    assert (listed(page_of(cast.open)), listed(f"{page_of(cast.open)}?threads")) == (
        ["Newer"],
        ["Newer", "Older"],
    )


def test_questions_from_before_threads_are_linked_from_the_drawer(cast, ana, lease):
    address = reverse("thread-print", args=[cast.open.pk, 0])
    asked(cast.open, cast.ana)
    assert address not in ana.get(page_of(cast.open)).content.decode()

    insert(Message(client=cast.open, role="user", content="An old question"))

    assert f'href="{address}"' in ana.get(page_of(cast.open)).content.decode()
    assert "An old question" in ana.get(address).content.decode()


def test_a_page_costs_the_same_with_one_exchange_and_with_three(cast, ana, lease):
    def queries(times):
        thread = None
        for _ in range(times):
            thread = asked(cast.open, cast.ana, thread=thread).thread
        with CaptureQueriesContext(connection) as found:
            assert ana.get(page_of(cast.open, thread)).content.count(b"<article") == times
        return len(found)

    ana.get(page_of(cast.open))  # the first look of a session fetches more

    assert queries(1) == queries(3)


def test_each_look_leaves_one_row_in_the_audit_that_names_the_client(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    thread = page_of(cast.open, answer.thread)
    looks = {
        thread: ("conversation.listed", "thread"),
        f"{thread}?choose": ("document.listed", "client"),
        f"{thread}?edit={answer.reply_to_id}": ("conversation.viewed", "message"),
        reverse("answer", args=[answer.pk]): ("conversation.viewed", "message"),
    }
    left = {}
    for address in looks:
        last = AuditEvent.objects.order_by("pk").last().pk
        assert ana.get(address, headers=HTMX).status_code == 200
        (event,) = AuditEvent.objects.filter(pk__gt=last)
        left[address] = (event.verb, event.target_type)
        assert (event.actor, event.client_ids) == ("ana@hart.example", [cast.open.pk])

    assert left == looks


def test_words_that_do_not_open_are_shown_as_damaged_and_told_to_the_audit(cast, ana, lease):
    answer = asked(cast.open, cast.ana)
    with connection.cursor() as cursor:
        for table in ("conversations", "citations", "passages", "threads"):
            column = {"conversations": "content", "citations": "quote", "threads": "title"}.get(table, "text")
            cursor.execute(f"UPDATE {table} SET {column} = overlay({column} placing '\\xff' from 40)")

    page = ana.get(page_of(cast.open, answer.thread))

    assert page.status_code == 200
    assert '<h2 class="words">[damaged]</h2>' in page.content.decode()
    assert "not verified: these words cannot be read any more" in told(page)
    assert "found word for word" not in told(page)
    assert AuditEvent.objects.filter(verb="seal.broken").exists()


def test_a_wall_that_is_built_while_somebody_asks_hides_the_client(cast, lease):
    cleo = let_in(cast.cleo)
    answer = asked(cast.open, cast.cleo)
    clients.restrict_client(cast.open, by=cast.ana, members=[])

    for address in (
        page_of(cast.open),
        page_of(cast.open, answer.thread),
        reverse("answer", args=[answer.pk]),
        reverse("client", args=[cast.open.pk]),
    ):
        assert cleo.get(address).status_code == 404
        assert cleo.get(address, headers=HTMX).status_code == 404
    assert cleo.post(page_of(cast.open, answer.thread), {"content": QUESTION}).status_code == 404
    assert Citation.objects.visible_to(cast.cleo).count() == 0


def test_a_refused_look_names_the_client_that_was_tried(cast, lease):
    answer = asked(cast.restricted, SYSTEM)
    cleo = let_in(cast.cleo)

    for address in (reverse("answer", args=[answer.pk]), page_of(cast.restricted, answer.thread)):
        assert cleo.get(address).status_code == 404

    refused = AuditEvent.objects.filter(verb="access.refused", actor="cleo@hart.example")
    assert list(refused.values_list("client_ids", flat=True)) == [[cast.restricted.pk]] * 2


@pytest.mark.parametrize(
    ("address", "sent"), [("", {"content": ""}), ("", {"content": "x", "documents": "z"}), ("rename/", {})]
)
def test_a_form_that_comes_back_with_the_thread_records_that_read(cast, ana, lease, address, sent):
    thread = asked(cast.open, cast.ben).thread

    assert ana.post(f"{page_of(cast.open, thread)}{address}", sent).status_code == 400

    reads = AuditEvent.objects.filter(verb="conversation.listed", actor=cast.ana.email)
    assert list(reads.values_list("client_ids", "target_id")) == [([cast.open.pk], str(thread.pk))]


def test_a_thread_is_found_through_its_own_client_alone(cast, ana, lease):
    thread = asked(cast.restricted, SYSTEM).thread

    assert ana.get(reverse("thread", args=[cast.open.pk, thread.pk])).status_code == 404
