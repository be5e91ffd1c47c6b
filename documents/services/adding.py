"""What happens when a paper comes in."""

from django.conf import settings
from django.db import transaction

from accounts.models import User
from documents import policies, tasks
from documents.models import Document
from documents.uploads import Upload
from lexai import audit
from lexai.celery import nudge
from lexai.database import insert, locked
from lexai.errors import require_visible
from lexai.system import SystemUser


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
