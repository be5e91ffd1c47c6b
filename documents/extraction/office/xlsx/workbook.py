"""What the sheets of a workbook share: their names, the strings and the number formats."""

from dataclasses import dataclass, field

from documents.extraction import limits, office
from documents.extraction.office.xlsx import formats
from documents.extraction.office.xlsx.names import SHEET
from documents.extraction.office.xlsx.runs import Runs, decoded
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
    looks: dict[int, Runs] = field(
        default_factory=dict
    )  # of the strings that have runs of looks of their own
    codes: list[str] = field(default_factory=list)  # number formats by the style of a cell
    struck: list[bool] = field(default_factory=list)  # by the style of a cell
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
                workbook._read_strings(package, relation.part)
            elif relation.kind == "styles" and not workbook.codes:
                workbook._read_styles(package, relation.part)
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
                    self.sheets.append(Sheet(decoded(element.get("name", "")), relation.part, is_hidden))

    def code(self, style: int) -> str:
        """Return the number format of a style."""
        return self.codes[style] if 0 <= style < len(self.codes) else formats.GENERAL

    def is_struck(self, style: int) -> bool:
        """Tell whether a style strikes out what is in the cell."""
        return self.struck[style] if 0 <= style < len(self.struck) else False

    def _read_strings(self, package: office.Package, part: str) -> None:
        runs = Runs()
        left = limits.CHARACTER_LIMIT
        for opens, name, element in package.elements(part, SHEET):
            left -= runs.take(name, element, opens=opens)
            if name == "si" and not opens:
                if runs.has_looks:
                    self.looks[len(self.strings)] = runs
                self.strings.append("".join(text for text, _is_struck in runs.pieces))
                runs = Runs()
                left -= 1
            if left < 0:
                raise OverLimits

    def _read_styles(self, package: office.Package, part: str) -> None:
        own: dict[int, str] = {}
        struck: list[bool] = []  # of the fonts
        used: list[tuple[int, int]] = []
        inside = ""
        for opens, name, element in package.elements(part, SHEET):
            if name in ("cellXfs", "fonts"):
                inside = name if opens else ""
            elif opens and name == "numFmt":
                own[office.integer(element.get("numFmtId", ""))] = element.get("formatCode", "")
            elif opens and name == "xf" and inside == "cellXfs":
                number, font = element.get("numFmtId", ""), element.get("fontId", "")
                used.append((office.integer(number), office.integer(font)))
            elif opens and name == "font" and inside == "fonts":
                struck.append(False)
            elif opens and name == "strike" and inside == "fonts" and struck:
                struck[-1] = office.is_on(element)
        self.codes = [own.get(number) or formats.BUILT_IN.get(number, formats.GENERAL) for number, _ in used]
        self.struck = [struck[font] if 0 <= font < len(struck) else False for _, font in used]


def _people(package: office.Package, part: str) -> dict[str, str]:
    return {
        element.get("id", ""): element.get("displayName", "")
        for opens, name, element in package.elements(part, SHEET)
        if opens and name == "person"
    }
