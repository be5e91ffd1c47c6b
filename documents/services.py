"""What happens when a paper comes in, is read, is deleted."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from clients.policies import can_delete_client
from documents import extraction, policies, search, tasks
from documents.models import Document, Page, Passage
from documents.retrieval import passages
from documents.storage import StorageUnavailable, faults_translated, originals, own_keys
from documents.uploads import Upload
from lexai import audit
from lexai.celery import nudge
from lexai.database import insert, insert_all, locked, require_version
from lexai.encryption.errors import KeyErased, KeysUnavailable, Tampered
from lexai.encryption.keyring import erase_key
from lexai.errors import DomainError, Gone, WrongState, require, require_visible, storable
from lexai.system import SystemUser

MAX_ATTEMPTS = 3
SEARCH_SECONDS = 2.0  # how long one part of a search in all papers may take
NAMES_SHOWN = 50
ORPHAN_SECONDS = 3600  # how old a file without a row is, for sure no upload under way


class NotClaimable(WrongState):
    """The document is not waiting to be read."""


class ClaimLost(WrongState):
    """Another reader has taken the document over."""


class FileAltered(extraction.Refusal):
    """The stored copy of this file was changed outside LexAI, or it is damaged; nothing of it was read.
    Add the file again, and tell your administrator."""

    code = "altered"


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
    if upload.client_id != client.pk:
        raise ValueError("The upload was sealed for another client.")
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
    StorageUnavailable or KeysUnavailable when the file cannot be reached or opened now, which counts as no
    attempt; Tampered, once it is settled as refused, when the file is not what was stored.
    """
    document = _claim(document, by=by)
    if document.is_settled:
        return document
    try:
        extracted = _extract(document)
    except extraction.Refusal as refusal:
        return _refuse(document, refusal, by=by)
    except Tampered:
        _refuse(document, FileAltered(), by=by)
        raise
    except (StorageUnavailable, KeysUnavailable):
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
    with faults_translated(), _opened(document) as stream:
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
        insert_all(pages)
        insert_all(found)
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
    require_visible(policies.can_retry_document(by, document))
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
    """Return the uploaded file, open at its first byte, its start and its end verified; the caller closes it.

    Raises StorageUnavailable, KeysUnavailable, KeyErased, and Tampered, this also while the file is read.
    """
    require_visible(policies.can_view_document(by, document))
    with faults_translated():
        original = _opened(document)
    audit.record("document.downloaded", document, by=by)
    return original


def _opened(document: Document) -> File:
    """Open the file of a document; one that was sealed anew since the row was fetched lies under another key."""
    place = f"file of document {document.pk}"
    try:
        return originals.open(document.storage_key, document.client_id, place=place)
    except FileNotFoundError:
        storage_key = Document.objects.filter(pk=document.pk).values_list("storage_key", flat=True).first()
        if storage_key is None:
            raise Gone from None
        return originals.open(storage_key, document.client_id, place=place)


class NotReadYet(WrongState):
    """This document has no text, because it has not been read. Its status says whether it will be."""


def read_text(document: Document, *, by: User | SystemUser) -> Document:
    """Return the document with its text, and its pages in order; raise NotReadYet unless it is ready."""
    require_visible(policies.can_view_document(by, document))
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


@dataclass(frozen=True)
class PapersFound:
    """What a search found: in each client its best passages, and, by their names, clients and documents.

    `searched` of `total` clients are done; where there are more, the search goes on at `next`.
    """

    found: list[tuple[Client, list[search.Found]]]
    clients: list[Client]
    documents: list[Document]
    searched: int
    total: int
    next: search.Place | None


def search_papers(
    question: str,
    *,
    by: User | SystemUser,
    client: Client | None = None,
    limit: int,
    cursor: str = "",
    seconds: float | None = None,
) -> PapersFound:
    """Search one client's papers, or a part of those of every visible client; record the read.

    A part takes about so many seconds, SEARCH_SECONDS unless said; the cursor is the `next` of the part before.
    Names are looked for with the first part. Each client shows its best `limit` passages; scores do not compare
    between clients. Raises NothingToSearchFor, BrokenCursor.
    """
    question = storable(question.strip())
    if not question:
        raise NothingToSearchFor
    after = search.Place.of(cursor) if cursor else None
    budget = SEARCH_SECONDS if seconds is None else seconds
    if client and after:
        raise search.BrokenCursor.of("cursor")
    part = (
        _search_one(client, question, by=by, limit=limit)
        if client
        else search.search_everywhere(question, by=by, limit=limit, after=after, seconds=budget)
    )
    clients, documents = ([], []) if after else _named(question, client, by=by)
    touched = [*(one.pk for one, _ in part.found), *(one.pk for one in clients)]
    touched += [document.client_id for document in documents]
    audit.record("passages.searched", client or by, by=by, client_ids=list(dict.fromkeys(touched)))
    return PapersFound(part.found, clients, documents, part.searched, part.total, part.next)


def _search_one(client: Client, question: str, *, by: User | SystemUser, limit: int) -> search.SearchedPart:
    found = search.search_client(client, question, by=by, limit=limit).found
    return search.SearchedPart([(client, found)] if found else [], searched=1, total=1, next=None)


def _named(
    words: str, client: Client | None, *, by: User | SystemUser
) -> tuple[list[Client], list[Document]]:
    """Return the clients and the documents whose names hold these words, the newest first."""
    clients, documents = Client.objects.visible_to(by), Document.objects.visible_to(by)
    if client:
        clients, documents = clients.filter(pk=client.pk), documents.filter(client=client)
    named = clients.filter(Q(name__icontains=words) | Q(case_number__icontains=words))
    titled = documents.filter(filename__icontains=words)
    return (
        list(named.order_by("-created_at", "pk")[:NAMES_SHOWN]),
        list(titled.order_by("-upload_date", "-pk")[:NAMES_SHOWN]),
    )


class PapersOnTheirWay(WrongState):
    """Papers of this client are still on their way; the last one writes the index."""


class NothingToIndex(WrongState):
    """The key of this client has been erased: there is nothing left to index."""


@transaction.atomic
def index_client(client: Client, *, by: SystemUser) -> None:
    """Bring a client's index up to date.

    Raises PapersOnTheirWay while the last one is still to be settled; NothingToIndex.
    """
    require(policies.can_read_for_the_queue(by))
    if client.documents.awaiting_text().exists():
        raise PapersOnTheirWay
    try:
        search.update_index(client)
    except KeyErased as error:
        raise NothingToIndex from error


@transaction.atomic
def rebuild_index(client: Client, *, by: User | SystemUser) -> None:
    """Write a client's whole index anew; raise NothingToIndex."""
    require_visible(policies.can_rebuild_index(by, client))
    try:
        search.rebuild_index(client)
    except KeyErased as error:
        raise NothingToIndex from error
    audit.record("index.rebuilt", client, by=by)


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
    require_visible(policies.can_delete_document(by, document))
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
    require_visible(can_delete_client(by, client))
    require_version(client, version)
    audit.record("client.deleted", client, by=by)
    _remove_files(list(client.documents.values_list("storage_key", flat=True)))
    erase_key(client.pk)
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
