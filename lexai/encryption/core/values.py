"""One sealed value: version 1 | key version 2 | nonce 12 | ciphertext | tag 16; the numbers are bytes.

The first three bytes and the context are authenticated with it, so that a value opens where it was sealed and
nowhere else. The key version is big-endian.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import NONCE_BYTES

VERSION = b"\x01"
HEADER_BYTES = 3
START = HEADER_BYTES + NONCE_BYTES
LEAST_TEXT_BYTES = 64  # so that the length of a short text says nothing about it
END_OF_TEXT = b"\x80"  # ISO/IEC 7816-4: this byte, then zeros


class Sealed(bytes):
    """A value as it is stored."""


def seal(cipher: AESGCM, key_version: int, content: bytes, context: bytes) -> bytes:
    """Return the content sealed under the key of this version, bound to the context."""
    header, nonce = VERSION + key_version.to_bytes(2, "big"), os.urandom(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, content, header + context)


def key_version(sealed: bytes) -> int:
    """Return the version of the key that a value was sealed under; its header is enough. Raises TamperError."""
    if sealed[:1] != VERSION or len(sealed) < HEADER_BYTES:
        raise TamperError
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def unseal(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    """Return what was sealed; raise TamperError when it was changed, or sealed in another context."""
    try:
        return cipher.decrypt(sealed[HEADER_BYTES:START], sealed[START:], sealed[:HEADER_BYTES] + context)
    except (InvalidTag, ValueError):
        raise TamperError from None


def padded(content: bytes) -> bytes:
    """Return the content with its end marked, filled up to 64 bytes."""
    return (content + END_OF_TEXT).ljust(LEAST_TEXT_BYTES, b"\0")


def unpadded(filled: bytes) -> bytes:
    """Return the content that `padded` took."""
    return filled[: filled.rindex(END_OF_TEXT)]
