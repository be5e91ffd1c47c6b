"""Tell what a file is from its content, never from its name."""

from collections.abc import Callable

from documents.extraction import docx, pdf, plain
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.refusals import PasswordProtected, Unsupported

Reader = Callable[[bytes, Job], Extracted]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE2 = b"\xd0\xcf\x11\xe0"
_OLE2_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PDF_HEADER_WITHIN_BYTES = 1_024
_FOREIGN = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"RIFF",
    b"8BPS",
    b"MZ\x90\x00",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"Rar!\x1a",
    b"SQLite format 3\x00",
    b"OggS",
    b"ID3",
    b"{\\rtf",
    b"%!PS",
    b"<?xml",
    b"<!doctype html",
    b"<html",
)
# C0 controls but for those that plain text holds: backspace to carriage return, and escape.
_CONTROLS = bytes(byte for byte in range(32) if byte not in (*range(8, 14), 27))
_CONTROL_SHARE_LIMIT = 0.05


def reader(content: bytes) -> Reader:
    """Return the reader of this content; raise PasswordProtected or Unsupported."""
    if content.startswith(_ZIP):
        return docx.read
    if content.startswith(_OLE2):
        raise PasswordProtected if _OLE2_ENCRYPTED in content else Unsupported
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN_BYTES]:
        return pdf.read
    if _is_foreign(content):
        raise Unsupported
    return plain.read


def _is_foreign(content: bytes) -> bool:
    if plain.marked_encoding(content):
        return False
    if content[:64].lstrip().lower().startswith(tuple(magic.lower() for magic in _FOREIGN)):
        return True
    controls = len(content) - len(content.translate(None, _CONTROLS))
    return controls > _CONTROL_SHARE_LIMIT * len(content)
