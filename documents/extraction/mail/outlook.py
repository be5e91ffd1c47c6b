"""Read the mails that Outlook saves (MSG, MS-OXMSG).

A mail within the mail has no file of its own in there. It is handed on as it would travel (EML), so that it can be read
and opened like any other; the same mail gives the same bytes each time.
"""

import base64
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.header import Header
from functools import cached_property

from oxmsg.domain.encodings import encoding_from_codepage
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError
from oxmsg.storage import Storage

from documents.extraction import compound, limits, plain
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.mail import correspondence
from documents.extraction.markup import Shown
from documents.extraction.office import rich_text
from documents.extraction.office.changes import struck_out
from documents.extraction.parts import Parts, harmless
from documents.extraction.refusals import Damaged, OverLimits

MEDIA_TYPE = "application/vnd.ms-outlook"
PROPERTIES = "__properties_version1.0"

# Properties by their numbers (MS-OXPROPS).
_CLASS, _SUBJECT, _TRANSPORT_HEADERS = 0x001A, 0x0037, 0x007D
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_SENDERS = ((0x0C1A, (0x5D01, 0x0C1F)), (0x0042, (0x5D02, 0x0065)))  # names, and the addresses to each
_NAME, _ADDRESSES, _RECIPIENT_KIND = 0x3001, (0x39FE, 0x3003), 0x0C15
_DISPLAYED = {"To": 0x0E04, "Cc": 0x0E03, "Bcc": 0x0E02}
_KINDS = {1: "To", 2: "Cc", 3: "Bcc"}
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE = 0x3FFD, 0x3FDE
_CONTENT, _METHOD, _LONG_NAME, _SHORT_NAME = 0x3701, 0x3705, 0x3707, 0x3704
_MEDIA, _CONTENT_ID, _CONTENT_LOCATION = 0x370E, 0x3712, 0x3713
_EMBEDDED, _OLE_OBJECT = 5, 6

_UNICODE, _EIGHT_BIT, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D
_ENTRY = struct.Struct("<HHI8s")
_ROOT_HEAD, _EMBEDDED_HEAD, _PART_HEAD = 32, 24, 8
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS = 10  # of Outlook's clock in a microsecond

_ELSEWHERE = "its content is not in this file"
_DRAWN = "it is an object of another program"
_TOO_DEEP = "mails are nested too deeply"
_CONVERTED = "A mail within this mail was saved as EML, the form in which mails travel."


def read(content: bytes, job: Job) -> Extracted:
    """Read head and body, and hand on what is attached; raise Damaged, OverLimits, TooComplex or NoText."""
    with compound.opened(content) as file:
        if not file.exists(PROPERTIES):
            raise Damaged
        message = Message(Storage.from_ole(file), _ROOT_HEAD)
        attached = _Attached(job)
        attached.take(message)
        return correspondence.mail(
            message.headers(),
            [message.shown()],
            attached.parts,
            media_type=MEDIA_TYPE,
            warnings=message.warnings() + attached.warnings(),
        )


