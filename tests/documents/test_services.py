import hashlib
import io
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from clients.models import Client
from documents import extraction, policies, services, uploads
from documents.extraction.sandbox import pool
from documents.models import Document, Page, Passage, SearchIndex
from documents.retrieval import passages
from lexai.audit.models import AuditEvent
from lexai.errors import Gone, NotAcceptable, NotAllowed, WrongState
from lexai.system import SYSTEM
from tests import factories, papers

NOTE = "The fee is $900.\n\nThe hearing is on May 4, 2024."


def stored_files():
    return sorted(default_storage.listdir("")[1])


def verbs(target_type="document"):
    return list(
        AuditEvent.objects.filter(target_type=target_type).order_by("pk").values_list("verb", flat=True)
    )


def test_an_added_document_is_queued_with_its_hash_and_stored_once(cast):
    document = factories.document(cast.open, NOTE, by=cast.cleo, filename="note.txt")

    assert (document.status, document.size_bytes, document.uploaded_by) == ("queued", len(NOTE), cast.cleo)
    assert document.sha256 == hashlib.sha256(NOTE.encode()).hexdigest()
    assert stored_files() == [document.storage_key]
    assert verbs() == ["document.added"]


@pytest.mark.parametrize(
    ("content", "filename", "sentence"),
    [
        (b"", "note.txt", "The file is empty. Choose the file that holds the document."),
        (b"x", "n" * 300, "filename: The file name is longer than 255 characters. Shorten it."),
        (b"x", "nul\0.txt", "filename: It holds characters that are not text. Remove them."),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_and_nothing_is_stored(cast, content, filename, sentence):
    with pytest.raises(NotAcceptable) as refusal:
        factories.document(cast.open, content, by=cast.ana, filename=filename)

    assert str(refusal.value) == sentence
    assert (stored_files(), Document.objects.count(), verbs()) == ([], 0, [])


def test_a_file_over_the_limit_is_refused_and_nothing_is_stored(cast, settings):
    settings.UPLOAD_LIMIT_MB = 1
    with pytest.raises(uploads.FileTooLarge):
        factories.document(cast.open, b"x" * (uploads.MEGABYTE + 1), by=cast.ana)

    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_nobody_adds_papers_behind_a_wall(cast):
    for outsider in (cast.cleo, cast.dora, cast.emil):
        with pytest.raises(Gone):
            factories.document(cast.restricted, NOTE, by=outsider)
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_reading_gives_text_pages_and_passages_whose_offsets_hold(cast):
    content = papers.pdf(["1. Fees\n\nThe fee is $900.", "2. Hearing\n\nThe hearing is on May 4, 2024."])
    document = factories.ready_document(cast.open, content, filename="fees.pdf")

    stored = Document.objects.defer(None).get(pk=document.pk)
    assert (stored.status, stored.page_count, stored.media_type) == ("ready", 2, "application/pdf")
    pages = list(Page.objects.filter(document=document).order_by("number"))
    assert (pages[0].start, pages[0].end, pages[-1].end) == (0, pages[1].start, len(stored.text))
    for passage in Passage.objects.filter(document=document):
        assert passage.text == stored.text[passage.start : passage.end]
        assert pages[passage.page - 1].start <= passage.start < pages[passage.page - 1].end
        assert passage.client_id == cast.open.pk
    assert verbs() == ["document.added", "document.read"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (papers.pdf(["Some text"])[:200], "damaged"),
        (papers.encrypted_pdf("secret"), "password"),
        (papers.scan_pdf(), "unsupported"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "unsupported"),
    ],
)
def test_an_unreadable_file_ends_refused_with_code_and_sentence(cast, content, code):
    document = factories.ready_document(cast.open, content)

    stored = Document.objects.get(pk=document.pk)
    assert (stored.status, stored.refusal) == ("refused", code)
    assert stored.refusal_message.endswith(".")
    assert Passage.objects.count() == 0
    assert verbs() == ["document.added", "document.refused"]


def test_a_settled_document_is_not_read_again(cast):
    document = factories.ready_document(cast.open, NOTE)
    with pytest.raises(services.NotClaimable):
        services.read_document(document, by=SYSTEM)
    assert verbs() == ["document.added", "document.read"]


def test_a_document_under_a_lease_is_left_to_its_reader(cast):
    document = factories.document(cast.open, NOTE)
    document.status, document.attempts = Document.Status.EXTRACTING, 1
    document.lease(60)
    document.save()

    with pytest.raises(services.NotClaimable):
        services.read_document(document, by=SYSTEM)


def test_after_three_abandoned_attempts_a_document_is_refused(cast):
    document = factories.document(cast.open, NOTE)
    document.status, document.attempts, document.lease_expires_at = "extracting", 3, timezone.now()
    document.save()

    services.read_document(document, by=SYSTEM)

    document.refresh_from_db()
    assert (document.status, document.refusal, document.attempts) == ("refused", "too-complex", 3)
    assert document.refusal_message == str(services.ReadingFailed())


def test_a_reader_who_lost_the_lease_stores_nothing(cast, monkeypatch):
    document = factories.document(cast.open, NOTE)
    real = services.reading._extract

    def overtaken(claimed, *given):
        Document.objects.filter(pk=claimed.pk).update(claims=claimed.claims + 1)
        return real(claimed, *given)

    monkeypatch.setattr(services.reading, "_extract", overtaken)
    with pytest.raises(services.ClaimLost):
        services.read_document(document, by=SYSTEM)
    assert Passage.objects.count() == 0


def test_only_the_queue_reads_and_dispatches(cast):
    document = factories.document(cast.open, NOTE)
    for deed in (
        lambda: services.read_document(document, by=cast.dora),
        lambda: services.dispatch_due(by=cast.dora),
        lambda: services.sweep_storage(by=cast.dora),
        lambda: services.index_client(cast.open, by=cast.dora),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_due_are_the_forgotten_and_the_abandoned(cast):
    forgotten, fresh, abandoned, held, ready = (factories.document(cast.open, NOTE) for _ in range(5))
    for document, status, seconds in [
        (forgotten, "queued", -1),
        (fresh, "queued", 30),
        (abandoned, "extracting", -1),
        (held, "extracting", 30),
        (ready, "ready", -1),
    ]:
        document.status = status
        document.lease(seconds)
        document.save()

    assert set(Document.objects.due()) == {forgotten, abandoned}
    assert services.dispatch_due(by=SYSTEM) == 2
    assert services.dispatch_due(by=SYSTEM) == 0, "each has its nudge under way"
    abandoned.refresh_from_db()
    assert (abandoned.status, abandoned.attempts) == ("queued", 0)


def test_an_abandoned_reader_that_comes_back_stores_nothing(cast, monkeypatch):
    document = factories.document(cast.open, NOTE)
    real = services.reading._extract

    def abandoned(claimed, *given):
        Document.objects.filter(pk=claimed.pk).update(lease_expires_at=timezone.now())
        services.dispatch_due(by=SYSTEM)
        return real(claimed, *given)

    monkeypatch.setattr(services.reading, "_extract", abandoned)
    with pytest.raises(services.ClaimLost):
        services.read_document(document, by=SYSTEM)
    assert Passage.objects.count() == 0


def test_a_reader_of_before_a_retry_settles_nothing(cast):
    document = factories.document(cast.open, NOTE)
    stale = services.reading._claim(document, by=SYSTEM)
    Document.objects.filter(pk=document.pk).update(status="refused", refusal="damaged")
    services.retry_document(document, by=cast.ana)
    now = services.reading._claim(document, by=SYSTEM)

    assert (stale.attempts, now.attempts) == (1, 1)
    with pytest.raises(services.ClaimLost):
        services.reading._held(stale)
    with pytest.raises(services.ClaimLost):
        services.reading._renew_lease(stale)
    assert services.reading._held(now) == document


@pytest.mark.slow
def test_a_reading_longer_than_its_lease_keeps_it_by_its_heartbeat(cast, settings, monkeypatch):
    settings.LEASE_SECONDS = 1
    slow = [sys.executable, "-c", "import time; time.sleep(2.5)"]
    monkeypatch.setattr("documents.extraction.sandbox.process.COMMAND", slow)
    pool.end_idle()
    leases = []
    real = services.reading._renew_lease

    def observed(document):
        real(document)
        leases.append(Document.objects.get(pk=document.pk).lease_expires_at)

    monkeypatch.setattr(services.reading, "_renew_lease", observed)
    with pytest.raises(extraction.ChildFailed):  # the slow child says nothing
        services.read_document(factories.document(cast.open, NOTE), by=SYSTEM)
    assert len(leases) >= 3
    assert leases == sorted(set(leases))


@pytest.mark.django_db(transaction=True)
def test_of_many_readers_at_once_one_claims_the_document():
    cast = factories.cast()
    document = factories.document(cast.open, NOTE)

    def claim():
        try:
            return services.reading._claim(document, by=SYSTEM).attempts
        except services.NotClaimable:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as readers:
        claimed = [reader.result() for reader in [readers.submit(claim) for _ in range(8)]]

    assert sorted(claimed, key=str) == [1] + [None] * 7


@pytest.mark.django_db(transaction=True)
def test_a_client_deleted_while_its_papers_are_stored_ends_well():
    for _ in range(5):
        cast = factories.client(
            factories.firm_with_administrator(uuid4().hex, f"{uuid4().hex}@x.example")[1], "C"
        )
        papers_on_their_way = [factories.document(cast, NOTE) for _ in range(4)]

        def settled(deed):
            try:
                deed()
            except WrongState:
                return
            finally:
                connection.close()

        with ThreadPoolExecutor(5) as pool:
            deeds = [partial(services.read_document, one, by=SYSTEM) for one in papers_on_their_way]
            deeds.append(partial(services.delete_client, cast, by=SYSTEM))
            for done in [pool.submit(settled, deed) for deed in deeds]:
                done.result()

        assert not Document.objects.filter(client=cast.pk).exists()
    services.sweep_storage(by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_paper_that_comes_while_its_client_is_deleted_is_deleted_along(monkeypatch):
    cast = factories.cast()
    factories.document(cast.open, NOTE)
    real, late = services.deleting.locked, []

    def one_comes_first(row):
        if not late:
            late.append(row)
            with ThreadPoolExecutor(1) as other:
                late.append(other.submit(added).result())
        elif len(late) == 2:
            late.append(other_holds(late[1]))
        return real(row)

    def added():
        try:
            return factories.document(cast.open, "Something else.").pk
        finally:
            connection.close()

    def other_holds(key):
        """Say whether the late paper is locked by the deletion, as the other thread sees it."""

        def look():
            try:
                with transaction.atomic():
                    free = Document.objects.select_for_update(skip_locked=True)
                    return not free.filter(pk=key).exists()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as other:
            return other.submit(look).result()

    monkeypatch.setattr(services.deleting, "locked", one_comes_first)
    services.delete_client(cast.open, by=cast.ana)

    assert late[2] is True
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_what_is_gone_is_said_to_be_gone(cast):
    document = factories.ready_document(cast.open, NOTE)
    services.delete_document(document, by=cast.ana)
    for deed in (
        lambda: services.delete_document(document, by=cast.ana),
        lambda: services.read_document(document, by=SYSTEM),
        lambda: services.delete_client(Client(pk="client_0000000000", firm=cast.firm), by=SYSTEM),
    ):
        with pytest.raises(Gone):
            deed()


@pytest.mark.django_db(transaction=True)
def test_deleting_a_document_removes_its_file_and_everything_read_in_it():
    cast = factories.cast()
    kept = factories.ready_document(cast.restricted, "Something else.")
    document = factories.ready_document(cast.restricted, NOTE)
    services.index_client(cast.restricted, by=SYSTEM)

    services.delete_document(document, by=cast.ben)
    services.index_client(cast.restricted, by=SYSTEM)

    assert stored_files() == [kept.storage_key]
    assert Passage.objects.filter(document=document.pk).count() == 0
    assert SearchIndex.objects.get(client=cast.restricted).document_ids == [kept.pk]


@pytest.mark.django_db(transaction=True)
def test_deleting_a_client_removes_rows_and_files_and_no_others():
    cast = factories.cast()
    kept = factories.ready_document(cast.open, "Something else.")
    factories.ready_document(cast.restricted, NOTE)

    services.delete_client(cast.restricted, by=cast.ana)

    assert stored_files() == [kept.storage_key]
    assert set(Document.objects.all()) == {kept}
    assert AuditEvent.objects.filter(verb="client.deleted").count() == 1


def test_nobody_deletes_behind_a_wall(cast):
    document = factories.ready_document(cast.restricted, NOTE)
    for outsider in (cast.cleo, cast.dora, cast.emil):
        with pytest.raises(Gone):
            services.delete_document(document, by=outsider)
        with pytest.raises(Gone):
            services.delete_client(cast.restricted, by=outsider)
    assert Document.objects.filter(pk=document.pk).exists()


def test_the_sweep_removes_old_files_without_a_row_only(cast, monkeypatch):
    document = factories.document(cast.open, NOTE)
    orphan = uploads.receive(io.BytesIO(b"left behind"), filename="orphan.txt", client=cast.open)
    assert services.sweep_storage(by=SYSTEM) == 0, "a young file may be on its way in"

    monkeypatch.setattr(services.deleting, "ORPHAN_SECONDS", -60)

    assert services.sweep_storage(by=SYSTEM) == 1
    assert stored_files() == [document.storage_key]
    assert orphan.storage_key != document.storage_key


def test_who_sees_which_document(cast):
    documents = [
        factories.ready_document(client, NOTE) for client in (cast.restricted, cast.open, cast.foreign)
    ]
    for user in (cast.ana, cast.ben, cast.cleo, cast.dora, cast.emil, SYSTEM):
        seen = set(Document.objects.visible_to(user))
        assert seen == {one for one in documents if policies.can_view_document(user, one)}
        assert set(Passage.objects.visible_to(user)) == set(Passage.objects.filter(document__in=seen))
        assert set(Page.objects.visible_to(user)) == set(Page.objects.filter(document__in=seen))
    assert set(Document.objects.visible_to(cast.cleo)) == {documents[1]}
    assert set(Document.objects.visible_to(cast.emil)) == {documents[2]}


def test_a_list_of_documents_does_not_carry_their_text(cast):
    factories.ready_document(cast.open, NOTE)

    assert "text" in Document.objects.visible_to(cast.ana).get().get_deferred_fields()


@pytest.mark.django_db(transaction=True)
def test_while_a_paper_is_stored_the_queue_passes_over_it_however_short_its_lease(settings, monkeypatch):
    settings.LEASE_SECONDS = 0.1
    document = factories.document(factories.cast().open, NOTE)
    real, dispatched = services.storing._page, []

    def dispatch():
        dispatched.append(services.dispatch_due(by=SYSTEM))
        connection.close()

    def slow(*given):
        time.sleep(0.2)
        assert not Document.objects.filter(pk=document.pk, lease_expires_at__gt=timezone.now()).exists()
        beat = threading.Thread(target=dispatch)
        beat.start()
        beat.join()
        return real(*given)

    monkeypatch.setattr(services.storing, "_page", slow)

    assert services.read_document(document, by=SYSTEM).status == "ready"
    assert dispatched == [0]


def test_a_passage_stands_under_the_headings_that_the_file_names():
    clauses = [passages.Clause(*place, "its own") for place in ((0, 4), (8, 20), (40, 50), (70, 80))]
    paragraphs = [
        extraction.Paragraph(6, 30, ("Annex A", "Payments")),
        extraction.Paragraph(39, 64, ("h" * 150, "i" * 100)),
        extraction.Paragraph(65, 90),
    ]
    heading = services.storing._headings(extraction.Extracted("", [], "text/plain", [], paragraphs))

    assert [heading(clause) for clause in clauses] == [
        "its own",
        "Annex A > Payments",
        "i" * 100,
        "its own",
    ]
