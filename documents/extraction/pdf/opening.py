"""Open a PDF, or tell why it does not open."""

from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
from pypdfium2 import raw

from documents.extraction import limits
from documents.extraction.refusals import Damaged, OverLimits, PasswordProtected, WrongPassword

MEDIA_TYPE = "application/pdf"

_LOCKED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


@contextmanager
def opened(content: bytes, password: str) -> Iterator[pypdfium2.PdfDocument]:
    """Give the document, its form ready to be read and drawn, and close it.

    Raise PasswordProtected, WrongPassword, Damaged or OverLimits.
    """
    document = _document(content, password)
    try:
        document.init_forms()
        if not len(document):
            raise Damaged
        if len(document) > limits.PAGE_LIMIT:
            raise OverLimits
        yield document
    except pypdfium2.PdfiumError:
        raise Damaged from None
    finally:
        document.close()


def _document(content: bytes, password: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content, password=password or None)
    except pypdfium2.PdfiumError as error:
        if error.err_code not in _LOCKED:
            raise Damaged from None
        raise (WrongPassword if password else PasswordProtected) from None
