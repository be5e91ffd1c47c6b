"""The boxes of a page's words, packed into about ten bytes a word.

Format, version 1: one byte, 1 without and 2 with confidence; then for each word, in the order of the text, the gap
between it and the end of the word before (at first the start of the page) and its length, in code points, as LEB128
numbers without sign; left, top, right and bottom as little-endian 16-bit parts of 65,535 of the page's width and
height, from its upper left corner as it is shown; and, with confidence, one byte of percent.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import sub
from typing import NamedTuple

_PARTS = 65_535
_BOX, _BOX_WITH_CONFIDENCE = struct.Struct("<4H"), struct.Struct("<4HB")
_PLAIN, _WITH_CONFIDENCE = 1, 2
_MORE, _SEVEN_BITS = 0x80, 0x7F


class Word(NamedTuple):
    """A word: its place in the document's text in code points, and its box in points from the upper left corner.

    `confidence` is what text recognition thinks of it, in percent; None where the file itself holds the word.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: int | None = None


class BadLayout(ValueError):
    """These bytes are no layout of this page."""


def pack(words: Iterable[Word], *, start: int, width: float, height: float) -> bytes:
    """Return the words of a page that starts at `start`, in ascending order and apart; sizes are points.

    A word that breaks at the end of a line may come as two parts, which touch in the text.
    """
    columns = list(zip(*words, strict=True))
    if not columns:
        return b""
    starts, ends, lefts, tops, rights, bottoms, percents = columns
    sides = (lefts, tops, rights, bottoms)
    return pack_columns(starts, ends, sides, percents, start=start, width=width, height=height)


def pack_columns(
    starts: Sequence[int],
    ends: Sequence[int],
    sides: tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]],
    percents: Sequence[int | None] = (),
    *,
    start: int,
    width: float,
    height: float,
) -> bytes:
    """Do as `pack` does, with the fields of all words side by side; `sides` are lefts, tops, rights and bottoms."""
    if not starts:
        return b""
    columns = [_scaled(side, whole) for side, whole in zip(sides, (width, height) * 2, strict=True)]
    version, box = _PLAIN, _BOX
    if any(percent is not None for percent in percents):
        columns.append([max(0, min(100, percent or 0)) for percent in percents])
        version, box = _WITH_CONFIDENCE, _BOX_WITH_CONFIDENCE
    try:
        boxes = list(map(box.pack, *columns))
    except struct.error:  # a side lies outside the page
        boxes = list(map(box.pack, *([max(0, min(_PARTS, part)) for part in column] for column in columns)))
    gaps = map(_number, map(sub, starts, (start, *ends)))
    lengths = map(_number, map(sub, ends, starts))
    return bytes([version]) + b"".join(chain.from_iterable(zip(gaps, lengths, boxes, strict=True)))


def _scaled(sides: Sequence[float], whole: float) -> list[int]:
    """Return how far sides of boxes lie into the whole, in parts of it."""
    parts_a_point = _PARTS / whole if whole else 0.0
    try:
        return [int(side * parts_a_point) for side in sides]
    except (ValueError, OverflowError):  # a side is no number, or endless
        return [int(side * parts_a_point) if math.isfinite(side) else 0 for side in sides]


@lru_cache(1_024)  # nearly all are small
def _number(value: int) -> bytes:
    if value < 0:
        raise ValueError("The words of a page follow one another in its text.")
    packed = bytearray()
    while value > _SEVEN_BITS:
        packed.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    packed.append(value)
    return bytes(packed)


def unpack(packed: bytes, *, start: int, end: int, width: float, height: float) -> Iterator[Word]:
    """Yield the words that `pack` took; raise BadLayout when these bytes hold none of text[start:end]."""
    try:
        yield from _words(packed, start, end, width, height)
    except (IndexError, struct.error):
        raise BadLayout from None


def check(packed: bytes, *, length: int) -> None:
    """Raise BadLayout unless `unpack` can read these bytes as words of a page of so many code points."""
    if not packed:
        return
    if packed[0] not in (_PLAIN, _WITH_CONFIDENCE):
        raise BadLayout
    place, position, size = 1, 0, _BOX.size + (packed[0] == _WITH_CONFIDENCE)
    try:
        while place < len(packed):
            gap, word = packed[place], packed[place + 1]
            if (gap | word) & _MORE:
                gap, place = _read_number(packed, place)
                word, place = _read_number(packed, place)
            else:  # nearly all
                place += 2
            position, place = position + gap + word, place + size
    except IndexError:
        raise BadLayout from None
    if place != len(packed) or position > length:
        raise BadLayout


def _words(packed: bytes, start: int, end: int, width: float, height: float) -> Iterator[Word]:
    if not packed:
        return
    if packed[0] not in (_PLAIN, _WITH_CONFIDENCE):
        raise BadLayout
    has_confidence = packed[0] == _WITH_CONFIDENCE
    place, position = 1, start
    while place < len(packed):
        gap, place = _read_number(packed, place)
        length, place = _read_number(packed, place)
        left, top, right, bottom = _BOX.unpack_from(packed, place)
        place += _BOX.size
        confidence = packed[place] if has_confidence else None
        place += has_confidence
        first, position = position + gap, position + gap + length
        if position > end:
            raise BadLayout
        across, down = width / _PARTS, height / _PARTS
        yield Word(first, position, left * across, top * down, right * across, bottom * down, confidence)


def _read_number(packed: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = packed[place]
        value |= (byte & _SEVEN_BITS) << shift
        place, shift = place + 1, shift + 7
        if not byte & _MORE:
            return value, place
        if shift > 28:  # noqa: PLR2004 - no text is longer than four groups of seven bits and a fifth tell
            raise BadLayout
