"""Tell which pages of a PDF are pictures of text, and draw them to be recognised."""

import re
from collections import Counter

import pypdfium2
from pypdfium2 import raw

from documents.extraction import layout, ocr
from documents.extraction.layout import Word
from documents.extraction.pdf import rendering
from documents.extraction.pdf.boxes import Boxes
from documents.extraction.pdf.words import Written
from documents.extraction.sheets import Sheet

_THIN_LETTERS = 200  # a header, a stamp of the court and the number of the page
_COVERED = 0.5
_MOSTLY_PICTURE = 0.6
_STAMPED_HEIGHT = 1 / 3  # of a page, in which the lines of stamps, headers and page numbers stand
_SURE = 100
_LOOKED_AT = 1_000
_GARBAGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_GARBAGE_SHARE = 0.3
_GLANCE_DPI = 36
_MANY_STROKES = 60
_WHITE = b"\xff"
_LETTER = re.compile(r"[^\W_]")
_TOKEN = re.compile(r"[^\W_]+")


def letters(text: str) -> int:
    """Return how many letters and digits a text has, none where it is mostly signs without a meaning."""
    if len(_GARBAGE.findall(text)) > _GARBAGE_SHARE * len(text):
        return 0
    return len(_LETTER.findall(text))


def may_be_scanned(page: pypdfium2.PdfPage, found: Written) -> bool:
    """Tell whether a page shows more than its text holds: no text but something drawn, or a picture of a page."""
    is_certainly_long = len(found.text) > 2 * _THIN_LETTERS and not _GARBAGE.search(found.text)
    count = _THIN_LETTERS + 1 if is_certainly_long else letters(found.text)
    if count > _THIN_LETTERS:
        return _stands_on_a_picture(page, found.boxes)
    return _shows_something(page) if not count else is_covered(page)


def _stands_on_a_picture(page: pypdfium2.PdfPage, boxes: Boxes) -> bool:
    """Tell whether a page is mostly pictures, and its text, however long, stands in a small part of it."""
    height = rendering.size(page)[1]
    if _height_of_lines(boxes) >= _STAMPED_HEIGHT * height:
        return False
    return _has_pictures(page) and is_covered(page, _MOSTLY_PICTURE) and not is_hidden(page)


def _height_of_lines(boxes: Boxes) -> float:
    """Return how much of a page's height its words stand in, without those that are written up or across a page."""
    lines = {
        (int(top), int(bottom))
        for left, top, right, bottom in zip(*boxes, strict=True)
        if bottom - top < 2 * (right - left)
    }
    height = end = 0
    for top, bottom in sorted(lines):
        height += max(0, bottom - max(top, end))
        end = max(end, bottom)
    return height


def _has_pictures(page: pypdfium2.PdfPage) -> bool:
    """Tell whether there are pictures on a page or in its forms, which often hold all of a page that was stamped."""
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5))


def is_hidden(page: pypdfium2.PdfPage) -> bool:
    """Tell whether all text of a page is invisible: what another program recognised in its picture."""
    texts = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=5)
    return all(
        raw.FPDFTextObj_GetTextRenderMode(found) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
        for _, found in zip(range(_LOOKED_AT), texts, strict=False)
    )


def with_recognised(sheet: Sheet, recognised: ocr.Recognised, *, is_hidden: bool) -> Sheet:
    """Return a page with what was recognised on it: no word of either text is lost but where the other has it too.

    Of a text that is hidden, or means nothing, and the recognised one the longer is kept: both are of one picture.
    """
    own, other = letters(sheet.text), letters(recognised.text)
    if not other or (is_hidden and own >= other):
        return sheet
    if own and not is_hidden and _holds(sheet.text, recognised.text):
        return sheet
    if not own or is_hidden or _holds(recognised.text, sheet.text):
        return Sheet(sheet.width, sheet.height, recognised.text, recognised.layout())
    return _both(sheet, recognised)


def _holds(text: str, other: str) -> bool:
    return not _tokens(other) - _tokens(text)


def _tokens(text: str) -> Counter[str]:
    return Counter(_TOKEN.findall(text.casefold()))


def _both(sheet: Sheet, recognised: ocr.Recognised) -> Sheet:
    """Put what was recognised below the text of a page."""
    text = sheet.text.rstrip("\n") + "\n"
    width, height = sheet.width, sheet.height
    own = layout.unpack(sheet.layout, start=0, end=len(sheet.text), width=width, height=height)
    across, down = width / recognised.width, height / recognised.height
    below = [
        Word(
            word.start + len(text),
            word.end + len(text),
            *(word.left * across, word.top * down, word.right * across, word.bottom * down),
            word.confidence,
        )
        for word in recognised.words
    ]
    words = [*(word._replace(confidence=_SURE) for word in own), *below]
    packed = layout.pack(words, start=0, width=width, height=height)
    return Sheet(width, height, text + recognised.text, packed)


def _shows_something(page: pypdfium2.PdfPage) -> bool:
    """Tell whether there may be something to read on a page that has no text."""
    if not (raw.FPDFPage_CountObjects(page) or raw.FPDFPage_GetAnnotCount(page)) or _is_ruled_only(page):
        return False
    return bool(_drawn(page, dpi=_GLANCE_DPI)[0].strip(_WHITE))


def is_covered(page: pypdfium2.PdfPage, share: float = _COVERED) -> bool:
    """Tell whether pictures, or forms that may hold some, cover much of a page."""
    width, height = rendering.size(page)
    objects = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM], max_depth=1)
    covered = 0.0
    for _, found in zip(range(_LOOKED_AT), objects, strict=False):
        left, bottom, right, top = found.get_bounds()
        covered += max(0.0, min(right - left, width)) * max(0.0, min(top - bottom, height))
    return covered > share * width * height


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
