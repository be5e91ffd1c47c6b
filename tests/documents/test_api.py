"""Documents and search over REST."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import services, uploads
from documents.models import Document, Page
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories, papers
from tests.callers import UNLIMITED, faults, file, program, signed_in
from tests.conftest import manage

NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."
ABSENT = "client_0000000000"


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.API_RATE = UNLIMITED


def of(client):
    return f"/api/v1/clients/{getattr(client, 'pk', client)}/documents/"


def at(document, rest=""):
    return f"/api/v1/documents/{getattr(document, 'pk', document)}/{rest}"


def stored_files():
    return sorted(default_storage.listdir("")[1])


def refused_document(client, filename="scan.pdf"):
    return factories.ready_document(client, papers.encrypted_pdf("secret"), filename=filename)


def sent(caller, client, content=NOTE, name="note.txt", **fields):
    return caller.post(of(client), {"file": file(content, name), **fields}, format="multipart")


def names(answer):
    assert answer.status_code == 200, answer.content
    return [row["filename"] for row in answer.json()["results"]]


# Sending


@pytest.mark.parametrize("caller", [signed_in, program])
@pytest.mark.django_db(transaction=True)
def test_a_sent_file_is_queued_and_described(caller):
    cast = factories.cast()
    answer = sent(caller(cast.ben), cast.restricted)

    document = Document.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    assert answer.json() == {
        "id": document.pk,
        "client_id": cast.restricted.pk,
        "parent_id": None,
        "depth": 0,
        "filename": "note.txt",
        "status": "queued",
        "progress": None,
        "refusal": "",
        "refusal_message": "",
        "media_type": "",
        "size_bytes": len(NOTE),
        "sha256": hashlib.sha256(NOTE.encode()).hexdigest(),
        "page_count": None,
        "warnings": [],
        "uploaded_by": cast.ben.pk,
        "upload_date": document.upload_date.isoformat().replace("+00:00", "Z"),
    }
    assert stored_files() == [document.storage_key]
    event = AuditEvent.objects.get(verb="document.added")
    assert (event.actor, event.client_ids) == ("ben@hart.example", [cast.restricted.pk])


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
@pytest.mark.parametrize("caller", [signed_in, program])
def test_at_a_walled_client_nothing_can_be_sent_listed_or_told_from_nothing(cast, caller, who):
    outsider = caller(getattr(cast, who))
    for call in (lambda client: sent(outsider, client), lambda client: outsider.get(of(client))):
        hidden, absent = call(cast.restricted), call(ABSENT)
        assert faults(hidden, 404) == {}
        assert (hidden.content, hidden.headers) == (absent.content, absent.headers)

    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_whoever_may_not_send_has_nothing_of_the_body_stored(cast, monkeypatch):
    opened = []
    real = uploads.UploadWriter._open
    monkeypatch.setattr(uploads.UploadWriter, "_open", lambda self: (opened.append(1), real(self)))
    reader, stranger = program(cast.ana, scope="read"), signed_in(cast.ana).__class__()

    assert faults(sent(stranger, cast.open), 401) == {}
    assert faults(sent(reader, cast.open), 403) == {}
    assert faults(sent(program(cast.emil), cast.open), 404) == {}
    assert (opened, stored_files()) == ([], [])


def test_a_browser_needs_the_csrf_token_and_without_it_nothing_is_kept(cast):
    answer = sent(signed_in(cast.ana, enforce_csrf_checks=True), cast.open)

    assert faults(answer, 403) == {}
    assert (stored_files(), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize("caller", [signed_in, program])
@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "file"),
        ({"file": "no file but text"}, "file"),
        ({"other": file(NOTE)}, "other"),
        ({"file": [file(NOTE), file(NOTE)]}, "file"),
        ({"file": file(NOTE), "client_id": "client_x"}, "client_id"),
        ({"file": file(b"")}, "file"),
        ({"file": file(NOTE, "n" * 300)}, "filename"),
    ],
    ids=["nothing", "text", "another-name", "two", "one-more-field", "empty", "long-name"],
)
def test_a_bad_form_is_refused_by_name_and_nothing_is_kept(cast, caller, form, field):
    form = {name: _fresh(given) for name, given in form.items()}
    answer = caller(cast.ana).post(of(cast.open), form, format="multipart")

    assert field in faults(answer)
    assert (stored_files(), Document.objects.count()) == ([], 0)


def _fresh(given):
    """Rewind the files of a parameter, which several tests send."""
    for one in given if isinstance(given, list) else [given]:
        if hasattr(one, "seek"):
            one.seek(0)
    return given


def test_a_file_beyond_the_limit_is_refused_with_413(cast, settings):
    settings.UPLOAD_LIMIT_MB = 1
    answer = sent(signed_in(cast.ana), cast.open, b"x" * (uploads.MEGABYTE + 1))

    assert faults(answer, 413) == {}
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_while_files_cannot_be_stored_or_read_the_answer_is_503_and_nothing_is_left(cast):
    document = factories.ready_document(cast.open, NOTE)
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("a file where the folder should be")
    try:
        assert faults(sent(signed_in(cast.ana), cast.open), 503) == {}
        assert faults(signed_in(cast.ana).get(at(document, "file/")), 503) == {}
    finally:
        folder.unlink()
        aside.rename(folder)

    assert list(Document.objects.all()) == [document]
    assert stored_files() == [document.storage_key]
    assert not AuditEvent.objects.filter(verb="document.downloaded").exists()


# Looking


def test_documents_are_narrowed_searched_ordered_and_paged(cast):
    first = factories.ready_document(cast.open, NOTE, filename="B fees.txt")
    factories.document(cast.open, NOTE * 2, filename="a lease.txt")
    refused_document(cast.open, "c scan.pdf")
    factories.ready_document(cast.restricted, NOTE, filename="hidden.txt")
    ana = signed_in(cast.ana)
    moment = first.upload_date.isoformat().replace("+", "%2B")

    for query, found in {
        "": ["c scan.pdf", "a lease.txt", "B fees.txt"],
        "status=ready": ["B fees.txt"],
        "status=refused": ["c scan.pdf"],
        "search=LEASE": ["a lease.txt"],
        "ordering=upload_date": ["B fees.txt", "a lease.txt", "c scan.pdf"],
        "ordering=-size_bytes&status=queued": ["a lease.txt"],
        f"parent={first.pk}": [],
        f"parent={10**30}": [],
        f"uploaded_after={moment}": ["c scan.pdf", "a lease.txt"],
        f"uploaded_before={moment}": [],
        "uploaded_after=2000-01-01T00:00:00Z&page_size=2&page=2": ["B fees.txt"],
    }.items():
        assert names(ana.get(f"{of(cast.open)}?{query}")) == found, query
    for query, field in {
        "status=done": "status",
        "text=fee": "text",
        "client__firm=1": "client__firm",
        "ordering=text": "ordering",
        "parent=0": "parent",
        "parent=first": "parent",
        "uploaded_after=soon": "uploaded_after",
    }.items():
        assert list(faults(ana.get(f"{of(cast.open)}?{query}"))) == [field]


def test_a_list_carries_no_text_and_says_what_each_document_says(cast):
    documents = [factories.ready_document(cast.open, NOTE, by=cast.ana), refused_document(cast.open)]
    ana = signed_in(cast.ana)
    with CaptureQueriesContext(connection) as queries:
        listed = ana.get(of(cast.open)).json()["results"]

    assert listed == [ana.get(at(document)).json() for document in reversed(documents)]
    assert [query["sql"] for query in queries if '"documents"."text"' in query["sql"]] == []
    event = AuditEvent.objects.get(verb="document.listed")
    assert (event.client_ids, event.facts) == ([cast.open.pk], {"rows": 2})


def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(cast):
    ana = signed_in(cast.ana)
    ana.get(of(cast.open))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.document(cast.open, NOTE, by=cast.ana)
        with CaptureQueriesContext(connection) as queries:
            ana.get(of(cast.open))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
@pytest.mark.parametrize(
    ("method", "rest"),
    [
        *[(method, "") for method in ("get", "head", "delete")],
        *[("get", rest) for rest in ("file/", "text/", "pages/1/", "pages/1/picture/")],
        ("post", "retry/"),
    ],
)
def test_a_walled_document_and_one_that_is_not_there_are_the_same_answer(cast, who, method, rest):
    document = (
        refused_document(cast.restricted)
        if rest == "retry/"
        else factories.ready_document(cast.restricted, NOTE)
    )
    outsider = signed_in(getattr(cast, who))
    hidden, absent = (getattr(outsider, method)(at(one, rest)) for one in (document, 10**15))

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert (hidden.content, hidden.headers) == (absent.content, absent.headers)
    before = document.status
    document.refresh_from_db()
    assert document.status == before


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 5000])
def test_a_number_that_no_document_can_have_is_not_there(cast, number):
    assert faults(signed_in(cast.ana).get(at(number)), 404) == {}


# The file


def test_the_file_comes_back_as_it_was_sent_and_the_read_is_recorded(cast):
    content = papers.pdf(["The fee is $900."])
    document = factories.ready_document(cast.restricted, content, filename="fees.pdf")
    answer = signed_in(cast.ben).get(at(document, "file/"), headers={"Accept": "image/png"})

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, content)
    shown = {
        name: answer.get(name)
        for name in (
            "Content-Type",
            "Content-Length",
            "Content-Disposition",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cache-Control",
        )
    }
    assert shown == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(content)),
        "Content-Disposition": "attachment; filename=\"fees.pdf\"; filename*=UTF-8''fees.pdf",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    event = AuditEvent.objects.get(verb="document.downloaded")
    assert (event.actor, event.client_ids) == ("ben@hart.example", [cast.restricted.pk])


def test_head_says_the_same_of_the_file_without_it(cast):
    document = factories.document(cast.open, NOTE)
    ana = signed_in(cast.ana)
    head, get = ana.head(at(document, "file/")), ana.get(at(document, "file/"))

    assert (head.status_code, head.headers) == (200, get.headers)
    assert b"".join(head) == b""
    assert b"".join(get) == NOTE.encode()
    events = AuditEvent.objects.filter(verb__startswith="document.").order_by("pk")
    assert [event.verb for event in events] == ["document.added", "document.viewed", "document.downloaded"]


def test_a_file_whose_object_is_gone_is_gone_for_good(cast):
    document = factories.document(cast.open, NOTE)
    default_storage.delete(document.storage_key)

    assert faults(signed_in(cast.ana).get(at(document, "file/")), 410) == {}


def test_what_is_sent_back_is_closed(cast, monkeypatch):
    document = factories.document(cast.open, NOTE)
    opened = []
    real = services.open_original
    monkeypatch.setattr(
        "documents.services.open_original",
        lambda *given, **who: opened.append(real(*given, **who)) or opened[-1],
    )
    answer = signed_in(cast.ana).get(at(document, "file/"))
    assert b"".join(answer) == NOTE.encode()

    assert [one.closed for one in opened] == [True]


# The text


def test_the_text_comes_with_its_pages(cast):
    content = papers.pdf(["1. Fees\n\nThe fee is $900.", "2. Hearing\n\nThe hearing is on May 4, 2024."])
    document = factories.ready_document(cast.restricted, content, filename="fees.pdf")
    shown = signed_in(cast.ben).get(at(document, "text/")).json()

    pages = Page.objects.filter(document=document).order_by("number")
    assert sorted(shown) == ["pages", "paragraphs", "text", "warnings"]
    assert shown["pages"] == list(pages.values("number", "start", "end", "width", "height"))
    assert shown["text"][: shown["pages"][0]["end"]].startswith("1. Fees")
    assert shown["pages"][-1]["end"] == len(shown["text"])
    event = AuditEvent.objects.get(verb="document_text.viewed")
    assert (event.actor, event.client_ids) == ("ben@hart.example", [cast.restricted.pk])


def test_there_is_no_text_until_it_is_read(cast):
    ana = signed_in(cast.ana)
    for document in (factories.document(cast.open, NOTE), refused_document(cast.open)):
        assert faults(ana.get(at(document, "text/")), 409) == {}
    assert not AuditEvent.objects.filter(verb="document_text.viewed").exists()


# Once more, and away


def test_a_refused_document_is_tried_again(cast):
    document = refused_document(cast.open)
    Document.objects.filter(pk=document.pk).update(attempts=3)
    ana = signed_in(cast.ana)
    answer = ana.post(at(document, "retry/"))

    assert (answer.status_code, answer.json()["status"], answer.json()["refusal"]) == (200, "queued", "")
    document.refresh_from_db()
    assert (document.attempts, document.refusal_message) == (0, "")
    assert AuditEvent.objects.filter(verb="document.retried", actor="ana@hart.example").count() == 1
    assert faults(ana.post(at(document, "retry/")), 409) == {}
    assert services.read_document(document, by=SYSTEM).status == "refused"


def test_only_what_was_refused_is_tried_again(cast):
    ana = signed_in(cast.ana)
    for document in (factories.document(cast.open, NOTE), factories.ready_document(cast.open, NOTE)):
        assert faults(ana.post(at(document, "retry/")), 409) == {}
    assert not AuditEvent.objects.filter(verb="document.retried").exists()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_document_is_gone_with_its_file():
    cast = factories.cast()
    document = factories.ready_document(cast.open, NOTE)
    ana = signed_in(cast.ana)

    assert ana.delete(at(document)).status_code == 204
    assert faults(ana.delete(at(document)), 404) == faults(ana.get(at(document)), 404) == {}
    assert stored_files() == []
    assert AuditEvent.objects.filter(verb="document.deleted").count() == 1


def test_head_and_options_say_what_the_address_can_do(cast):
    document = factories.ready_document(cast.open, NOTE)
    ana = signed_in(cast.ana)
    for path, methods in {
        of(cast.open): "GET, POST, HEAD, OPTIONS",
        at(document): "GET, DELETE, HEAD, OPTIONS",
        at(document, "text/"): "GET, HEAD, OPTIONS",
        at(document, "retry/"): "POST, OPTIONS",
        at(document, "pages/1/"): "GET, HEAD, OPTIONS",
        f"{of(cast.open)}batch/": "POST, OPTIONS",
        "/api/v1/search/?q=fee": "GET, HEAD, OPTIONS",
    }.items():
        head, options = ana.head(path), ana.options(path)
        assert (options.status_code, options.content, options["Allow"]) == (200, b"", methods)
        assert (head.status_code, head.content) == (200 if "HEAD" in methods else 405, b"")
        assert faults(ana.__class__().options(path), 401) == {}


# Search


def nothing_in(clients):
    """Return the answer of a search that found nothing in so many clients."""
    return {
        "results": [],
        "clients": [],
        "documents": [],
        "unreadable": [],
        "searched": clients,
        "total": clients,
        "next": None,
    }


def test_a_search_finds_passages_in_one_client_or_in_all(cast):
    document = factories.ready_document(cast.restricted, NOTE, filename="fees.txt")
    factories.ready_document(cast.open, "The weekly fee is $20.", filename="bakery.txt")
    ana = signed_in(cast.ana)
    found = ana.get(f"/api/v1/search/?q=monthly+fee&client={cast.restricted.pk}").json()["results"]

    score = found[0].pop("score")
    assert found == [
        {
            "client_id": cast.restricted.pk,
            "document_id": document.pk,
            "filename": "fees.txt",
            "page": 1,
            "page_end": 1,
            "start": 0,
            "end": len(NOTE),
            "heading": "1. Fees",
            "text": NOTE,
        }
    ]
    assert score > 0
    everywhere = ana.get("/api/v1/search/?q=fee").json()["results"]
    assert [row["filename"] for row in everywhere] == ["bakery.txt", "fees.txt"]
    assert len(ana.get("/api/v1/search/?q=fee&limit=1").json()["results"]) == 2, "one of each client"
    assert ana.get("/api/v1/search/?q=zebra").json() == nothing_in(2)
    event = AuditEvent.objects.filter(verb="passages.searched").first()
    assert (event.actor, event.client_ids) == ("ana@hart.example", [cast.restricted.pk])


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_a_search_finds_nothing_behind_a_wall(cast, who):
    factories.ready_document(cast.restricted, NOTE)
    outsider = signed_in(getattr(cast, who))
    hidden = outsider.get(f"/api/v1/search/?q=fee&client={cast.restricted.pk}")
    absent = outsider.get(f"/api/v1/search/?q=fee&client={ABSENT}")

    assert outsider.get("/api/v1/search/?q=fee").json() == nothing_in(1)
    assert faults(hidden, 404) == {}
    assert (hidden.content, hidden.headers) == (absent.content, absent.headers)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20%09", "q"),
        ("q=" + "a" * 1001, "q"),
        ("q=fee&limit=0", "limit"),
        ("q=fee&limit=51", "limit"),
        ("q=fee&limit=" + "9" * 2000, "limit"),
        ("q=fee&limit=ten", "limit"),
        ("q=fee&client=", "client"),
        ("q=fee&page=2", "page"),
        ("q=fee&clients=x", "clients"),
        ("q=fee&cursor=", "cursor"),
        ("q=fee&cursor=x", "cursor"),
        ("q=fee&cursor=W10:1r:abc", "cursor"),
        ("q=fee&cursor=" + "9" * 501, "cursor"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_by_name(cast, query, field):
    assert list(faults(signed_in(cast.ana).get(f"/api/v1/search/?{query}"))) == [field]


def test_a_search_of_all_clients_goes_on_at_the_next_address(cast, monkeypatch):
    for client in (cast.restricted, cast.open):
        factories.ready_document(client, NOTE, filename="fees.txt")
    monkeypatch.setattr(services.searching, "SEARCH_SECONDS", 0)
    ana = signed_in(cast.ana)

    first = ana.get("/api/v1/search/?q=fee&limit=1").json()
    second = ana.get(first["next"]).json()

    assert first["next"].startswith("http://testserver/api/v1/search/?cursor=")
    assert [(one["searched"], one["total"], len(one["documents"])) for one in (first, second)] == [
        (1, 2, 2),
        (2, 2, 0),
    ]
    assert [row["client_id"] for one in (first, second) for row in one["results"]] == [
        cast.open.pk,
        cast.restricted.pk,
    ]
    assert second["next"] is None
    assert list(faults(ana.get(f"{first['next']}&client={cast.open.pk}"))) == ["cursor"]
    assert AuditEvent.objects.filter(verb="passages.searched").count() == 2


def test_a_search_finds_clients_and_documents_by_their_names(cast):
    document = factories.ready_document(cast.open, NOTE, filename="Harbour lease.txt")
    factories.ready_document(cast.restricted, NOTE, filename="harbour fees.txt")

    for path in ("q=HARBOUR", f"q=harbour&client={cast.open.pk}"):
        found = signed_in(cast.cleo).get(f"/api/v1/search/?{path}").json()
        assert found == {
            **nothing_in(1),
            "clients": [{"id": cast.open.pk, "name": "Harbour Bakery", "case_number": None}],
            "documents": [{"id": document.pk, "client_id": cast.open.pk, "filename": "Harbour lease.txt"}],
        }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_and_the_address_find_the_same():
    cast = factories.cast()
    factories.ready_document(cast.restricted, NOTE)
    factories.ready_document(cast.open, "The weekly fee is $20.")

    told = manage("search", "fee", "--json", "--as", cast.ben.email)
    assert json.loads(told.stdout) == signed_in(cast.ben).get("/api/v1/search/?q=fee").json()
