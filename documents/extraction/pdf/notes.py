"""What somebody wrote onto a page of a PDF afterwards: typed words, stamps, and comments on the text."""

from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
from pypdfium2 import raw

from documents.extraction import layout
from documents.extraction.layout import Word
from documents.extraction.office.remarks import remark
from documents.extraction.pdf.boxes import Boxes, shown
from documents.extraction.pdf.forms import ANNOTATION_LIMIT, WORD, Field, annotation_at, box, told
from documents.extraction.pdf.words import Written
from documents.extraction.sheets import Sheet

_TYPED = (raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP)
_ON_WORDS = (
    raw.FPDF_ANNOT_HIGHLIGHT,
    raw.FPDF_ANNOT_UNDERLINE,
    raw.FPDF_ANNOT_SQUIGGLY,
    raw.FPDF_ANNOT_STRIKEOUT,
)
_COMMENTS = (raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_CARET, *_ON_WORDS)
_CONCEALED = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_SURE = 100
_LOOKED_UP = 200  # comments of a page of which the words are looked up


def noted(page: pypdfium2.PdfPage, found: Written) -> Iterator[Field]:
    """Yield what was written onto a page with this text, in the order of the file; the boxes are as it is shown."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), ANNOTATION_LIMIT)):
        with annotation_at(page, index) as annotation:
            kind = raw.FPDFAnnot_GetSubtype(annotation) if annotation else raw.FPDF_ANNOT_UNKNOWN
            if kind not in _TYPED + _COMMENTS or raw.FPDFAnnot_GetFlags(annotation) & _CONCEALED:
                continue
            text = _string(annotation, b"Contents")
            if text:
                sides = shown(page, Boxes(*([side] for side in box(annotation))))
                place = (sides.lefts[0], sides.tops[0], sides.rights[0], sides.bottoms[0])
                looks = kind in _ON_WORDS and index < _LOOKED_UP
                about = " ".join(_within(found, place)) if looks else ""
                yield Field("", _said(kind, annotation, text, about), place)


def _said(kind: int, annotation: Any, text: str, about: str) -> str:
    if kind in _TYPED:
        return text
    return remark(text, author=_string(annotation, b"T"), about=about)


def _within(found: Written, place: tuple[float, float, float, float]) -> Iterator[str]:
    """Yield the words of which the middle lies in a box."""
    for start, end, left, top, right, bottom in zip(found.starts, found.ends, *found.boxes, strict=True):
        if place[0] <= (left + right) / 2 <= place[2] and place[1] <= (top + bottom) / 2 <= place[3]:
            yield found.text[start:end]


def _string(annotation: Any, key: bytes) -> str:
    def ask(_form: Any, annotation: Any, target: Any, length: int) -> int:
        return int(raw.FPDFAnnot_GetStringValue(annotation, key, target, length))

    return told(ask, None, annotation)


def with_notes(sheet: Sheet, notes: Sequence[Field]) -> Sheet:
    """Return a page with a line below its text for each note; the words of a note have its box."""
    width, height = sheet.width, sheet.height
    words = list(layout.unpack(sheet.layout, start=0, end=len(sheet.text), width=width, height=height))
    confidence = _SURE if any(word.confidence is not None for word in words) else None
    text = sheet.text.rstrip("\n")
    for note in notes:
        text += "\n" if text else ""
        spans = [found.span() for found in WORD.finditer(note.value)]
        words += [Word(len(text) + start, len(text) + end, *note.box, confidence) for start, end in spans]
        text += note.value
    return Sheet(width, height, text, layout.pack(words, start=0, width=width, height=height))
