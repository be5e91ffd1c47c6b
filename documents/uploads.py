"""Files on their way in: counted, hashed, limited and stored chunk by chunk; nothing is spooled to the disk."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest, HttpResponse

from lexai.errors import DomainError

MEGABYTE = CHUNK_BYTES = 1024 * 1024


class FileTooLarge(DomainError):
    """The file is larger than this system accepts. Split it, or ask the administrator to raise the limit."""

    status = 413


class Upload(UploadedFile):
    """A file that lies in storage without a row as yet; closing it removes it, unless a document took it."""

    def __init__(self, filename: str, storage_key: str) -> None:
        super().__init__(name=filename)
        self.filename = filename  # UploadedFile shortens `name` to 255 characters in silence
        self.storage_key = storage_key
        self.sha256 = ""
        self.is_too_large = False
        self.is_kept = False

    def keep(self) -> None:
        """Leave the file in storage: a committed row names it."""
        self.is_kept = True

    def close(self) -> None:
        if not self.is_kept:
            default_storage.delete(self.storage_key)


class UploadWriter:
    """Write one upload to storage; beyond the limit nothing of it is kept, and the rest only counted."""

    def __init__(self, filename: str) -> None:
        self.upload = Upload(filename, uuid.uuid4().hex)
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._limit = settings.UPLOAD_LIMIT_MB * MEGABYTE
        self._file = default_storage.open(self.upload.storage_key, "wb")

    def write(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        if self._size_bytes <= self._limit:
            self._hash.update(chunk)
            self._file.write(chunk)
        elif not self.upload.is_too_large:
            self.upload.is_too_large = True
            self.discard()

    def finish(self) -> Upload:
        """Close the file and return the upload with its size in bytes and its SHA-256."""
        self.upload.size = self._size_bytes
        if not self.upload.is_too_large:
            self._file.close()
            self.upload.sha256 = self._hash.hexdigest()
        return self.upload

    def discard(self) -> None:
        """Remove what was written."""
        self._file.close()
        self.upload.close()


def receive(stream: BinaryIO, *, filename: str) -> Upload:
    """Store a stream as an upload that no row names yet."""
    writer = UploadWriter(filename)
    try:
        while chunk := stream.read(CHUNK_BYTES):
            writer.write(chunk)
    except BaseException:
        writer.discard()
        raise
    return writer.finish()


class StreamingUploadHandler(FileUploadHandler):
    """Send every file of a request straight to storage.

    The request closes its files when it ends; those that no document took are gone with it.
    """

    writer: UploadWriter | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.writer = UploadWriter(self.file_name or "")
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._writing().write(raw_data)

    def file_complete(self, file_size: int) -> Upload:
        upload = self._writing().finish()
        self.writer = None
        return upload

    def upload_interrupted(self) -> None:
        """Remove the file that broke off; Django calls this for some ways of breaking off, the middleware for all."""
        if self.writer is not None:
            self.writer.discard()
            self.writer = None

    def _writing(self) -> UploadWriter:
        if self.writer is None:
            raise RuntimeError("A chunk came before its file.")
        return self.writer


class BrokenUploadsMiddleware:
    """Remove what a broken line left half uploaded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            for handler in request.upload_handlers:
                handler.upload_interrupted()
