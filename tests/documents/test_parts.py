"""What comes in an archive or a mail becomes documents of its own."""

import pytest
from django.core.files.storage import default_storage

from documents import services
from documents.extraction import limits
from documents.models import Document
from documents.parts import EMPTY, SAME, TOO_DEEP, TOO_MANY, Parts
from documents.uploads import MEGABYTE, FileTooLarge
from lexai.audit.models import AuditEvent
from lexai.celery import app
from lexai.system import SYSTEM
from tests import factories, papers
from tests.callers import faults, file, signed_in

LEASE, INVOICE = "1. Rent\n\nThe rent is $900.", "Invoice 17\n\nThe invoice is for $20."


def stored_files():
    return sorted(default_storage.listdir("")[1])


def archive(**members):
    return papers.zipped({name.replace("_", "."): content for name, content in members.items()})


def parts_of(document):
    return list(Document.objects.filter(parent=document).order_by("pk"))


def test_the_members_of_an_archive_become_documents_of_the_same_client(cast):
    whole = factories.ready_document(
        cast.restricted, archive(lease_txt=LEASE, invoice_txt=INVOICE), by=cast.ben, filename="case.zip"
    )

    lease, invoice = parts_of(whole)
    assert [(one.filename, one.client, one.depth, one.status) for one in (lease, invoice)] == [
        ("lease.txt", cast.restricted, 1, "queued"),
        ("invoice.txt", cast.restricted, 1, "queued"),
    ]
    assert {one.uploaded_by for one in (lease, invoice)} == {cast.ben}
    assert stored_files() == sorted(one.storage_key for one in (whole, lease, invoice))
    services.read_document(lease, by=SYSTEM)
    assert Document.objects.defer(None).get(pk=lease.pk).text == LEASE
    told = AuditEvent.objects.filter(verb="document.added").order_by("pk")
    assert [(one.actor, one.target_id) for one in told] == [
        ("ben@hart.example", str(whole.pk)),
        ("system", str(lease.pk)),
        ("system", str(invoice.pk)),
    ]


def test_nobody_sees_the_parts_of_what_they_may_not_see(cast):
    whole = factories.ready_document(cast.restricted, archive(lease_txt=LEASE))
    (part,) = parts_of(whole)

    for outsider in (cast.cleo, cast.dora, cast.emil):
        caller = signed_in(outsider)
        listed = f"/api/v1/clients/{cast.restricted.pk}/documents/?parent={whole.pk}"
        assert faults(caller.get(f"/api/v1/documents/{part.pk}/"), 404) == {}
        assert faults(caller.get(listed), 404) == {}
        foreign = caller.get(f"/api/v1/clients/{cast.open.pk}/documents/?parent={whole.pk}")
        assert foreign.status_code == (404 if outsider is cast.emil else 200)
        assert "lease.txt" not in foreign.content.decode()
    shown = signed_in(cast.ben).get(listed).json()["results"]
    assert [(row["filename"], row["parent_id"], row["depth"]) for row in shown] == [
        ("lease.txt", whole.pk, 1)
    ]


