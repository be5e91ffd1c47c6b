"""Read one part of an OpenDocument text: its body, or the headers and footers of its pages."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from lxml import etree

from documents.extraction import office
from documents.extraction.manuscript import Headings, Line, as_heading
from documents.extraction.office import Element
from documents.extraction.office.changes import Changes
from documents.extraction.office.numerals import alone
from documents.extraction.office.odt.lists import LEVELS, Lists
from documents.extraction.office.odt.looks import Look, Looks, is_undisplayed
from documents.extraction.office.odt.names import DC, HREF, OFFICE, STORY, SVG, TEXT
from documents.extraction.office.remarks import Ranges, before, remark
from documents.extraction.refusals import OverLimits

_WHITE = re.compile(r"[ \t\r\n]+")
_SPACES_LIMIT = 1_000
_NO_SIZE = 64  # a line costs memory even where it holds no character
_SKIPPED = frozenset(
    ["note-citation", "ruby-text", "number", "date-string", "forms", "sender-initials", "event-listeners"]
)
# Of the elements in the namespace of texts, those that hold others and no words of their own.
_HOLDERS = frozenset(
    "list list-item list-header section note note-body ruby tracked-changes changed-region table-of-content "
    "index-body index-title table-index illustration-index object-index user-index alphabetical-index bibliography "
    "table-of-content-source numbered-paragraph list-style list-level-style-number list-level-style-bullet "
    "list-level-style-image outline-style outline-level-style notes-configuration linenumbering-configuration "
    "variable-decls sequence-decls user-field-decls dde-connection-decls alphabetical-index-auto-mark-file".split()
)
_NOTES = {"footnote": "Footnotes", "endnote": "Endnotes"}
COMMENTS = "Comments"
BODY = ""


@dataclass(slots=True)
class _Frame:
    """An element that is open and holds text."""

    name: str
    section: str
    lines: list[Line] = field(default_factory=list)  # of a paragraph: those of its text boxes
    pieces: list[str] = field(default_factory=list)
    headings: Headings = ()
    style: str = ""
    outline: int | None = None
    number: str = ""
    author: str = ""
    identifier: str = ""  # of a comment, where it is on a range of words
    is_struck_out: bool = False  # what was read last
    after_space: bool = True  # white space that follows white space is none


class Story:
    """The lines of one part by the section that they belong to, which grow as its elements open and close."""

    def __init__(self, lists: Lists, looks: Looks, changes: Changes, *, budget: int) -> None:
        self._lists, self._looks, self._changes = lists, looks, changes
        self._budget = budget
        self.sections: dict[str, list[Line]] = {
            BODY: [],
            **{name: [] for name in _NOTES.values()},
            COMMENTS: [],
        }
        self.objects: list[str] = []  # parts of other documents that stand in this one
        self._comments: list[tuple[_Frame, str]] = []
        self._ranges = Ranges()
        self._path: list[tuple[int, str]] = []
        self._headings: Headings = ()
        self._frames = [_Frame("story", BODY)]
        self._holds_words = [False]
        self._shown: list[Look] = [Look()]  # of the sections, paragraphs and words that are open
        self._skipped = 0
        self._tracked = 0
        self._frames[0].lines = self.sections[BODY]

    def read(self, package: office.Package, part: str) -> dict[str, list[Line]]:
        """Return the lines of a part by section; raise OverLimits when they hold more than the budget."""
        for opens, name, element in package.elements(part, STORY):
            if opens:
                self.open(name, element)
            else:
                self.close(name, element)
        self.sections[COMMENTS] = [self._remark(frame, about) for frame, about in self._comments]
        return self.sections

    def open(self, name: str, element: Element) -> None:
        """Follow an element that opens."""
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
            return
        if self._holds_words[-1]:
            self._add(office.text_before(element))
        is_text = element.tag.startswith(f"{{{TEXT}}}")
        self._holds_words.append(is_text and name not in _HOLDERS)
        self._lists.learn(name, element)
        self._looks.learn(name, element)
        if name in self._OPENING:
            self._OPENING[name](self, element)

    def close(self, name: str, element: Element) -> None:
        """Follow an element that closes."""
        if self._skipped:
            self._skipped -= 1
            return
        if self._holds_words.pop():
            self._add(office.text_at_end(element))
        if element.tag in (f"{{{SVG}}}title", f"{{{SVG}}}desc"):
            self._add_line(office.text_at_end(element))
        elif element.tag == f"{{{DC}}}creator":
            self._frames[-1].author = office.text_at_end(element).strip()
        elif name in self._CLOSING:
            self._CLOSING[name](self, element)

    # Looks

    def _open_section(self, element: Element) -> None:
        self._shown.append(Look(is_hidden=is_undisplayed(element) or self._shown[-1].is_hidden))

    def _open_words(self, element: Element) -> None:
        own = self._looks.of("text", element.get(f"{{{TEXT}}}style-name", ""))
        self._shown.append(own.over(self._shown[-1]))

    def _close_look(self, _element: Element) -> None:
        self._shown.pop()

    def _is_struck_out(self, text: str) -> bool:
        """Tell whether a text is struck out, and count it; note too whether it is hidden."""
        frame, look = self._frames[-1], self._shown[-1]
        if text.strip():
            self._changes.has_hidden |= bool(look.is_hidden)
            self._changes.struck_out += bool(look.is_struck_out) and not frame.is_struck_out
            frame.is_struck_out = bool(look.is_struck_out)
        return bool(look.is_struck_out)

    # Tracked changes: their part holds the words that were deleted

    def _open_tracked(self, _element: Element) -> None:
        self._tracked += 1

    def _close_tracked(self, _element: Element) -> None:
        self._tracked -= 1

    def _open_deletion(self, _element: Element) -> None:
        self._changes.deletions += self._tracked > 0

    def _open_insertion(self, _element: Element) -> None:
        self._changes.insertions += self._tracked > 0

    # Lists

    def _open_list(self, element: Element) -> None:
        self._lists.open(element)

    def _close_list(self, _element: Element) -> None:
        self._lists.close()

    def _open_item(self, element: Element) -> None:
        self._lists.open_item(element, takes_number=True)

    def _open_header(self, element: Element) -> None:
        self._lists.open_item(element, takes_number=False)

    # Frames

    def _open_frame(self, element: Element) -> None:
        around = self._frames[-1]
        self._frames.append(_Frame(etree.QName(element).localname, around.section, headings=self._headings))

    def _open_paragraph(self, element: Element) -> None:
        self._open_frame(element)
        frame = self._frames[-1]
        frame.style = element.get(f"{{{TEXT}}}style-name", "")
        around = Look(is_hidden=self._shown[-1].is_hidden)
        self._shown.append(self._looks.of("paragraph", frame.style).over(around))
        if frame.name == "h":
            level = office.integer(element.get(f"{{{TEXT}}}outline-level", "1"), 1)
            frame.outline = min(max(1, level), LEVELS)
        is_list_header = element.get(f"{{{TEXT}}}is-list-header") == "true"
        if not self._tracked and not is_list_header:
            frame.number = self._lists.number(frame.style, frame.outline)

    def _open_note(self, element: Element) -> None:
        self._open_frame(element)
        self._frames[-1].section = _NOTES.get(element.get(f"{{{TEXT}}}note-class", ""), "Footnotes")

    def _open_annotation(self, element: Element) -> None:
        self._open_frame(element)
        self._frames[-1].section = COMMENTS
        self._frames[-1].identifier = element.get(f"{{{OFFICE}}}name", "")

    def _open_annotation_end(self, element: Element) -> None:
        self._ranges.end(element.get(f"{{{OFFICE}}}name", ""))

    def _open_object(self, element: Element) -> None:
        self.objects.append(posixpath.normpath(f"{element.get(HREF, '')}/content.xml"))

    def _close_paragraph(self, _element: Element) -> None:
        self._shown.pop()
        frame = self._frames.pop()
        if self._tracked:
            return
        text = "".join(frame.pieces).rstrip(" ")
        if frame.number:
            self._spend(len(frame.number))
            text = frame.number + text if text.strip() else alone(frame.number)
        self._spend(_NO_SIZE if not text else 1)
        headings = self._headings_at(frame, text)
        self._frames[-1].lines += [Line(text, headings), *frame.lines]

    def _headings_at(self, frame: _Frame, text: str) -> Headings:
        """Return the headings above a paragraph, which may be one itself for those that follow."""
        if frame.section != BODY:
            return (frame.section,)
        if frame.outline is None or not text.strip():
            return self._headings
        self._path = [(level, heading) for level, heading in self._path if level < frame.outline]
        above = tuple(heading for _, heading in self._path)
        self._path.append((frame.outline, as_heading(text)))
        self._headings = (*above, as_heading(text))
        return above

    def _close_cell(self, _element: Element) -> None:
        frame = self._frames.pop()
        self._spend(1)
        self._frames[-1].lines.append(Line("\n".join(line.text for line in frame.lines), frame.headings))

    def _close_row(self, _element: Element) -> None:
        frame = self._frames.pop()
        self._frames[-1].lines.append(Line("\t".join(line.text for line in frame.lines), frame.headings))

    def _close_aside(self, _element: Element) -> None:
        """Put a note or a comment where those of its kind stand, after the body."""
        frame = self._frames.pop()
        if frame.name == "annotation":
            self._comments.append((frame, before(self._frames[-1].pieces)))
            if frame.identifier:
                self._ranges.begin(frame.identifier)
            return
        text = "\n".join(line.text for line in frame.lines).strip()
        self.sections[frame.section].append(Line(text, (frame.section,)))

    def _remark(self, frame: _Frame, words_before: str) -> Line:
        text = "\n".join(line.text for line in frame.lines).strip()
        about = self._ranges.about.get(frame.identifier) or words_before
        said = remark(text, author=frame.author, about=about) if text else ""
        self._spend(len(said) - len(text))
        return Line(said, (COMMENTS,))

    # Text

    def _add(self, text: str) -> None:
        """Add words of a paragraph, in which white space of any length is one space."""
        frame = self._frames[-1]
        if not text or frame.name not in ("p", "h") or self._tracked:
            return
        text = _WHITE.sub(" ", text)
        if frame.after_space and text.startswith(" "):
            text = text[1:]
        if text:
            self._write(text.replace("\xad", ""))
            frame.after_space = text.endswith(" ")

    def _write(self, text: str) -> None:
        frame = self._frames[-1]
        if frame.name in ("p", "h") and not self._tracked and not self._is_struck_out(text):
            self._spend(len(text))
            frame.pieces.append(text)
            if frame.section != COMMENTS:
                self._ranges.add(text)
            frame.after_space = False

    def _close_spaces(self, element: Element) -> None:
        count = office.integer(element.get(f"{{{TEXT}}}c", "1"), 1)
        self._write(" " * max(1, min(count, _SPACES_LIMIT)))

    def _close_tab(self, _element: Element) -> None:
        self._write("\t")

    def _close_line(self, _element: Element) -> None:
        self._write("\n")

    def _add_line(self, text: str) -> None:
        """Add the title or the description of a drawing after the paragraph that holds it."""
        text = " ".join(text.split())
        if text and not self._tracked:
            self._spend(len(text) + 1)
            self._frames[-1].lines.append(Line(text, self._headings))

    def _spend(self, characters: int) -> None:
        self._budget -= characters
        if self._budget < 0:
            raise OverLimits

    # What the elements by these names do

    _OPENING: ClassVar[dict[str, Callable[["Story", Element], None]]] = {
        "section": _open_section,
        "span": _open_words,
        "p": _open_paragraph,
        "h": _open_paragraph,
        "table-cell": _open_frame,
        "table-row": _open_frame,
        "note": _open_note,
        "annotation": _open_annotation,
        "annotation-end": _open_annotation_end,
        "object": _open_object,
        "list": _open_list,
        "list-item": _open_item,
        "list-header": _open_header,
        "tracked-changes": _open_tracked,
        "deletion": _open_deletion,
        "insertion": _open_insertion,
    }
    _CLOSING: ClassVar[dict[str, Callable[["Story", Element], None]]] = {
        "section": _close_look,
        "span": _close_look,
        "p": _close_paragraph,
        "h": _close_paragraph,
        "table-cell": _close_cell,
        "table-row": _close_row,
        "note": _close_aside,
        "annotation": _close_aside,
        "list": _close_list,
        "tracked-changes": _close_tracked,
        "s": _close_spaces,
        "tab": _close_tab,
        "line-break": _close_line,
    }
