"""Tell raised and lowered digits from those beside them, lest the sign of a note becomes a part of a sum."""

import ctypes
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise

import pypdfium2
from pypdfium2 import raw

from documents.extraction.pdf import boxes
from documents.extraction.pdf.boxes import Boxes

_NUMBER = re.compile(r"\d[\d.,]*\d")
_RAISED, _LOWERED = "^", "_"
_SHIFT = 0.12  # of the height of the line; programs raise by a fifth to a half of it
_LEVEL = 0.01  # radians


def numbers(text: str) -> list[tuple[int, int]]:
    """Return the spans of the numbers of a text, those of one digit excepted."""
    return list(map(re.Match.span, _NUMBER.finditer(text)))


def signs(
    textpage: pypdfium2.PdfTextPage, text: str, spans: Sequence[tuple[int, int]], places: Sequence[int]
) -> dict[int, str]:
    """Return "^" or "_" for each digit of some numbers before which the line of writing shifts, by its place in `text`.

    `places` are those of the characters of all numbers, one number after the other. Where a full stop or a comma
    stands between two digits, only the second can be a sign.
    """
    found = boxes.of_characters(textpage, places)
    signs: dict[int, str] = {}
    begin = 0
    for start, end in spans:
        stop = begin + end - start
        if len(set(found.bottoms[begin:stop])) > 1:
            digits = [place for place in range(begin, stop) if text[start + place - begin].isdecimal()]
            signs.update((start + at - begin, sign) for at, sign in _shifts(textpage, places, digits, found))
        begin = stop
    return signs


def characters(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return the places in a text of all characters of some spans."""
    return list(chain.from_iterable(range(start, end) for start, end in spans))


def marked(text: str, places: Sequence[int], signs: Mapping[int, str]) -> tuple[str, list[int]]:
    """Put signs into a text, and return it with the place of each character; that of a sign is its digit's."""
    pieces = [signs.get(index, "") + character for index, character in enumerate(text)]
    doubled = chain.from_iterable([place] * len(piece) for place, piece in zip(places, pieces, strict=True))
    return "".join(pieces), list(doubled)


def _shifts(
    textpage: pypdfium2.PdfTextPage, places: Sequence[int], digits: Sequence[int], found: Boxes
) -> Iterator[tuple[int, str]]:
    """Yield the digits that stand higher or lower than the one before, by their place in `places`."""
    if abs(raw.FPDFText_GetCharAngle(textpage, places[digits[0]])) > _LEVEL:
        return
    heights = [top - bottom for top, bottom in zip(found.tops, found.bottoms, strict=True)]
    for before, after in pairwise(digits):
        rise = _baseline(textpage, places[after]) - _baseline(textpage, places[before])
        height = max(heights[before], heights[after])
        if not _SHIFT * height < abs(rise) < height:
            continue
        is_script = heights[after] <= heights[before]
        if after == before + 1 or (is_script and rise > 0):
            yield after, _RAISED if is_script == (rise > 0) else _LOWERED


def _baseline(textpage: pypdfium2.PdfTextPage, place: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, place, x, y)
    return y.value
