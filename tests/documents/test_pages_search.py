"""The search everywhere, as its page shows it."""

import html
import re
import unicodedata
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import services
from documents.models import Passage
from documents.search import everywhere, reading
from lexai.audit.models import AuditEvent
from tests import factories
from tests.browsing import let_in
from tests.documents.test_search import damage_key

page = import_module("documents.views.search")  # the package calls its view by the same name
SEARCH = "/search/"
HTMX = {"HX-Request": "true"}
FEES = "1. Fees\n\nThe monthly fee is $900, paid on the first day of each month."


@pytest.fixture(autouse=True)
def nothing_held_open():
    reading.open_parts.clear()


def text_of(response):
    """Return what a page says, its elements taken out."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", response.content.decode())).split())


def addresses(response, wanted):
    return [
        html.unescape(found)
        for found in re.findall(r'(?:href|hx-get)="([^"]*)"', response.content.decode())
        if wanted in found
    ]


def next_address(response):
    found = re.search(r'class="further" hx-get="([^"]*)" hx-trigger="(\w+)"', response.content.decode())
    return (html.unescape(found[1]), found[2]) if found else None


def test_the_page_says_what_can_be_searched_and_waits_for_words(cast):
    response = let_in(cast.ana).get(SEARCH)

    assert "data-search-box autofocus" in response.content.decode()
    assert "Search the papers of every client at once" in text_of(response)
    assert AuditEvent.objects.filter(verb="passages.searched").count() == 0


def test_a_passage_is_shown_under_its_client_with_its_words_marked_and_its_place(cast):
    document = factories.ready_document(cast.open, FEES, filename="engagement.txt")
    passage = Passage.objects.get(document=document)

    response = let_in(cast.ana).get(SEARCH, {"q": "fees paying"})

    content = response.content.decode()
    assert f'<a href="{reverse("ask", args=[cast.open.pk])}">Harbour Bakery</a>' in content
    assert "The monthly <mark>fee</mark> is $900, <mark>paid</mark> on the first day" in content
    assert "engagement.txt, 1. Fees" in text_of(response)
    (address,) = addresses(response, reverse("document", args=[document.pk]))
    assert parse_qs(urlsplit(address).query) == {
        "start": [str(passage.start)],
        "end": [str(passage.end)],
        "sought": ["fees paying"],
    }
    assert "Searched all 2 clients: 1 passage found." in text_of(response)


def test_a_passage_that_other_words_for_the_same_brought_says_so(cast):
    for name, words in (
        ("own.txt", "It may be terminated."),
        ("other.txt", "It may be cancelled by notice."),
    ):
        factories.ready_document(cast.open, words, filename=name)

    response = let_in(cast.ana).get(SEARCH, {"q": "terminate"})

    ((own, other),) = [group.matches for group in response.context["groups"]]
    assert (own.document.filename, own.is_related) == ("own.txt", False)
    assert (other.document.filename, other.is_related) == ("other.txt", True)
    assert text_of(response).count("related words only") == 1


def clauses(count):
    """Return a paper of so many passages, each of which holds the word "fee"."""
    sentence = "The fee is paid on the first day of the month, and a late one bears interest. "
    return "\n\n".join(f"{n}. Month {n}\n\n{sentence * 8}" for n in range(1, count + 1))


def test_of_a_client_the_best_passages_are_shown_with_their_number_and_a_way_to_the_rest(cast):
    for client, count in ((cast.open, 6), (cast.restricted, 3)):
        factories.ready_document(client, clauses(count))
    browser = let_in(cast.ana)

    response = browser.get(SEARCH, {"q": "fee"})
    (rest,) = addresses(response, "client=")
    whole = browser.get(rest)

    assert {group.client.pk: len(group.matches) for group in response.context["groups"]} == {
        cast.open.pk: 3,
        cast.restricted.pk: 3,
    }
    assert "Searched all 2 clients: 9 passages found." in text_of(response)
    assert text_of(response).count("The best 3 of 6 passages. Show all") == 1
    assert [(group.client.pk, len(group.matches)) for group in whole.context["groups"]] == [(cast.open.pk, 6)]
    assert "The best" not in text_of(whole)
    assert addresses(whole, "/search/?q=") == ["/search/?q=fee"]


def test_of_very_many_passages_of_a_client_the_best_are_shown_and_the_number_is_told(cast, monkeypatch):
    monkeypatch.setattr(page, "PASSAGES_OF_ONE", 4)
    factories.ready_document(cast.open, clauses(6))
    browser = let_in(cast.ana)

    assert "The best 3 of 6 passages. Show more" in text_of(browser.get(SEARCH, {"q": "fee"}))
    whole = browser.get(SEARCH, {"q": "fee", "client": cast.open.pk})
    assert "The best 4 of 6 passages." in text_of(whole)
    assert addresses(whole, "client=") == []


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_nobody_searches_one_client_behind_a_wall(cast, outsider):
    factories.ready_document(cast.restricted, FEES)

    answer = let_in(getattr(cast, outsider)).get(SEARCH, {"q": "fee", "client": cast.restricted.pk})

    assert answer.status_code == 404


def test_clients_and_documents_are_found_by_name(cast):
    document = factories.ready_document(cast.open, FEES, filename="Harbour plan.txt")

    response = let_in(cast.ana).get(SEARCH, {"q": "harbour"})

    content = response.content.decode()
    assert f'<a class="name" href="{reverse("ask", args=[cast.open.pk])}">Harbour Bakery</a>' in content
    assert f'<a class="name" href="{reverse("document", args=[document.pk])}">Harbour plan.txt</a>' in content
    assert "document of Harbour Bakery" in text_of(response)
    assert "Nothing found in the papers" in text_of(response)


@pytest.mark.parametrize("typed", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_names_are_found_however_their_accents_are_written(cast, written, typed):
    name = unicodedata.normalize(written, "Müllerhof")
    client = factories.client(cast.ana, name)
    document = factories.ready_document(cast.open, FEES, filename=f"{name}.txt")

    content = let_in(cast.ana).get(SEARCH, {"q": unicodedata.normalize(typed, "müller")}).content.decode()

    assert reverse("ask", args=[client.pk]) in content
    assert reverse("document", args=[document.pk]) in content


def test_many_names_are_folded_away(cast):
    for number in range(8):
        factories.client(cast.ana, f"Quay {number}")

    content = let_in(cast.ana).get(SEARCH, {"q": "quay"}).content.decode()

    shown, folded = content.split("<details>")
    assert (shown.count("Quay "), folded.count("Quay ")) == (6, 2)


def test_a_script_gets_the_fragment_and_the_address_for_its_bar(cast):
    factories.ready_document(cast.open, FEES)
    browser = let_in(cast.ana)

    first = browser.get(
        SEARCH, {"q": "fee & more"}, headers={**HTMX, "HX-Current-URL": "http://testserver/search/"}
    )
    second = browser.get(
        SEARCH, {"q": "fees"}, headers={**HTMX, "HX-Current-URL": "http://testserver/search/?q=fee"}
    )

    assert "<html" not in first.content.decode()
    assert '<div id="searched" hx-swap-oob="innerHTML"><p>Searched all 2 clients' in first.content.decode()
    assert first["HX-Push-Url"] == "/search/?q=fee+%26+more"
    assert second["HX-Replace-Url"] == "/search/?q=fees"
    assert "HX-Push-Url" not in second


@pytest.mark.parametrize(("words", "sentence"), [
    ("", "Search the papers of every client at once"),
    ("   ", "Search the papers of every client at once"),
    ("x", "Write at least two letters."),
    ("x" * 1001, "Write at most 1,000 characters."),
])  # fmt: skip
def test_what_cannot_be_searched_is_a_sentence_and_no_search(cast, words, sentence):
    response = let_in(cast.ana).get(SEARCH, {"q": words}, headers=HTMX)

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert AuditEvent.objects.filter(verb="passages.searched").count() == 0


def test_a_place_that_is_none_is_a_sentence(cast):
    response = let_in(cast.ana).get(SEARCH, {"q": "fee", "cursor": "no such place"})

    assert response.status_code == 400
    assert "This is no place where a search can go on." in text_of(response)


def test_nothing_found_says_what_to_try(cast):
    response = let_in(cast.ana).get(SEARCH, {"q": "zeppelin"})

    assert "Searched all 2 clients: no passages found." in text_of(response)
    assert "try fewer of them, or others that a paper would use" in text_of(response)


def test_a_search_goes_on_by_itself_part_by_part_and_each_part_is_in_the_audit(cast, monkeypatch):
    monkeypatch.setattr(everywhere, "CLIENTS_A_PART", 1)
    monkeypatch.setattr(page, "FIRST_SECONDS", 0)
    monkeypatch.setattr(services.searching, "SEARCH_SECONDS", 0)
    for client in (cast.restricted, cast.open):
        factories.ready_document(client, FEES)
    browser = let_in(cast.ben)

    first = browser.get(SEARCH, {"q": "fee"}, headers=HTMX)
    address, trigger = next_address(first)
    second = browser.get(address, headers=HTMX)

    assert "Searched 1 of 2 clients: 1 passage so far." in text_of(first)
    assert '<progress value="1" max="2"' in first.content.decode()
    assert trigger == "load"
    assert "Search the other 1 client" in text_of(first)
    assert "Searched all 2 clients: 2 passages found." in text_of(second)
    assert next_address(second) is None
    assert "HX-Push-Url" not in second
    assert AuditEvent.objects.filter(verb="passages.searched").count() == 2


def test_a_part_that_brought_much_waits_until_somebody_reads_down_to_its_end(cast, monkeypatch):
    monkeypatch.setattr(everywhere, "CLIENTS_A_PART", 1)
    monkeypatch.setattr(page, "PASSAGES_OF_A_PART", 1)
    for client in (cast.restricted, cast.open):
        factories.ready_document(client, FEES)

    _address, trigger = next_address(let_in(cast.ben).get(SEARCH, {"q": "fee"}))

    assert trigger == "revealed"


def test_the_last_part_without_anything_does_not_say_that_nothing_was_found(cast, monkeypatch):
    monkeypatch.setattr(everywhere, "CLIENTS_A_PART", 1)
    monkeypatch.setattr(page, "FIRST_SECONDS", 0)
    factories.ready_document(cast.open, FEES)
    browser = let_in(cast.ben)

    first = browser.get(SEARCH, {"q": "fee"}, headers=HTMX)
    second = browser.get(next_address(first)[0], headers=HTMX)

    assert "Searched all 2 clients: 1 passage found." in text_of(second)
    assert "Nothing found" not in text_of(second)


def test_a_client_that_does_not_open_is_named(cast):
    factories.ready_document(cast.open, FEES)
    damage_key(cast.open)

    response = let_in(cast.ana).get(SEARCH, {"q": "fee"})

    assert "Not all papers of Harbour Bakery could be opened" in text_of(response)


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_nobody_finds_what_stands_behind_a_wall(cast, outsider):
    factories.ready_document(cast.restricted, FEES, filename="Smith fee.txt")

    for words in ("fee", "Smith", "Jane Smith"):
        response = let_in(getattr(cast, outsider)).get(SEARCH, {"q": words})

        assert addresses(response, cast.restricted.pk) == []
        assert "Smith fee.txt" not in response.content.decode()
        assert "no passages found" in text_of(response)


def test_markup_in_names_and_papers_stays_text(cast):
    hostile = "<script>alert('fee')</script>"
    client = factories.client(cast.ana, f"fee {hostile}")
    factories.ready_document(
        client, f"1. Fees {hostile}\n\nThe fee {hostile} is due.", filename="fee <img src=x>.txt"
    )

    content = let_in(cast.ana).get(SEARCH, {"q": f"fee {hostile}"}).content.decode()

    assert "<script>alert" not in content
    assert "<img" not in content
    assert "&lt;script&gt;alert(&#x27;<mark>fee</mark>&#x27;)&lt;/script&gt;" in content.replace(
        "<mark>script</mark>", "script"
    ).replace("<mark>alert</mark>", "alert")


@pytest.mark.slow
def test_a_page_asks_the_database_as_often_for_many_clients_as_for_one(cast):
    browser = let_in(cast.ana)

    def queries():
        browser.get(SEARCH, {"q": "fee"})  # opens what it then holds open
        with CaptureQueriesContext(connection) as found:
            browser.get(SEARCH, {"q": "fee"})
        return len(found)

    factories.ready_document(factories.client(cast.ana, "fee"), FEES, filename="fee.txt")
    few = queries()
    for number in range(30):
        client = factories.client(cast.ana, f"fee {number}")
        if number % 10 == 0:
            factories.ready_document(client, FEES, filename=f"fee {number}.txt")

    assert queries() == few
