"""The list of a client's papers, in the browser."""

import re
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import standing
from documents.models import Document
from lexai.audit.models import AuditEvent
from tests import factories, papers
from tests.browsing import let_in, signed_in

HTMX = {"HX-Request": "true"}


def address(client):
    return f"/clients/{client.pk}/documents/"


def file(content=b"The fee is $900.", name="note.txt"):
    return SimpleUploadedFile(name, content)


def names(of):
    return sorted(Document.objects.filter(client=of).values_list("filename", flat=True))


def test_the_papers_of_a_client_are_listed_and_the_read_is_recorded_once(cast):
    factories.ready_document(cast.restricted, papers.pdf(["One", "Two"]), filename="fees.pdf", by=cast.ana)
    factories.document(cast.restricted, "Not read yet.", filename="waiting.txt")

    answer = let_in(cast.ben).get(address(cast.restricted))

    page = answer.content.decode()
    assert [row.document.filename for row in answer.context["papers"]] == ["waiting.txt", "fees.pdf"]
    assert [(row.state.words, row.kind) for row in answer.context["papers"]] == [
        ("waiting to be read", ""),
        ("ready", "PDF, 2 pages"),
    ]
    assert answer.context["told"] == "1 ready, 1 to be read"
    assert "every 2s" in page
    event = AuditEvent.objects.get(verb="document.listed")
    assert (event.actor, event.client_ids, event.facts) == (
        "ben@hart.example",
        [cast.restricted.pk],
        {"rows": 2},
    )


def test_a_paper_that_is_read_says_how_far_it_is_and_shows_it(cast):
    document = factories.document(cast.open, "Being read.")
    Document.objects.filter(pk=document.pk).update(status="extracting", pages_read=3, pages_to_read=12)

    page = let_in(cast.ana).get(address(cast.open)).content.decode()

    assert '<progress max="12" value="3" aria-label="reading 3 of 12">' in page


def test_a_list_where_nothing_is_read_does_not_look_again(cast):
    factories.ready_document(cast.open, "Read.")

    assert "every 2s" not in let_in(cast.ben).get(address(cast.open)).content.decode()


def test_looking_again_every_two_seconds_is_recorded_once_a_minute(cast):
    browser = let_in(cast.ben)
    answers = [browser.get(address(cast.open), headers=HTMX) for _look in range(3)]

    assert [answer.templates[0].name for answer in answers] == ["documents/_papers.html"] * 3
    assert AuditEvent.objects.filter(verb="document.listed").count() == 1


def test_a_look_at_another_page_of_the_list_is_recorded_too(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 1)
    for name in ("one.txt", "two.txt"):
        factories.document(cast.open, f"Paper {name}.", filename=name)
    browser = let_in(cast.ben)

    for page in (1, 2, 1, 2):
        browser.get(address(cast.open), {"page": page}, headers=HTMX)

    assert AuditEvent.objects.filter(verb="document.listed").count() == 2


def test_an_empty_list_has_no_heading_of_its_own(cast):
    page = let_in(cast.ben).get(address(cast.open)).content.decode()

    assert re.findall(r"<h2>(.*?)</h2>", page.partition("<main")[2].partition("<dialog")[0]) == [
        "Add documents"
    ]
    assert "No documents yet." in page


def test_somebody_who_may_not_see_the_client_sees_no_list_and_stores_no_file(cast, settings):
    stored = settings.STORAGES["default"]["OPTIONS"]["location"]
    for user in (cast.cleo, cast.emil):
        browser = let_in(user)
        assert browser.get(address(cast.restricted)).status_code == 404
        assert browser.post(address(cast.restricted), {"file": file()}).status_code == 404
    assert names(cast.restricted) == []
    assert not [file for file in Path(stored).rglob("*") if file.is_file()]


def test_a_form_from_elsewhere_adds_nothing(cast):
    browser = signed_in(cast.ana)

    assert browser.post(address(cast.open), {"file": file()}).status_code == 403
    assert names(cast.open) == []


def test_a_form_adds_many_files_each_by_itself(cast):
    browser = signed_in(cast.ana)
    sent = {"file": [file(name="one.txt"), file(b"", "empty.txt"), file(b"Another.", "two.txt")]}

    answer = browser.post(address(cast.open), {**sent, "csrfmiddlewaretoken": browser.csrf()}, follow=True)

    assert answer.redirect_chain == [(address(cast.open), 302)]
    assert names(cast.open) == ["one.txt", "two.txt"]
    assert [str(told) for told in answer.context["messages"]] == [
        "one.txt added.",
        "empty.txt: The file is empty. Choose the file that holds the document.",
        "two.txt added.",
    ]
    assert AuditEvent.objects.filter(verb="access.refused", client_ids=[cast.open.pk]).count() == 1


