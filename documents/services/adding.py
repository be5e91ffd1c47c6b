"""What happens when a paper comes in."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction

from accounts.models import User
from clients.models import Client
from documents import policies, tasks
from documents.models import Document
from documents.parts import Parts
from documents.storage import StorageUnavailable
from documents.uploads import Upload
from lexai import audit
from lexai.celery import nudge
from lexai.database import insert, locked
from lexai.encryption.fields import opened_column
from lexai.errors import require_visible
from lexai.system import SystemUser

LOST = ["altered", "missing"]  # why a document was refused whose file must come anew


def add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    """Add an uploaded file to a client's papers and queue it; on any refusal the file is removed.

    Where the client has the same file already, that document is returned in place of this one, unless its own file
    is lost. Raises FileTooLarge, StorageUnavailable, what the virus scanner says, or NotAcceptable for an empty file
    or a bad name. Inside an outer transaction that rolls back later, the sweep removes the file.
    """
    try:
        added = _add_document(document, upload, by=by)
    except BaseException:
        upload.close()
        raise
    if added is not document:
        with suppress(StorageUnavailable):  # the sweep finds what cannot be removed now
            upload.close()
    return added


@transaction.atomic
def _add_document(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    client = locked(document.client)
    require_visible(policies.can_add_document(by, client))
    if upload.refusal:
        raise upload.refusal
    first = _same(client, upload)
    if first is not None:
        audit.record("document.recognised", first, by=by)
        return first
    document.uploaded_by = by if isinstance(by, User) else None
    return _insert(document, upload, by=by)


@transaction.atomic
def add_parts(document: Document, parts: Parts, *, by: SystemUser) -> None:
    """Add what came in a document as documents of their own; what the client has already is left out.

    The caller's transaction holds the lock of the document.
    """
    for refusal in parts.refusals:
        facts = {"refusal": type(refusal).__name__, **refusal.facts}
        audit.record(refusal.verb, document, by=by, **facts)
    if not parts.uploads:
        return
    client = locked(document.client)
    for upload in list(parts.uploads):
        if _same(client, upload) is not None:
            parts.leave_out(upload)
        else:
            part = Document(client=client, parent=document, depth=document.depth + 1)
            part.uploaded_by_id = document.uploaded_by_id
            _insert(part, upload, by=by)


def _same(client: Client, upload: Upload) -> Document | None:
    """Return the first document of a client that holds the same bytes; the client's lock lets no second come.

    The hashes are sealed: only those of files of the same size are opened.
    """
    equals = Document.objects.filter(client=client, size_bytes=upload.size).exclude(refusal__in=LOST)
    found = [key for key, sha256 in opened_column(equals, "sha256") if sha256 == upload.sha256]
    return Document.objects.filter(pk=min(found)).first() if found else None


def _insert(document: Document, upload: Upload, *, by: User | SystemUser) -> Document:
    if upload.client_id != document.client_id:
        raise ValueError("The upload was sealed for another client.")
    document.filename, document.storage_key = upload.filename, upload.storage_key
    document.sha256, document.size_bytes = upload.sha256, upload.size or 0
    document.lease(settings.LEASE_SECONDS)
    insert(document)
    audit.record("document.added", document, by=by)
    transaction.on_commit(upload.keep)
    nudge(tasks.read_document, document_id=document.pk)
    return document
