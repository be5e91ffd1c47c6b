"""Read the text of PDF files with PDFium, which is fast but not safe in threads."""

from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from documents.extraction import limits
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, Page
from documents.extraction.job import Job
from documents.extraction.refusals import Damaged, OnlyPictures, OverLimits, PasswordProtected

MEDIA_TYPE = "application/pdf"

_LOCKED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
_HYPHEN_MARK = "\ufffe"
_SILENT = "No text was found on these pages, and text recognition is not available yet: {}."
_FORM = "This PDF is a form: what was filled into its fields is not read yet."


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read every page; raise PasswordProtected, Damaged, OverLimits or OnlyPictures."""
    document = _open(content)
    try:
        return _read(document)
    except pypdfium2.PdfiumError:
        raise Damaged from None
    finally:
        document.close()


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise (PasswordProtected if error.err_code in _LOCKED else Damaged) from error


def _read(document: pypdfium2.PdfDocument) -> Extracted:
    if not len(document):
        raise Damaged
    if len(document) > limits.PAGE_LIMIT:
        raise OverLimits
    texts, sizes = zip(*_page_texts(document), strict=True)
    if not any(text.strip() for text in texts):
        raise OnlyPictures
    text, pages = _tiled(texts, sizes)
    return Extracted(text=text, pages=pages, media_type=MEDIA_TYPE, warnings=_warnings(document, texts))


def _page_texts(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, tuple[float, float]]]:
    characters = 0
    for page in document:
        textpage = page.get_textpage()
        characters += textpage.count_chars()
        if characters > limits.CHARACTER_LIMIT:
            raise OverLimits
        yield clean(_text(textpage)), page.get_size()
        textpage.close()
        page.close()


def _text(textpage: pypdfium2.PdfTextPage) -> str:
    """Give the text of one page, the hyphens at line ends with the line break that PDFium swallows."""
    text: str = textpage.get_text_range(errors="surrogatepass")
    if _HYPHEN_MARK not in text:
        return text
    return "".join(_hyphens_restored(textpage, text))


def _hyphens_restored(textpage: pypdfium2.PdfTextPage, text: str) -> Iterator[str]:
    index = 0
    for character in text:
        if character != _HYPHEN_MARK:
            yield character
        elif _is_hyphen(textpage, index):
            yield "-\n"
        # PDFium counts in UTF-16 units, Python in code points.
        index += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - the end of the first plane


def _is_hyphen(textpage: pypdfium2.PdfTextPage, index: int) -> bool:
    # A letter that its font maps to U+0000 bears the same mark as a hyphen at a line's end.
    return bool(raw.FPDFText_IsHyphen(textpage, raw.FPDFText_GetCharIndexFromTextIndex(textpage, index)) == 1)


def _tiled(texts: tuple[str, ...], sizes: tuple[tuple[float, float], ...]) -> tuple[str, list[Page]]:
    """Join the pages by line breaks that belong to the earlier page."""
    pages, start = [], 0
    for number, (text, (width, height)) in enumerate(zip(texts, sizes, strict=True), 1):
        end = start + len(text) + (number < len(texts))
        pages.append(Page(number=number, start=start, end=end, width=width, height=height))
        start = end
    return "\n".join(texts), pages


def _warnings(document: pypdfium2.PdfDocument, texts: tuple[str, ...]) -> list[str]:
    warnings = []
    silent = [str(number) for number, text in enumerate(texts, 1) if not text.strip()]
    if silent:
        warnings.append(_SILENT.format(", ".join(silent)))
    if document.get_formtype() != raw.FORMTYPE_NONE:
        warnings.append(_FORM)
    return warnings
