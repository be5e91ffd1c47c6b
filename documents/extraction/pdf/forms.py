"""What was filled into the fields of a PDF's form, which is no part of the text of its pages."""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

import pypdfium2
from pypdfium2 import raw

from documents.extraction.cleaning import clean, unligated
from documents.extraction.pdf.boxes import Boxes, shown
from documents.extraction.pdf.words import Written

ANNOTATION_LIMIT = 10_000
WORD = re.compile(r"\S+")
_WRITTEN = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
_TICKED = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
_TICK = "[x]"
_CHARACTER_LIMIT = 100_000


class Field(NamedTuple):
    """A filled field: what a reader is told it is for, its value, and (left, top, right, bottom), y upwards."""

    label: str
    value: str
    box: tuple[float, float, float, float]


def filled(page: pypdfium2.PdfPage) -> Iterator[Field]:
    """Yield the filled fields of a page in the order of the file, boxes that are ticked included."""
    if not page.formenv:
        return
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), ANNOTATION_LIMIT)):
        with annotation_at(page, index) as annotation:
            value = _value(page.formenv, annotation)
            if value:
                label = told(raw.FPDFAnnot_GetFormFieldAlternateName, page.formenv, annotation)
                yield Field(label, value, box(annotation))


def with_fields(page: pypdfium2.PdfPage, found: Written) -> Written:
    """Return the text of a page with a line below for each filled field; the words of a value have the field's box."""
    text, starts, ends = found.text, list(found.starts), list(found.ends)
    boxes = []
    for field in filled(page):
        text += f"\n{field.label}: " if field.label else "\n"
        spans = [word.span() for word in WORD.finditer(field.value)]
        starts += [len(text) + start for start, _ in spans]
        ends += [len(text) + end for _, end in spans]
        boxes += [field.box] * len(spans)
        text += field.value
    if not boxes:
        return found
    below = shown(page, Boxes(*map(list, zip(*boxes, strict=True))))
    sides = (list(chain(*pair)) for pair in zip(found.boxes, below, strict=True))
    return Written(text, starts, ends, Boxes(*sides), found.is_invisible)


@contextmanager
def annotation_at(page: pypdfium2.PdfPage, index: int) -> Iterator[Any]:
    """Give an annotation of a page, which may be null, and close it."""
    annotation = raw.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _value(form: Any, annotation: Any) -> str:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation) if annotation else raw.FPDF_FORMFIELD_UNKNOWN
    if kind in _TICKED:
        return _TICK if raw.FPDFAnnot_IsChecked(form, annotation) else ""
    return told(raw.FPDFAnnot_GetFormFieldValue, form, annotation) if kind in _WRITTEN else ""


def told(ask: Callable[..., int], form: Any, annotation: Any) -> str:
    """Return a text that PDFium tells of an annotation, without the white space around it."""
    length = min(ask(form, annotation, None, 0), _CHARACTER_LIMIT)
    if not length:
        return ""
    told = (ctypes.c_ushort * (length // 2 + 1))()
    ask(form, annotation, told, length)
    text = bytes(told)[: length - 2].decode("utf-16-le", "surrogatepass")
    return unligated(clean(text)).strip()


def box(annotation: Any) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of an annotation in points, y upwards."""
    rectangle = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, rectangle)
    return rectangle.left, rectangle.top, rectangle.right, rectangle.bottom
