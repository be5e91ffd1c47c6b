"""Deflate streams that expand to gigabytes and are made at once: one compressed block, set down again and again."""

import zlib

RAW = -zlib.MAX_WBITS
_BLOCK_BYTES = 4_194_304


def repeated(unit: bytes, at_least: int, *, head: bytes = b"", tail: bytes = b"") -> tuple[bytes, int]:
    """Return a raw deflate stream of `head`, many times `unit`, and `tail`; and how many bytes it expands to."""
    block = unit * max(1, min(at_least, _BLOCK_BYTES) // len(unit))
    times = -(-at_least // len(block))
    stream = _block(head) + _block(block) * times + _block(tail) + _end()
    return stream, len(head) + len(block) * times + len(tail)


def zlib_wrapped(raw: bytes) -> bytes:
    """Dress a raw stream as zlib does; the checksum at its end is wrong, and nobody gets that far."""
    return b"\x78\x9c" + raw + bytes(4)


def _block(content: bytes) -> bytes:
    """Compress on its own: a full flush forgets what came before and ends on a whole byte."""
    if not content:
        return b""
    packer = zlib.compressobj(6, zlib.DEFLATED, RAW)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def _end() -> bytes:
    return zlib.compressobj(6, zlib.DEFLATED, RAW).flush()
