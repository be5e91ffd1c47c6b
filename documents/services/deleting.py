"""What happens when a paper, or a client with all papers, is deleted."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from clients.policies import can_delete_client
from documents import policies, tasks
from documents.models import Document
from documents.nesting import locked_parts
from documents.storage import faults_translated, own_keys
from lexai import audit, wakeups
from lexai.celery import nudge
from lexai.database import locked, require_version
from lexai.encryption.erasure import erase_key
from lexai.errors import require, require_visible
from lexai.system import SystemUser

ORPHAN_SECONDS = 3600  # how old a file without a row is, for sure no upload under way


@transaction.atomic
def delete_document(document: Document, *, by: User | SystemUser) -> None:
    """Delete a document, what came in it, all that was read in them and, after the commit, their files."""
    document = locked(document)
    require_visible(policies.can_delete_document(by, document))
    going = [document, *locked_parts(document)]
    for one in going:
        audit.record("document.deleted", one, by=by)
    _remove_files([one.storage_key for one in going])
    client_id = document.client_id
    document.delete()
    nudge(tasks.index_client, client_id=client_id)
    wakeups.tell(document.wakeup)


class _PapersCame(Exception):
    """A paper was added after all others were locked."""


def delete_client(client: Client, *, by: User | SystemUser, version: int | None = None) -> None:
    """Delete a client with documents and conversations and, after the commit, the files.

    Raises StaleVersion when `version` is given and the client has another one.
    It stands here because only this app knows the files; the database's cascade does the rest.
    """
    while True:
        try:
            return _delete_client(client, by=by, version=version)
        except _PapersCame:  # what was locked is free again
            continue


@transaction.atomic
def _delete_client(client: Client, *, by: User | SystemUser, version: int | None) -> None:
    # a reader locks its document before the client, and so must the cascade: under the lock of the client none comes
    before = set(client.documents.select_for_update().order_by("pk").values_list("pk", flat=True))
    client = locked(client)
    papers = dict(client.documents.values_list("pk", "storage_key"))
    if not papers.keys() <= before:
        raise _PapersCame
    require_visible(can_delete_client(by, client))
    require_version(client, version)
    audit.record("client.deleted", client, by=by)
    _remove_files(list(papers.values()))
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
