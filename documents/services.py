"""What happens when a paper comes in, is read, is deleted."""

from bisect import bisect_right
from datetime import timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from clients.policies import can_delete_client
from documents import extraction, policies, search, tasks
from documents.models import Document, Page, Passage
from documents.retrieval import passages
from documents.storage import StorageUnavailable, faults_translated, own_keys
from documents.uploads import Upload
from lexai import audit
from lexai.celery import nudge
from lexai.database import insert, locked, require_version
from lexai.errors import DomainError, WrongState, require, require_visible, storable
from lexai.system import SystemUser

MAX_ATTEMPTS = 3
ORPHAN_SECONDS = 3600  # how old a file without a row is, for sure no upload under way
INSERT_ROWS = 1000


class NotClaimable(WrongState):
    """The document is not waiting to be read."""


class ClaimLost(WrongState):
    """Another reader has taken the document over."""


class ReadingFailed(extraction.TooComplex):
    """The document could not be read in three attempts. Try it again, or send it in another format."""


def add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    """Add an uploaded file to a client's papers and queue it; on any refusal the file is removed.

    Raises FileTooLarge, StorageUnavailable, or NotAcceptable for an empty file or a bad name. Inside an outer
    transaction that rolls back later, the sweep removes the file.
    """
    try:
        document = _add_document(document, upload, by=by)
    except BaseException:
        upload.close()
        raise
    return document


@transaction.atomic
def _add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    client = locked(document.client)
    require_visible(policies.can_add_document(by, client))
    if upload.refusal:
        raise upload.refusal
    document.filename, document.storage_key = upload.filename, upload.storage_key
    document.sha256, document.size_bytes = upload.sha256, upload.size or 0
    document.uploaded_by = by if isinstance(by, User) else None
    document.lease(settings.LEASE_SECONDS)
    insert(document)
    audit.record("document.added", document, by=by)
    transaction.on_commit(upload.keep)
    nudge(tasks.read_document, document_id=document.pk)
    return document


def read_document(document: Document, *, by: SystemUser) -> Document:
    """Read a document's text into pages and passages, or settle it as refused.

    Raises NotClaimable when it is not waiting to be read; ClaimLost when the lease ran out meanwhile;
    StorageUnavailable when the file cannot be reached, which counts as no attempt.
    """
    document = _claim(document, by=by)
    if document.is_settled:
        return document
    try:
        extracted = _extract(document)
    except extraction.Refusal as refusal:
        return _refuse(document, refusal, by=by)
    except StorageUnavailable:
        _give_back(document)
        raise
    return _store(document, extracted, by=by)


@transaction.atomic
def _claim(document: Document, *, by: SystemUser) -> Document:
    document = locked(document)
    require(policies.can_read_for_the_queue(by))
    if not document.is_claimable:
        raise NotClaimable
    if document.attempts >= MAX_ATTEMPTS:
        return _settle_refused(document, ReadingFailed(), by=by)
    document.status = Document.Status.EXTRACTING
    document.attempts += 1
    document.lease(settings.LEASE_SECONDS)
    document.save(update_fields=["status", "attempts", "lease_expires_at"])
    return document


def _extract(document: Document) -> extraction.Extracted:
    with faults_translated(), default_storage.open(document.storage_key) as stream:
        return extraction.extract_in_child(
            cast("BinaryIO", stream),
            filename=document.filename,
            seconds=settings.READING_LIMIT_SECONDS,
            heartbeat=lambda: _renew_lease(document),
            heartbeat_seconds=settings.LEASE_SECONDS / 3,
        )


def _renew_lease(document: Document) -> None:
    with transaction.atomic():
        held = _held(document)
        held.lease(settings.LEASE_SECONDS)
        held.save(update_fields=["lease_expires_at"])


def _held(document: Document) -> Document:
    """Lock the row and return it; raise ClaimLost unless it is still ours: the attempt is the token."""
    held: Document | None = Document.objects.select_for_update().filter(pk=document.pk).first()
    is_ours = held and held.status == Document.Status.EXTRACTING and held.attempts == document.attempts
    if held is None or not is_ours:
        raise ClaimLost
    return held


