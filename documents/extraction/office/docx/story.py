"""Read one story of a Word document: its body, its notes, a header and the like."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import ClassVar

from lxml import etree

from documents.extraction import office
from documents.extraction.manuscript import Headings, Line, as_heading
from documents.extraction.office import Element
from documents.extraction.office.changes import Changes
from documents.extraction.office.docx import symbols
from documents.extraction.office.docx.forms import Form
from documents.extraction.office.docx.looks import Look
from documents.extraction.office.docx.names import STORY
from documents.extraction.office.docx.notes import Notes
from documents.extraction.office.docx.numbering import Numbering
from documents.extraction.office.docx.styles import HEADING_LEVELS, Styles
from documents.extraction.office.numerals import alone
from documents.extraction.office.remarks import Ranges, before, remark
from documents.extraction.refusals import OverLimits

_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PROPERTIES = ("pPr", "rPr", "trPr", "tcPr")
_DELETED = ("del", "moveFrom", "cellDel")  # of the mark of a paragraph, of a row, of a cell
_SOFT_HYPHEN = "\xad"
_SCRIPTS = {"superscript": "^", "subscript": "_"}
_NO_SIZE = 64  # a line costs memory even where it holds no character
# Readings above a line, what stood before a tracked change of form, and what describes but is not shown.
_SKIPPED = frozenset(
    "rt pPrChange rPrChange sectPrChange tblPrChange tblPrExChange tblGridChange tcPrChange "
    "trPrChange numberingChange sdtPr sectPr tblPr instrText delInstrText".split()
)


@dataclass(slots=True)
class _Frame:
    """An element that is open and holds text: a story, a paragraph, a row, a cell or a text box."""

    name: str
    lines: list[Line] = field(default_factory=list)  # of a paragraph: those of its text boxes
    pieces: list[str] = field(default_factory=list)
    carried: list[str] = field(
        default_factory=list
    )  # text whose paragraph mark is deleted: the next one takes it
    headings: Headings = ()
    author: str = ""
    about: str = ""
    identifier: str = ""  # of a note
    style: str = ""
    number_id: str | None = None
    level: int | None = None
    outline: int | None = None
    is_deleted: bool = False
    is_struck_out: bool = False  # what was read last


@dataclass(slots=True)
class Found:
    """What the reader of a document is to be told of its stories."""

    changes: Changes = field(default_factory=Changes)
    ranges: Ranges = field(default_factory=Ranges)
    notes: Notes = field(default_factory=Notes)
    has_embedded: bool = False

    def branch(self) -> "Found":
        """Return what is found so far, for a story that is read on trial."""
        return replace(
            self, changes=replace(self.changes), ranges=self.ranges.branch(), notes=self.notes.branch()
        )

    def merge(self, branch: "Found") -> None:
        """Take over what a branch has found."""
        self.changes, self.has_embedded = branch.changes, branch.has_embedded
        self.ranges.merge(branch.ranges)
        self.notes.merge(branch.notes)


class Story:
    """The lines of one part, which grow as its elements open and close."""

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        found: Found,
        *,
        headings: Headings = (),
        budget: int,
        reads_codes: bool = False,
    ) -> None:
        """Begin a story below these headings; without any, it tells its own. `budget` counts characters."""
        self._styles, self._numbering, self._found = styles, numbering, found
        self._budget = budget
        self._path: list[tuple[int, str]] = []
        self._headings = headings
        self._tells_headings = not headings
        self._reads_codes = reads_codes
        self._frames = [_Frame("story")]
        self._skipped = 0
        self._is_in_deletion = False  # of what is skipped
        self._script = ""  # how digits that are raised or lowered are told from those before them
        self._last_script = ""
        self._looks: list[Look] = []  # of the runs that are open
        self._told: list[tuple[int, list[Line]]] = []  # notes, and the place of their citations
        self._properties: list[str] = []  # of a paragraph, a run or a row, as they are open
        self._fields: list[bool] = []  # complex fields that are open: whether their code goes on
        self._codes = 0
        self._alternatives: list[bool] = []  # whether one was taken already
        self._form: Form | None = None

    @property
    def ended_in_code(self) -> bool:
        """Whether a field that never ends has swallowed text: then it is to be read as if it were none."""
        return self._codes > 0 and not self._reads_codes

    def read(self, package: office.Package, part: str) -> list[Line]:
        """Return the lines of a part; raise OverLimits when they hold more than the budget."""
        for opens, name, element in package.elements(part, STORY):
            if opens:
                self._open(name, element)
            else:
                self._close(name, element)
        story = self._frames[0]
        self._settle_carried(story)
        for _place, lines in sorted(self._told, key=itemgetter(0)):
            story.lines += lines
        return story.lines

    def _open(self, name: str, element: Element) -> None:
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
        elif name in _PROPERTIES:
            self._properties.append(name)
        elif self._properties:
            self._note(name, element)
        elif name in self._OPENING:
            self._OPENING[name](self, element)

    def _close(self, name: str, element: Element) -> None:
        if self._skipped:
            self._skipped -= 1
            if self._is_in_deletion and name == "fldChar":
                self._close_deleted_field_character(element)
            self._is_in_deletion &= self._skipped > 0
        elif self._properties:
            if name == self._properties[-1]:
                self._properties.pop()
        elif name in self._CLOSING:
            self._CLOSING[name](self, element)
        elif name in _MARKS:
            self._add(_MARKS[name])
        elif self._form is not None:
            self._form.take(name, element)

    # Properties

    def _note(self, name: str, element: Element) -> None:
        """Keep what the properties of a paragraph, a run or a row say."""
        frame = self._frames[-1]
        if name in _DELETED:
            if self._properties == ["trPr"] and not self._is_in_deleted_row():
                self._found.changes.deletions += 1
            frame.is_deleted |= self._properties != ["rPr"]
        elif name == "vertAlign":
            self._script = (
                _SCRIPTS.get(office.value(element), "") if self._properties == ["rPr"] else self._script
            )
        elif self._properties == ["rPr"] and self._looks:
            self._looks[-1].note(name, element)
        elif self._properties == ["pPr"]:
            self._note_paragraph(frame, name, element)

    def _note_paragraph(self, frame: _Frame, name: str, element: Element) -> None:
        if name == "pStyle":
            frame.style = office.value(element)
        elif name == "numId":
            frame.number_id = office.value(element)
        elif name == "ilvl":
            frame.level = office.integer(office.value(element))
        elif name == "outlineLvl":
            frame.outline = office.integer(office.value(element), HEADING_LEVELS)

    # Tracked changes

    def _open_deletion(self, element: Element) -> None:
        self._found.changes.deletions += not self._is_in_deleted_row()
        self._open_moved_away(element)

    def _is_in_deleted_row(self) -> bool:
        return any(frame.name == "tr" and frame.is_deleted for frame in self._frames)

    def _open_moved_away(self, element: Element) -> None:
        self._skipped += 1
        self._is_in_deletion = True

    def _open_insertion(self, element: Element) -> None:
        self._found.changes.insertions += 1

    def _open_move(self, element: Element) -> None:
        self._found.changes.moves += 1

    # Alternatives: the same thing for newer and for older programs

    def _open_alternatives(self, element: Element) -> None:
        self._alternatives.append(False)

    def _open_alternative(self, element: Element) -> None:
        if self._alternatives and self._alternatives[-1]:
            self._skipped += 1
        elif self._alternatives:
            self._alternatives[-1] = True

    def _close_alternatives(self, element: Element) -> None:
        if self._alternatives:
            self._alternatives.pop()

    # Frames

    def _open_frame(self, element: Element) -> None:
        self._frames.append(_Frame(etree.QName(element).localname, headings=self._headings))

    def _open_comment(self, element: Element) -> None:
        self._open_frame(element)
        self._frames[-1].author = office.value(element, "author").strip()
        self._frames[-1].about = self._found.ranges.about.get(office.value(element, "id"), "")

    def _open_note(self, element: Element) -> None:
        self._open_frame(element)
        self._frames[-1].identifier = office.value(element, "id")

    def _open_citation(self, element: Element) -> None:
        kind = etree.QName(element).localname.removesuffix("Reference")
        has_mark = office.value(element, "customMarkFollows").lower() in ("1", "true", "on")
        self._add(self._found.notes.cite(kind, office.value(element, "id"), has_mark=has_mark))

    def _open_range(self, element: Element) -> None:
        self._found.ranges.begin(office.value(element, "id"))

    def _close_range(self, element: Element) -> None:
        self._found.ranges.end(office.value(element, "id"))

    def _open_reference(self, element: Element) -> None:
        self._found.ranges.about.setdefault(office.value(element, "id"), before(self._frames[-1].pieces))

    def _open_table(self, element: Element) -> None:
        self._settle_carried(self._frames[-1])

    def _open_embedded(self, element: Element) -> None:
        self._found.has_embedded = True

    def _close_paragraph(self, element: Element) -> None:
        frame = self._pop("p")
        around = self._frames[-1]
        if frame.is_deleted:
            around.carried += frame.pieces
            around.lines += frame.lines
            return
        text = "".join(around.carried + frame.pieces)
        around.carried = []
        style = self._styles.resolved(frame.style or self._styles.default)
        number = self._numbering.of(style, frame.number_id, frame.level)
        if number:
            self._spend(len(number))
            text = number + text if text.strip() else alone(number)
        self._spend(_NO_SIZE if not text else 1)
        self._found.ranges.add("\n")
        outline = style.outline if frame.outline is None else frame.outline
        headings = self._headings_at(outline, text)
        around.lines += [Line(text, headings), *frame.lines]

    def _headings_at(self, outline: int | None, text: str) -> Headings:
        """Return the headings above a paragraph, which may be one itself for those that follow."""
        if not self._tells_headings or outline is None or outline >= HEADING_LEVELS or not text.strip():
            return self._headings
        self._path = [(level, heading) for level, heading in self._path if level < outline]
        above = tuple(heading for _, heading in self._path)
        self._path.append((outline, as_heading(text)))
        self._headings = (*above, as_heading(text))
        return above

    def _close_cell(self, element: Element) -> None:
        frame = self._pop("tc")
        self._settle_carried(frame)
        self._spend(1)
        if not frame.is_deleted:
            text = "\n".join(line.text for line in frame.lines)
            self._frames[-1].lines.append(Line(text, frame.headings))

    def _close_row(self, element: Element) -> None:
        frame = self._pop("tr")
        if not frame.is_deleted:
            text = "\t".join(line.text for line in frame.lines)
            self._frames[-1].lines.append(Line(text, frame.headings))

    def _close_block(self, element: Element) -> None:
        frame = self._pop(etree.QName(element).localname)
        self._settle_carried(frame)
        if frame.name == "comment":
            text = "\n".join(line.text for line in frame.lines).strip()
            said = remark(text, author=frame.author, about=frame.about)
            self._spend(len(said) - len(text))
            frame.lines = [Line(said, self._headings)] if text else []
        elif frame.name != "txbxContent":
            self._told.append(
                (self._found.notes.place(frame.name, frame.identifier), self._note_lines(frame))
            )
            return
        self._frames[-1].lines += frame.lines

    def _note_lines(self, frame: _Frame) -> list[Line]:
        """Return the lines of a note, which begins with the place of its sign, below its mark."""
        mark = self._found.notes.mark(frame.name, frame.identifier)
        lines = [Line(line.text.lstrip(), line.headings) for line in frame.lines]
        if mark and lines:
            self._spend(len(mark) + 1)
            lines[0] = Line(f"{mark} {lines[0].text}".rstrip(), lines[0].headings)
        return lines

    def _settle_carried(self, frame: _Frame) -> None:
        if frame.carried:
            frame.lines.append(Line("".join(frame.carried), self._headings))
            frame.carried = []

    def _pop(self, name: str) -> _Frame:
        """Close the frame; XML nests, so it is the last one."""
        frame = self._frames.pop()
        assert frame.name == name  # noqa: S101 - what opened without a name we know closed without one too
        return frame

    # Text

    def _add(self, text: str) -> None:
        if not text or (self._codes and not self._reads_codes):
            return
        frame = self._frames[-1]
        if self._is_struck_out(frame, text):
            return
        if self._script != self._last_script and text[0].isdecimal() and _ends_in_digit(frame.pieces):
            text = self._script + text
        self._last_script = self._script
        self._spend(len(text))
        self._found.ranges.add(text)
        if frame.name == "p":
            frame.pieces.append(text)
        else:
            frame.lines.append(Line(text, self._headings))

    def _is_struck_out(self, frame: _Frame, text: str) -> bool:
        """Tell whether a text is struck out, and count it; note too whether it is hidden."""
        if not self._looks:
            return False
        paragraph = self._styles.resolved(frame.style or self._styles.default).look
        own = self._looks[-1]
        look = own.within(self._styles.resolved(own.style).look if own.style else Look(), paragraph)
        is_blank = not text.strip()
        self._found.changes.has_hidden |= bool(look.vanish) and not is_blank
        if not is_blank:
            self._found.changes.struck_out += look.is_struck_out and not frame.is_struck_out
            frame.is_struck_out = look.is_struck_out
        return look.is_struck_out

    def _spend(self, characters: int) -> None:
        self._budget -= characters
        if self._budget < 0:
            raise OverLimits

    def _open_superscript(self, element: Element) -> None:
        self._script = "^"

    def _open_subscript(self, element: Element) -> None:
        self._script = "_"

    def _open_run(self, element: Element) -> None:
        self._looks.append(Look())

    def _close_run(self, element: Element) -> None:
        self._script = ""
        self._looks.pop()

    def _close_script(self, element: Element) -> None:
        self._script = ""

    def _close_text(self, element: Element) -> None:
        self._add(office.text_at_end(element).replace(_SOFT_HYPHEN, ""))

    def _close_symbol(self, element: Element) -> None:
        self._add(symbols.character(office.value(element, "font"), office.value(element, "char")))

    # Fields

    def _close_field_character(self, element: Element) -> None:
        kind = office.value(element, "fldCharType")
        if kind == "begin":
            self._fields.append(True)
            self._codes += 1
        elif kind == "separate" and self._fields and self._fields[-1]:
            self._fields[-1] = False
            self._codes -= 1
        elif kind == "end" and self._fields:
            self._codes -= self._fields.pop()

    def _close_deleted_field_character(self, element: Element) -> None:
        """End fields that end in a deletion; one that begins there has lost its code, but not what it showed."""
        if office.value(element, "fldCharType") == "begin":
            self._fields.append(False)
        else:
            self._close_field_character(element)

    def _open_form(self, element: Element) -> None:
        self._form = Form()

    def _close_form(self, element: Element) -> None:
        if self._form is not None:
            self._add(self._form.shown())
        self._form = None

    # What the elements by these names do

    _OPENING: ClassVar[dict[str, Callable[["Story", Element], None]]] = {
        "p": _open_frame,
        "tc": _open_frame,
        "tr": _open_frame,
        "tbl": _open_table,
        "txbxContent": _open_frame,
        "r": _open_run,
        "footnote": _open_note,
        "endnote": _open_note,
        "footnoteReference": _open_citation,
        "endnoteReference": _open_citation,
        "comment": _open_comment,
        "del": _open_deletion,
        "moveFrom": _open_moved_away,
        "sup": _open_superscript,
        "sub": _open_subscript,
        "ins": _open_insertion,
        "moveTo": _open_move,
        "AlternateContent": _open_alternatives,
        "Choice": _open_alternative,
        "Fallback": _open_alternative,
        "ffData": _open_form,
        "commentRangeStart": _open_range,
        "commentRangeEnd": _close_range,
        "commentReference": _open_reference,
        "object": _open_embedded,
        "altChunk": _open_embedded,
    }
    _CLOSING: ClassVar[dict[str, Callable[["Story", Element], None]]] = {
        "p": _close_paragraph,
        "tc": _close_cell,
        "tr": _close_row,
        "txbxContent": _close_block,
        "footnote": _close_block,
        "endnote": _close_block,
        "comment": _close_block,
        "AlternateContent": _close_alternatives,
        "r": _close_run,
        "sup": _close_script,
        "sub": _close_script,
        "t": _close_text,
        "sym": _close_symbol,
        "fldChar": _close_field_character,
        "ffData": _close_form,
    }


def _ends_in_digit(pieces: list[str]) -> bool:
    return bool(pieces) and pieces[-1][-1].isdecimal()
