"""Files on their way in: counted, hashed, limited, sealed and stored chunk by chunk; nothing is spooled to the disk."""

import contextlib
import hashlib
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest, HttpResponse

from clients.models import Client
from documents.storage import StorageUnavailable, faults_translated, new_key, originals
from lexai.encryption.core.files import SealingWriter
from lexai.errors import DomainError
from lexai.scanner import Scan

MEGABYTE = CHUNK_BYTES = 1024 * 1024


class FileTooLarge(DomainError):
    """The file is larger than this system accepts. Split it, or ask the administrator to raise the limit."""

    status = 413


class Upload(UploadedFile):
    """A file that lies in storage without a row as yet; closing it removes it, unless a document took it.

    It is sealed under the key of one client, whose it can only become. `refusal` says why it was not kept at all,
    for the service to raise.
    """

    def __init__(self, filename: str, client_id: str, storage_key: str) -> None:
        super().__init__(name=filename)
        self.client_id = client_id
        self.filename = filename  # UploadedFile shortens `name` to 255 characters in silence
        self.storage_key = storage_key
        self.sha256 = ""
        self.refusal: DomainError | None = None
        self.is_kept = False

    def keep(self) -> None:
        """Leave the file in storage: a committed row names it."""
        self.is_kept = True

    def close(self) -> None:
        if not self.is_kept:
            with faults_translated():
                default_storage.delete(self.storage_key)


class UploadWriter:
    """Seal one upload into storage; once it is refused nothing of it is kept, and the rest only counted.

    The client may be unknown, or hidden from whoever sends: who may do what is asked when a document is made of it.
    """

    def __init__(self, filename: str, client_id: str) -> None:
        self.upload = Upload(filename, client_id, new_key())
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._file: SealingWriter | None = None
        self._scan: Scan | None = None
        self._guarded(self._open)

    def write(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        self._guarded(lambda: self._append(chunk))

    def finish(self) -> Upload:
        """Close the file and return the upload with the size in bytes and the SHA-256 of what was sent."""
        self._guarded(self._close)
        self.upload.size, self.upload.sha256 = self._size_bytes, self._hash.hexdigest()
        return self.upload

    def discard(self) -> None:
        """Remove what was written."""
        try:
            with faults_translated():
                self._abandon()
        finally:
            self.upload.close()

    def _guarded(self, step: Callable[[], None]) -> None:
        """Do a step unless the upload is refused; what goes wrong refuses it and removes what was written."""
        if self.upload.refusal:
            return
        try:
            with faults_translated():
                step()
        except DomainError as refusal:
            self.upload.refusal = refusal
            with contextlib.suppress(StorageUnavailable):  # the sweep finds what cannot be removed now
                self.discard()

    def _open(self) -> None:
        self._scan = Scan() if settings.CLAMAV_ADDRESS else None
        self._file = originals.create(self.upload.storage_key, self.upload.client_id)

    def _append(self, chunk: bytes) -> None:
        if self._size_bytes > settings.UPLOAD_LIMIT_MB * MEGABYTE:
            raise FileTooLarge
        if self._scan:
            self._scan.write(chunk)
        self._hash.update(chunk)
        if self._file:
            self._file.write(chunk)

    def _close(self) -> None:
        if self._scan:
            self._scan.demand_clean()  # before the last bytes are sealed: until then there is no file
            self._scan.close()
        if self._file:
            self._file.close()

    def _abandon(self) -> None:
        if self._scan:
            self._scan.close()
        if self._file:
            self._file.abandon()


def receive(stream: BinaryIO, *, filename: str, client: Client) -> Upload:
    """Store a stream, sealed for this client, as an upload that no row names yet."""
    writer = UploadWriter(filename, client.pk)
    try:
        while chunk := stream.read(CHUNK_BYTES):
            writer.write(chunk)
        return writer.finish()
    except BaseException:
        writer.discard()
        raise


View = TypeVar("View", bound=Callable[..., Any])


def accepts_files(view: View) -> View:
    """Mark a view as a door through which files may come; its address names the client, `client_id`."""
    view.accepts_files = True  # type: ignore[attr-defined]  # a mark on a function
    return view


class StreamingUploadHandler(FileUploadHandler):
    """Send every file of a request straight to storage, where the door said that it `accepts_files`.

    Django reads forms before any view can ask who sends them; elsewhere a stranger's files would fill the disk.
    The request closes its files when it ends; those that no document took are gone with it.
    """

    writer: UploadWriter | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        door = self.request and self.request.resolver_match
        if not (door and getattr(door.func, "accepts_files", False)):
            raise SkipFile
        self.writer = UploadWriter(self.file_name or "", door.kwargs["client_id"])
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