def test_what_is_empty_or_comes_twice_in_one_is_left_out_by_name(cast):
    whole = factories.ready_document(cast.open, archive(one_txt=INVOICE, two_txt=INVOICE, nothing_txt=""))

    assert [one.filename for one in parts_of(whole)] == ["one.txt"]
    assert f"Left out, because {SAME}: “two.txt”." in whole.warnings
    assert f"Left out, because {EMPTY}: “nothing.txt”." in whole.warnings
    assert len(stored_files()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_deleted_mail_takes_away_no_paper_that_another_or_a_person_brought():
    cast = factories.cast()
    mine = factories.document(cast.open, LEASE, filename="mine.txt")
    first, second = (
        factories.ready_document(cast.open, archive(lease_txt=LEASE, **{other: other}))
        for other in ("a_txt", "b_txt")
    )
    assert [one.filename for one in parts_of(second)] == ["lease.txt", "b.txt"]

    services.delete_document(first, by=cast.ana)

    assert list(Document.objects.order_by("pk")) == [mine, second, *parts_of(second)]
    assert len(stored_files()) == 4


@pytest.mark.django_db(transaction=True)
def test_a_part_that_is_uploaded_stands_by_itself_and_stays():
    cast = factories.cast()
    inner = archive(lease_txt=LEASE)
    whole = factories.ready_document(cast.open, archive(inner_zip=inner))
    (nested,) = parts_of(whole)
    services.read_document(nested, by=SYSTEM)

    answer = signed_in(cast.cleo).post(
        f"/api/v1/clients/{cast.open.pk}/documents/", {"file": file(inner, "mine.zip")}, format="multipart"
    )
    services.delete_document(whole, by=cast.ana)

    assert (answer.status_code, answer.json()["id"]) == (200, nested.pk)
    assert (answer.json()["parent_id"], answer.json()["depth"]) == (None, 0)
    stayed = Document.objects.order_by("pk").values_list("filename", "parent", "depth")
    assert list(stayed) == [("inner.zip", None, 0), ("lease.txt", nested.pk, 1)]
    assert len(stored_files()) == 2


def test_what_lies_too_deep_is_left_out_by_name(cast):
    content = archive(lease_txt=LEASE)
    for name in ("third_zip", "second_zip", "first_zip"):
        content = archive(**{name: content})
    deepest = factories.ready_document(cast.open, content)
    while parts := parts_of(deepest):
        deepest = services.read_document(parts[0], by=SYSTEM)

    assert (deepest.filename, deepest.depth, deepest.status) == ("third.zip", 3, "ready")
    assert f"Left out, because {TOO_DEEP}: “lease.txt”." in deepest.warnings
    assert len(stored_files()) == 4


def test_one_upload_brings_along_so_many_files_at_all_depths_together(cast, monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 4)
    first, second, third = (archive(a_txt=f"{name} a", b_txt=f"{name} b") for name in ("one", "two", "three"))
    whole = factories.ready_document(cast.open, archive(one_zip=first, two_zip=second, three_zip=third))
    one, two, three = (services.read_document(part, by=SYSTEM) for part in parts_of(whole))

    assert [[part.filename for part in parts_of(zipped)] for zipped in (one, two, three)] == [
        ["a.txt"],
        [],
        [],
    ]
    assert f"Left out, because {TOO_MANY}: “b.txt”." in one.warnings
    assert f"Left out, because {TOO_MANY}: “a.txt”, “b.txt”." in three.warnings
    assert len(stored_files()) == 5


def test_places_that_another_reader_took_meanwhile_are_gone(cast, monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 2)
    whole = factories.document(cast.open, archive(lease_txt=LEASE, invoice_txt=INVOICE))
    real = services.reading._extract

    def overtaken(claimed, parts, password):
        extracted = real(claimed, parts, password)
        other = factories.document(cast.open, "Another.")
        Document.objects.filter(pk=other.pk).update(parent=claimed, depth=1)
        return extracted

    monkeypatch.setattr(services.reading, "_extract", overtaken)
    whole = services.read_document(whole, by=SYSTEM)

    assert len(parts_of(whole)) == 2
    assert f"Left out, because {TOO_MANY}: “invoice.txt”." in whole.warnings
    assert len(stored_files()) == 3


@pytest.mark.django_db(transaction=True)
def test_the_paper_of_another_firm_is_read_before_all_that_came_in_an_archive():
    cast = factories.cast()
    app.control.purge()
    whole = factories.document(cast.open, archive(**{f"{number}_txt": str(number) for number in range(20)}))
    services.read_document(whole, by=SYSTEM)
    other = factories.document(cast.restricted, LEASE)
    Document.objects.update(lease_expires_at=other.upload_date)
    services.dispatch_due(by=SYSTEM)

    with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue:
        nudged = [queue.get(block=False).headers["kwargsrepr"] for _ in range(2 * 22)]
    keys = [int("".join(filter(str.isdigit, one))) for one in nudged if "document_id" in one]
    assert keys[:3] == [whole.pk, other.pk, other.pk]
    assert sorted(keys[3:]) == sorted(2 * [part.pk for part in parts_of(whole)])


def test_a_name_that_no_document_may_have_is_made_fit(cast):
    document = factories.document(cast.open, LEASE)
    with Parts(document) as parts:
        for place, name in enumerate(["a\u202etxt.exe", "../" + "n" * 300 + ".pdf", "\0\n", "\u3164\ufe0f"]):
            parts.take(name, f"{place}".encode())
        parts.take("empty.txt", b"")
        fit = [upload.filename for upload in parts.uploads]
        warnings = parts.warnings()

    assert fit == ["atxt.exe", "n" * 196 + ".pdf", "attachment", "attachment"]
    assert warnings == [f"Left out, because {EMPTY}: “empty.txt”."]
    assert stored_files() == [document.storage_key]


def test_a_reader_who_lost_the_claim_leaves_no_part_behind(cast, monkeypatch):
    document = factories.document(cast.open, archive(lease_txt=LEASE))
    real, seen = services.reading._extract, []

    def overtaken(claimed, *given):
        extracted = real(claimed, *given)
        seen.append(len(stored_files()))
        Document.objects.filter(pk=claimed.pk).update(claims=claimed.claims + 1)
        return extracted

    monkeypatch.setattr(services.reading, "_extract", overtaken)
    with pytest.raises(services.ClaimLost):
        services.read_document(document, by=SYSTEM)

    assert (seen, stored_files(), parts_of(document)) == ([2], [document.storage_key], [])


def test_what_is_stored_in_part_only_leaves_nothing_behind(cast, monkeypatch):
    document = factories.document(cast.open, archive(lease_txt=LEASE, invoice_txt=INVOICE))
    real = services.storing.add_parts

    def broken(*given, **who):
        real(*given, **who)
        raise RuntimeError

    monkeypatch.setattr(services.storing, "add_parts", broken)
    with pytest.raises(RuntimeError):
        services.read_document(document, by=SYSTEM)

    assert (stored_files(), parts_of(document)) == ([document.storage_key], [])


@pytest.mark.django_db(transaction=True)
def test_deleting_a_document_deletes_what_came_in_it():
    cast = factories.cast()
    kept = factories.document(cast.restricted, "Something else.")
    inner = archive(lease_txt=LEASE, invoice_txt=INVOICE)
    whole = factories.ready_document(cast.restricted, archive(inner_zip=inner))
    services.read_document(parts_of(whole)[0], by=SYSTEM)
    assert Document.objects.count() == 5

    services.delete_document(whole, by=cast.ben)

    assert list(Document.objects.all()) == [kept]
    assert stored_files() == [kept.storage_key]
    assert AuditEvent.objects.filter(verb="document.deleted", actor="ben@hart.example").count() == 4


def test_a_part_that_no_upload_could_be_is_left_out_and_in_the_audit(cast, settings):
    settings.UPLOAD_LIMIT_MB = 1
    whole = factories.ready_document(
        cast.restricted, archive(large_txt="x" * (MEGABYTE + 1), lease_txt=LEASE), by=cast.ben
    )

    assert [one.filename for one in parts_of(whole)] == ["lease.txt"]
    assert [warning for warning in whole.warnings if "large.txt" in warning] == [
        f"Left out, because it was refused ({str(FileTooLarge()).rstrip('.')}): “large.txt”."
    ]
    event = AuditEvent.objects.get(verb="access.refused")
    assert (event.target_id, event.client_ids, event.facts) == (
        str(whole.pk),
        [cast.restricted.pk],
        {"refusal": "FileTooLarge"},
    )
