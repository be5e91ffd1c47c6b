"""Sealed files: chunks of 64 KiB, each of which opens alone, so that a file can be read from any place.

    header   version 1 | key version 2 | random prefix 7; the numbers are bytes, big-endian
    chunks   65,536 bytes sealed as 65,552, the last as many as are left; an empty file is one empty last chunk

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizard 2015) over AES-256-GCM: the nonce of a chunk is
prefix 7 | its number 4 | 1 if it is the last, else 0. The header and the context are authenticated with each.
"""

import io
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lexai.encryption.core.errors import TamperError

VERSION = b"\x01"
KEY_VERSION_END = 3
HEADER_BYTES = 10
CHUNK_BYTES = 65_536
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
FETCHED_CHUNKS = 16  # at most so many are fetched at once
KEPT_CHUNKS = 32  # open in memory: whoever reads one page jumps to and fro


def sealed_size(size_bytes: int) -> int:
    """Return how many bytes a file of this size takes when it is sealed."""
    chunks = max(1, -(-size_bytes // CHUNK_BYTES))
    return HEADER_BYTES + size_bytes + chunks * TAG_BYTES


def key_version(header: bytes) -> int:
    """Return the version of the key that a file with this header was sealed under; raise TamperError."""
    if len(header) < HEADER_BYTES or header[:1] != VERSION:
        raise TamperError
    return int.from_bytes(header[1:KEY_VERSION_END], "big")


class SealingWriter:
    """Seals what is written to it into `raw`; only what was closed can be opened again."""

    def __init__(self, raw: IO[bytes], cipher: AESGCM, key_version: int, context: bytes) -> None:
        header = VERSION + key_version.to_bytes(2, "big") + os.urandom(HEADER_BYTES - KEY_VERSION_END)
        self._raw = raw
        self._cipher = cipher
        self._prefix = header[KEY_VERSION_END:]
        self._bound_to = header + context
        self._number = 0
        self._held = bytearray()  # a whole chunk at most: it may turn out to be the last
        self._is_closed = False
        raw.write(header)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take some bytes; return how many."""
        view, taken = memoryview(content).cast("B"), 0
        if len(self._held) + len(view) > CHUNK_BYTES:
            taken = CHUNK_BYTES - len(self._held)
            self._seal(self._held + view[:taken])
            self._held.clear()
        while len(view) - taken > CHUNK_BYTES:
            self._seal(view[taken : taken + CHUNK_BYTES])
            taken += CHUNK_BYTES
        self._held += view[taken:]
        return len(view)

    def close(self) -> None:
        """Seal the last chunk and close the file; one whose last chunk cannot be written is left to `abandon`."""
        if self._is_closed:
            return
        self._seal(self._held, is_last=True)
        self._is_closed = True
        self._raw.close()

    def abandon(self) -> None:
        """Close the file without its last chunk: nothing of it can be opened."""
        if not self._is_closed:
            self._is_closed = True
            self._raw.close()

    def _seal(self, chunk: bytearray | memoryview, *, is_last: bool = False) -> None:
        nonce = _nonce(self._prefix, self._number, is_last=is_last)
        self._number += 1  # before anything can fail: no nonce serves twice
        self._raw.write(self._cipher.encrypt(nonce, chunk, self._bound_to))


class SealedReader(io.RawIOBase):
    """Opens a sealed file in `raw` at any place; fetches only the chunks that are asked for.

    `cipher_of` returns the cipher for the key version that the header names. The last chunk is verified at once,
    so that a file that was cut off or extended is refused before its first byte is given. Whatever was changed,
    moved or sealed in another context raises TamperError where it is read.
    """

    def __init__(self, raw: IO[bytes], cipher_of: Callable[[int], AESGCM], context: bytes) -> None:
        self._raw = raw
        self._position = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        sealed_bytes = raw.seek(0, io.SEEK_END) - HEADER_BYTES
        raw.seek(0)
        header = raw.read(HEADER_BYTES)
        self._cipher = cipher_of(key_version(header))
        self._prefix, self._bound_to = header[KEY_VERSION_END:], header + context
        self._last = -(-sealed_bytes // SEALED_CHUNK_BYTES) - 1
        self._sealed_bytes = sealed_bytes
        self.size = sealed_bytes - (self._last + 1) * TAG_BYTES
        if self._last < 0:
            raise TamperError
        self._fetch(self._last, 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, also behind the end, where nothing is read; raise ValueError before the start."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the start of a file.")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next; return how many bytes that is, fewer only at the end."""
        if self.closed:
            raise ValueError("This file is closed.")
        target = memoryview(buffer).cast("B")[: max(self.size - self._position, 0)]
        filled = 0
        while filled < len(target):
            number, start = divmod(self._position, CHUNK_BYTES)
            wanted = start + len(target) - filled
            piece = memoryview(self._chunk(number, wanted))[start:wanted]
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._position += len(piece)
        return filled

    def readall(self) -> bytes:
        rest = bytearray(max(self.size - self._position, 0))
        self.readinto(rest)
        return bytes(rest)

    def close(self) -> None:
        if not self.closed:
            self._kept.clear()
            self._raw.close()
        super().close()

    def _chunk(self, number: int, wanted_bytes: int) -> bytes:
        """Return an opened chunk; when it must be fetched, those of the wanted bytes after it come along."""
        if number not in self._kept:
            self._fetch(number, min(-(-wanted_bytes // CHUNK_BYTES), FETCHED_CHUNKS))
        self._kept.move_to_end(number)
        return self._kept[number]

    def _fetch(self, first: int, count: int) -> None:
        """Read and open `count` chunks, of which the file has at least one; raise TamperError."""
        start = first * SEALED_CHUNK_BYTES
        length = min(count * SEALED_CHUNK_BYTES, self._sealed_bytes - start)
        self._raw.seek(HEADER_BYTES + start)
        sealed = memoryview(self._raw.read(length))
        for number in range(first, min(first + count, self._last + 1)):
            place = (number - first) * SEALED_CHUNK_BYTES
            self._kept[number] = self._opened(number, sealed[place : place + SEALED_CHUNK_BYTES])
        while len(self._kept) > KEPT_CHUNKS:
            self._kept.popitem(last=False)

    def _opened(self, number: int, sealed: memoryview) -> bytes:
        nonce = _nonce(self._prefix, number, is_last=number == self._last)
        try:
            return self._cipher.decrypt(nonce, sealed, self._bound_to)
        except (InvalidTag, ValueError):
            raise TamperError from None


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])
