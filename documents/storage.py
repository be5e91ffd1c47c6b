"""Where the files of documents lie, sealed: a folder of this machine, or a bucket."""

import hashlib
import io
import logging
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from storages.backends.s3 import S3Storage

from documents.models import Document
from lexai.encryption.errors import Tampered
from lexai.encryption.storage import SealedStorage
from lexai.errors import DomainError, Gone

KEY_PREFIX = "lexai-"
OWN_KEY = re.compile(rf"{KEY_PREFIX}[0-9a-f]{{32}}")
CONNECT_LIMIT_SECONDS = 5
READ_LIMIT_SECONDS = 30
ATTEMPTS = 5
NOT_FOUND = 404
originals = SealedStorage(default_storage)  # the only way to the bytes of documents
logger = logging.getLogger(__name__)


class StorageUnavailable(DomainError):
    """The documents' files cannot be reached at the moment. Nothing was changed; try again later."""

    status = 503


class FileMissing(DomainError):
    """The stored file of this document is gone. Add the paper again, and tell your administrator."""

    status = 410


@contextmanager
def faults_translated() -> Iterator[None]:
    """Raise StorageUnavailable for whatever a folder or a bucket raises when it cannot be used."""
    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error


def new_key() -> str:
    """Return a key that no file has: 128 random bits behind our own prefix."""
    return f"{KEY_PREFIX}{uuid.uuid4().hex}"


def own_keys() -> list[str]:
    """Return the keys of the stored files that are ours; others may lie in the same folder or bucket."""
    return [key for key in default_storage.listdir("")[1] if OWN_KEY.fullmatch(key)]


class DurableFile(File):
    """A file that has reached the disk when it is closed: its row is the promise that it is there."""

    def close(self) -> None:
        if self.closed:
            return
        try:
            self.flush()
            os.fsync(self.fileno())
            _sync_folder(Path(self.name or "").parent)
        finally:
            super().close()


def _sync_folder(folder: Path) -> None:
    """Make the folder's entry of a new file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FolderStorage(FileSystemStorage):
    """A folder that only its owner can enter; a key is a file name without folders."""

    def __init__(self, location: str) -> None:
        super().__init__(location=location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def _open(self, name: str, mode: str = "rb") -> File:
        if "w" not in mode:
            if not Path(self.location).is_dir():  # no file is missing where the whole folder is
                raise NotADirectoryError(self.location)
            return File((Path(self.location) / name).open(mode), name)
        Path(self.location).mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return DurableFile(os.fdopen(descriptor, mode), self.path(name))

    @contextmanager
    def replacing(self, name: str) -> Iterator[File]:
        """Give a file that takes another's place at the end; whoever reads the old one reads on."""
        beside = new_key()  # what a crash leaves is an orphan that the sweep knows
        raw = self.open(beside, "wb")
        try:
            yield raw
            raw.close()
            Path(self.path(beside)).replace(self.path(name))
            _sync_folder(Path(self.location))
        except BaseException:
            raw.close()
            self.delete(beside)
            raise

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """List the folder; one that nothing was stored in yet is empty."""
        return super().listdir(path) if self.exists(path) else ([], [])


class BucketStorage(S3Storage):
    """An S3 bucket, of Amazon or another: bounded waits, and checksums only where all servers know them."""

    def __init__(self, **options: Any) -> None:
        waits = Config(
            connect_timeout=CONNECT_LIMIT_SECONDS,
            read_timeout=READ_LIMIT_SECONDS,
            retries={"max_attempts": ATTEMPTS, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            signature_version="s3v4",
            s3={"addressing_style": "path"},
        )
        super().__init__(client_config=waits, file_overwrite=True, default_acl=None, **options)

    def _open(self, name: str, mode: str = "rb") -> File:
        if "w" in mode:
            written: File = super()._open(name, mode)
            return written
        try:
            stored: Any = _RangedObject(self.bucket.Object(self._normalize_name(name)))
        except FileNotFoundError:
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)  # no file is missing without it
            raise
        return File(stored, name)

    @contextmanager
    def replacing(self, name: str) -> Iterator[File]:
        """Give an object that takes another's place when it is closed, as the caller must."""
        raw: Any = super()._open(name, "wb")
        try:
            yield raw
        except BaseException:
            raw._is_dirty = False  # noqa: SLF001 - else closing would put the part written in the place of the whole
            raw.close()
            raise


class _RangedObject(io.RawIOBase):
    """An object in a bucket, of which each read fetches what it asks for; the library's own would fetch it whole.

    Once it was replaced, reading on raises StorageUnavailable: nobody is given parts of two objects.
    """

    def __init__(self, stored: Any) -> None:
        self._stored = stored
        self._position = 0
        try:
            self.size: int = stored.content_length
            self._etag: str = stored.e_tag
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_FOUND:
                raise FileNotFoundError from error
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = (
            offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        )
        return self._position

    def readinto(self, buffer: Any) -> int:
        end = min(self._position + len(buffer), self.size)
        if end <= self._position:
            return 0
        with faults_translated():
            fetched = self._stored.get(Range=f"bytes={self._position}-{end - 1}", IfMatch=self._etag)
            with fetched["Body"] as body:
                content = body.read()
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


class OriginalFile(File):
    """The file of a document; read from start to end it raises Tampered, before its last bytes, if it is not."""

    def __init__(self, opened: Any, sha256: str, fault: Tampered) -> None:
        super().__init__(opened.file, opened.name)
        self._sha256, self._fault = sha256, fault
        self._hash = hashlib.sha256()
        self._hashed_bytes = 0

    def read(self, size: int = -1) -> bytes:
        source: Any = self.file
        start = source.tell()
        content: bytes = source.read(size)
        if start == self._hashed_bytes:
            self._hash.update(content)
            self._hashed_bytes += len(content)
        if self._hashed_bytes == self.size and self._hash.hexdigest() != self._sha256:
            raise self._fault
        return content


def open_file(document: Document) -> File:
    """Open the file of a document: the one that was added with it, whatever names it now.

    Raises FileMissing, Gone, KeyErased, KeysUnavailable, what the storage does, and Tampered, this also from `read`.
    """
    place = f"file of document {document.pk}"
    sha256, fault = document.sha256, Tampered(place, document.client_id)
    try:
        opened = originals.open(document.storage_key, document.client_id, place=place)
    except FileNotFoundError as error:
        raise _missing(document) from error
    if opened.size != document.size_bytes:
        opened.close()
        raise fault
    return OriginalFile(opened, sha256, fault)


def _missing(document: Document) -> DomainError:
    """Return why the file of a document is not there: the document is gone as well, or only the file."""
    if not Document.objects.filter(pk=document.pk).exists():
        return Gone()
    logger.error("the file of document %s is missing", document.pk)
    return FileMissing()
