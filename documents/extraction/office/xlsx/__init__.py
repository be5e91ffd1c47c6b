"""Read workbooks (XLSX): sheet by sheet, row by row, with numbers and dates as they are shown."""

from collections.abc import Iterator

from documents.extraction import limits, office
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.manuscript import Manuscript, as_heading
from documents.extraction.office import changes, drawing
from documents.extraction.office.xlsx.sheet import Rows, comments
from documents.extraction.office.xlsx.workbook import Sheet, Workbook

MEDIA_TYPE = office.Kind.XLSX.value

_HIDDEN = "Sheets, rows or columns of this workbook are hidden: they are read too."
_UNCOMPUTED = (
    "Some formulas of this workbook hold no result, so it is missing here. Open and save it in a spreadsheet "
    "program, and add it again."
)


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read the sheets in the order of the workbook, each below its name, hidden ones too.

    Cells are parted by tabs, also those that are empty, and rows by line breaks; empty rows leave nothing. Below the
    rows stand headers and footers, comments, and the text of drawings. Raise PasswordProtected, Damaged, OverLimits
    or NoText.
    """
    package = office.Package(content)
    workbook = Workbook.read(package)
    manuscript = Manuscript()
    has_hidden = has_uncomputed = False
    struck_out = 0
    for sheet in workbook.sheets:
        rows, before = Rows(workbook), manuscript.length
        _add(manuscript, sheet, _lines(package, workbook, sheet, rows, manuscript))
        has_hidden |= rows.has_hidden or (sheet.is_hidden and manuscript.length > before)
        has_uncomputed |= rows.has_uncomputed
        struck_out += rows.struck_out
    warnings = changes.struck_out(struck_out) + [_HIDDEN] * has_hidden + [_UNCOMPUTED] * has_uncomputed
    office.add_properties(package, manuscript)
    return manuscript.extracted(MEDIA_TYPE, warnings)


def _lines(
    package: office.Package, workbook: Workbook, sheet: Sheet, rows: Rows, manuscript: Manuscript
) -> Iterator[str]:
    yield from rows.read(package, sheet.part, budget=limits.CHARACTER_LIMIT - manuscript.length)
    left = limits.CHARACTER_LIMIT - manuscript.length
    yield from comments(package, sheet.part, workbook, rows, budget=left)
    yield from drawing.texts(package, package.related(sheet.part, "drawing"), budget=left)


def _add(manuscript: Manuscript, sheet: Sheet, lines: Iterator[str]) -> None:
    """Add a sheet below its name; one that holds nothing is left out."""
    name = as_heading(sheet.name)
    is_named = False
    for line in lines:
        if not line.strip():
            continue
        if not is_named:
            manuscript.section()
            manuscript.line(name)
            is_named = True
        manuscript.line(line, (name,))
