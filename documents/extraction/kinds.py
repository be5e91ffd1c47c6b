"""Tell what a file is from its content, never from its name.

A file that could be two things is the first of: ZIP, compound file, picture, rich text, PDF, web page, mail, PDF whose
header stands within the first kilobyte, as its programs allow, and plain text. A text that only names that header is
no PDF.
"""

import codecs
import re
from collections.abc import Callable

from documents.extraction import archives, compound, images, mail, markup, office, pdf, plain
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.mail import mime, outlook
from documents.extraction.office import docx, legacy, odt, pptx, protected, xlsx
from documents.extraction.refusals import Damaged, OldOfficeFile, PasswordProtected, Unsupported

Reader = Callable[[bytes, Job], Extracted]

# Of all files that a reader takes.
MEDIA_TYPES = frozenset(
    [
        *(kind.value for kind in office.Kind),
        *images.MEDIA_TYPES,
        legacy.DOC_MEDIA_TYPE,
        legacy.RTF_MEDIA_TYPE,
        mail.MEDIA_TYPE,
        markup.MEDIA_TYPE,
        outlook.MEDIA_TYPE,
        pdf.MEDIA_TYPE,
        plain.MEDIA_TYPE,
    ]
)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_RTF = b"{\\rtf"
_PDF = b"%PDF-"
_PDF_HEADER_WITHIN_BYTES = 1_024
_FOREIGN = (
    b"GIF8",
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
    b"%!PS",
    b"<svg",
)
# XML is read as the text that it is, invoices and messages of courts for instance; but for pictures and office files.
_FOREIGN_XML = re.compile(
    rb"<(?:svg|w:wordDocument|pkg:package|office:document|Workbook)[\s>:]|<\?mso-application"
)
# C0 controls but for those that plain text holds: backspace to carriage return, and escape.
_CONTROLS = bytes(byte for byte in range(32) if byte not in (*range(8, 14), 27))
_CONTROL_SHARE_LIMIT = 0.05

_BEGINNING_BYTES = 4_096
# A page begins with its document type or a tag, after an XML declaration and comments; XHTML is XML with an <html>.
# Other tags are closed or have an attribute: "<table of contents>" is what people write.
_WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"
    r"(?:<!doctype\s+html|<html(?=[\s/>])|<(?:head|body|title|meta|style|script|link|base|div|p|table|h[1-6]|center|span|font|ul|ol"
    r"|article|section|main|header)(?=\s*/?>|(?:\s+[\w:-]+)+\s*=))",
    re.IGNORECASE | re.DOTALL,
)
_XML_PAGE = re.compile(
    r"\s*<\?xml[^>]*>\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?!!doctype\s+html|html)", re.IGNORECASE | re.DOTALL
)

_HEAD_BYTES = 65_536
_SHOWN = frozenset(name.lower().encode() for name in mail.SHOWN_HEADERS)
# What programs write and people do not: a text that begins like a letter is none without one of them.
_TRAVELLED = frozenset(
    b"received return-path delivered-to message-id mime-version content-type content-transfer-encoding dkim-signature "
    b"x-mailer user-agent authentication-results references in-reply-to thread-index".split()
)
_LEAST_HEADERS = 2


def reader(content: bytes) -> Reader:
    """Return the reader of this content; raise Unsupported, Damaged or OverLimits."""
    if content.startswith(_ZIP):
        return _zipped(content)
    if content.startswith(compound.MAGIC):
        return _compound(content)
    if content.startswith(images.SIGNATURES):
        return images.read
    if content.startswith(_RTF):
        return legacy.read_rtf
    return pdf.read if content.startswith(_PDF) else _written(content)


def _zipped(content: bytes) -> Reader:
    readers: dict[office.Kind, Reader] = {
        office.Kind.DOCX: docx.read,
        office.Kind.XLSX: xlsx.read,
        office.Kind.PPTX: pptx.read,
        office.Kind.ODT: odt.read,
        office.Kind.ARCHIVE: archives.read,
    }
    return readers[office.kind(content)]


def _compound(content: bytes) -> Reader:
    names = compound.names(content)
    if protected.PACKAGE in names:
        return protected.reader(reader)
    if "WordDocument" in names:
        return legacy.read_doc
    if outlook.PROPERTIES in names:
        return outlook.read
    raise OldOfficeFile if names & {"Workbook", "Book", "PowerPoint Document"} else Unsupported


def _written(content: bytes) -> Reader:
    if _is_web_page(content):
        return markup.read
    if _is_mail(content):
        return mail.read
    if is_pdf(content) or _is_pdf_of_text(content):
        return pdf.read
    if _is_foreign(content):
        raise Unsupported
    return plain.read


def is_pdf(head: bytes) -> bool:
    """Tell a PDF by the first kilobytes of it, or by all: its header stands first, or the file is no mere text."""
    before, header, _ = head[:_PDF_HEADER_WITHIN_BYTES].partition(_PDF)
    is_first = not before.removeprefix(codecs.BOM_UTF8).strip()
    return bool(header) and (is_first or _controls(head) > 0)


def _is_pdf_of_text(content: bytes) -> bool:
    """Tell whether a text that names the header of PDF opens as one."""
    if _PDF not in content[:_PDF_HEADER_WITHIN_BYTES]:
        return False
    try:
        with pdf.opened(content, ""):
            return True
    except PasswordProtected:
        return True
    except Damaged:
        return False


def _is_web_page(content: bytes) -> bool:
    encoding = plain.marked_encoding(content) or "latin-1"
    beginning = content[:_BEGINNING_BYTES].decode(encoding, errors="ignore")
    return bool(_WEB_PAGE.match(beginning)) and not _XML_PAGE.match(beginning)


def _is_mail(content: bytes) -> bool:
    """Tell a mail by its head (RFC 5322): two known headers, one of them no person would write, and a blank line.

    Where every header is one that a reader sees, nothing is lost, and no further sign is asked for.
    """
    names = _header_names(content)
    known = names & (_SHOWN | _TRAVELLED)
    return len(known) >= _LEAST_HEADERS and (bool(names & _TRAVELLED) or names <= _SHOWN)


def _header_names(content: bytes) -> frozenset[bytes]:
    """Return the names of the headers that a file begins with, in lower case; none where other lines stand there."""
    head = content[: _HEAD_BYTES + 3].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    place = 0
    if mark := mime.MAILBOX_LINE.match(head):
        place = mark.end()
    names = set()
    while place < len(head) and (header := mime.HEADER.match(head, place)):
        names.add(header[1].lower())
        place = header.end()
    is_whole = place >= len(head) or head[place : place + 1] in (b"\r", b"\n")
    return frozenset(names) if is_whole else frozenset()


def _is_foreign(content: bytes) -> bool:
    if plain.marked_encoding(content):
        return False
    beginning = content[:_BEGINNING_BYTES].lstrip()
    if beginning[:64].lower().startswith(tuple(magic.lower() for magic in _FOREIGN)):
        return True
    if beginning.startswith(b"<?xml") and _FOREIGN_XML.search(beginning):
        return True
    return _controls(content) > _CONTROL_SHARE_LIMIT * len(content)


def _controls(content: bytes) -> int:
    return len(content) - len(content.translate(None, _CONTROLS))