@transaction.atomic
def _give_back(document: Document) -> None:
    """Queue a claimed document again, as if the attempt had not been: the fault is not the document's."""
    held = _held(document)
    held.status = Document.Status.QUEUED
    held.attempts -= 1
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["status", "attempts", "lease_expires_at"])


@transaction.atomic
def _refuse(document: Document, refusal: extraction.Refusal, *, by: SystemUser) -> Document:
    return _settle_refused(_held(document), refusal, by=by)


def _settle_refused(document: Document, refusal: extraction.Refusal, *, by: SystemUser) -> Document:
    document.status, document.refusal = Document.Status.REFUSED, refusal.code
    document.refusal_message = str(refusal)
    document.save(update_fields=["status", "refusal", "refusal_message"])
    audit.record("document.refused", document, by=by, refusal=refusal.code)
    nudge(tasks.index_client, client_id=document.client_id)
    return document


def _store(document: Document, extracted: extraction.Extracted, *, by: SystemUser) -> Document:
    pages = [_page(document, page) for page in extracted.pages]
    found = _passages(document, extracted)
    with transaction.atomic():
        document = _held(document)
        document.text, document.warnings = extracted.text, extracted.warnings
        document.media_type, document.page_count = extracted.media_type, len(pages)
        document.status = Document.Status.READY
        document.save(update_fields=["text", "warnings", "media_type", "page_count", "status"])
        Page.objects.bulk_create(pages, batch_size=INSERT_ROWS)
        Passage.objects.bulk_create(found, batch_size=INSERT_ROWS)
        audit.record("document.read", document, by=by)
        nudge(tasks.index_client, client_id=document.client_id)
    return document


def _page(document: Document, page: extraction.Page) -> Page:
    return Page(
        document=document,
        number=page.number,
        start=page.start,
        end=page.end,
        width=page.width,
        height=page.height,
    )


def _passages(document: Document, extracted: extraction.Extracted) -> list[Passage]:
    starts = [page.start for page in extracted.pages]
    return [
        Passage(
            client_id=document.client_id,
            document=document,
            start=clause.start,
            end=clause.end,
            page=bisect_right(starts, clause.start),
            page_end=bisect_right(starts, clause.end - 1),
            heading=clause.heading,
            text=extracted.text[clause.start : clause.end],
        )
        for clause in passages.split(extracted.text)
    ]


class NotRefused(WrongState):
    """Only a document that could not be read can be tried again."""


@transaction.atomic
def retry_document(document: Document, *, by: User | SystemUser) -> Document:
    """Queue a refused document again, its attempts counted anew; raise NotRefused in any other state."""
    document = locked(document)
    require(policies.can_retry_document(by, document))
    if document.status != Document.Status.REFUSED:
        raise NotRefused
    document.status, document.refusal, document.refusal_message = Document.Status.QUEUED, "", ""
    document.attempts = 0
    document.lease(settings.LEASE_SECONDS)
    document.save(update_fields=["status", "refusal", "refusal_message", "attempts", "lease_expires_at"])
    audit.record("document.retried", document, by=by)
    nudge(tasks.read_document, document_id=document.pk)
    return document


def open_original(document: Document, *, by: User | SystemUser) -> File:
    """Return the uploaded file, open at its first byte; the caller closes it. Raises StorageUnavailable."""
    require(policies.can_view_document(by, document))
    with faults_translated():
        original: File = default_storage.open(document.storage_key)
        original.read(1)  # a bucket answers only when it is read: better now than in the midst of an answer
        original.seek(0)
    audit.record("document.downloaded", document, by=by)
    return original


class NotReadYet(WrongState):
    """This document has no text, because it has not been read. Its status says whether it will be."""


def read_text(document: Document, *, by: User | SystemUser) -> Document:
    """Return the document with its text, and its pages in order; raise NotReadYet unless it is ready."""
    require(policies.can_view_document(by, document))
    pages = Prefetch("pages", Page.objects.order_by("number"))
    shown: Document | None = (
        Document.objects.ready().defer(None).prefetch_related(pages).filter(pk=document.pk).first()
    )
    if shown is None:
        raise NotReadYet
    audit.record("document_text.viewed", shown, by=by)
    return shown


class NothingToSearchFor(DomainError):
    """A search needs words. Write what you are looking for."""


