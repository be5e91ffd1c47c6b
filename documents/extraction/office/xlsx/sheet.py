"""Read one sheet of a workbook: its rows as lines, and what is written around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

from documents.extraction import limits, office
from documents.extraction.office import Element
from documents.extraction.office.xlsx import formats
from documents.extraction.office.xlsx.names import SHEET
from documents.extraction.office.xlsx.runs import Runs, decoded
from documents.extraction.office.xlsx.workbook import Workbook
from documents.extraction.refusals import OverLimits

_HEADERS_AND_FOOTERS = frozenset(
    ["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"]
)
# Codes of headers and footers (ECMA-376, part 1, 18.3.1.46): fonts, sizes, colours and looks; then places of the line.
_LOOK = re.compile(r'&(?:"[^"]*"|\d+|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|[BIUESXYOHPNDTFZGA])')
_PLACE = re.compile("&[LCR]")
GAP_LIMIT = 50  # empty cells side by side that leave a tab each
_CELL = re.compile("([A-Z]{1,3})[0-9]+")


@dataclass(slots=True)
class _Cell:
    kind: str = "n"
    style: int = 0
    value: str = ""
    runs: Runs = field(default_factory=Runs)
    has_formula: bool = False


class Rows:
    """The lines of one sheet: its rows in their order, then its headers and footers, each once.

    Cells are parted by tabs and rows by line breaks. An empty cell before one that holds something leaves its tab, so
    that columns stay columns; more than GAP_LIMIT of them side by side leave one tab, and empty rows leave nothing, so
    that two cells a million rows apart are two lines.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._cells: list[str] = []  # of a row, and the tabs before each
        self._column = 0  # of the cell that is read, counted from 1
        self._filled = 1  # the last column that holds something; the first takes no tab
        self._cell = _Cell()
        self._left = limits.CHARACTER_LIMIT
        self._around: list[str] = []
        self.struck_out = 0
        self.has_hidden = False
        self.has_uncomputed = False

    def read(self, package: office.Package, part: str, *, budget: int) -> Iterator[str]:
        """Give the lines of a sheet one after the other; raise OverLimits when a row is longer than the budget."""
        for opens, name, element in package.elements(part, SHEET):
            if opens:
                self._open(name, element, budget)
            elif name == "row":
                yield "".join(self._cells)
                self._cells, self._column, self._filled = [], 0, 1
            else:
                self._close(name, element)
        yield from dict.fromkeys(self._around)

    def _open(self, name: str, element: Element, budget: int) -> None:
        if name == "c":
            self._column = _column(element.get("r", "")) or self._column + 1
            self._cell = _Cell(element.get("t", "n"), office.integer(element.get("s", "0")))
        elif name == "row":
            self._left = budget
            self.has_hidden |= element.get("hidden") in ("1", "true")
        elif name == "col":
            self.has_hidden |= element.get("hidden") in ("1", "true")
        else:
            self._cell.runs.take(name, element, opens=True)

    def _close(self, name: str, element: Element) -> None:
        if name == "v":
            self._cell.value = office.text_at_end(element)
        elif name == "f":
            self._cell.has_formula = True
        elif name == "c":
            self._settle()
        elif name in _HEADERS_AND_FOOTERS:
            self._around.append(_around(decoded(office.text_at_end(element))))
        else:
            self._cell.runs.take(name, element, opens=False)

    def _settle(self) -> None:
        if not self._cell.value and not self._cell.runs.pieces and not self._cell.has_formula:
            return
        text = " ".join(self._standing(self._cell).split("\n")).strip()
        self.has_uncomputed |= self._cell.has_formula and not self._cell.value and self._cell.kind != "str"
        tabs = self._tabs()
        self._left -= len(text) + 1 + len(tabs)
        if self._left < 0:
            raise OverLimits
        if text:
            self._cells.append(tabs + text)
            self._filled = self._column

    def _tabs(self) -> str:
        """Return the tabs between the last cell that holds something and this one."""
        columns = self._column - self._filled
        if self._cells:
            return "\t" * (columns if 0 < columns <= GAP_LIMIT + 1 else 1)
        return "\t" * (columns if columns <= GAP_LIMIT else 1)

    def _standing(self, cell: _Cell) -> str:
        """Return what a cell shows and does not strike out."""
        standing, passages = self._runs(cell).standing(is_struck=self._workbook.is_struck(cell.style))
        self.struck_out += passages
        return standing

    def _runs(self, cell: _Cell) -> Runs:
        if cell.kind == "inlineStr":
            return cell.runs
        if cell.kind == "s":
            looks = self._workbook.looks.get(office.integer(cell.value.strip(), -1))
            if looks is not None:
                return looks
        return Runs([(self._shown(cell), None)])

    def _shown(self, cell: _Cell) -> str:
        if cell.kind == "s":
            index = office.integer(cell.value.strip(), -1)
            strings = self._workbook.strings
            return strings[index] if 0 <= index < len(strings) else ""
        if cell.kind == "b":
            return "TRUE" if cell.value.strip() in ("1", "true") else "FALSE"
        if cell.kind == "n" and cell.value:
            return self._number(cell.value, cell.style)
        return decoded(cell.value)

    def _number(self, written: str, style: int) -> str:
        try:
            number = float(written)
            return formats.shown(number, self._workbook.code(style), is_1904=self._workbook.is_1904)
        except (
            ValueError,
            ArithmeticError,
        ):  # not a number after all, or one of a size that no format was made for
            return written


