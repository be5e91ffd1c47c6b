"""The characters of a page as PDFium draws them, one by one, which asks nothing of our own reader."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

import pypdfium2
from pypdfium2 import raw

from documents.extraction.layout import Word

_FINE = 1_000  # units a point: PDFium answers in whole ones
_SLACK_POINTS = 0.1  # a box is kept in parts of 65,535 of its page


@dataclass(frozen=True, slots=True)
class Drawn:
    """A character, the middle of its box, and the height of its font; in points.

    Places count from the upper left corner of the page as it is shown.
    """

    text: str
    across: float
    down: float
    points: float

    def is_in(self, word: Word) -> bool:
        """Tell whether its middle lies in the box of a word."""
        return (
            word.left - _SLACK_POINTS <= self.across <= word.right + _SLACK_POINTS
            and word.top - _SLACK_POINTS <= self.down <= word.bottom + _SLACK_POINTS
        )


def characters(page: pypdfium2.PdfPage) -> list[Drawn]:
    """Return the characters that are drawn on a page."""
    return list(_characters(page))


def _characters(page: pypdfium2.PdfPage) -> Iterator[Drawn]:
    textpage = page.get_textpage()
    place = _Place(page)
    for index in range(textpage.count_chars()):
        text = chr(raw.FPDFText_GetUnicode(textpage, index))
        if text.isspace() or raw.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        left, bottom, right, top = textpage.get_charbox(index)
        yield Drawn(text, *place((left + right) / 2, (bottom + top) / 2), _points(textpage, index))


class _Place:
    """Turns places in the units of a page into points from its upper left corner as it is shown."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        width, height = page.get_size()
        self._size = (round(width * _FINE), round(height * _FINE))
        self._answer = (ctypes.c_int(), ctypes.c_int())

    def __call__(self, across: float, down: float) -> tuple[float, float]:
        raw.FPDF_PageToDevice(
            self._page, 0, 0, *self._size, 0, across, down, *map(ctypes.byref, self._answer)
        )
        return self._answer[0].value / _FINE, self._answer[1].value / _FINE


def _points(textpage: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the height of the font, as the text's matrix scales it."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    return raw.FPDFText_GetFontSize(textpage, index) * hypot(matrix.c, matrix.d)
