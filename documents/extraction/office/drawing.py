"""The text within drawings of office files: slides, shapes on a sheet, diagrams and charts (DrawingML)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from documents.extraction import office
from documents.extraction.office import Element
from documents.extraction.refusals import OverLimits

NAMESPACES = frozenset(
    [
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://purl.oclc.org/ooxml/drawingml/main",
        "http://schemas.openxmlformats.org/presentationml/2006/main",
        "http://purl.oclc.org/ooxml/presentationml/main",
        "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
        "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "http://schemas.microsoft.com/office/powerpoint/2018/8/main",
    ]
)


@dataclass(slots=True)
class Shown:
    """A paragraph of a shape or a row of a table; `role` is that of its placeholder, such as "title"."""

    text: str
    role: str = ""


class Drawing:
    """The lines of one part, which grow as its elements open and close; `budget` counts characters."""

    def __init__(self, *, budget: int) -> None:
        self.budget = budget
        self.lines: list[Shown] = []
        self._role = ""
        self._pieces: list[str] | None = None
        self._cells: list[str] | None = None
        self._cell: list[str] | None = None
        self._alternatives: list[bool] = []  # whether one was taken already
        self._skipped = 0
        self._opening: dict[str, Callable[[Element], None]] = {
            "sp": self._open_shape,
            "graphicFrame": self._open_shape,
            "cxnSp": self._open_shape,
            "ph": self._open_placeholder,
            "p": self._open_paragraph,
            "tr": self._open_row,
            "tc": self._open_cell,
            "fld": self._open_field,
            "AlternateContent": self._open_alternatives,
            "Choice": self._open_alternative,
            "Fallback": self._open_alternative,
        }
        self._closing: dict[str, Callable[[Element], None]] = {
            "p": self._close_paragraph,
            "t": self._close_text,
            "br": self._close_break,
            "tc": self._close_cell,
            "tr": self._close_row,
            "AlternateContent": self._close_alternatives,
        }

    def read(self, package: office.Package, part: str) -> list[Shown]:
        """Return the lines of a part in the order of its elements; raise OverLimits when they hold too much."""
        for opens, name, element in package.elements(part, NAMESPACES):
            self.take(name, element, opens=opens)
        return self.lines

    def take(self, name: str, element: Element, *, opens: bool) -> None:
        """Follow one element."""
        if self._skipped:
            self._skipped += 1 if opens else -1
            return
        step = (self._opening if opens else self._closing).get(name)
        if step is not None:
            step(element)

    def _open_shape(self, _element: Element) -> None:
        self._role = ""

    def _open_placeholder(self, element: Element) -> None:
        self._role = element.get("type", "")

    def _open_paragraph(self, _element: Element) -> None:
        self._pieces = []

    def _close_paragraph(self, _element: Element) -> None:
        text = "".join(self._pieces or [])
        self._pieces = None
        self._spend(1)
        if self._cell is not None:
            self._cell.append(text)
        elif text.strip():
            self.lines.append(Shown(text, self._role))

    def _close_text(self, element: Element) -> None:
        text = office.text_at_end(element)
        self._spend(len(text))
        if self._pieces is not None:
            self._pieces.append(text)

    def _close_break(self, _element: Element) -> None:
        if self._pieces is not None:
            self._pieces.append("\n")

    def _open_row(self, _element: Element) -> None:
        self._cells = []

    def _open_cell(self, _element: Element) -> None:
        self._cell = []

    def _close_cell(self, _element: Element) -> None:
        if self._cells is not None and self._cell is not None:
            self._spend(1)
            self._cells.append("\n".join(self._cell))
        self._cell = None

    def _close_row(self, _element: Element) -> None:
        text = "\t".join(self._cells or [])
        self._cells = None
        if text.strip():
            self.lines.append(Shown(text, self._role))

    def _open_field(self, element: Element) -> None:
        if element.get("type") == "slidenum":
            self._skipped = 1

    def _open_alternatives(self, _element: Element) -> None:
        self._alternatives.append(False)

    def _open_alternative(self, _element: Element) -> None:
        if self._alternatives and self._alternatives[-1]:
            self._skipped = 1
        elif self._alternatives:
            self._alternatives[-1] = True

    def _close_alternatives(self, _element: Element) -> None:
        if self._alternatives:
            self._alternatives.pop()

    def _spend(self, characters: int) -> None:
        self.budget -= characters
        if self.budget < 0:
            raise OverLimits


def texts(package: office.Package, parts: list[str], *, budget: int) -> Iterator[str]:
    """Give the paragraphs of drawings that stand in parts of their own, such as diagrams and charts."""
    for part in parts:
        drawing = Drawing(budget=budget)
        for line in drawing.read(package, part):
            yield line.text
        budget = drawing.budget
