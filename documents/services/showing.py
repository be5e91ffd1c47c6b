"""What happens when somebody looks into a paper."""

from django.core.files.base import File
from django.db.models import Prefetch

from accounts.models import User
from documents import policies
from documents.models import Document, Page
from documents.storage import faults_translated, open_file
from lexai import audit
from lexai.errors import WrongState, require_visible
from lexai.system import SystemUser


def open_original(document: Document, *, by: User | SystemUser) -> File:
    """Return the uploaded file, open at its first byte, its start and its end verified; the caller closes it.

    Raises StorageUnavailable, FileMissing, KeysUnavailable, KeyErased, and Tampered, this also while the file is
    read: before its last bytes when it is not the one that was added.
    """
    require_visible(policies.can_view_document(by, document))
    with faults_translated():
        original = open_file(document)
    audit.record("document.downloaded", document, by=by)
    return original


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
