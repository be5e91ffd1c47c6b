"""Read plain text."""

import codecs

from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, flowing
from documents.extraction.job import Job

MEDIA_TYPE = "text/plain"

# UTF-32 stands before UTF-16, whose mark begins like its own.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_GUESSED = "The encoding of this text was guessed (windows-1252): some characters may be wrong."
_REPLACED = "Some bytes of this text are not valid and were replaced by the sign U+FFFD."


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Decode by byte order mark, else as UTF-8, else as windows-1252; raise NoText or OverLimits."""
    text, warnings = _decode(content)
    return flowing(clean(text), media_type=MEDIA_TYPE, warnings=warnings)


def marked_encoding(content: bytes) -> str | None:
    """Name the encoding that the byte order mark tells, or None where there is no mark."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _decode(content: bytes) -> tuple[str, list[str]]:
    encoding = marked_encoding(content)
    if encoding:
        return _decode_as(content, encoding)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        text, warnings = _decode_as(content, "windows-1252")
        return text, [_GUESSED, *warnings]


def _decode_as(content: bytes, encoding: str) -> tuple[str, list[str]]:
    try:
        return content.decode(encoding, errors="surrogatepass"), []
    except UnicodeDecodeError:
        return content.decode(encoding, errors="replace"), [_REPLACED]
