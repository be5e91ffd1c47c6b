"""Tell which pages of a PDF are pictures of text, and draw them to be recognised."""

import re

import pypdfium2
from pypdfium2 import raw

from documents.extraction import ocr
from documents.extraction.pdf import rendering

_THIN_LETTERS = 200  # a header, a stamp of the court and the number of the page
_COVERED = 0.5
_LOOKED_AT = 1_000
_GARBAGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_GARBAGE_SHARE = 0.3
_GLANCE_DPI = 36
_MANY_STROKES = 60
_WHITE = b"\xff"
_LETTER = re.compile(r"[^\W_]")


def letters(text: str) -> int:
    """Return how many letters and digits a text has, none where it is mostly signs without a meaning."""
    if len(_GARBAGE.findall(text)) > _GARBAGE_SHARE * len(text):
        return 0
    return len(_LETTER.findall(text))


def may_be_scanned(page: pypdfium2.PdfPage, text: str) -> bool:
    """Tell whether a page shows more than its text holds: no text but something drawn, or a picture of a page."""
    if len(text) > 2 * _THIN_LETTERS and not _GARBAGE.search(text):
        return False
    count = letters(text)
    if count > _THIN_LETTERS:
        return False
    return _shows_something(page) if not count else _is_covered(page)


def _shows_something(page: pypdfium2.PdfPage) -> bool:
    """Tell whether there may be something to read on a page that has no text."""
    if not (raw.FPDFPage_CountObjects(page) or raw.FPDFPage_GetAnnotCount(page)) or _is_ruled_only(page):
        return False
    return bool(_drawn(page, dpi=_GLANCE_DPI)[0].strip(_WHITE))


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    """Tell whether pictures, or forms that may hold some, cover much of a page."""
    width, height = rendering.size(page)
    objects = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM], max_depth=1)
    covered = 0.0
    for _, found in zip(range(_LOOKED_AT), objects, strict=False):
        left, bottom, right, top = found.get_bounds()
        covered += max(0.0, min(right - left, width)) * max(0.0, min(top - bottom, height))
    return covered > _COVERED * width * height


def picture(page: pypdfium2.PdfPage) -> ocr.Picture:
    """Draw a page in shades of grey for text recognition; raise PdfiumError when it cannot be drawn."""
    pixels, width, height = _drawn(page, dpi=ocr.DPI)
    return ocr.Picture.grey(pixels, width, height, dpi=ocr.DPI)


def _is_ruled_only(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page shows a few lines and boxes only, too few to draw letters with."""
    strokes = 0
    for found in page.get_objects(max_depth=1):
        strokes += raw.FPDFPath_CountSegments(found) if found.type == raw.FPDF_PAGEOBJ_PATH else _MANY_STROKES
        if strokes >= _MANY_STROKES:
            return False
    return not raw.FPDFPage_GetAnnotCount(page)


def _drawn(page: pypdfium2.PdfPage, *, dpi: int) -> tuple[bytes, int, int]:
    """Return the pixels of a page, one byte each, and how many stand in a row and in a column."""
    bitmap = rendering.drawn(
        page, dpi=dpi, pixels=ocr.PIXEL_LIMIT, side_pixels=ocr.SIDE_LIMIT_PIXELS, is_grey=True
    )
    try:
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        pixels = bytes(bitmap.buffer)
    finally:
        bitmap.close()
    if stride != width:
        pixels = b"".join(pixels[row * stride : row * stride + width] for row in range(height))
    return pixels, width, height
