"""The same file twice, and many files at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from documents import services
from documents.models import Document
from lexai.audit.models import AuditEvent
from tests import factories
from tests.callers import faults, file, program, signed_in
from tests.callers import unlimited as unlimited

NOTE = "1. Fees\n\nThe monthly fee is $900."


def of(client, rest=""):
    return f"/api/v1/clients/{client.pk}/documents/{rest}"


def sent(caller, client, content=NOTE, name="note.txt"):
    return caller.post(of(client), {"file": file(content, name)}, format="multipart")


def stored_files():
    return sorted(default_storage.listdir("")[1])


@pytest.mark.django_db(transaction=True)
def test_the_same_file_is_answered_with_the_first_document_of_the_client():
    cast = factories.cast()
    first, second = (
        sent(program(user), cast.open, name=name)
        for user, name in ((cast.ana, "a.txt"), (cast.cleo, "b.txt"))
    )

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert stored_files() == [Document.objects.get().storage_key]
    event = AuditEvent.objects.get(verb="document.recognised")
    assert (event.actor, event.target_id) == ("cleo@hart.example", str(first.json()["id"]))


@pytest.mark.django_db(transaction=True)
def test_the_same_file_of_another_client_is_another_document():
    cast = factories.cast()

    for caller, client in ((cast.ana, cast.restricted), (cast.cleo, cast.open), (cast.emil, cast.foreign)):
        assert sent(program(caller), client).status_code == 201
    assert sent(program(cast.ana), cast.open, NOTE.replace("9", "8")).status_code == 201
    assert len(stored_files()) == Document.objects.count() == 4


@pytest.mark.parametrize(("refusal", "status"), [("altered", 201), ("missing", 201), ("damaged", 200)])
def test_only_a_document_whose_own_file_is_lost_gets_a_second(cast, refusal, status):
    first = factories.document(cast.open, NOTE)
    Document.objects.filter(pk=first.pk).update(status="refused", refusal=refusal)

    assert sent(signed_in(cast.ana), cast.open).status_code == status


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_uploads_at_once_one_becomes_a_document():
    cast = factories.cast()

    def upload(caller):
        try:
            return sent(caller, cast.open).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as senders:
        codes = list(senders.map(upload, [program(cast.ana) for _ in range(4)]))

    assert sorted(codes) == [200, 200, 200, 201]
    assert stored_files() == [Document.objects.get().storage_key]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_comes_while_its_first_document_is_deleted_becomes_a_document():
    cast = factories.cast()
    first = factories.document(cast.open, NOTE)

    def upload():
        try:
            return sent(program(cast.ana), cast.open).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as sender:
        with transaction.atomic():
            services.delete_document(first, by=cast.ana)
            sending = sender.submit(upload)
            time.sleep(0.3)
            assert not sending.done()
        assert sending.result() == 201
    assert stored_files() == [Document.objects.get().storage_key]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_comes_between_two_looks_is_recognised(monkeypatch):
    cast = factories.cast()
    real, before = services.adding.locked, []

    def another_was_faster(row):
        if not before:
            before.append(row)
            with ThreadPoolExecutor(1) as other:
                before.append(other.submit(upload).result())
        return real(row)

    def upload():
        try:
            return sent(program(cast.ana), cast.open).status_code
        finally:
            connection.close()

    monkeypatch.setattr(services.adding, "locked", another_was_faster)

    assert (upload(), before[1]) == (200, 201)


@pytest.mark.django_db(transaction=True)
def test_many_files_come_at_once_and_a_bad_one_loses_no_other():
    cast = factories.cast()
    files = [
        file("One.", "one.txt"),
        file(b"", "empty.txt"),
        file("One.", "again.txt"),
        file("Two.", "two.txt"),
    ]
    answer = program(cast.ben).post(of(cast.restricted, "batch/"), {"file": files}, format="multipart")

    assert answer.status_code == 200
    results = answer.json()["results"]
    one, two = Document.objects.order_by("pk")
    assert [(row["filename"], (row["document"] or {}).get("id")) for row in results] == [
        ("one.txt", one.pk),
        ("empty.txt", None),
        ("again.txt", one.pk),
        ("two.txt", two.pk),
    ]
    assert [row["problem"] and row["problem"]["type"] for row in results] == [
        None,
        "urn:lexai:problem:not-acceptable",
        None,
        None,
    ]
    assert stored_files() == sorted([one.storage_key, two.storage_key])
    assert AuditEvent.objects.filter(verb="access.refused", actor="ben@hart.example").count() == 1


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_nobody_sends_many_files_behind_a_wall(cast, who):
    caller = program(getattr(cast, who))
    answer = caller.post(of(cast.restricted, "batch/"), {"file": [file(NOTE)]}, format="multipart")

    assert faults(answer, 404) == {}
    assert (stored_files(), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("form", "field"), [({}, "file"), ({"file": "text"}, "file.0"), ({"files": file(NOTE)}, "files")]
)
def test_a_batch_without_files_is_refused_by_name(cast, form, field):
    answer = signed_in(cast.ana).post(of(cast.open, "batch/"), form, format="multipart")

    assert field in faults(answer)
    assert (stored_files(), Document.objects.count()) == ([], 0)
