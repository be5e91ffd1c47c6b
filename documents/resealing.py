"""The files of a client's documents, sealed anew under the newest key: this app's part in a rotation."""

import logging
from collections.abc import Iterator

from django.core.files.base import File

from documents.models import Document
from documents.storage import faults_translated, originals
from documents.uploads import CHUNK_BYTES
from lexai.encryption.errors import Tampered

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
    """Seal a file anew where it lies, so that every backup of its row finds it; say whether there was one that opens.

    Of a document that is deleted meanwhile a file may stay, for the sweep.
    """
    storage_key, scope = document.storage_key, document.client_id
    with faults_translated():
        try:
            with originals.open(storage_key, scope, place=f"file of document {document.pk}") as source:
                _copy(source, storage_key, scope)
        except FileNotFoundError:
            return False
        except Tampered:
            logger.warning("document %s does not open; its file stays as it is", document.pk)
            return False
    return True


def _copy(source: File, storage_key: str, scope: str) -> None:
    """Put the content of a file in its place, under the newest key."""
    with originals.replacing(storage_key, scope) as target:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
