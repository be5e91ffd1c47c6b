"""What the sheets of a workbook share: their names, the strings and the number formats."""

from dataclasses import dataclass, field

from documents.extraction import limits, office
from documents.extraction.office.xlsx import formats
from documents.extraction.office.xlsx.names import SHEET
from documents.extraction.refusals import OverLimits


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the workbook lists it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Workbook:
    """The parts of a workbook that its sheets refer to."""

    sheets: list[Sheet] = field(default_factory=list)
    is_1904: bool = False
    strings: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # number formats by the style of a cell
    people: dict[str, str] = field(default_factory=dict)  # who wrote in threads of comments

    @classmethod
    def read(cls, package: office.Package) -> "Workbook":
        """Read the parts that all sheets share; raise Damaged, OverLimits or PasswordProtected."""
        main = package.main_part(office.Kind.XLSX)
        relations = package.relations(main)
        workbook = cls()
        workbook._list_sheets(package, main, relations)
        for relation in relations:
            if relation.kind == "sharedStrings" and not workbook.strings:
                workbook.strings = _strings(package, relation.part)
            elif relation.kind == "styles" and not workbook.codes:
                workbook.codes = _codes(package, relation.part)
            elif relation.kind == "person":
                workbook.people |= _people(package, relation.part)
        return workbook

    def _list_sheets(self, package: office.Package, main: str, relations: list[office.Relation]) -> None:
        parts = {relation.identifier: relation for relation in relations}
        for opens, name, element in package.elements(main, SHEET):
            if opens and name == "workbookPr" and element.get("date1904"):
                self.is_1904 = office.is_on(element, "date1904")
            elif opens and name == "sheet":
                relation = parts.get(office.relationship_id(element))
                if relation is not None and relation.kind in ("worksheet", "dialogsheet", "chartsheet"):
                    is_hidden = element.get("state", "visible") != "visible"
                    self.sheets.append(Sheet(element.get("name", ""), relation.part, is_hidden))

    def code(self, style: int) -> str:
        """Return the number format of a style."""
        return self.codes[style] if 0 <= style < len(self.codes) else formats.GENERAL


def _strings(package: office.Package, part: str) -> list[str]:
    strings: list[str] = []
    pieces: list[str] = []
    left = limits.CHARACTER_LIMIT
    is_reading_aid = False
    for opens, name, element in package.elements(part, SHEET):
        if name == "rPh":
            is_reading_aid = opens
        elif opens:
            continue
        elif name == "t" and not is_reading_aid:
            pieces.append(office.text_at_end(element))
            left -= len(pieces[-1])
        elif name == "si":
            strings.append("".join(pieces))
            pieces = []
            left -= 1
        if left < 0:
            raise OverLimits
    return strings


def _codes(package: office.Package, part: str) -> list[str]:
    own: dict[int, str] = {}
    used: list[int] = []
    is_inside = False
    for opens, name, element in package.elements(part, SHEET):
        if name == "cellXfs":
            is_inside = opens
        elif opens and name == "numFmt":
            own[office.integer(element.get("numFmtId", ""))] = element.get("formatCode", "")
        elif opens and name == "xf" and is_inside:
            used.append(office.integer(element.get("numFmtId", "")))
    return [own.get(number) or formats.BUILT_IN.get(number, formats.GENERAL) for number in used]


def _people(package: office.Package, part: str) -> dict[str, str]:
    return {
        element.get("id", ""): element.get("displayName", "")
        for opens, name, element in package.elements(part, SHEET)
        if opens and name == "person"
    }
