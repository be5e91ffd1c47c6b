"""Take the entities of a mail apart: headers, parameters, and slices between boundaries (RFC 2045-2047, 2231)."""

import binascii
import re
from email.message import Message
from email.parser import BytesHeaderParser
from functools import cached_property

from documents.extraction import limits, plain
from documents.extraction.refusals import OverLimits

HEADER_LIMIT_BYTES = 262_144  # of one entity
_VALUE_LIMIT = 20_000
_BOUNDARY_LIMIT = 200
_ENTITY_LIMIT = 2 * limits.ATTACHMENT_LIMIT

HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|\r|\Z)")
MAILBOX_LINE = re.compile(rb"(?:From |>From )[^\r\n]*\r?\n")
_LINE_END = re.compile(rb"\r?\n|\r")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=))?")


class Entity:
    """A mail, or a part of one: its headers and its body; raise OverLimits where the headers are too long.

    `default` is the type of an entity that does not tell its own.
    """

    def __init__(self, content: bytes, default: str = "text/plain") -> None:
        head, self._body = _halves(content)
        if len(head) > HEADER_LIMIT_BYTES:
            raise OverLimits
        self._headers: Message = BytesHeaderParser().parsebytes(head)
        self._default = default
        self.is_closed = True

    @cached_property
    def kind(self) -> str:
        """The media type, in lower case."""
        told = self._raw("Content-Type").partition(";")[0].strip().lower()
        return told if "/" in told else self._default

    @property
    def is_attachment(self) -> bool:
        """Whether the sender asks that this be kept out of the text."""
        return self._raw("Content-Disposition").partition(";")[0].strip().lower() == "attachment"

    def header(self, name: str) -> str:
        """Return a header as people read it, all of its kind together; empty where there is none."""
        found = [value for key, value in self._headers.raw_items() if key.lower() == name.lower()]
        return ", ".join(decoded_words(_unescaped(str(value)[:_VALUE_LIMIT])) for value in found[:10])

    def parameter(self, name: str, header: str = "Content-Type") -> str:
        """Return a parameter of a header, its charset and its pieces resolved; empty where there is none."""
        carrier = Message()
        carrier[header] = _unescaped(self._raw(header))
        try:
            value = carrier.get_param(name, "", header)
        except (ValueError, LookupError, TypeError):  # numbers of pieces that are no numbers, or too long
            return ""
        if isinstance(value, tuple):
            charset, _, said = value  # each character of it is a byte
            return plain.decoded(said.encode("latin-1", "replace"), charset or "")[0]
        return decoded_words(value or "")

    def filename(self) -> str:
        """Return the name that the sender gave to this part; empty where there is none."""
        return self.parameter("filename", "Content-Disposition") or self.parameter("name")

    def content(self) -> bytes:
        """Return the body as it was before it was encoded for its travel."""
        encoding = self._raw("Content-Transfer-Encoding").strip().lower()
        if encoding == "base64":
            return _from_base64(self._body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self._body)
        return self._body

    def children(self) -> list["Entity"]:
        """Cut a multipart at its boundaries, and learn whether it is closed; raise OverLimits.

        An entity without a boundary, or without any part, has no children.
        """
        boundary = self.parameter("boundary").rstrip()[:_BOUNDARY_LIMIT].encode("utf-8", "surrogateescape")
        if not boundary:
            return []
        default = "message/rfc822" if self.kind == "multipart/digest" else "text/plain"
        return [Entity(piece, default) for piece in self._pieces(boundary)]

    def _pieces(self, boundary: bytes) -> list[bytes]:
        # The end of the line is left to the next boundary where that follows at once.
        after = rb"(--)?[ \t]*(?=[\r\n]|\Z)(?:\r?\n(?!--)|\r(?!\n|--))?"
        mark = re.compile(rb"(?:\A|\r?\n|\r)--" + re.escape(boundary) + after)
        pieces: list[bytes] = []
        start, self.is_closed = -1, False
        for match in mark.finditer(self._body):
            if start >= 0:
                pieces.append(self._body[start : match.start()])
            if len(pieces) > _ENTITY_LIMIT:
                raise OverLimits
            if match[1]:
                self.is_closed = True
                return pieces
            start = match.end()
        return [*pieces, self._body[start:]] if start >= 0 else pieces

    def _raw(self, name: str) -> str:
        found = (value for key, value in self._headers.raw_items() if key.lower() == name.lower())
        return _FOLD.sub(" ", str(next(found, "")))[:_VALUE_LIMIT]


def _halves(content: bytes) -> tuple[bytes, bytes]:
    """Part headers from body: at a blank line, or before a line that is no header."""
    mailbox_line = MAILBOX_LINE.match(content)
    start = place = mailbox_line.end() if mailbox_line else 0
    while header := HEADER.match(content, place):
        place = header.end()
    blank = _LINE_END.match(content, place)
    return content[start:place], content[blank.end() if blank else place :]


def _unescaped(value: str) -> str:
    """Unfold a header, and decode the bytes beyond ASCII that some programs leave in it."""
    raw = _FOLD.sub(" ", value).encode("utf-8", "surrogateescape")
    return plain.decoded(raw)[0]


def decoded_words(value: str) -> str:
    """Decode the encoded words of a header (RFC 2047); words of one charset that touch are one."""
    pieces: list[str] = []
    charset, waiting, end = "", b"", 0
    for match in _ENCODED.finditer(value):
        between = value[end : match.start()]
        if waiting and (between or match[1].lower() != charset):
            pieces.append(plain.decoded(waiting, charset)[0])
            waiting = b""
        pieces.append(between)
        charset, end = match[1].partition("*")[0].lower(), match.end()
        waiting += _word(match[2], match[3])
    pieces += [plain.decoded(waiting, charset)[0] if waiting else "", value[end:]]
    return "".join(pieces)


def _word(encoding: str, said: str) -> bytes:
    raw = said.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return _from_base64(raw)


def _from_base64(encoded: bytes) -> bytes:
    """Decode base64 as far as it goes: it may be cut off, and what follows its end is no part of it."""
    try:
        return binascii.a2b_base64(encoded)
    except binascii.Error:
        digits = _NOT_BASE64.sub(b"", encoded)
        # A single digit at the end stands for no byte.
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]
        return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
