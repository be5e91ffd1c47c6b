"""Both places where files can lie: a folder, and an S3 bucket on a real S3 server."""

import socket
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage

from documents import resealing, services
from documents.models import Document
from documents.storage import (
    BucketStorage,
    DurableFile,
    FileMissing,
    StorageUnavailable,
    _RangedObject,
    new_key,
    originals,
)
from lexai import addresses
from lexai.encryption import keyring
from lexai.encryption.core.files import HEADER_BYTES, SEALED_CHUNK_BYTES, sealed_size
from lexai.encryption.errors import Tampered
from lexai.system import SYSTEM
from tests import factories

BUCKET = "papers"


@pytest.fixture(scope="module")
def s3_address():
    """Start a moto server and give the address of a bucket on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        _await_port(port, server)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=BUCKET)
        yield f"s3://key:secret@127.0.0.1:{port}/{BUCKET}?region=us-east-1&tls=0"
        server.kill()


def _await_port(port, server):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert server.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the S3 server did not start")


@pytest.fixture(params=["folder", "bucket"])
def storage(request, settings, tmp_path):
    """Run the test on each kind of storage."""
    url = request.getfixturevalue("s3_address") if request.param == "bucket" else (tmp_path / "in").as_uri()
    settings.STORAGES = {**settings.STORAGES, "default": addresses.storage(url)}
    yield default_storage
    for key in default_storage.listdir("")[1]:
        default_storage.delete(key)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_document_goes_in_is_read_and_goes_away(storage):
    cast = factories.cast()
    document = factories.ready_document(cast.open, b"The fee is $900.\n" * 1000)
    assert (document.status, storage.listdir("")[1]) == ("ready", [document.storage_key])

    services.delete_document(document, by=cast.ana)

    assert storage.listdir("")[1] == []


@pytest.mark.slow
@pytest.mark.django_db
def test_a_large_file_streams_in_and_comes_back_whole(storage):
    cast = factories.cast()
    content = bytes(range(256)) * 4 * 1024 * 12  # 12 MB: several parts of an S3 upload
    document = factories.document(cast.open, content)

    with originals.open(document.storage_key, cast.open.pk, place="here") as opened:
        assert opened.read() == content
    assert storage.size(document.storage_key) == sealed_size(len(content))


@pytest.mark.slow
@pytest.mark.django_db
def test_a_piece_of_a_large_file_is_fetched_alone(storage, monkeypatch):
    cast = factories.cast()
    content = bytes(range(256)) * 4 * 1024 * 12
    document = factories.document(cast.open, content)
    fetched = []
    reading = _RangedObject.readinto
    monkeypatch.setattr(
        _RangedObject, "readinto", lambda self, buffer: fetched.append(len(buffer)) or reading(self, buffer)
    )
    monkeypatch.setattr(
        tempfile, "SpooledTemporaryFile", None
    )  # the library's own would hold the whole object

    with originals.open(document.storage_key, cast.open.pk, place="here") as opened:
        opened.seek(5_000_000)
        assert opened.read(1000) == content[5_000_000:5_001_000]

    is_bucket = isinstance(default_storage._wrapped, BucketStorage)
    assert fetched == ([HEADER_BYTES, *[SEALED_CHUNK_BYTES] * 3] if is_bucket else [])


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("change", ["cut", "longer", "flipped", "another"])
def test_a_file_that_was_changed_where_it_lies_is_refused(storage, change):
    cast = factories.cast()
    document, other = (factories.document(cast.open, b"The fee is $900.\n" * 10_000) for _ in range(2))
    with storage.open(document.storage_key) as stored, storage.open(other.storage_key) as another:
        content, foreign = bytearray(stored.read()), another.read()
    changed = {
        "cut": content[:-1],
        "longer": content + b"x",
        "flipped": content[:200] + bytes([content[200] ^ 1]) + content[201:],
        "another": foreign,
    }[change]
    storage.delete(document.storage_key)
    with storage.open(document.storage_key, "wb") as stored:
        stored.write(bytes(changed))

    with pytest.raises(Tampered) as raised:
        services.open_original(document, by=cast.ana)
    assert raised.value.facts == {"place": f"file of document {document.pk}"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_is_sealed_anew_in_both(storage):
    cast = factories.cast()
    document = factories.ready_document(cast.open, b"The fee is $900.\n" * 10_000)
    keyring.add_key(cast.open.pk, 2)

    assert list(resealing.reseal(cast.open.pk, 2)) == [1]
    with services.open_original(document, by=cast.ana) as opened:
        assert opened.read() == b"The fee is $900.\n" * 10_000
    assert originals.key_version(document.storage_key) == 2
    assert storage.listdir("")[1] == [document.storage_key]


@pytest.mark.slow
@pytest.mark.django_db
def test_whoever_reads_while_a_file_is_sealed_anew_gets_the_old_one_or_is_told_to_try_again(storage):
    cast = factories.cast()
    content = b"The fee is $900.\n" * 200_000
    document = factories.document(cast.open, content)
    keyring.add_key(cast.open.pk, 2)
    is_bucket = isinstance(default_storage._wrapped, BucketStorage)
    with services.open_original(document, by=cast.ana) as opened:
        start = opened.read(1000)
        assert list(resealing.reseal(cast.open.pk, 2)) == [1]
        with pytest.raises(StorageUnavailable) if is_bucket else nullcontext():
            assert start + opened.read() == content

    with services.open_original(document, by=cast.ana) as opened:
        assert opened.read() == content


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("megabytes", [0, 12])
def test_a_replacement_that_breaks_off_leaves_the_old_file(storage, megabytes):
    cast = factories.cast()
    document = factories.document(cast.open, b"The fee is $900.")

    def break_off():
        with originals.replacing(document.storage_key, cast.open.pk) as target:
            target.write(b"x" * megabytes * 1024 * 1024)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        break_off()
    assert storage.listdir("")[1] == [document.storage_key]
    with services.open_original(document, by=cast.ana) as opened:
        assert opened.read() == b"The fee is $900."


@pytest.mark.slow
@pytest.mark.django_db
def test_a_file_that_is_gone_is_said_to_be_gone(storage, caplog):
    cast = factories.cast()
    document = factories.document(cast.open, b"The fee is $900.")
    storage.delete(document.storage_key)

    with pytest.raises(FileMissing):
        services.open_original(document, by=cast.ana)
    assert caplog.messages == [f"the file of document {document.pk} is missing"]
    with pytest.raises(FileMissing):
        services.read_document(document, by=SYSTEM)
    document.refresh_from_db()
    assert (document.status, document.refusal) == ("refused", "missing")


@pytest.mark.slow
@pytest.mark.django_db
def test_a_bucket_that_is_gone_is_an_outage(s3_address, settings):
    cast = factories.cast()
    document = factories.document(cast.open, b"The fee is $900.")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": addresses.storage(s3_address.replace(f"/{BUCKET}?", "/unheard?")),
    }

    with pytest.raises(StorageUnavailable):
        services.open_original(document, by=cast.ana)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind(storage, settings):
    settings.UPLOAD_LIMIT_MB = 1
    cast = factories.cast()
    with pytest.raises(Exception, match="larger than"):
        factories.document(cast.open, b"x" * (7 * 1024 * 1024))

    assert (storage.listdir("")[1], Document.objects.count()) == ([], 0)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_sweep_works_in_both(storage, monkeypatch):
    cast = factories.cast()
    document = factories.document(cast.open, b"kept")
    with storage.open(new_key(), "wb") as orphan:
        orphan.write(b"left behind")
    with storage.open("family photo.jpg", "wb") as foreign:
        foreign.write(b"not ours")
    monkeypatch.setattr(services.deleting, "ORPHAN_SECONDS", -60)

    assert services.sweep_storage(by=SYSTEM) == 1
    assert set(storage.listdir("")[1]) == {document.storage_key, "family photo.jpg"}


@pytest.mark.django_db
def test_a_storage_that_cannot_be_reached_costs_a_document_no_attempt(settings, tmp_path):
    cast = factories.cast()
    document = factories.document(cast.open, b"The fee is $900.")
    working = settings.STORAGES
    for url in ((tmp_path / "absent").as_uri(), "s3://key:secret@127.0.0.1:1/papers?tls=0"):
        settings.STORAGES = {**settings.STORAGES, "default": addresses.storage(url)}
        with pytest.raises(StorageUnavailable):
            services.read_document(document, by=SYSTEM)
        document.refresh_from_db()
        assert (document.status, document.attempts) == ("queued", 0)

    settings.STORAGES = working
    assert services.read_document(document, by=SYSTEM).status == "ready"


@pytest.mark.django_db
def test_an_upload_to_a_storage_that_is_full_is_refused_and_leaves_nothing(settings, monkeypatch):
    cast = factories.cast()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DurableFile, "write", full)
    with pytest.raises(StorageUnavailable):
        factories.document(cast.open, b"The fee is $900.")

    assert (default_storage.listdir("")[1], Document.objects.count()) == ([], 0)


def test_a_file_in_the_folder_is_readable_by_its_owner_only(tmp_path, settings):
    settings.STORAGES = {**settings.STORAGES, "default": addresses.storage((tmp_path / "in").as_uri())}
    with default_storage.open("key", "wb") as file:
        file.write(b"secret")

    assert ((tmp_path / "in").stat().st_mode & 0o777, (tmp_path / "in" / "key").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/x",
        "s3://key:secret@host/",
        "s3://host/bucket/folder",
        "folder",
        "file://var/docs",
        "file:rel",
    ],
)
def test_a_wrong_address_says_what_is_right(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL must be"):
        addresses.storage(url)


def test_an_address_may_hold_any_secret():
    options = addresses.storage("s3://k%2Fey:s%40cret@host:9000/bucket")["OPTIONS"]

    assert options["access_key"] == "k/ey"
    assert options["secret_key"] == "s@cret"
    assert options["endpoint_url"] == "https://host:9000"
