"""The files of documents as they lie, sealed: what happens when one was changed, or its key is gone."""

import io
from collections import deque

import pytest
import requests
from django.conf import settings
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from documents import services, tasks, uploads
from documents.models import Document
from lexai.audit.models import AuditEvent
from lexai.encryption import keyring
from lexai.encryption.core.files import CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES
from lexai.encryption.errors import KeyErased, KeysUnavailable, Tampered
from lexai.encryption.models import DataKey
from lexai.system import SYSTEM
from tests import factories
from tests.callers import faults, key_of, program, signed_in
from tests.callers import unlimited as unlimited

CONTENT = b"The fee is $900.\n" * 20_000  # six chunks
MIDDLE = HEADER_BYTES + 3 * SEALED_CHUNK_BYTES + 100


def at(document):
    return f"/api/v1/documents/{document.pk}/file/"


def flip_a_bit(document, place=MIDDLE):
    """Change a document's file where it lies."""
    with default_storage.open(document.storage_key) as stored:
        content = bytearray(stored.read())
    content[place] ^= 1
    default_storage.delete(document.storage_key)
    with default_storage.open(document.storage_key, "wb") as stored:
        stored.write(bytes(content))


def broken_seals():
    """Return who came upon which broken seals, by the audit."""
    events = AuditEvent.objects.filter(verb="seal.broken").order_by("pk")
    return [(event.actor, event.facts["place"], event.client_ids) for event in events]


def test_a_file_lies_in_storage_sealed_and_comes_back_as_it_was(cast):
    document = factories.document(cast.open, CONTENT)

    with default_storage.open(document.storage_key) as stored:
        assert b"The fee is" not in stored.read()
    with services.open_original(document, by=cast.ana) as original:
        original.seek(CHUNK_BYTES - 5)
        assert original.read(10) == CONTENT[CHUNK_BYTES - 5 : CHUNK_BYTES + 5]


def test_the_file_of_another_document_of_the_client_is_refused(cast):
    document, other = factories.document(cast.open, CONTENT), factories.document(cast.open, CONTENT)
    with default_storage.open(other.storage_key) as stored:
        moved = stored.read()
    default_storage.delete(document.storage_key)
    with default_storage.open(document.storage_key, "wb") as stored:
        stored.write(moved)

    with pytest.raises(Tampered):
        services.open_original(document, by=cast.ana)


def test_files_that_were_exchanged_between_two_documents_are_refused(cast):
    first, longer = (factories.document(cast.open, content) for content in (CONTENT, CONTENT + CONTENT))
    upload = uploads.receive(io.BytesIO(CONTENT[::-1]), filename="as-long.txt", client=cast.open)
    second = services.add_document(Document(client=cast.open), upload, by=SYSTEM)
    keys = [one.storage_key for one in (first, second, longer)]
    for one in (first, second, longer):
        Document.objects.filter(pk=one.pk).update(storage_key=f"lexai-{one.pk}")
    for one, key in zip((second, first, longer), keys, strict=True):
        Document.objects.filter(pk=one.pk).update(storage_key=key)
    first.refresh_from_db()
    second.refresh_from_db()

    answer = program(cast.ana).get(at(first))
    came = bytearray()
    with pytest.raises(Tampered):
        deque(map(came.extend, answer.streaming_content), maxlen=0)
    assert len(came) < first.size_bytes
    tasks.read_document(document_id=second.pk)
    second.refresh_from_db()
    assert (second.status, second.refusal) == ("refused", "altered")
    assert broken_seals() == [
        ("ana@hart.example", f"file of document {first.pk}", [cast.open.pk]),
        (SYSTEM.email, f"file of document {second.pk}", [cast.open.pk]),
    ]


def test_a_file_of_another_size_is_refused_before_the_answer_begins(cast):
    document, longer = factories.document(cast.open, CONTENT), factories.document(cast.open, CONTENT * 2)
    key = longer.storage_key
    Document.objects.filter(pk=longer.pk).delete()
    Document.objects.filter(pk=document.pk).update(storage_key=key)

    assert faults(program(cast.ana).get(at(document)), 409) == {}
    assert broken_seals() == [("ana@hart.example", f"file of document {document.pk}", [cast.open.pk])]


# What was changed


