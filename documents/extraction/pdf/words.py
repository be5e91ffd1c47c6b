"""The text of a page of a PDF, and its words with their boxes on the page as it is shown.

PDFium counts in two ways: places in its text are UTF-16 units, places of characters also count those without text.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import add
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from documents.extraction.cleaning import clean, unligated
from documents.extraction.pdf import boxes, right_to_left, scripts, unseen
from documents.extraction.pdf.boxes import Boxes

_HYPHEN_MARK = "\ufffe"
_MARK = re.compile(_HYPHEN_MARK)
_WORD = re.compile(r"[^\s\ufffe]+")
# U+0000, what is written from the right, what has no width, surrogates, presentation forms, hyphen marks and all
# beyond the first plane.
_DEMANDING = re.compile("[\0\u0590-\u08ff\u200b\u2060-\u2064\ud800-\udfff\ufb00-\U0010ffff]")


class Written(NamedTuple):
    """The cleaned text of a page, and its words in their order: text[starts[i]:ends[i]] stands in the box i.

    A word that breaks at the end of a line has two parts, which touch in the text. `is_invisible` where one at least
    is drawn so that nobody sees it.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    boxes: Boxes
    is_invisible: bool = False


def written(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> Written:
    """Return the text and the words of a page, the boxes in points as the page is shown."""
    text: str = textpage.get_text_range(errors="surrogatepass")
    cleaned = text.replace("\r\n", "\n")
    if _DEMANDING.search(text) or "\r" in cleaned or text.count("\r\n") != cleaned.count("\n"):
        return _written_with_care(page, textpage, text)
    if not cleaned.strip():
        return Written(cleaned, (), (), Boxes((), (), (), ()))
    is_even = textpage.count_chars() == len(text)
    numbers = scripts.numbers(text)
    if numbers:
        digits = scripts.characters(numbers)
        if scripts.signs(textpage, text, numbers, digits if is_even else _places(textpage, digits)):
            return _written_with_care(page, textpage, text)
    # Only the ends of lines were cleaned: a unit was lost with each.
    starts, ends = zip(*_spans(cleaned), strict=True)
    lines = list(_lines(cleaned))
    first = list(map(add, starts, lines))
    last = list(map(add, ends, [line - 1 for line in lines]))
    if not is_even:
        first, last = _places(textpage, first), _places(textpage, last)
    found = boxes.shown(page, boxes.around(textpage, first, last))
    return Written(cleaned, starts, ends, found, unseen.is_among(textpage, first))


def _spans(text: str) -> list[tuple[int, int]]:
    return list(map(re.Match.span, _WORD.finditer(text)))


def _lines(text: str) -> Iterator[int]:
    """Yield on which line, counted from 0, each word of a text stands."""
    counts = [len(line.split()) for line in text.split("\n")]
    return chain.from_iterable(map(repeat, range(len(counts)), counts))


def _places(textpage: pypdfium2.PdfTextPage, units: Iterable[int]) -> list[int]:
    return [raw.FPDFText_GetCharIndexFromTextIndex(textpage, unit) for unit in units]


def _written_with_care(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, text: str) -> Written:
    """Clean each word of a text, and look for the box of each character where the direction changes."""
    text = "".join(map(chr, array("H", text.encode("utf-16-le", "surrogatepass"))))
    is_even = textpage.count_chars() == len(text)
    places: Sequence[int] = range(len(text)) if is_even else _places(textpage, range(len(text)))
    # A letter that its font maps to U+0000 bears the same mark as a hyphen at a line's end.
    text = _MARK.sub(lambda found: found[0] if _is_hyphen(textpage, places[found.start()]) else "\0", text)
    is_mixed = right_to_left.is_in(text)
    if is_mixed:
        text, places = right_to_left.mended(text, places, boxes.of_characters(textpage, places))
    text, places = _with_scripts(textpage, text, places)
    cleaned, spans, sources = _cleaned(text)
    if not spans:
        return Written(cleaned, (), (), Boxes((), (), (), ()))
    first, last = zip(*((places[start], places[end - 1]) for start, end in sources), strict=True)
    found = boxes.around_all(textpage, places, sources) if is_mixed else boxes.around(textpage, first, last)
    starts, ends = zip(*spans, strict=True)
    return Written(cleaned, starts, ends, boxes.shown(page, found), unseen.is_among(textpage, first))


def _with_scripts(
    textpage: pypdfium2.PdfTextPage, text: str, places: Sequence[int]
) -> tuple[str, Sequence[int]]:
    numbers = scripts.numbers(text)
    digits = [places[index] for index in scripts.characters(numbers)]
    signs = scripts.signs(textpage, text, numbers, digits)
    return scripts.marked(text, places, signs) if signs else (text, places)


def _is_hyphen(textpage: pypdfium2.PdfTextPage, place: int) -> bool:
    return bool(raw.FPDFText_IsHyphen(textpage, place) == 1)


class _Cleaned(NamedTuple):
    """The cleaned text, and the spans of its words in it and in the text that PDFium gives."""

    text: str
    spans: list[tuple[int, int]]
    sources: list[tuple[int, int]]


def _cleaned(text: str) -> _Cleaned:
    """Clean each word of a text, and what stands between them."""
    cleaned = [""]
    spans, sources = [], []
    length = before = 0
    for start, end in [*_spans(text), (len(text), len(text))]:
        word = text[start:end]
        if _DEMANDING.search(word):
            word = unligated(clean(_combined(word)))
        gap = _gap(text[before:start], cleaned[-1][-1:], word[:1])
        cleaned += gap, word
        length += len(gap) + len(word)
        if word:
            spans.append((length - len(word), length))
            sources.append((start, end))
        before = end
    return _Cleaned("".join(cleaned), spans, sources)


def _gap(gap: str, before: str, after: str) -> str:
    """Return what stands between two words, of which the last and the first character are known."""
    if gap == _HYPHEN_MARK and _is_broken(before, after):
        return ""
    return clean(gap.replace(_HYPHEN_MARK, "-"))


def _is_broken(before: str, after: str) -> bool:
    """Tell whether a line's end alone put a hyphen between two letters: not into "Smith-Jones" and "2020-2021"."""
    return before.isalpha() and after.isalpha() and (before.isupper() or not after.isupper())


def _combined(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
