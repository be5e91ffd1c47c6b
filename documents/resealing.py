"""The files of a client's documents, sealed anew under the newest key: this app's part in a rotation."""

import logging
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import transaction

from documents.models import Document
from documents.storage import faults_translated, new_key, originals
from documents.uploads import CHUNK_BYTES
from lexai.encryption.errors import Tampered
from lexai.encryption.rotation import resealing

logger = logging.getLogger(__name__)


def remaining(scope: str, newest: int) -> int:
    """Return how many files of a client are sealed under another key than its newest.

    One that cannot be found counts, while a document names it: it may come back, and would need its key.
    """
    return sum(1 for _ in _stale(scope, newest))


def reseal(scope: str, newest: int) -> Iterator[int]:
    """Seal the files of a client anew, one by one; yield 1 for each that is stored for good.

    What does not open, or cannot be found, stays as it is. Raises StorageUnavailable, KeysUnavailable, KeyErased.
    """
    for document in _stale(scope, newest):
        if _reseal(document):
            yield 1


def _stale(scope: str, newest: int) -> Iterator[Document]:
    for document in Document.objects.filter(client=scope).order_by("pk"):
        if _key_version(document) != newest:
            yield document


def _key_version(document: Document) -> int | None:
    """Return the version of the key that a document's file is sealed under, None where there is no file."""
    with faults_translated():
        try:
            return originals.key_version(document.storage_key)
        except FileNotFoundError:
            return None


def _reseal(document: Document) -> bool:
    """Put a file under a new storage key, sealed anew; say whether it was done, and not by another process."""
    storage_key = new_key()
    try:
        with faults_translated():
            if not _copy(document, storage_key):
                return False
    except Tampered:
        logger.warning("document %s does not open; its file stays as it is", document.pk)
        return False
    return _swap(document, storage_key)


def _copy(document: Document, storage_key: str) -> bool:
    """Write the content of a file to another place; say whether there was a file. What breaks off is removed."""
    try:
        source = originals.open(
            document.storage_key, document.client_id, place=f"file of document {document.pk}"
        )
    except FileNotFoundError:
        return False
    with source:
        target = originals.create(storage_key, document.client_id)
        try:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
            target.close()
        except BaseException:
            target.abandon()
            default_storage.delete(storage_key)
            raise
    return True


def _swap(document: Document, storage_key: str) -> bool:
    """Let the row name the new file, unless it was deleted or changed meanwhile; remove the one not needed."""
    with resealing():
        named = Document.objects.filter(pk=document.pk, storage_key=document.storage_key)
        is_swapped: bool = named.update(storage_key=storage_key) == 1
        unneeded = document.storage_key if is_swapped else storage_key
        transaction.on_commit(lambda: default_storage.delete(unneeded), robust=True)
    return is_swapped
