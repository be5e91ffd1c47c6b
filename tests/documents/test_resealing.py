"""Files sealed anew under a new key, while somebody reads, deletes or does the same."""

from contextlib import contextmanager

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from documents import resealing, services
from documents.models import Document
from documents.storage import FolderStorage, StorageUnavailable, originals
from lexai.encryption import keyring
from lexai.encryption.core.files import HEADER_BYTES
from lexai.system import SYSTEM
from tests import factories
from tests.documents.test_originals import flip_a_bit

CONTENT = b"The fee is $900.\n" * 10_000
TWO = [CONTENT, CONTENT + b"The fee was $800.\n"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return factories.cast()


def stored_files():
    return sorted(default_storage.listdir("")[1])


def keys_of(client):
    return sorted(Document.objects.filter(client=client).values_list("storage_key", flat=True))


def content_of(document, by):
    with services.open_original(document, by=by) as original:
        return original.read()


def test_the_files_of_one_client_are_sealed_anew_and_no_others(cast):
    first, second = (factories.document(cast.open, content) for content in TWO)
    other = factories.document(cast.restricted, CONTENT)
    keyring.add_key(cast.open.pk, 2)
    assert resealing.remaining(cast.open.pk, 2) == 2

    assert list(resealing.reseal(cast.open.pk, 2)) == [1, 1]
    assert (resealing.remaining(cast.open.pk, 2), list(resealing.reseal(cast.open.pk, 2))) == (0, [])
    assert {originals.key_version(key) for key in keys_of(cast.open)} == {2}
    assert stored_files() == sorted(one.storage_key for one in (first, second, other))
    assert keys_of(cast.open) == sorted([first.storage_key, second.storage_key])
    assert [content_of(one, cast.ana) for one in (first, second, other)] == [*TWO, CONTENT]


def test_a_firm_has_no_files_of_its_own(cast):
    scope = f"firm_{cast.firm.pk}"

    assert (resealing.remaining(scope, 2), list(resealing.reseal(scope, 2))) == (0, [])


def test_rows_from_a_backup_before_the_rotation_find_their_files(cast, monkeypatch):
    for content in TWO:
        factories.document(cast.open, content)
    backup = dict(Document.objects.filter(client=cast.open).values_list("pk", "storage_key"))
    keyring.add_key(cast.open.pk, 2)
    list(resealing.reseal(cast.open.pk, 2))
    for key, storage_key in backup.items():
        Document.objects.filter(pk=key).update(storage_key=storage_key)
    monkeypatch.setattr(services.deleting, "ORPHAN_SECONDS", -60)

    assert services.sweep_storage(by=SYSTEM) == 0
    restored = Document.objects.filter(client=cast.open).order_by("pk")
    assert [content_of(one, cast.ana) for one in restored] == TWO


def test_whoever_has_the_file_open_reads_on(cast):
    document = factories.document(cast.open, CONTENT)
    keyring.add_key(cast.open.pk, 2)
    with services.open_original(document, by=cast.ana) as original:
        start = original.read(1000)
        list(resealing.reseal(cast.open.pk, 2))
        assert start + original.read() == CONTENT


def test_what_does_not_open_stays_and_the_others_are_sealed(cast):
    broken, whole, lost = (factories.document(cast.open, CONTENT) for _ in range(3))
    flip_a_bit(broken, HEADER_BYTES + 100)
    default_storage.delete(lost.storage_key)
    keyring.add_key(cast.open.pk, 2)

    assert list(resealing.reseal(cast.open.pk, 2)) == [1]
    assert resealing.remaining(cast.open.pk, 2) == 2
    whole.refresh_from_db()
    assert stored_files() == sorted([broken.storage_key, whole.storage_key])


def meanwhile(monkeypatch, deed):
    """Do a deed when a file has been read and its new content is about to take its place."""
    replacing = FolderStorage.replacing

    @contextmanager
    def interrupted(storage, name):
        with replacing(storage, name) as raw:
            yield raw
            monkeypatch.setattr(FolderStorage, "replacing", replacing)
            deed()

    monkeypatch.setattr(FolderStorage, "replacing", interrupted)


def test_a_document_that_is_deleted_meanwhile_leaves_at_most_what_the_sweep_removes(cast, monkeypatch):
    document = factories.document(cast.open, CONTENT)
    keyring.add_key(cast.open.pk, 2)
    meanwhile(monkeypatch, lambda: services.delete_document(document, by=cast.ana))
    monkeypatch.setattr(services.deleting, "ORPHAN_SECONDS", -60)
    list(resealing.reseal(cast.open.pk, 2))

    services.sweep_storage(by=SYSTEM)
    assert (stored_files(), resealing.remaining(cast.open.pk, 2)) == ([], 0)


def test_two_who_seal_the_same_file_leave_a_whole_one(cast, monkeypatch):
    document = factories.document(cast.open, CONTENT)
    keyring.add_key(cast.open.pk, 2)
    seconds = []
    meanwhile(monkeypatch, lambda: seconds.extend(resealing.reseal(cast.open.pk, 2)))

    assert (list(resealing.reseal(cast.open.pk, 2)), seconds) == ([1], [1])
    assert stored_files() == [document.storage_key]
    assert content_of(document, cast.ana) == CONTENT


def test_what_breaks_off_leaves_the_old_file_and_is_done_the_next_time(cast, monkeypatch):
    document = factories.document(cast.open, CONTENT)
    keyring.add_key(cast.open.pk, 2)

    def full():
        raise OSError(28, "No space left on device")

    meanwhile(monkeypatch, full)
    with pytest.raises(StorageUnavailable):
        list(resealing.reseal(cast.open.pk, 2))
    assert (stored_files(), originals.key_version(document.storage_key)) == ([document.storage_key], 1)
    assert content_of(document, cast.ana) == CONTENT

    assert list(resealing.reseal(cast.open.pk, 2)) == [1]
    assert content_of(document, cast.ana) == CONTENT


def test_the_client_stays_as_it_was(cast):
    factories.document(cast.open, CONTENT)
    keyring.add_key(cast.open.pk, 2)
    cast.open.refresh_from_db()
    before = (cast.open.version, cast.open.updated_at)
    list(resealing.reseal(cast.open.pk, 2))

    cast.open.refresh_from_db()
    assert (cast.open.version, cast.open.updated_at) == before
    assert not transaction.get_connection().in_atomic_block
