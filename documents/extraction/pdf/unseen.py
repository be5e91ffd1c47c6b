"""Tell where the text of a page holds what the page does not show."""

import ctypes
from collections.abc import Sequence
from itertools import repeat

import pypdfium2
from pypdfium2 import raw

from documents.extraction.pdf import rendering
from documents.extraction.pdf.boxes import Boxes

# Bound anew, to be called with plain numbers, as in `boxes`.
_text_object = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
_render_mode = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFTextObj_GetTextRenderMode, ctypes.c_void_p).value or 0
)


def is_among(textpage: pypdfium2.PdfTextPage, places: Sequence[int]) -> bool:
    """Tell whether one of these characters is drawn invisibly, neither filled nor outlined."""
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    objects = set(map(_text_object, repeat(handle), places))
    return raw.FPDF_TEXTRENDERMODE_INVISIBLE in map(_render_mode, objects)


def is_outside(page: pypdfium2.PdfPage, boxes: Boxes) -> bool:
    """Tell whether one of some boxes, as the page shows them, lies wholly outside of it."""
    if not boxes.lefts:
        return False
    width, height = rendering.size(page)
    return (
        min(boxes.rights) < 0
        or min(boxes.bottoms) < 0
        or max(boxes.lefts) > width
        or max(boxes.tops) > height
    )