def test_a_form_without_a_file_is_told_so(cast):
    answer = let_in(cast.ana).post(address(cast.open), follow=True)

    assert [str(told) for told in answer.context["messages"]] == [
        "No file was chosen. Choose one or several, then add them."
    ]


def test_a_script_sends_one_file_and_is_told_what_became_of_it(cast):
    browser = let_in(cast.ana)

    def sent(upload):
        answer = browser.post(address(cast.open), {"file": upload}, headers=HTMX)
        return answer.status_code, answer["Content-Type"], answer.content.decode()

    plain = "text/plain; charset=utf-8"
    assert sent(file()) == (201, plain, "added")
    assert sent(file()) == (200, plain, "was among the papers already")
    assert sent(file(name="same.txt")) == (200, plain, "was among the papers already, as note.txt")
    assert sent(file(b"")) == (400, plain, "The file is empty. Choose the file that holds the document.")
    assert names(cast.open) == ["note.txt"]


def test_a_script_is_told_where_a_paper_stands_that_was_there_already(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 1)
    first, second = (factories.document(cast.open, text) for text in ("One.", "Another."))
    browser = let_in(cast.ana)

    def place_told(content):
        answer = browser.post(address(cast.open), {"file": file(content)}, headers=HTMX)
        return answer.get("Content-Location")

    assert place_told(b"One.") == f"{address(cast.open)}?page=2#paper-{first.pk}"
    assert place_told(b"Another.") == f"{address(cast.open)}?page=1#paper-{second.pk}"
    shown = browser.get(address(cast.open), {"page": 2}).content.decode()
    assert re.findall(r'id="(paper-\d+)"', shown) == [f"paper-{first.pk}"]
    assert place_told(b"A third.") is None


def test_a_file_that_is_too_large_is_refused_beside_its_name(cast, settings):
    settings.UPLOAD_LIMIT_MB = 0
    answer = let_in(cast.ana).post(address(cast.open), {"file": file()}, headers=HTMX)

    assert answer.status_code == 413
    assert answer.content.decode().startswith("The file is larger than this system accepts.")


def test_what_came_in_a_mail_stands_below_it(cast):
    inside = papers.zipped({"a.txt": "First.", "b.txt": "Second."})
    factories.ready_document(cast.open, inside, filename="bundle.zip")
    factories.ready_document(cast.open, "Later.", filename="later.txt")

    rows = let_in(cast.ana).get(address(cast.open)).context["papers"]

    assert [(row.document.filename, row.level, row.inside, row.is_below) for row in rows][:2] == [
        ("later.txt", 0, 0, False),
        ("bundle.zip", 0, 2, False),
    ]
    assert sorted((row.document.filename, row.level, row.is_below) for row in rows[2:]) == [
        ("a.txt", 1, True),
        ("b.txt", 1, True),
    ]


def test_a_long_list_comes_in_pages_with_the_same_number_of_queries(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 2)
    browser = let_in(cast.ana)
    for number in range(3):
        factories.document(cast.open, f"Paper {number}.", filename=f"{number}.txt", by=cast.ana)

    first, second, beyond = (
        browser.get(address(cast.open), {"page": page}) for page in ("1", "2", "nonsense")
    )

    assert [row.document.filename for row in first.context["papers"]] == ["2.txt", "1.txt"]
    assert [row.document.filename for row in second.context["papers"]] == ["0.txt"]
    assert beyond.context["page"].number == 1
    with CaptureQueriesContext(connection) as of_two:
        browser.get(address(cast.open))
    with CaptureQueriesContext(connection) as of_one:
        browser.get(address(cast.open), {"page": 2})
    assert len(of_one) == len(of_two)


def test_a_refused_paper_says_why_and_is_tried_again_with_its_password(cast):
    protected = factories.ready_document(cast.open, papers.encrypted_pdf("secret"), filename="locked.pdf")
    browser = let_in(cast.ana)

    page = browser.get(address(cast.open)).content.decode()
    assert protected.refusal_message in page.replace("&#x27;", "'")
    assert 'type="password"' in page
    answer = browser.post(f"/documents/{protected.pk}/retry/", {"password": "secret"})

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{address(cast.open)}?page=1#paper-{protected.pk}",
    )
    assert Document.objects.get(pk=protected.pk).status == "queued"
    assert AuditEvent.objects.get(verb="document.retried").facts == {"with_password": True}


