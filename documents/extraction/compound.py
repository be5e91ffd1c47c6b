"""Open the compound files of older programs (OLE2, MS-CFB), which name what they hold in a directory of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import olefile

from documents.extraction import limits
from documents.extraction.refusals import Damaged, OverLimits

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY_BYTES = 128
# Looking up one of many in the same folder takes longer the more they are.
_ENTRY_LIMIT = limits.MEMBER_LIMIT
# olefile meets damage with whatever its arithmetic runs into.
BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@contextmanager
def opened(content: bytes) -> Iterator[olefile.OleFileIO]:
    """Open a compound file; raise Damaged, or OverLimits where its streams pretend to hold more than it does."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as file:
            _require_honest(file, len(content))
            yield file
    except BROKEN:
        raise Damaged from None


def _require_honest(file: olefile.OleFileIO, size: int) -> None:
    entries = [entry for entry in file.direntries if entry is not None]
    if len(entries) > _ENTRY_LIMIT:
        raise OverLimits
    # Streams that share their sectors would expand each time they are read.
    if sum(entry.size for entry in entries if entry.entry_type == olefile.STGTY_STREAM) > 2 * size:
        raise OverLimits


def names(content: bytes) -> frozenset[str]:
    """Name what stands at the top of a compound file; raise Damaged or OverLimits."""
    with opened(content) as file:
        return frozenset(kid.name for kid in file.root.kids)
