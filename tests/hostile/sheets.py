"""Spreadsheets whose cells stand a world apart, say a megabyte each, or hold numbers that are none."""

from collections.abc import Iterator

from tests.hostile.catalogue import TEXT, hostile
from tests.hostile.deflated import repeated
from tests.hostile.offices import OFFICE, PACKAGE, related
from tests.hostile.zips import Member, archive, deflated, stored

GIGABYTE = 1 << 30
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows: str, *, strings: str = "", before: str = "", after: str = "", styles: str = "") -> bytes:
    """Write a workbook of one sheet."""
    sheet = f'<worksheet xmlns="{SHEET}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    return archive(_workbook(sheet.encode(), strings, styles))


def _workbook(sheet: bytes, strings: str = "", styles: str = "") -> Iterator[Member]:
    yield stored("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>'.encode())
    yield stored("_rels/.rels", related({"a": ("officeDocument", "xl/workbook.xml")}).encode())
    book = (
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}/relationships"><sheets>'
        '<sheet name="Fees" sheetId="1" r:id="a"/></sheets></workbook>'
    )
    yield stored("xl/workbook.xml", book.encode())
    relations = {
        "a": ("worksheet", "worksheets/sheet1.xml"),
        "b": ("sharedStrings", "sharedStrings.xml"),
        "c": ("styles", "styles.xml"),
    }
    yield stored("xl/_rels/workbook.xml.rels", related(relations).encode())
    yield stored("xl/sharedStrings.xml", f'<sst xmlns="{SHEET}">{strings}</sst>'.encode())
    yield stored("xl/styles.xml", f'<styleSheet xmlns="{SHEET}">{styles}</styleSheet>'.encode())
    yield stored("xl/worksheets/sheet1.xml", sheet)


def cell(place: str, value: str, entries: str = "") -> str:
    return f'<c r="{place}" {entries}><v>{value}</v></c>'


@hostile(TEXT)
def xlsx_two_cells_a_million_rows_apart() -> bytes:
    return xlsx(
        f'<row r="1">{cell("A1", "900")}</row><row r="1048576">{cell("XFD1048576", "901")}</row>',
        before='<dimension ref="A1:XFD1048576"/>',
    )


@hostile(TEXT)
def xlsx_places_beyond_every_sheet() -> bytes:
    return xlsx(
        f'<row r="99999999999999999999">{cell("ZZZZZZZZZZ99999999999999999999", "900")}</row>'
        f'<row r="-1">{cell("", "901")}{cell("1A", "902")}</row><row r="NaN">{cell("A", "903")}</row>'
    )


@hostile("OverLimits")
def xlsx_shared_string_said_often() -> bytes:
    """Show a string of a megabyte in 100,000 cells: a hundred gigabytes."""
    rows = "".join(
        f'<row r="{row}">{cell(f"A{row}", "0", chr(116) + "=" + chr(34) + "s" + chr(34))}</row>'
        for row in range(1, 100_001)
    )
    return xlsx(rows, strings=f"<si><t>{'a' * 1_000_000}</t></si>")


@hostile("OverLimits", "Damaged", "TooComplex", seconds=2)
def xlsx_shared_strings_of_two_gigabytes() -> bytes:
    raw, size = repeated(b"<si><t/></si>", 2 * GIGABYTE, head=f'<sst xmlns="{SHEET}">'.encode())
    sheet = (
        f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{cell("A1", "1")}</row></sheetData></worksheet>'
    )
    others = [one for one in _workbook(sheet.encode()) if one.name != b"xl/sharedStrings.xml"]
    return archive([*others, deflated("xl/sharedStrings.xml", raw, size)])


@hostile("OverLimits", "TooComplex", TEXT, seconds=2)
def xlsx_of_a_billion_cells() -> bytes:
    raw, size = repeated(
        b"<row><c><v>1</v></c></row>", GIGABYTE, head=f'<worksheet xmlns="{SHEET}"><sheetData>'.encode()
    )
    others = [one for one in _workbook(b"") if one.name != b"xl/worksheets/sheet1.xml"]
    return archive([*others, deflated("xl/worksheets/sheet1.xml", raw, size)])


@hostile(TEXT)
def xlsx_values_that_are_none() -> bytes:
    """Give dates of the year ten million, strings that nobody lists, and numbers of 5,000 digits."""
    wrong = ("1e308", "-1e308", "NaN", "inf", "9" * 5_000, "-1", "2958466", "", "0x10", "1e999999999")
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    kinds = ('s="1"', 't="s"', 't="b"', 't="e"', 't="d"', 's="99999999999"', 't="unheard"')
    rows = "".join(
        f"<row>{''.join(cell(f'A{row}', value, kind) for kind in kinds)}</row>"
        for row, value in enumerate(wrong, 1)
    )
    return xlsx(f'<row><c t="inlineStr"><is><t>Fees</t></is></c></row>{rows}', styles=styles)


@hostile(TEXT)
def xlsx_million_merged_cells() -> bytes:
    merged = '<mergeCell ref="A1:XFD1048576"/>' * 100_000
    return xlsx(f'<row r="1">{cell("A1", "900")}</row>', after=f"<mergeCells>{merged}</mergeCells>")
