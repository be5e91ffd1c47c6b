"""The keys: one root, which wraps the data keys; from each data key, one key for every purpose."""

import os
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lexai.encryption.core.errors import TamperError

KEY_BYTES = 32
NONCE_BYTES = 12
FINGERPRINT_BYTES = 8


class Purpose(StrEnum):
    """What a key that was derived from a data key seals."""

    FIELD = "field"
    FILE = "file"
    INDEX = "index"


def new_key() -> bytes:
    """Return 32 random bytes from the operating system."""
    return os.urandom(KEY_BYTES)


def fingerprint(root: bytes) -> str:
    """Return what tells root keys apart and says nothing about them: 16 hexadecimal digits."""
    return _derived(root, "fingerprint", FINGERPRINT_BYTES).hex()


def cipher(data_key: bytes, purpose: Purpose) -> AESGCM:
    """Return the cipher of one purpose: AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) derives."""
    return AESGCM(_derived(data_key, purpose, KEY_BYTES))


def wrap(root: bytes, data_key: bytes, name: str) -> bytes:
    """Seal a data key under the root, bound to its name: nonce 12 | ciphertext 32 | tag 16."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _wrapping(root).encrypt(nonce, data_key, name.encode())


def unwrap(root: bytes, wrapped: bytes, name: str) -> bytes:
    """Return the data key that `wrap` sealed under this name; raise TamperError when it is not that."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        return _wrapping(root).decrypt(nonce, sealed, name.encode())
    except (InvalidTag, ValueError):
        raise TamperError from None


def _wrapping(root: bytes) -> AESGCM:
    return AESGCM(_derived(root, "wrapping", KEY_BYTES))


def _derived(key: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"lexai {purpose}".encode()).derive(key)