def test_whoever_tries_a_paper_again_comes_back_to_it(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 1)
    protected = factories.ready_document(cast.open, papers.encrypted_pdf("secret"))
    factories.document(cast.open, "Newer.")
    browser, retry = let_in(cast.ana), f"/documents/{protected.pk}/retry/"
    row = f"{address(cast.open)}?page=2#paper-{protected.pk}"

    assert browser.get(retry)["Location"] == row
    assert browser.post(retry, {"password": "secret"})["Location"] == row
    Document.objects.filter(pk=protected.pk).update(status="refused", refusal="password")
    assert browser.post(retry, {"in_viewer": "on"})["Location"] == f"/documents/{protected.pk}/"


@pytest.mark.parametrize(
    ("refusal", "is_offered"),
    [
        *[(code, False) for code in ("unsupported", "limits", "damaged")],
        *[(code, True) for code in ("password", "too-complex", "not-installed", "altered", "missing")],
    ],
)
def test_what_would_be_refused_again_is_not_offered_to_be_tried(cast, refusal, is_offered):
    document = factories.document(cast.open, "Not read.")
    Document.objects.filter(pk=document.pk).update(status="refused", refusal=refusal)

    for page in (address(cast.open), f"/documents/{document.pk}/"):
        shown = let_in(cast.ana).get(page).content.decode()
        assert (">Try again</button>" in shown, "To try again would not help." in shown) == (
            is_offered,
            not is_offered,
        )


def test_what_is_not_refused_is_not_tried_again_and_its_row_says_so(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 1)
    document = factories.ready_document(cast.open, "Read.")
    factories.document(cast.open, "Newer.")
    browser = let_in(cast.ana)

    answer = browser.post(f"/documents/{document.pk}/retry/")
    assert answer.status_code == 409
    told = "Only a document that could not be read can be tried again."
    assert answer.content.decode().partition(f'id="paper-{document.pk}"')[2].count(told) == 1
    assert answer.content.decode().count(told) == 1
    assert browser.get(f"/documents/{document.pk}/retry/").status_code == 302
    assert browser.post(f"/documents/{document.pk}/retry/", {"password": "x" * 1001}).status_code == 400


def test_deleting_asks_first_and_takes_along_what_came_in_it(cast):
    bundle = factories.ready_document(cast.open, papers.zipped({"a.txt": "First."}), filename="bundle.zip")
    browser = let_in(cast.ana)

    asked = browser.get(f"/documents/{bundle.pk}/delete/").content.decode()
    assert "and 1 document that came in it" in asked
    assert names(cast.open) == ["a.txt", "bundle.zip"]
    answer = browser.post(f"/documents/{bundle.pk}/delete/", follow=True)

    assert names(cast.open) == []
    assert [str(told) for told in answer.context["messages"]] == ["bundle.zip was deleted."]
    assert "No documents yet" in answer.content.decode()


def test_whoever_deletes_a_paper_comes_back_to_where_it_stood(cast, monkeypatch):
    monkeypatch.setattr(sys.modules["documents.views.papers"], "PAPERS_SHOWN", 2)
    oldest = factories.document(cast.open, "The oldest.")
    bundle = factories.ready_document(cast.open, papers.zipped({"a.txt": "First.", "b.txt": "Second."}))
    newest = factories.document(cast.open, "The newest of all.")
    browser = let_in(cast.ana)

    places = [browser.post(f"/documents/{one.pk}/delete/")["Location"] for one in (bundle, oldest, newest)]

    assert places == [
        f"{address(cast.open)}?page=1#paper-{oldest.pk}",
        f"{address(cast.open)}?page=1#paper-{newest.pk}",
        address(cast.open),
    ]


def test_names_and_remarks_stay_text(cast):
    name = '<img src=x onerror="alert(1)">.txt'
    factories.ready_document(cast.open, "Read.", filename=name)

    page = let_in(cast.ana).get(address(cast.open)).content.decode()

    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;.txt") > 1


def test_remarks_that_do_not_open_are_shown_as_damaged(cast):
    first, second = (factories.ready_document(cast.open, f"Read {number}.") for number in range(2))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE documents SET warnings = (SELECT warnings FROM documents WHERE id = %s) WHERE id = %s",
            [first.pk, second.pk],
        )

    answer = let_in(cast.ana).get(address(cast.open))

    assert answer.status_code == 200
    assert "[damaged]" in answer.content.decode()
    assert AuditEvent.objects.filter(verb="seal.broken").count() == 1


def test_beside_a_paper_that_is_gone_already_stands_none():
    places = standing.in_order([(3, None), (2, None), (1, 2)])

    assert [standing.beside(pk, places) for pk in (3, 2, 1, 9)] == [2, 3, 2, None]
