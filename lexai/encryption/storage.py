"""Sealed files in any of Django's storages: what lies there says nothing but its size and time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import File
from django.core.files.storage import Storage

from lexai.encryption import keyring
from lexai.encryption.core import files
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import Tampered


class SealedStorage:
    """Writes and reads files that are sealed under the key of their owner, each bound to its storage key."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def create(self, storage_key: str, scope: str) -> files.SealingWriter:
        """Return a new file to be written and closed; raise KeyErased, KeysUnavailable, and what the storage does."""
        version, cipher = keyring.sealing_cipher(scope, Purpose.FILE)
        raw: Any = self._storage.open(storage_key, "wb")
        try:
            return files.SealingWriter(raw, cipher, version, _context(storage_key, scope))
        except BaseException:
            raw.close()
            raise

    @contextmanager
    def replacing(self, storage_key: str, scope: str) -> Iterator[files.SealingWriter]:
        """Give a writer whose content takes a file's place at the end, at once; on any fault the old one stays.

        The storage must have a `replacing` of its own. Raises as `create`.
        """
        version, cipher = keyring.sealing_cipher(scope, Purpose.FILE)
        storage: Any = self._storage
        with storage.replacing(storage_key) as raw:
            writer = files.SealingWriter(raw, cipher, version, _context(storage_key, scope))
            yield writer
            writer.close()

    def open(self, storage_key: str, scope: str, *, place: str) -> File:
        """Return a file to be read from any place, its start and end verified; `place` names it in the audit.

        Raises Tampered, also while it is read, KeyErased, KeysUnavailable, and what the storage does.
        """
        raw: Any = self._storage.open(storage_key)
        try:
            reader: Any = _OwnedReader(raw, storage_key, scope, place)
            reader.read(1)  # what cannot be read is better refused now than in the midst of an answer
            reader.seek(0)
        except BaseException:
            raw.close()
            raise
        return File(reader, storage_key)

    def key_version(self, storage_key: str) -> int:
        """Return the version of the key that a file is sealed under, or 0 when it is no sealed file."""
        with self._storage.open(storage_key) as raw:
            try:
                return files.key_version(raw.read(files.HEADER_BYTES))
            except TamperError:
                return 0


class _OwnedReader(files.SealedReader):
    """A reader whose faults are told in the words of the practice."""

    def __init__(self, raw: Any, storage_key: str, scope: str, place: str) -> None:
        self._place, self._scope = place, scope
        with self._faults_translated():
            super().__init__(raw, _ciphers_of(scope), _context(storage_key, scope))

    def readinto(self, buffer: Any) -> int:
        with self._faults_translated():
            return super().readinto(buffer)

    @contextmanager
    def _faults_translated(self) -> Iterator[None]:
        try:
            yield
        except TamperError:
            raise Tampered(self._place, self._scope) from None


def _ciphers_of(scope: str) -> Callable[[int], AESGCM]:
    return lambda version: keyring.opening_cipher(scope, Purpose.FILE, version)


def _context(storage_key: str, scope: str) -> bytes:
    return f"{storage_key}|{scope}".encode()
