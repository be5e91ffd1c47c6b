"""What happens when a paper comes in."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import User
from clients.models import Client
from documents import policies
from documents.models import Document
from documents.nesting import demand_places, detach, locked_parts, nudge_reader
from documents.parts import Parts
from documents.storage import StorageUnavailable
from documents.uploads import Upload
from lexai import audit, wakeups
from lexai.database import insert, locked
from lexai.encryption.fields import opened_column
from lexai.errors import require_visible
from lexai.system import SystemUser

LOST = ["altered", "missing"]  # why a document was refused whose file must come anew


class _LookAgain(Exception):
    """The same file came, or went, before the client was locked."""


def add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    """Add an uploaded file to a client's papers and queue it; on any refusal the file is removed.

    Where the client has the same file already, that document is returned in place of this one, unless its own file
    is lost: one that was uploaded, else one that came in another, which stands by itself from then on. Raises
    FileTooLarge, StorageUnavailable, what the virus scanner says, or NotAcceptable for an empty file or a bad name.
    Inside an outer transaction that rolls back later, the sweep removes the file.
    """
    try:
        added = _added(document, upload, by=by)
    except BaseException:
        upload.close()
        raise
    if added is not document:
        with suppress(StorageUnavailable):  # the sweep finds what cannot be removed now
            upload.close()
    return added


def _added(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    while True:
        try:
            return _add_document(document, upload, by=by)
        except _LookAgain:  # what was locked is free again
            continue


@transaction.atomic
def _add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    key = _same(document.client, upload)  # a document is locked before its client, as readers do
    first: Document | None = Document.objects.select_for_update().filter(pk=key).first() if key else None
    inside = locked_parts(first) if first and first.parent_id else []
    client = locked(document.client)
    require_visible(policies.can_add_document(by, client))
    if upload.refusal:
        raise upload.refusal
    if _same(client, upload) != (first and first.pk):
        raise _LookAgain
    if first is None:
        document.uploaded_by = by if isinstance(by, User) else None
        return _insert(document, upload, by=by)
    if first.parent_id:
        detach(first, inside)
    audit.record("document.recognised", first, by=by)
    return first


@transaction.atomic
def add_parts(document: Document, parts: Parts, *, by: SystemUser) -> None:
    """Add what came in a document as documents of their own; the caller holds the lock of that document.

    Beyond the limit of what one upload may bring along, parts are left out.
    """
    record_refusals(document, parts, by=by)
    if parts.uploads:
        parts.keep_within(demand_places(document))
    for upload in parts.uploads:
        part = Document(client=document.client, parent=document, depth=document.depth + 1)
        part.uploaded_by_id = document.uploaded_by_id
        _insert(part, upload, by=by)


def record_refusals(document: Document, parts: Parts, *, by: SystemUser) -> None:
    """Record what was refused of all that came in a document."""
    for refusal in parts.refusals:
        facts = {"refusal": type(refusal).__name__, **refusal.facts}
        audit.record(refusal.verb, document, by=by, **facts)


def _same(client: Client, upload: Upload) -> int | None:
    """Return the key of the first document of a client that holds the same bytes, of uploads before parts.

    The hashes are sealed: only those of files of the same size are opened.
    """
    if upload.refusal:
        return None
    equals = Document.objects.filter(client=client.pk, size_bytes=upload.size).exclude(refusal__in=LOST)
    found = [key for key, sha256 in opened_column(equals, "sha256") if sha256 == upload.sha256]
    first = equals.filter(pk__in=found).order_by(F("parent").asc(nulls_first=True), "pk").first()
    return first.pk if first else None


def _insert(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    if upload.client_id != document.client_id:
        raise ValueError("The upload was sealed for another client.")
    document.filename, document.storage_key = upload.filename, upload.storage_key
    document.sha256, document.size_bytes = upload.sha256, upload.size or 0
    document.lease(settings.LEASE_SECONDS)
    insert(document)
    audit.record("document.added", document, by=by)
    transaction.on_commit(upload.keep)
    nudge_reader(document)
    wakeups.tell(document.wakeup)
    return document