def _column(place: str) -> int:
    """Return the column of a place such as C5, counted from 1; 0 where it names none."""
    match = _CELL.fullmatch(place)
    return reduce(lambda column, letter: 26 * column + ord(letter) - 64, match[1], 0) if match else 0


def _around(written: str) -> str:
    """Return what a header or footer says, its left, middle and right parted by tabs, without its codes."""
    parts = [" ".join(_LOOK.sub("", part).split()) for part in _PLACE.split(written.replace("&&", "\0"))]
    return "\t".join(part for part in parts if part).replace("\0", "&")


@dataclass(slots=True)
class _Comment:
    place: str = ""
    author: str = ""
    runs: Runs = field(default_factory=Runs)
    text: str = ""
    struck_out: int = 0

    def shown(self) -> str:
        """Return the comment with the cell it is about and who wrote it; nothing if it says nothing."""
        text = " ".join(self.text.split())
        text = text.removeprefix(f"{self.author}:").lstrip()
        said_by = f" by {self.author}" if self.author else ""
        return f"Comment on {self.place}{said_by}: {text}" if text else ""


def comments(
    package: office.Package, part: str, workbook: Workbook, rows: Rows, *, budget: int
) -> Iterator[str]:
    """Give the comments of a sheet, and count with its rows what is struck out in them; raise OverLimits.

    Those that are threads also stand in an older part, with a word about newer versions of Excel: there they are
    left out.
    """
    threads = dict.fromkeys(package.related(part, "threadedComment"))
    taken: set[str] = set()
    for source in (*threads, *package.related(part, "comments")):
        for comment in _comments(package, source, workbook):
            budget -= len(comment.text) + 1
            if budget < 0:
                raise OverLimits
            if source in threads:
                taken.add(comment.place)
            elif comment.place in taken:
                continue
            rows.struck_out += comment.struck_out
            yield comment.shown()


def _comments(package: office.Package, part: str, workbook: Workbook) -> Iterator[_Comment]:
    authors: list[str] = []
    comment, length = _Comment(), 0
    for opens, name, element in package.elements(part, SHEET):
        if opens and name in ("comment", "threadedComment"):
            length = 0
            index = office.integer(element.get("authorId", ""), -1)
            author = authors[index] if 0 <= index < len(authors) else ""
            person = workbook.people.get(element.get("personId", ""), author)
            comment = _Comment(element.get("ref", ""), person.strip())
        elif not opens and name == "author":
            authors.append(office.text_at_end(element))
        elif not opens and name in ("comment", "threadedComment"):
            comment.text, comment.struck_out = comment.runs.standing()
            yield comment
        else:
            length += comment.runs.take(name, element, opens=opens)
            if length > limits.CHARACTER_LIMIT:
                raise OverLimits
