"""What happens when a paper is read: by the queue, once, within a lease."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from documents import extraction, passwords, policies, tasks
from documents.models import Document
from documents.nesting import nudge_reader
from documents.parts import Parts
from documents.services.adding import record_refusals
from documents.services.storing import store
from documents.storage import FileMissing, StorageUnavailable, faults_translated, open_file
from lexai import audit, wakeups
from lexai.celery import nudge
from lexai.database import locked
from lexai.encryption.errors import KeysUnavailable, Tampered
from lexai.errors import WrongState, require, require_visible
from lexai.scanner import ScannerUnavailable
from lexai.system import SystemUser

MAX_ATTEMPTS = 3
PROGRESS_SECONDS = 1.0  # how often it is told at most


class NotClaimable(WrongState):
    """The document is not waiting to be read."""


class ClaimLost(WrongState):
    """Another reader has taken the document over."""


class FileAltered(extraction.Refusal):
    """The stored copy of this file was changed outside LexAI, or it is damaged; nothing of it was read.
    Add the file again, and tell your administrator."""

    code = "altered"


class FileLost(extraction.Refusal):
    """The stored copy of this file is gone. Add the file again, and tell your administrator."""

    code = "missing"


class ReadingFailed(extraction.TooComplex):
    """The document could not be read in three attempts. Try it again, or send it in another format."""


def read_document(document: Document, *, by: SystemUser) -> Document:
    """Read a document's text into pages and passages and its attachments into documents, or settle it as refused.

    Raises NotClaimable when it is not waiting to be read; ClaimLost when the lease ran out meanwhile;
    StorageUnavailable, KeysUnavailable or ScannerUnavailable when the file cannot be reached or opened now, which
    counts as no attempt; Tampered or FileMissing, once it is settled as refused, when the file is not what was
    stored, or gone.
    """
    document = _claim(document, by=by)
    if document.is_settled:
        return document
    sealed_password = passwords.taken(document)
    with Parts(document) as parts:
        try:
            extracted = _extract(document, parts, sealed_password)
        except extraction.Refusal as refusal:
            return _refuse(document, refusal, parts, by=by)
        except Tampered:
            _refuse(document, FileAltered(), parts, by=by)
            raise
        except FileMissing:
            _refuse(document, FileLost(), parts, by=by)
            raise
        except (StorageUnavailable, KeysUnavailable, ScannerUnavailable):
            _give_back(document, sealed_password)
            raise
        document = _store(document, extracted, parts, by=by)
        parts.kept()
    return document


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
    document.claims += 1
    document.pages_read = document.pages_to_read = 0
    document.lease(settings.LEASE_SECONDS)
    document.save(
        update_fields=["status", "attempts", "claims", "pages_read", "pages_to_read", "lease_expires_at"]
    )
    wakeups.tell(document.wakeup)
    return document


def _extract(document: Document, parts: Parts, sealed_password: bytes | None) -> extraction.Extracted:
    with faults_translated(), open_file(document) as stream:
        return extraction.extract_in_child(
            cast("BinaryIO", stream),
            filename=document.filename,
            seconds=settings.READING_LIMIT_SECONDS,
            job=extraction.Job(
                password=passwords.opened(document, sealed_password),
                languages=settings.OCR_LANGUAGES,
                progress=_progress_of(document),
                part=parts.take,
            ),
            heartbeat=lambda: _renew_lease(document),
            heartbeat_seconds=settings.LEASE_SECONDS / 3,
            memory_limit_mb=settings.CHILD_MEMORY_MB,
        )


def _progress_of(document: Document) -> Callable[[int, int], None]:
    """Return what notes how many pages are read, and tells it now and then."""
    told_at = time.monotonic()

    def note(done: int, of: int) -> None:
        nonlocal told_at
        document.pages_read, document.pages_to_read = done, of
        if time.monotonic() - told_at >= PROGRESS_SECONDS:
            _renew_lease(document)
            told_at = time.monotonic()

    return note


def _renew_lease(document: Document) -> None:
    """Keep the claim on a document for another lease and tell its progress; raise ClaimLost."""
    is_ours = Document.objects.filter(
        pk=document.pk, status=Document.Status.EXTRACTING, claims=document.claims
    ).update(
        lease_expires_at=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS),
        pages_read=document.pages_read,
        pages_to_read=document.pages_to_read,
    )
    if not is_ours:
        raise ClaimLost
    wakeups.tell(document.wakeup)


def _held(document: Document) -> Document:
    """Lock the row and return it; raise ClaimLost unless it is still ours: the claim is the token."""
    held: Document | None = Document.objects.select_for_update().filter(pk=document.pk).first()
    is_ours = held and held.status == Document.Status.EXTRACTING and held.claims == document.claims
    if held is None or not is_ours:
        raise ClaimLost
    return held


@transaction.atomic
def _give_back(document: Document, sealed_password: bytes | None) -> None:
    """Queue a claimed document again, as if the attempt had not been: the fault is not the document's."""
    held = _held(document)
    held.status = Document.Status.QUEUED
    held.attempts -= 1
    held.lease(settings.LEASE_SECONDS)
    held.save(update_fields=["status", "attempts", "lease_expires_at"])
    passwords.lay_again(held, sealed_password)
    wakeups.tell(held.wakeup)


