"""Open members of archives that are sealed with AES (WinZip's AE-1 and AE-2, method 99)."""

import hashlib
import hmac
import struct
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from documents.extraction.refusals import Damaged, Unsupported, WrongPassword

AES_METHOD = 99
_EXTRA = 0x9901
_FIELD = struct.Struct("<HH")
_SEAL = struct.Struct("<H2sBH")  # version, vendor, strength, the method of compression
_LOCAL_HEAD = struct.Struct("<26xHH")  # of 30 bytes; lengths of the name and of the extra fields
_KEY_BYTES = {1: 16, 2: 24, 3: 32}
_ITERATIONS = 1_000
_CHECK_BYTES, _TAG_BYTES, _BLOCK_BYTES = 2, 10, 16
_CHUNK_BLOCKS = 65_536


def opened(content: bytes, member: zipfile.ZipInfo, password: str) -> bytes:
    """Decrypt and expand a member; raise WrongPassword, Damaged, or Unsupported for a way that nobody reads.

    https://www.winzip.com/en/support/aes-encryption/ tells the format.
    """
    strength, method = _seal(member.extra)
    salt, check, sealed, tag = _pieces(content, member, _KEY_BYTES[strength])
    key = _KEY_BYTES[strength]
    derived = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ITERATIONS, 2 * key + _CHECK_BYTES)
    if not hmac.compare_digest(derived[2 * key :], check):
        raise WrongPassword
    if not hmac.compare_digest(hmac.digest(derived[key : 2 * key], sealed, "sha1")[:_TAG_BYTES], tag):
        raise Damaged
    return _expanded(_decrypted(sealed, derived[:key]), method, member.file_size)


def _seal(extra: bytes) -> tuple[int, int]:
    """Return strength and method of compression, as the extra field of the member tells them."""
    place = 0
    while place + _FIELD.size <= len(extra):
        kind, length = _FIELD.unpack_from(extra, place)
        place += _FIELD.size
        if kind == _EXTRA and length >= _SEAL.size and place + _SEAL.size <= len(extra):
            _, vendor, strength, method = _SEAL.unpack_from(extra, place)
            if vendor == b"AE" and strength in _KEY_BYTES:
                return strength, method
        place += length
    raise Unsupported


def _pieces(content: bytes, member: zipfile.ZipInfo, key_bytes: int) -> tuple[bytes, bytes, bytes, bytes]:
    """Return salt, check of the password, what is sealed, and its tag."""
    head = content[member.header_offset : member.header_offset + 30]
    if len(head) < 30:  # noqa: PLR2004 - the bytes of a local head
        raise Damaged
    start = member.header_offset + 30 + sum(_LOCAL_HEAD.unpack(head))
    salt_bytes = key_bytes // 2
    whole = content[start : start + member.compress_size]
    if len(whole) < max(member.compress_size, salt_bytes + _CHECK_BYTES + _TAG_BYTES):
        raise Damaged
    check_ends = salt_bytes + _CHECK_BYTES
    sealed, tag = whole[check_ends:-_TAG_BYTES], whole[-_TAG_BYTES:]
    return whole[:salt_bytes], whole[salt_bytes:check_ends], sealed, tag


def _decrypted(sealed: bytes, key: bytes) -> bytes:
    """Decrypt in counter mode with a little-endian counter from 1, which no library offers."""
    block = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - it only makes the key stream
    pieces, chunk_bytes = [], _CHUNK_BLOCKS * _BLOCK_BYTES
    for place in range(0, len(sealed), chunk_bytes):
        chunk = sealed[place : place + chunk_bytes]
        first = place // _BLOCK_BYTES + 1
        counters = b"".join(
            number.to_bytes(_BLOCK_BYTES, "little")
            for number in range(first, first + -(-len(chunk) // _BLOCK_BYTES))
        )
        stream = block.update(counters)[: len(chunk)]
        plain = int.from_bytes(chunk, "little") ^ int.from_bytes(stream, "little")
        pieces.append(plain.to_bytes(len(chunk), "little"))
    return b"".join(pieces)


def _expanded(content: bytes, method: int, size: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        return content
    if method != zipfile.ZIP_DEFLATED:
        raise Unsupported
    expanded = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, size + 1)
    if len(expanded) != size:
        raise Damaged
    return expanded