@pytest.mark.parametrize("place", [0, 1, 5, HEADER_BYTES, -1])
def test_a_file_whose_start_or_end_was_changed_is_refused_before_the_answer_begins(cast, place):
    document = factories.document(cast.open, CONTENT)
    flip_a_bit(document, place)

    assert faults(program(cast.ana).get(at(document)), 409) == {}
    assert broken_seals() == [("ana@hart.example", f"file of document {document.pk}", [cast.open.pk])]
    assert not AuditEvent.objects.filter(verb="document.downloaded").exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_changed_in_its_midst_ends_in_a_broken_line(web):
    cast = factories.cast()
    document = factories.document(cast.open, CONTENT * 20)
    flip_a_bit(document, HEADER_BYTES + 60 * SEALED_CHUNK_BYTES)

    answer = requests.get(f"{web}{at(document)}", headers=key_of(cast.ana), stream=True, timeout=10)
    came = bytearray()
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        deque(map(came.extend, answer.iter_content(10_000)), maxlen=0)

    assert (answer.status_code, int(answer.headers["Content-Length"])) == (200, document.size_bytes)
    assert 0 < len(came) < document.size_bytes
    assert (CONTENT * 20).startswith(bytes(came))
    assert broken_seals() == [("ana@hart.example", f"file of document {document.pk}", [cast.open.pk])]


def test_a_changed_file_is_not_read_and_its_document_says_so(cast):
    document = factories.document(cast.open, CONTENT)
    flip_a_bit(document)
    with pytest.raises(Tampered):
        services.read_document(document, by=SYSTEM)

    document.refresh_from_db()
    assert (document.status, document.refusal, document.text) == ("refused", "altered", None)
    assert document.refusal_message.startswith("The stored copy of this file was changed outside LexAI")
    assert not Document.objects.due().filter(pk=document.pk).exists()


def test_a_changed_file_is_in_the_audit_when_the_queue_comes_upon_it(cast):
    document = factories.document(cast.open, CONTENT)
    flip_a_bit(document)
    tasks.read_document(document_id=document.pk)

    assert broken_seals() == [(SYSTEM.email, f"file of document {document.pk}", [cast.open.pk])]


# What has no key


def test_a_file_whose_key_was_erased_is_gone(cast):
    document = factories.document(cast.open, CONTENT)
    DataKey.objects.of(cast.open.pk).delete()
    keyring.forget_keys()

    with pytest.raises(KeyErased):
        services.open_original(document, by=cast.ana)
    assert not AuditEvent.objects.filter(verb="document.downloaded").exists()


def test_without_the_root_key_nothing_is_read_and_no_attempt_is_counted(cast, settings, tmp_path):
    document = factories.document(cast.open, CONTENT)
    settings.ROOT_KEY_FILE, root_key_file = tmp_path / "absent", settings.ROOT_KEY_FILE
    keyring.forget_keys()
    with pytest.raises(KeysUnavailable):
        services.read_document(document, by=SYSTEM)

    document.refresh_from_db(fields=["status", "attempts"])
    assert (document.status, document.attempts) == ("queued", 0)
    settings.ROOT_KEY_FILE = root_key_file
    assert services.read_document(document, by=SYSTEM).status == "ready"


# Files for clients that the sender does not see


def uploaded(caller, client_id):
    file = io.BytesIO(b"x" * 200_000)
    file.name = "paper.txt"
    return caller.post(f"/api/v1/clients/{client_id}/documents/", {"file": file}, format="multipart")


def with_checked_forms(user):
    """Return a browser whose forms are read, in search of their token, before any view is asked."""
    token = "a" * 32
    browser = APIClient(enforce_csrf_checks=True, headers={"X-CSRFToken": token})
    browser.force_login(user)
    browser.cookies[settings.CSRF_COOKIE_NAME] = token
    return browser


@pytest.mark.parametrize("caller", [program, signed_in, with_checked_forms])
def test_a_foreign_client_and_one_that_never_was_look_alike_and_no_file_stays(cast, caller):
    answers = [
        uploaded(caller(by), client_id)
        for by, client_id in [
            (cast.cleo, cast.restricted.pk),
            (cast.emil, cast.open.pk),
            (cast.ana, "client_0000000000"),
            (cast.ana, f"firm_{cast.other_firm.pk}"),
            (cast.ana, "x" * 3000),
        ]
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1
    assert default_storage.listdir("")[1] == []
