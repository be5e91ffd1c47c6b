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


# Labels that browsers and mail programs take for windows-1252, as do the people who write them.
_WESTERN = ("ascii", "iso8859-1", "cp1252")
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
}
# No encodings of texts, or slow on purpose.
_NO_CHARSETS = ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem")


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Decode by byte order mark, else as UTF-8, else as windows-1252; raise NoText or OverLimits."""
    text, warnings = decoded(content)
    return flowing(clean(text), media_type=MEDIA_TYPE, warnings=warnings)


def marked_encoding(content: bytes) -> str | None:
    """Name the encoding that the byte order mark tells, or None where there is no mark."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def decoded(content: bytes, declared: str = "") -> tuple[str, list[str]]:
    """Decode by byte order mark, by the declared charset, as UTF-8, else as windows-1252; add warnings."""
    encoding = marked_encoding(content) or known_encoding(declared)
    if encoding and encoding not in _WESTERN:
        return _decode_as(content, encoding)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        text, warnings = _decode_as(content, "windows-1252")
        return text, [*([] if encoding else [_GUESSED]), *warnings]


def known_encoding(declared: str) -> str | None:
    """Return Python's name for a charset that a file declares, or None where it is no encoding of texts."""
    try:
        name = codecs.lookup(declared.strip().strip("\"'")[:40]).name
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if name.replace("_", "-") in _NO_CHARSETS else _WIDER.get(name, name)


def _decode_as(content: bytes, encoding: str) -> tuple[str, list[str]]:
    try:
        return content.decode(encoding, errors="surrogatepass"), []
    except (UnicodeDecodeError, LookupError):
        return content.decode(encoding, errors="replace"), [_REPLACED]