class _Properties:
    """The properties of a message, a recipient or an attachment."""

    def __init__(self, storage: Storage, head_bytes: int) -> None:
        self.storage = storage
        self._streams = {stream.name.upper(): stream.bytes_ for stream in storage.streams}
        fixed = self._streams.get(PROPERTIES.upper(), b"")[head_bytes:]
        whole = fixed[: len(fixed) - len(fixed) % _ENTRY.size]
        self._fixed = {number: value for _, number, _, value in _ENTRY.iter_unpack(whole)}

    def number(self, number: int, default: int = 0) -> int:
        """Return a property that is a number."""
        return int.from_bytes(self._fixed[number][:4], "little") if number in self._fixed else default

    def moment(self, number: int) -> str:
        """Return a moment as people read it; empty where there is none that a calendar knows."""
        ticks = int.from_bytes(self._fixed.get(number, b""), "little")
        try:
            when = _EPOCH + timedelta(microseconds=ticks // _TICKS)
        except OverflowError:
            return ""
        return f"{when:%Y-%m-%d %H:%M} UTC" if ticks else ""

    def binary(self, number: int) -> bytes | None:
        """Return a property that is a row of bytes; None where there is none."""
        return self._streams.get(f"__SUBSTG1.0_{number:04X}{_BINARY:04X}")

    def text(self, number: int, codepage: int = _MESSAGE_CODEPAGE) -> str:
        """Return a property that is a text; empty where there is none."""
        wide = self._streams.get(f"__SUBSTG1.0_{number:04X}{_UNICODE:04X}")
        if wide is not None:
            return clean(wide.decode("utf-16-le", errors="replace"))
        narrow = self._streams.get(f"__SUBSTG1.0_{number:04X}{_EIGHT_BIT:04X}", b"")
        return clean(plain.decoded(narrow, self.charset(codepage))[0])

    def charset(self, codepage: int) -> str:
        """Name the charset of a code page that a property tells; empty where nobody knows it."""
        try:
            return encoding_from_codepage(self.number(codepage))
        except (UnrecognizedCodePageError, UnsupportedEncodingError):
            return ""

    def within(self, number: int) -> Storage | None:
        """Return a property that is a folder of its own; None where there is none."""
        name = f"__SUBSTG1.0_{number:04X}{_OBJECT:04X}"
        return next((storage for storage in self.storage.storages if storage.name.upper() == name), None)


class Message(_Properties):
    """A mail: the file itself, or one that is attached to another."""

    def headers(self) -> list[tuple[str, str]]:
        """Return the head of the mail: label and text, in the order of reading."""
        told = self._recipients()
        people = [
            (kind, "; ".join(told[kind]) or self.text(_DISPLAYED[kind])) for kind in ("To", "Cc", "Bcc")
        ]
        return [("From", self._sender()), *people, ("Date", self._date()), ("Subject", self.text(_SUBJECT))]

    def _sender(self) -> str:
        for name, addresses in _SENDERS:
            if person := _person(self, name, addresses):
                return person
        return ""

    def _date(self) -> str:
        return self.moment(_SUBMITTED) or self.moment(_DELIVERED)

    def _recipients(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {"To": [], "Cc": [], "Bcc": []}
        for storage in self.storage.iter_recipient_storages():
            recipient = _Properties(storage, _PART_HEAD)
            kind = _KINDS.get(recipient.number(_RECIPIENT_KIND, 1) & 0xF, "To")
            if person := _person(recipient, _NAME, _ADDRESSES):
                told[kind].append(person)
        return told

    def shown(self) -> Shown:
        """Return the body: its plain text or its formatted one."""
        return correspondence.chosen(self.plain, [self.html] if self.html else [])

    @cached_property
    def plain(self) -> str:
        """The plain text, or that of the rich text where there is neither plain nor formatted text."""
        return self._rich[0] if self._is_rich else self.text(_BODY, _INTERNET_CODEPAGE)

    @cached_property
    def _is_rich(self) -> bool:
        return not self.text(_BODY, _INTERNET_CODEPAGE).strip() and not self.html

    @cached_property
    def _rich(self) -> tuple[str, int]:
        """The text of the rich text, and how many passages that are struck out are left out of it."""
        compressed = self.binary(_RTF)
        return rich_text.text(rich_text.decompressed(compressed)) if compressed else ("", 0)

    @cached_property
    def html(self) -> str:
        """The formatted text; empty where there is none."""
        narrow = self.binary(_HTML)
        if narrow is None:
            return self.text(_HTML, _INTERNET_CODEPAGE)
        return plain.decoded(narrow, self.charset(_INTERNET_CODEPAGE))[0]

    def attachments(self) -> Iterator["_Attachment"]:
        """Yield what is attached; raise OverLimits where that is too much."""
        for count, storage in enumerate(self.storage.iter_attachment_storages()):
            if count == limits.ATTACHMENT_LIMIT:
                raise OverLimits
            yield _Attachment(storage, _PART_HEAD)

    def warnings(self) -> list[str]:
        """Say what may be missing."""
        is_sealed = self.text(_CLASS).upper().startswith("IPM.NOTE.SMIME") and not self.plain.strip()
        names = {attachment.name.lower() for attachment in self.attachments()}
        is_encrypted = is_sealed or "message.rpmsg" in names
        return [correspondence.ENCRYPTED] * is_encrypted + struck_out(self._rich[1] if self._is_rich else 0)


class _Attachment(_Properties):
    @property
    def name(self) -> str:
        """The name that the sender gave to it."""
        return self.text(_LONG_NAME) or self.text(_SHORT_NAME) or self.text(_NAME)

    def message(self) -> Message | None:
        """Return the mail that is attached; None where it is something else."""
        storage = self.within(_CONTENT)
        is_message = storage and self.number(_METHOD) == _EMBEDDED
        return Message(storage, _EMBEDDED_HEAD) if storage and is_message else None

    def is_logo(self, content: bytes) -> bool:
        """Tell whether it is a small picture within the text."""
        is_picture = self.text(_MEDIA).lower().startswith("image/")
        is_within = bool(self.text(_CONTENT_ID) or self.text(_CONTENT_LOCATION))
        return is_picture and is_within and len(content) < correspondence.LOGO_LIMIT_BYTES


def _person(properties: _Properties, name: int, addresses: tuple[int, ...]) -> str:
    said = properties.text(name).strip()
    # Addresses within one firm are paths of its directory, and tell nothing to a reader.
    found = (properties.text(number).strip() for number in addresses)
    address = next((address for address in found if "@" in address), "")
    if not address or address == said:
        return said
    return f"{said} <{address}>".strip()


class _Attached:
    """What is attached to one mail, handed on, and what was left out."""

    def __init__(self, job: Job) -> None:
        self.parts = Parts(job)
        self._logos = 0
        self._elsewhere: list[str] = []
        self._drawn: list[str] = []
        self._warnings: list[str] = []

    def take(self, message: Message) -> None:
        """Hand on each attachment."""
        for attachment in message.attachments():
            content = attachment.binary(_CONTENT)
            if inner := attachment.message():
                self._take_mail(inner)
            elif content is None:
                is_drawn = attachment.number(_METHOD) == _OLE_OBJECT
                name = harmless(attachment.name, otherwise="an attachment without a name")
                (self._drawn if is_drawn else self._elsewhere).append(name)
            elif attachment.is_logo(content):
                self._logos += 1
            else:
                self.parts.add(attachment.name, content, otherwise="attachment")

    def _take_mail(self, inner: Message) -> None:
        subject = harmless(inner.text(_SUBJECT).replace("/", "-").replace("\\", "-"), otherwise="mail")
        self.parts.add(f"{subject}.eml", as_travelling(inner, self._warnings))
        self._warnings.append(_CONVERTED)

    def warnings(self) -> list[str]:
        """Say what was left out."""
        logos = [correspondence.LOGOS.format(self._logos)] if self._logos else []
        drawn = correspondence.unread(self._drawn, _DRAWN)
        return [*self._warnings, *logos, *correspondence.unread(self._elsewhere, _ELSEWHERE), *drawn]


def as_travelling(message: Message, warnings: list[str], depth: int = 1) -> bytes:
    """Write a mail as it would travel (MIME); say in `warnings` what had to be left out."""
    boundary = f"=_part_{depth}"  # every body is base64, which knows no underscore
    lines = [f"{label}: {_encoded(said)}" for label, said in message.headers() if said]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', ""]
    pieces = [*_bodies(message, depth), *_attachments(message, warnings, depth)]
    head = "\r\n".join(lines).encode("ascii")
    middle = b"".join(b"\r\n--%s\r\n%s" % (boundary.encode(), piece) for piece in pieces)
    return head + middle + b"\r\n--%s--\r\n" % boundary.encode()


def _encoded(said: str) -> str:
    said = " ".join(said.split())[: correspondence.HEADER_LIMIT]
    return said if said.isascii() and len(said) < 900 else Header(said, "utf-8").encode(linesep="\r\n")  # noqa: PLR2004 - RFC 5322 has lines of 998 at most


def _bodies(message: Message, depth: int) -> list[bytes]:
    boundary = f"=_body_{depth}".encode()
    forms = [_piece("text/plain; charset=utf-8", message.plain.encode("utf-8", "replace"))]
    if message.html:
        forms.append(_piece("text/html; charset=utf-8", message.html.encode("utf-8", "replace")))
    middle = b"".join(b"\r\n--%s\r\n%s" % (boundary, form) for form in forms)
    return [
        b'Content-Type: multipart/alternative; boundary="%s"\r\n%s\r\n--%s--' % (boundary, middle, boundary)
    ]


def _piece(kind: str, content: bytes, headers: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{headers}\r\n"
    return head.encode("ascii") + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _attachments(message: Message, warnings: list[str], depth: int) -> Iterator[bytes]:
    for attachment in message.attachments():
        content, inner = attachment.binary(_CONTENT), attachment.message()
        if inner and depth < limits.DEPTH_LIMIT:
            yield b"Content-Type: message/rfc822\r\n\r\n" + as_travelling(inner, warnings, depth + 1)
        elif inner or content is None:
            name = harmless(attachment.name, otherwise="an attachment without a name")
            warnings += correspondence.unread([name], _TOO_DEEP if inner else _ELSEWHERE)
        else:
            yield _piece("application/octet-stream", content, _disposition(attachment))


def _disposition(attachment: _Attachment) -> str:
    name = _encoded(harmless(attachment.name, otherwise="attachment").replace('"', "'"))
    identity = attachment.text(_CONTENT_ID)
    if identity.isascii() and identity.isprintable() and attachment.text(_MEDIA).lower().startswith("image/"):
        return f'Content-Disposition: inline; filename="{name}"\r\nContent-ID: <{identity[:200]}>\r\n'
    return f'Content-Disposition: attachment; filename="{name}"\r\n'
