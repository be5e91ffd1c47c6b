"""The boxes of a page's words, packed into about ten bytes a word.

Format, version 1: one byte, 1 without and 2 with confidence; then for each word, in the order of the text, the gap
between it and the end of the word before (at first the start of the page) and its length, in code points, as LEB128
numbers without sign; left, top, right and bottom as little-endian 16-bit parts of 65,535 of the page's width and
height, from its upper left corner as it is shown; and, with confidence, one byte of percent.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_PARTS = 65_535
_BOX = struct.Struct("<4H")
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
    """Return the words of a page that starts at `start`, in ascending order and apart; sizes are points."""
    words = list(words)
    has_confidence = any(word.confidence is not None for word in words)
    packed = bytearray([_WITH_CONFIDENCE if has_confidence else _PLAIN])
    position = start
    for word in words:
        packed += _number(word.start - position) + _number(word.end - word.start)
        across, down = (word.left, word.right), (word.top, word.bottom)
        (left, right), (top, bottom) = (_scaled(across, width), _scaled(down, height))
        packed += _BOX.pack(left, top, right, bottom)
        if has_confidence:
            packed.append(max(0, min(100, word.confidence or 0)))
        position = word.end
    return bytes(packed) if words else b""


def _scaled(ends: tuple[float, float], whole: float) -> tuple[int, int]:
    first, last = (max(0, min(_PARTS, round(end / whole * _PARTS))) if whole else 0 for end in ends)
    return first, last


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
