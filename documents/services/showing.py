"""What happens when somebody looks into a paper."""

from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from documents import extraction, looks, policies
from documents.models import Document, Page
from documents.storage import faults_translated, open_file
from lexai import audit
from lexai.errors import DomainError, Unavailable, WrongState, require_visible
from lexai.system import SystemUser

PICTURE_SECONDS = 20.0  # longer than this nobody waits for a page


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
    pages = Prefetch("pages", Page.objects.defer("layout").order_by("number"))
    shown: Document | None = (
        Document.objects.ready().defer(None).prefetch_related(pages).filter(pk=document.pk).first()
    )
    if shown is None:
        raise NotReadYet
    audit.record("document_text.viewed", shown, by=by)
    return shown


class NoSuchPage(DomainError):
    """This document has no page of that number. Its first page is page 1; page_count says how many there are."""

    status = 404


class NotPictured(WrongState):
    """No picture can be made of this page."""


class PasswordNotKept(NotPictured):
    """No picture can be made of this page: its file opens with a password only, and that was not stored. Read its
    text, or add a copy of the file without a password."""


class PicturesBusy(Unavailable):
    """Too many pages are being drawn at this moment. Try again in a few seconds."""

    retry_after_seconds = 5


def read_page(document: Document, number: int, *, by: User | SystemUser) -> Page:
    """Return a page of a document, with that document and its text; raise NotReadYet, NoSuchPage."""
    page = _page(Page.objects.with_text(), document, number, by=by)
    audit.record("document_page.viewed", document, by=by, page=number)
    return page


def draw_page(document: Document, number: int, *, by: User | SystemUser, look: str = "") -> bytes:
    """Return the picture of a page as WebP; `look` proves that it belongs to a look that the audit knows.

    Raises NotReadYet, NoSuchPage; NotPictured with the reason why there is none; PicturesBusy; and, as
    `open_original` does, what keeps the file from being read.
    """
    _page(Page.objects.defer("layout"), document, number, by=by)
    try:
        with faults_translated(), open_file(document) as stream:
            picture = extraction.picture_in_child(
                cast("BinaryIO", stream),
                page=number,
                seconds=PICTURE_SECONDS,
                memory_limit_mb=settings.CHILD_MEMORY_MB,
            )
    except extraction.Busy as error:
        raise PicturesBusy from error
    except extraction.PasswordProtected as refusal:
        raise PasswordNotKept from refusal
    except extraction.Refusal as refusal:
        raise NotPictured(str(refusal)) from refusal
    if not looks.is_proven(look, document, number, by=by):
        audit.record("document_page.viewed", document, by=by, page=number)
    return picture


def _page(pages: QuerySet[Page], document: Document, number: int, *, by: User | SystemUser) -> Page:
    require_visible(policies.can_view_document(by, document))
    page = pages.filter(document=document.pk, number=number).first()
    if page is None:
        raise NoSuchPage if Document.objects.ready().filter(pk=document.pk).exists() else NotReadYet
    return page
