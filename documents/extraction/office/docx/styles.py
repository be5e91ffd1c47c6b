"""What the styles of a Word document say of outline levels, numbering and looks."""

import re
from dataclasses import dataclass, field

from documents.extraction import office
from documents.extraction.office import Element
from documents.extraction.office.docx.looks import Look
from documents.extraction.office.docx.names import WORD

TITLE_LEVEL = -1  # above all headings
HEADING_LEVELS = 9
_LINEAGE_LIMIT = 50
_HEADING_NAME = re.compile(r"heading ([1-9])", re.IGNORECASE)


@dataclass(slots=True)
class Style:
    """One style as it is written; None where it says nothing and the style that it is based on decides."""

    based_on: str = ""
    outline: int | None = None
    number_id: str | None = None
    level: int | None = None
    look: Look = field(default_factory=Look)


@dataclass(slots=True)
class Resolved:
    """A style with all that it is based on; `lineage` are the styles down to the one that names the list."""

    outline: int | None = None
    number_id: str | None = None
    level: int | None = None
    look: Look = field(default_factory=Look)
    lineage: list[str] = field(default_factory=list)


class Styles:
    """The styles of one document."""

    def __init__(self) -> None:
        self.default = ""
        self._written: dict[str, Style] = {}
        self._resolved: dict[str, Resolved] = {}

    @classmethod
    def read(cls, package: office.Package, part: str) -> "Styles":
        """Read the part of the styles; one that is missing holds none."""
        styles, style, is_inside = cls(), Style(), False
        for opens, name, element in package.elements(part, WORD):
            if name == "style":
                is_inside = opens
                style = styles._added(element) if opens else style
            elif is_inside and opens:
                _note(style, name, element)
        return styles

    def _added(self, element: Element) -> Style:
        identifier = office.value(element, "styleId")
        if office.value(element, "type") == "paragraph" and office.value(element, "default") in ("1", "true"):
            self.default = identifier
        return self._written.setdefault(identifier, Style())

    def resolved(self, identifier: str) -> Resolved:
        """Return what a paragraph of this style inherits; a style that is not there says nothing."""
        if identifier not in self._resolved:
            self._resolved[identifier] = self._resolve(identifier)
        return self._resolved[identifier]

    def _resolve(self, identifier: str) -> Resolved:
        found, seen = Resolved(), set[str]()
        while identifier in self._written and identifier not in seen and len(seen) < _LINEAGE_LIMIT:
            seen.add(identifier)
            style = self._written[identifier]
            if found.number_id is None:
                found.lineage.append(identifier)
            found.outline = style.outline if found.outline is None else found.outline
            found.look = found.look.over(style.look)
            found.level = style.level if found.level is None else found.level
            found.number_id = style.number_id if found.number_id is None else found.number_id
            identifier = style.based_on
        return found


def _note(style: Style, name: str, element: Element) -> None:
    value = office.value(element)
    if name == "name":
        style.outline = _outline_by_name(value)
    elif name == "basedOn":
        style.based_on = value
    elif name == "outlineLvl":
        style.outline = office.integer(value, HEADING_LEVELS)
    elif name == "numId":
        style.number_id = value
    elif name == "ilvl":
        style.level = office.integer(value)
    else:
        style.look.note(name, element)


def _outline_by_name(name: str) -> int | None:
    """Return the level that the names of Word's own styles tell, in every language of Word."""
    if name.lower() == "title":
        return TITLE_LEVEL
    match = _HEADING_NAME.fullmatch(name)
    return int(match[1]) - 1 if match else None