def search_papers(
    question: str, *, by: User | SystemUser, client: Client | None = None, limit: int
) -> list[tuple[Client, list[search.Found]]]:
    """Search one client's papers, or those of every visible client, newest first; record the read.

    Returns each client where something was found with its best `limit` passages; scores do not compare
    between clients. Raises NothingToSearchFor.
    """
    if not question.strip():
        raise NothingToSearchFor
    clients = [client] if client else list(Client.objects.visible_to(by).newest_first())
    question = storable(question)
    results = [(one, search.search_client(one, question, by=by, limit=limit).found) for one in clients]
    found = [(one, passages) for one, passages in results if passages]
    target = client or by
    audit.record("passages.searched", target, by=by, client_ids=[one.pk for one, _ in found])
    return found


class PapersOnTheirWay(WrongState):
    """Papers of this client are still on their way; the last one writes the index."""


@transaction.atomic
def index_client(client: Client, *, by: SystemUser) -> None:
    """Bring a client's index up to date; raise PapersOnTheirWay while the last one is still to be settled."""
    require(policies.can_read_for_the_queue(by))
    if client.documents.awaiting_text().exists():
        raise PapersOnTheirWay
    search.update_index(client)


@transaction.atomic
def dispatch_due(*, by: SystemUser) -> int:
    """Queue again every document that was forgotten or abandoned; return how many."""
    require(policies.can_read_for_the_queue(by))
    due = list(Document.objects.due().select_for_update(skip_locked=True).order_by("pk"))
    for document in due:
        document.status = Document.Status.QUEUED
        document.lease(settings.LEASE_SECONDS)
        nudge(tasks.read_document, document_id=document.pk)
    Document.objects.bulk_update(due, ["status", "lease_expires_at"])
    return len(due)


@transaction.atomic
def dispatch_stale_indexes(*, by: SystemUser) -> int:
    """Nudge the queue for every client whose index the queue has forgotten; return how many."""
    require(policies.can_read_for_the_queue(by))
    stale = search.stale_clients()
    for client_id in stale:
        nudge(tasks.index_client, client_id=client_id)
    return len(stale)


@transaction.atomic
def delete_document(document: Document, *, by: User | SystemUser) -> None:
    """Delete a document, all that was read in it and, after the commit, its file."""
    document = locked(document)
    require(policies.can_delete_document(by, document))
    audit.record("document.deleted", document, by=by)
    _remove_files([document.storage_key])
    client_id = document.client_id
    document.delete()
    nudge(tasks.index_client, client_id=client_id)


@transaction.atomic
def delete_client(client: Client, *, by: User | SystemUser, version: int | None = None) -> None:
    """Delete a client with documents and conversations and, after the commit, the files.

    Raises StaleVersion when `version` is given and the client has another one.
    It stands here because only this app knows the files; the database's cascade does the rest.
    """
    list(client.documents.select_for_update().order_by("pk"))  # a reader locks its document before the client
    client = locked(client)
    require(can_delete_client(by, client))
    require_version(client, version)
    audit.record("client.deleted", client, by=by)
    _remove_files(list(client.documents.values_list("storage_key", flat=True)))
    client.delete()


def _remove_files(storage_keys: list[str]) -> None:
    def remove() -> None:
        with faults_translated():
            for storage_key in storage_keys:
                default_storage.delete(storage_key)

    transaction.on_commit(remove, robust=True)


def sweep_storage(*, by: SystemUser) -> int:
    """Remove the files that no document names and that are too old to be on their way in; return how many."""
    require(policies.can_read_for_the_queue(by))
    with faults_translated():
        stored = own_keys()
        named = set(Document.objects.values_list("storage_key", flat=True))
        orphans = [key for key in stored if key not in named and _is_old(key)]
        for key in orphans:
            default_storage.delete(key)
    if orphans:
        audit.record("storage.swept", by, by=by, files=len(orphans))
    return len(orphans)


def _is_old(key: str) -> bool:
    """Say whether a file is too old to be on its way in; one that has gone meanwhile is not."""
    if not default_storage.exists(key):
        return False
    return default_storage.get_modified_time(key) < timezone.now() - timedelta(seconds=ORPHAN_SECONDS)