@transaction.atomic
def _refuse(document: Document, refusal: extraction.Refusal, parts: Parts, *, by: SystemUser) -> Document:
    held = _held(document)
    record_refusals(held, parts, by=by)
    return _settle_refused(held, refusal, by=by)


def _settle_refused(document: Document, refusal: extraction.Refusal, *, by: SystemUser) -> Document:
    document.status, document.refusal = Document.Status.REFUSED, refusal.code
    document.refusal_message = str(refusal)
    document.save(update_fields=["status", "refusal", "refusal_message"])
    audit.record("document.refused", document, by=by, refusal=refusal.code)
    nudge(tasks.index_client, client_id=document.client_id)
    wakeups.tell(document.wakeup)
    return document


def _store(document: Document, extracted: extraction.Extracted, parts: Parts, *, by: SystemUser) -> Document:
    """Store what was read, under the lock of the row: the queue passes over what is locked, however long it takes."""
    _renew_lease(document)
    with transaction.atomic():
        return store(_held(document), extracted, parts, by=by)


class NotRefused(WrongState):
    """Only a document that could not be read can be tried again."""


@transaction.atomic
def retry_document(document: Document, *, by: User | SystemUser, password: str = "") -> Document:
    """Queue a refused document again, its attempts counted anew; raise NotRefused in any other state.

    A password is used for the next attempt that counts and then forgotten; it waits ten minutes at most for each.
    Raises Unavailable when it cannot be kept.
    """
    document = locked(document)
    require_visible(policies.can_retry_document(by, document))
    if document.status != Document.Status.REFUSED:
        raise NotRefused
    document.status, document.refusal, document.refusal_message = Document.Status.QUEUED, "", ""
    document.attempts = 0
    document.lease(settings.LEASE_SECONDS)
    document.save(update_fields=["status", "refusal", "refusal_message", "attempts", "lease_expires_at"])
    passwords.lay_ready(document, password)
    wakeups.tell(document.wakeup)
    facts: dict[str, Any] = {"with_password": True} if password else {}
    audit.record("document.retried", document, by=by, **facts)
    nudge(tasks.read_document, document_id=document.pk)
    return document


@transaction.atomic
def dispatch_due(*, by: SystemUser) -> int:
    """Queue again every document that was forgotten or abandoned; return how many."""
    require(policies.can_read_for_the_queue(by))
    due = list(Document.objects.due().select_for_update(skip_locked=True).order_by("pk"))
    for document in due:
        document.status = Document.Status.QUEUED
        document.lease(settings.LEASE_SECONDS)
        nudge_reader(document)
    Document.objects.bulk_update(due, ["status", "lease_expires_at"])
    return len(due)
