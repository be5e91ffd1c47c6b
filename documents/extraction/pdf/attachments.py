"""Hand on the files that a PDF brings along: its attachments, or what a portfolio holds."""

import ctypes

import pypdfium2
from pypdfium2 import raw

from documents.extraction import limits
from documents.extraction.job import Job
from documents.extraction.mail import correspondence
from documents.extraction.parts import Parts, harmless
from documents.extraction.refusals import Damaged, OverLimits

_NAMELESS = "attachment"
_DAMAGED = "they are damaged"
_TOO_LARGE = "they are too large"
_TOO_MANY = "Only the first {:,} of {:,} attached files were taken."


def handed_on(document: pypdfium2.PdfDocument, job: Job) -> list[str]:
    """Hand each attached file to the job, and return what is to be said of those that were left out.

    The paper itself is read all the same; none is taken after the first that is too large.
    """
    parts = Parts(job)
    damaged: list[str] = []
    too_large: list[str] = []
    count = document.count_attachments()
    for index in range(min(count, limits.ATTACHMENT_LIMIT)):
        attachment = raw.FPDFDoc_GetAttachment(document, index)
        name = _name(attachment)
        if too_large:
            too_large.append(name or _NAMELESS)
            continue
        try:
            parts.add(name, _content(attachment), otherwise=_NAMELESS)
        except OverLimits:
            too_large.append(name or _NAMELESS)
        except Damaged:
            damaged.append(name or _NAMELESS)
    too_many = [_TOO_MANY.format(limits.ATTACHMENT_LIMIT, count)] if count > limits.ATTACHMENT_LIMIT else []
    left_out = correspondence.unread(damaged, _DAMAGED) + correspondence.unread(too_large, _TOO_LARGE)
    return [*parts.warnings(), *left_out, *too_many]


def _name(attachment: raw.FPDF_ATTACHMENT) -> str:
    length = raw.FPDFAttachment_GetName(attachment, None, 0) if attachment else 0
    name = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFAttachment_GetName(attachment, name, length)
    told = bytes(name)[: max(0, length - 2)].decode("utf-16-le", "surrogatepass")
    return harmless(told)


def _content(attachment: raw.FPDF_ATTACHMENT) -> bytes:
    """Return what is attached; raise Damaged where the file does not hold what it names, or OverLimits."""
    length = ctypes.c_ulong()
    if not (attachment and raw.FPDFAttachment_GetFile(attachment, None, 0, length)):
        raise Damaged
    if length.value > limits.PART_LIMIT_BYTES:
        raise OverLimits
    content = (ctypes.c_char * length.value)()
    if not raw.FPDFAttachment_GetFile(attachment, content, length, length):
        raise Damaged
    return content.raw
