"""Read rich text (RTF) where no LibreOffice does, and unpack the rich bodies of Outlook's mails."""

import re
import struct

from striprtf.striprtf import rtf_to_text

from documents.extraction import limits
from documents.extraction.cleaning import clean
from documents.extraction.refusals import Damaged, OverLimits, TooComplex

DEPTH_LIMIT = 1_000
_MARKS = re.compile(rb"\\bin(\d{1,10}) ?|\\['{}\\]|[{}]")
_NO_TEXT = re.compile(
    rb"\{(?:\\\*)?\\(?:pict|shppict|nonshppict|objdata|themedata|colorschememapping|datastore|blipuid)(?![a-z])"
)

_STRIKES = re.compile(r"\\striked?(?![a-z])")
_TOKEN = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\[\s\S]|[{}]|[^\\{}]+")

_FONT_TABLE = re.compile(r"\{([^{}]*)\\fonttbl")
_TABLE_HEAD_LIMIT = 500
_IN_FONT_TABLE = re.compile(r"\\f(\d{1,5})(?!\d)|\\fcharset(\d{1,3})(?!\d)|\\[{}\\]|[{}]")
_FIELD = re.compile(r"(\{\\field)(?=\{)", re.IGNORECASE)

# MS-OXRTFCP: the words that the dictionary of a compressed body begins with.
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
_HEAD = struct.Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_RING = 4_096


def without_binaries(content: bytes) -> bytes:
    """Cut out pictures, objects and bytes that stand as they are; raise TooComplex where groups nest too deeply.

    Bytes that are announced beyond the end of the file are cut off with it.
    """
    kept: list[bytes] = []
    start = place = depth = cut_at_depth = 0
    while match := _MARKS.search(content, place):
        place = match.end()
        if match[1]:
            kept.append(b"" if cut_at_depth else content[start : match.start()])
            start = place = min(len(content), place + int(match[1]))
        elif match[0] == b"{":
            depth += 1
            if depth > DEPTH_LIMIT:
                raise TooComplex
            if not cut_at_depth and _NO_TEXT.match(content, match.start()):
                kept.append(content[start : match.start()])
                cut_at_depth = depth
        elif match[0] == b"}":
            if depth == cut_at_depth:
                start, cut_at_depth = place, 0
            depth = max(0, depth - 1)
    return b"".join([*kept, b"" if cut_at_depth else content[start:]])


def text(content: bytes) -> tuple[str, int]:
    """Return the words of rich text, cells parted by tabs, and how many passages that are struck out are left out.

    Raise Damaged, OverLimits or TooComplex.
    """
    source, passages = _standing(_simple(without_binaries(content).decode("latin-1")))
    try:
        written: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, OverflowError):
        raise Damaged from None
    if len(written) > limits.CHARACTER_LIMIT:
        raise OverLimits
    # Characters beyond the first plane are written as halves of pairs.
    whole = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return clean(whole).replace("|\n", "\n").replace("|", "\t").strip("\n"), passages


def _standing(source: str) -> tuple[str, int]:
    """Cut out the words that are struck out, and count the passages; what is no word stays."""
    if not _STRIKES.search(source):
        return source, 0
    kept: list[str] = []
    states, is_struck, is_counted, passages = list[bool](), False, False, 0
    for token in _TOKEN.finditer(source):
        word, shown = token[1], token[0]
        if shown == "{":
            states.append(is_struck)
        elif shown == "}" and states:
            is_struck = states.pop()
        elif word in ("strike", "striked", "plain"):
            is_struck = word != "plain" and token[2] != "0"
        elif is_struck and word in (None, "u"):
            passages += not is_counted and bool(shown.strip())
            is_counted |= bool(shown.strip())
            continue
        is_counted &= is_struck or word is not None or shown in "{}"
        kept.append(shown)
    return "".join(kept), passages


def _simple(source: str) -> str:
    """Write fonts and fields so that striprtf reads them at once; raise TooComplex where that cannot be.

    Its patterns try every pair of font and charset, and of the quotes in a link, which takes hours where there are
    thousands. Its pattern of links, whose addresses would be read, does not know the space that may follow a word.
    """
    source = _FIELD.sub(r"\1 ", source)
    table = _FONT_TABLE.search(source)
    if table is None:
        return source
    if len(table[1]) > _TABLE_HEAD_LIMIT:
        raise TooComplex
    charsets, end = _charsets(source, table.end())
    fonts = "".join(f"{{\\f{font}\\fcharset{charset} a;}}" for font, charset in charsets.items())
    return source[: table.end()] + fonts + source[end:]


def _charsets(source: str, start: int) -> tuple[dict[str, str], int]:
    """Return the charset of each font of a table, by their numbers, and where the table ends."""
    charsets: dict[str, str] = {}
    font, depth = "", 1
    for mark in _IN_FONT_TABLE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if not depth:
            return charsets, mark.start()
        if mark[1]:
            font = mark[1]
        elif mark[2] and font:
            charsets.setdefault(font, mark[2])
    return charsets, len(source)


def decompressed(content: bytes) -> bytes:
    """Unpack a compressed rich body (MS-OXRTFCP); raise Damaged or OverLimits."""
    if len(content) < _HEAD.size:
        raise Damaged
    _, size, kind, _ = _HEAD.unpack_from(content)
    if size > limits.PART_LIMIT_BYTES:
        raise OverLimits
    if kind == _PLAIN:
        return content[_HEAD.size : _HEAD.size + size]
    if kind != _COMPRESSED:
        raise Damaged
    return bytes(_unpacked(content, size))


def _unpacked(content: bytes, size: int) -> bytearray:
    ring = bytearray(_DICTIONARY.ljust(_RING, b"\0"))
    write, place, out = len(_DICTIONARY), _HEAD.size, bytearray()
    while place < len(content) and len(out) < size:
        control, place = content[place], place + 1
        for bit in range(8):
            if control >> bit & 1:
                token = int.from_bytes(content[place : place + 2], "big")
                offset, length, place = token >> 4, (token & 0xF) + 2, place + 2
                if offset == write or place > len(content):
                    return out
                piece = bytes(ring[(offset + step) % _RING] for step in range(length))
            else:
                piece, place = content[place : place + 1], place + 1
            for byte in piece:
                ring[write] = byte
                write = (write + 1) % _RING
            out += piece
    return out[:size]
