"""A page: its text, where its words lie, and how it looks."""

import io

import pytest
from django.db import connection
from PIL import Image

from documents import extraction, services
from documents.models import Document, Page
from lexai.audit.models import AuditEvent
from lexai.encryption import keyring, rotation
from lexai.errors import Gone
from lexai.system import SYSTEM
from tests import factories, papers
from tests.callers import faults, program
from tests.callers import unlimited as unlimited

PAGES = ["1. Fees\n\nThe fee is $900.", "2. Hearing\n\nThe hearing is on May 4, 2024."]


@pytest.fixture
def document(cast):
    return factories.ready_document(cast.restricted, papers.pdf(PAGES), filename="fees.pdf")


def at(document, rest):
    return f"/api/v1/documents/{document.pk}/pages/{rest}"


def test_a_page_tells_its_words_and_where_they_lie(cast, document):
    shown = program(cast.ben).get(at(document, "2/")).json()
    text = Document.objects.defer(None).get(pk=document.pk).text

    assert list(shown) == ["number", "start", "end", "width", "height", "text", "words"]
    assert shown["text"] == text[shown["start"] : shown["end"]]
    assert [text[start:end] for start, end, *_rest in shown["words"]] == shown["text"].split()
    for _start, _end, left, top, right, bottom, confidence in shown["words"]:
        assert 0 <= left < right <= shown["width"]
        assert 0 <= top < bottom <= shown["height"]
        assert confidence is None
    event = AuditEvent.objects.get(verb="document_page.viewed")
    assert (event.actor, event.target_id, event.facts) == ("ben@hart.example", str(document.pk), {"page": 2})


def test_boxes_are_sealed_and_open_on_their_own_page_alone(cast, document):
    first, second = Page.objects.filter(document=document).order_by("number")
    with connection.cursor() as cursor:
        cursor.execute("SELECT layout FROM pages WHERE id = %s", [first.pk])
        stored = bytes(cursor.fetchone()[0])
        assert first.layout not in stored
        cursor.execute("UPDATE pages SET layout = %s WHERE id = %s", [stored, second.pk])

    assert faults(program(cast.ben).get(at(document, "2/")), 409) == {}
    assert program(cast.ben).get(at(document, "1/")).status_code == 200


@pytest.mark.parametrize("column", ["start", "width"])
def test_boxes_of_a_page_that_was_moved_do_not_open(cast, document, column):
    Page.objects.filter(document=document, number=1).update(**{column: 1})

    assert faults(program(cast.ben).get(at(document, "1/")), 409) == {}


def test_boxes_are_sealed_anew_with_a_new_key(cast, document):
    before = program(cast.ben).get(at(document, "1/")).json()
    rotation.renew_key(cast.restricted, by=SYSTEM)
    assert sum(rotation.reseal(cast.restricted, by=SYSTEM)) > 0

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT get_byte(layout, 2) FROM pages WHERE document_id = %s", [document.pk])
        assert cursor.fetchall() == [(2,)]
    keyring.forget_keys()
    assert program(cast.ben).get(at(document, "1/")).json() == before


def test_a_page_of_a_format_that_flows_has_no_boxes_and_no_picture(cast):
    note = factories.ready_document(cast.open, "The fee is $900.")
    caller = program(cast.cleo)

    assert caller.get(at(note, "1/")).json() == {
        "number": 1,
        "start": 0,
        "end": 16,
        "width": 0.0,
        "height": 0.0,
        "text": "The fee is $900.",
        "words": [],
    }
    answer = caller.get(at(note, "1/picture/"))
    assert faults(answer, 409) == {}
    assert answer.json()["type"] == "urn:lexai:problem:not-pictured"


def test_a_page_can_be_looked_at(cast, document):
    answer = program(cast.ben).get(at(document, "1/picture/"), headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert (answer["Cache-Control"], answer["Content-Security-Policy"]) == ("no-store", "sandbox")
    picture = Image.open(io.BytesIO(answer.content))
    page = Page.objects.get(document=document, number=1)
    assert picture.format == "WEBP"
    assert picture.width * picture.height <= 4_000_000
    assert picture.width / picture.height == pytest.approx(page.width / page.height, rel=0.01)
    assert AuditEvent.objects.filter(verb="document_page.viewed", actor="ben@hart.example").count() == 1


def test_a_page_of_a_protected_file_is_not_drawn_and_no_password_asked_for(cast):
    protected = factories.ready_document(cast.open, papers.encrypted_pdf("secret"))
    services.retry_document(protected, by=cast.ana, password="secret")
    services.read_document(protected, by=SYSTEM)

    answer = program(cast.ana).get(at(protected, "1/picture/"))
    assert faults(answer, 409) == {}
    assert answer.json()["type"] == "urn:lexai:problem:password-not-kept"
    assert answer.json()["detail"] == str(services.PasswordNotKept())


def test_a_page_is_drawn_within_the_memory_that_is_configured(cast, document, settings, monkeypatch):
    given, real = [], extraction.picture_in_child

    def noted(*stream, **options):
        given.append(options["memory_limit_mb"])
        return real(*stream, **options)

    monkeypatch.setattr(extraction, "picture_in_child", noted)
    settings.CHILD_MEMORY_MB = 1_111
    services.draw_page(document, 1, by=cast.ben)

    assert given == [1_111]


def test_while_all_who_draw_are_busy_one_is_asked_to_come_back(cast, document, monkeypatch):
    def busy(*_given, **_options):
        raise extraction.Busy

    monkeypatch.setattr(extraction, "picture_in_child", busy)
    answer = program(cast.ben).get(at(document, "1/picture/"))

    assert faults(answer, 503) == {}
    assert answer["Retry-After"] == "5"


@pytest.mark.parametrize("rest", ["0/", "3/", "0/picture/", "3/picture/", f"{10**30}/", f"{10**30}/picture/"])
def test_a_page_that_is_not_there_is_not_there(cast, document, rest):
    assert faults(program(cast.ben).get(at(document, rest)), 404) == {}


def test_there_is_no_page_until_it_is_read(cast):
    waiting = factories.document(cast.open, papers.pdf(PAGES))
    for rest in ("1/", "1/picture/"):
        assert faults(program(cast.ana).get(at(waiting, rest)), 409) == {}


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_nobody_sees_a_page_behind_a_wall(cast, document, who):
    outsider = getattr(cast, who)
    absent = Document(pk=10**9)
    for rest in ("1/", "1/picture/"):
        hidden, none = (program(outsider).get(at(one, rest)) for one in (document, absent))
        assert faults(hidden, 404) == {}
        assert hidden.content == none.content
    for deed in (services.read_page, services.draw_page):
        with pytest.raises(Gone):
            deed(document, 1, by=outsider)


def test_a_file_that_was_changed_is_not_drawn(cast, document):
    Document.objects.filter(pk=document.pk).update(size_bytes=document.size_bytes + 1)

    assert program(cast.ben).get(at(document, "1/picture/")).status_code == 409
    assert AuditEvent.objects.filter(verb="seal.broken").count() == 1
