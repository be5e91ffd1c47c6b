"""The sealed parts of an index: what seals and opens one, and what becomes of one that does not open."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import BinaryField, F
from django.db.models.functions import Substr

from documents.models import Passage, SearchIndex
from documents.retrieval.index import Index
from lexai import audit
from lexai.celery import app, nudge
from lexai.encryption import keyring
from lexai.encryption.core import values
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import KeyErased, Tampered
from lexai.system import SYSTEM

INDEX_TASK = "documents.tasks.index_client"
logger = logging.getLogger(__name__)


def seal(row: SearchIndex, index: Index) -> None:
    """Put an index into its row, whose version and documents are what it will be bound to.

    Raises KeyErased, KeysUnavailable.
    """
    version, cipher = keyring.sealing_cipher(row.client_id, Purpose.INDEX)
    row.passage_count = len(index)
    row.content = values.seal(cipher, version, index.serialise(), _context(row))


def unseal(row: SearchIndex) -> Index:
    """Return the index of a row, an empty one where there is none; raise TamperError, KeyErased, KeysUnavailable.

    A row that names documents and holds nothing was changed outside LexAI: it would hide them.
    """
    if not row.content:
        if row.document_ids:
            raise TamperError
        return Index()
    try:
        return Index.deserialise(_opened(row))
    except sqlite3.DatabaseError as error:
        raise TamperError from error


def fetch_contents(row: SearchIndex) -> None:
    """Bring a row to what is stored now; raise SearchIndex.DoesNotExist."""
    row.refresh_from_db(fields=["version", "document_ids", "passage_count", "content"])


def mark_broken(row: SearchIndex) -> None:
    """Empty a part that does not open, tell the audit once, and the worker; its documents are scanned meanwhile.

    One that was written since the row was fetched stays. Either way the row is then what is stored. Raises
    SearchIndex.DoesNotExist.
    """
    with transaction.atomic():
        same = SearchIndex.objects.filter(pk=row.pk, version=row.version)
        if same.update(content=b"", document_ids=[], passage_count=0, version=F("version") + 1):
            logger.error("%s does not open; its passages are scanned until it is written anew", row)
            audit.record("seal.broken", row, by=SYSTEM, place=f"search_indexes.content of {row.pk}")
            nudge(app.tasks[INDEX_TASK], client_id=row.client_id)
    fetch_contents(row)


def rows_of(document_ids: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Yield (id, heading, text) of the passages of some documents, as an index takes them.

    One that does not open is left out, and told to the audit.
    """
    passages = Passage.objects.filter(document__in=list(document_ids)).order_by("pk")
    for passage in passages.iterator():
        try:
            row = passage.pk, passage.heading, passage.text
        except Tampered as fault:
            logger.warning("passage %s does not open and is not indexed", passage.pk)
            audit.record(fault.verb, passage.client, by=SYSTEM, **fault.facts)
        else:
            yield row


def remaining(scope: str, newest: int) -> int:
    """Return how many parts of an owner's index are sealed under another version of its key."""
    return len(_outdated(scope, newest))


def reseal(scope: str, newest: int) -> Iterator[int]:
    """Seal the parts of an owner's index under its newest key, one after the other; yield 1 for each.

    One that was written meanwhile is under the newest key already; one that does not open is left as it is.
    """
    for row in _outdated(scope, newest):
        try:
            yield _reseal(SearchIndex.objects.get(pk=row.pk))
        except SearchIndex.DoesNotExist:
            logger.info("%s is gone", row)
        except (TamperError, KeyErased):
            logger.warning("%s does not open and keeps its old key", row)


def _reseal(row: SearchIndex) -> int:
    content = _opened(row) if row.content else b""
    if not content:
        return 0
    version, cipher = keyring.sealing_cipher(row.client_id, Purpose.INDEX)
    sealed = values.seal(cipher, version, content, _context(row))
    return SearchIndex.objects.filter(pk=row.pk, version=row.version).update(content=sealed)


def _outdated(scope: str, newest: int) -> list[SearchIndex]:
    rows = SearchIndex.objects.filter(client=scope).exclude(content=b"").defer("content")
    with_starts = rows.annotate(
        start=Substr("content", 1, values.START, output_field=BinaryField())
    ).order_by("part")
    return [row for row in with_starts if not _is_under(newest, bytes(row.start))]


def _is_under(newest: int, start: bytes) -> bool:
    try:
        return values.key_version(start) == newest
    except TamperError:
        return False


def _opened(row: SearchIndex) -> bytes:
    sealed = bytes(row.content)
    cipher = keyring.opening_cipher(row.client_id, Purpose.INDEX, values.key_version(sealed))
    return values.unseal(cipher, sealed, _context(row))


def _context(row: SearchIndex) -> bytes:
    """Return what a part is bound to: an older one does not open under a newer version, nor for other documents."""
    documents = ",".join(map(str, row.document_ids))
    return f"search_indexes.content|{row.client_id}|{row.part}|{row.version}|{documents}".encode()
