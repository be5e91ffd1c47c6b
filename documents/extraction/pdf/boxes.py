"""Where the characters of a page of a PDF stand."""

import ctypes
from collections import deque
from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

_SIDES = 4
_BYTES = _SIDES * ctypes.sizeof(ctypes.c_float)
# Bound anew, to be called with plain numbers: four times as fast as with objects of ctypes.
_character_box = ctypes.PYFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


class Boxes(NamedTuple):
    """Boxes, side by side: `lefts[i]`, `tops[i]`, `rights[i]` and `bottoms[i]` are those of the box i."""

    lefts: Sequence[float]
    tops: Sequence[float]
    rights: Sequence[float]
    bottoms: Sequence[float]


def of_characters(textpage: pypdfium2.PdfTextPage, places: Sequence[int]) -> Boxes:
    """Return the boxes of characters, as high as their line and as wide as they move it on; y points upwards."""
    sides = (ctypes.c_float * (_SIDES * len(places)))()
    first = ctypes.addressof(sides)
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    targets = range(first, first + _BYTES * len(places), _BYTES)
    deque(map(_character_box, repeat(handle), places, targets), maxlen=0)
    flat = sides[:]
    return Boxes(flat[0::4], flat[1::4], flat[2::4], flat[3::4])


def around(textpage: pypdfium2.PdfTextPage, places: Sequence[int], other_places: Sequence[int]) -> Boxes:
    """Return the boxes around two characters each."""
    first, last = of_characters(textpage, places), of_characters(textpage, other_places)
    return Boxes(
        _lesser(first.lefts, last.lefts),
        _greater(first.tops, last.tops),
        _greater(first.rights, last.rights),
        _lesser(first.bottoms, last.bottoms),
    )


def _lesser(sides: Sequence[float], others: Sequence[float]) -> list[float]:
    # Twice as fast as `min`; so is the other as `max`.
    return [side if side < other else other for side, other in zip(sides, others, strict=True)]  # noqa: FURB136 - `min` and `max` cost twice as much, for every word


def _greater(sides: Sequence[float], others: Sequence[float]) -> list[float]:
    return [side if side > other else other for side, other in zip(sides, others, strict=True)]  # noqa: FURB136 - `min` and `max` cost twice as much, for every word


def around_all(
    textpage: pypdfium2.PdfTextPage, places: Sequence[int], spans: Sequence[tuple[int, int]]
) -> Boxes:
    """Return the boxes around all characters of each span of a text, wherever its first and last may stand."""
    lefts, tops, rights, bottoms = of_characters(textpage, places)
    slices = [slice(*span) for span in spans]
    return Boxes(
        [min(lefts[span]) for span in slices],
        [max(tops[span]) for span in slices],
        [max(rights[span]) for span in slices],
        [min(bottoms[span]) for span in slices],
    )


def shown(page: pypdfium2.PdfPage, boxes: Boxes) -> Boxes:
    """Return boxes as the page shows them: turned, from its upper left corner, y pointing downwards."""
    corner = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, corner)
    across, along = corner.right - corner.left, corner.top - corner.bottom
    lefts, rights = _from(corner.left, boxes.lefts), _from(corner.left, boxes.rights)
    ups, downs = _to(corner.top, boxes.tops), _to(corner.top, boxes.bottoms)
    match page.get_rotation():
        case 90:
            return Boxes(_to(along, downs), lefts, _to(along, ups), rights)
        case 180:
            return Boxes(_to(across, rights), _to(along, downs), _to(across, lefts), _to(along, ups))
        case 270:
            return Boxes(ups, _to(across, rights), downs, _to(across, lefts))
        case _:
            return Boxes(lefts, ups, rights, downs)


def _from(origin: float, values: Sequence[float]) -> Sequence[float]:
    return [value - origin for value in values] if origin else values


def _to(end: float, values: Sequence[float]) -> Sequence[float]:
    return [end - value for value in values]
