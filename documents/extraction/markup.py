"""Read the visible text of web pages and of mails written as such (HTML, XHTML).

The parser hands over one tag after the other, and no tree is ever built. Text that nobody sees would still be read by
a language model, so it is left out and a warning says so: `hidden`, `display: none`, `visibility: hidden`, no size and
no opacity, in the attributes of an element or in the plain rules of a style sheet (`hiding`). White letters on white,
and letters beyond the edge of the page, are read. What is struck out is left out and counted, as are the tracked
deletions of an office file.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from lxml import etree

from documents.extraction import limits, plain
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, Paragraph, flowing
from documents.extraction.hiding import Hiding
from documents.extraction.job import Job
from documents.extraction.office import numerals
from documents.extraction.office.changes import STRUCK_OUT
from documents.extraction.refusals import OverLimits, TooComplex

MEDIA_TYPE = "text/html"
HIDDEN = "This page holds text that is not shown to its reader. It was left out."

DEPTH_LIMIT = 1_000
_CHUNK_CHARACTERS = 65_536
_CHARSET_WITHIN_BYTES = 4_096
_HEADING_LIMIT = 200
_BREAKS_LIMIT = 1_000  # empty lines in a row
_PIECES_LIMIT = 65_536
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
# Marks of no width: where a word may break, and what senders hide in mails to follow them.
_NO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))

_NO_TEXT = frozenset("script style template title datalist rp noframes applet object".split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hr html legend li main menu nav ol optgroup option p pre search section select summary "
    "table tbody tfoot thead tr ul".split()
) | frozenset(_HEADINGS)
_CELLS = ("td", "th")
_AS_WRITTEN = ("pre", "textarea", "listing", "xmp")
_SHOWN_INPUTS = ("", "text", "email", "tel", "url", "number", "date", "search")
_STRUCK = ("del", "s", "strike")
# What keeps the number "10 to the power of 6", or a footnote's after a sum, from being read as 106.
_SHIFTS = {"sup": "^", "sub": "_"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: its text, the paragraphs of it, and sentences about what may be missing."""

    text: str
    paragraphs: list[Paragraph]
    warnings: list[str]


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read what a web page shows; raise NoText, OverLimits or TooComplex."""
    html, warnings = plain.decoded(content, declared_charset(content))
    page = shown(html)
    return flowing(
        page.text, media_type=MEDIA_TYPE, warnings=warnings + page.warnings, paragraphs=page.paragraphs
    )


def declared_charset(content: bytes) -> str:
    """Name the charset that a page declares of itself near its start; empty where it does not."""
    found = _CHARSET.search(content[:_CHARSET_WITHIN_BYTES])
    # A page that can be searched for ASCII letters is no UTF-16, whatever it says.
    return "" if not found or b"utf-16" in found[1].lower() else found[1].decode("ascii")


def shown(html: str) -> Shown:
    """Return what a page shows: cells parted by tabs, rows and blocks by line breaks, list items numbered.

    Raise OverLimits, or TooComplex where elements are nested a thousand deep.
    """
    page = _Page()
    parser = etree.HTMLParser(target=page, remove_comments=True, remove_pis=True, huge_tree=True)
    html = _without_declaration(clean(html))
    for start in range(0, len(html), _CHUNK_CHARACTERS):
        parser.feed(html[start : start + _CHUNK_CHARACTERS])
    if html:
        parser.close()
    return page.shown()


def _without_declaration(html: str) -> str:
    """Cut off an XML declaration, whose encoding is no longer that of the decoded text."""
    html = html.lstrip("\ufeff \t\n\x0c")
    return html[html.find("?>") + 2 :] if html.startswith("<?xml") and "?>" in html[:1_000] else html


@dataclass
class _List:
    """An open list: its next number, how numbers are written, and the step from one to the next."""

    is_numbered: bool
    kind: str
    numbers: "count[int]"

    def mark(self, value: str | None) -> str:
        if not self.is_numbered:
            return "• "
        if value is not None and (number := _integer(value)) is not None:
            self.numbers = count(number)
        return f"{_numeral(next(self.numbers), self.kind)}. "


def _integer(text: str) -> int | None:
    text = text.strip()[:10]
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None


def _numeral(number: int, kind: str) -> str:
    if kind in ("a", "A") and number > 0:
        written = numerals.columns(number)
    elif kind in ("i", "I"):
        written = numerals.roman(number)
    else:
        return str(number)
    return written.upper() if kind.isupper() else written


@dataclass
class _Page:
    """The target of the parser: the text grows as elements open and close."""

    _pieces: list[str] = field(
        default_factory=list
    )  # of the text that goes on: stray brackets come one by one
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _pending: str = ""  # what parts the text to come from the text before, once there is any
    _begins_row: bool = False  # the text to come is the first of its row
    _tabs: int = 0  # one for each further cell that is begun since the last text
    _depth: int = 0
    _unread_from: int = 0  # the depth of the element whose text is not read; 0 is none
    _unread_as: str = ""  # the sentence that is due where it holds text
    _is_text_unread: bool = False
    _left_out: Counter[str] = field(default_factory=Counter)
    _shift: str = ""  # what stands before a raised or lowered number that follows another one
    _hiding: Hiding = field(default_factory=Hiding)
    _sheet: list[str] | None = None  # the pieces of the style sheet that is open
    _as_written_from: int = 0
    _cells: list[int] = field(default_factory=list)  # the cells so far of each open row
    _is_cell_fresh: bool = False
    _lists: list[_List] = field(default_factory=list)
    _mark: str = ""
    _line_start: int = 0
    _heading_level: int = 0
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _headings_above: tuple[str, ...] = ()
    _paragraphs: list[Paragraph] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._settle_text()
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise TooComplex
        if self._unread_from:
            if self._unread_as is STRUCK_OUT and tag in (*_BLOCKS, "br"):
                self._break()  # what stands around it is no single word
            return
        is_struck = tag in _STRUCK or self._hiding.strikes(attributes)
        if tag in _NO_TEXT or is_struck or self._is_hidden(tag, attributes):
            self._unread_from = self._depth
            self._unread_as = "" if tag in _NO_TEXT else STRUCK_OUT if is_struck else HIDDEN
            self._sheet = [] if tag == "style" else None
            return
        if tag in _BLOCKS:
            self._break()
        self._open(tag, attributes)

    def _is_hidden(self, tag: str, attributes: Mapping[str, str]) -> bool:
        is_closed = tag == "dialog" and "open" not in attributes
        return is_closed or self._hiding.hides(attributes)

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self._pending = " " if self._heading_level else "\n"
            self._is_cell_fresh = False
        elif tag == "tr":
            self._open_row()
        elif tag in _CELLS and self._cells:
            self._open_cell()
        elif tag in ("ol", "ul", "menu", "dir"):
            first = _integer(attributes.get("start", "")) if tag == "ol" else None
            kind = attributes.get("type", "1")
            self._lists.append(_List(tag == "ol", kind, count(1 if first is None else first)))
        elif tag == "li":
            self._mark = (self._lists[-1] if self._lists else _List(False, "", count())).mark(
                attributes.get("value")
            )
        elif tag in _HEADINGS:
            self._settle_line()
            self._heading_level = _HEADINGS[tag]
        elif tag in _AS_WRITTEN and not self._as_written_from:
            self._as_written_from = self._depth
        elif tag in _SHIFTS:
            self._shift = _SHIFTS[tag]
        else:
            self._write_attribute(tag, attributes)

    def _write_attribute(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "img":
            self._write(f" {attributes.get('alt', '')} ")
        elif tag == "input" and attributes.get("type", "").lower() in _SHOWN_INPUTS:
            self._write(attributes.get("value", ""))

    def _open_row(self) -> None:
        self._cells.append(0)
        if not self._is_cell_fresh:  # else what parts the cell around this table from the one before is kept
            self._begins_row, self._tabs = True, 0

    def _open_cell(self) -> None:
        self._pending = ""
        self._tabs += bool(self._cells[-1])
        self._cells[-1] += 1
        self._is_cell_fresh = True

    def end(self, tag: str) -> None:
        self._settle_text()
        depth = self._depth
        self._depth -= 1
        if self._unread_from:
            if depth == self._unread_from:
                self._end_unread()
            return
        if depth == self._as_written_from:
            self._as_written_from = 0
        if tag in _CELLS and self._cells:
            self._pending = ""
            self._is_cell_fresh = False
        elif tag in _BLOCKS:
            self._close(tag)
        elif tag in _SHIFTS:
            self._shift = ""

    def _end_unread(self) -> None:
        if self._unread_as and self._is_text_unread:
            self._left_out[self._unread_as] += 1
        self._unread_from, self._is_text_unread = 0, False
        if self._sheet:
            self._hiding.learn("".join(self._sheet))
        self._sheet = None

    def _close(self, tag: str) -> None:
        self._is_cell_fresh = False
        if tag == "tr" and self._cells:
            self._cells.pop()
            self._begins_row, self._tabs = False, 0
        elif tag in ("ol", "ul", "menu", "dir") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._mark = ""
        elif tag in _HEADINGS:
            self._settle_line()
            self._heading_level = 0
        self._break()

    def _break(self) -> None:
        if not self._is_cell_fresh:
            self._pending = "\n"

    def data(self, text: str) -> None:
        self._pieces.append(text)
        if len(self._pieces) >= _PIECES_LIMIT:
            self._settle_text()

    def _settle_text(self) -> None:
        """Take the text between two tags, which the parser hands over in pieces."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        if self._sheet is not None:
            self._sheet.append(text)
        elif self._unread_from:
            self._is_text_unread = self._is_text_unread or bool(text.strip())
        elif self._as_written_from:
            self._write_as_written(text)
        else:
            self._write(text)

    def _write(self, text: str) -> None:
        if not text.isascii() or "\0" in text:
            text = clean(text).translate(_NO_WIDTH)
        words = text.split()
        if not words:
            self._space(bool(text))
            return
        self._space(text[0].isspace())
        self._emit(" ".join(words))
        self._space(text[-1].isspace())

    def _space(self, is_space: bool) -> None:
        if is_space and not self._pending and not self._is_cell_fresh:
            self._pending = " "

    def _write_as_written(self, text: str) -> None:
        breaks = -1
        for line in clean(text).translate(_NO_WIDTH).split("\n"):
            breaks += 1
            if line:
                self._break_lines(breaks)
                self._emit(line)
                breaks = 0
        self._break_lines(breaks)

    def _break_lines(self, breaks: int) -> None:
        if breaks:
            self._settle_line()
            self._pending = (self._pending + "\n" * breaks)[:_BREAKS_LIMIT]

    def _emit(self, text: str) -> None:
        """Add text that is not empty, after what parts it from the text before."""
        separator = self._separator()
        if "\n" in separator:
            self._settle_line()
        if self._parts:
            if self._shift and text[0].isdigit() and self._parts[-1][-1].isdigit():
                separator = separator or self._shift
            self._add(separator)
        if "\n" in separator or not self._parts:
            self._line_start = self._length
        self._pending, self._begins_row, self._tabs, self._is_cell_fresh = "", False, 0, False
        self._add(self._mark + text)
        self._mark = self._shift = ""

    def _separator(self) -> str:
        # Tabs of empty cells add up, so that the columns stay in line.
        if self._begins_row or self._tabs:
            return "\n" * self._begins_row + "\t" * self._tabs
        return self._pending

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > limits.CHARACTER_LIMIT:
            raise OverLimits
        self._parts.append(text)

    def _settle_line(self) -> None:
        """Close the line that was being written: it is a paragraph, and perhaps a heading of those to come."""
        if self._line_start == self._length:
            return
        above = self._headings_above
        if self._heading_level:
            above = tuple(title for level, title in self._headings if level < self._heading_level)
            self._remember_heading()
        self._paragraphs.append(Paragraph(self._line_start, self._length, above))
        if len(self._paragraphs) > limits.PARAGRAPH_LIMIT:
            raise OverLimits
        self._line_start = self._length

    def _remember_heading(self) -> None:
        self._headings = [pair for pair in self._headings if pair[0] < self._heading_level]
        self._headings.append((self._heading_level, self._line()[:_HEADING_LIMIT]))
        self._headings_above = tuple(title for _, title in self._headings)

    def _line(self) -> str:
        """Return the line that is being written, as far as a heading needs it."""
        missing, pieces = self._length - self._line_start, []
        for part in reversed(self._parts):
            if missing <= 0:
                break
            pieces.append(part[-missing:])
            missing -= len(part)
        return "".join(reversed(pieces))

    def close(self) -> "_Page":
        return self

    def shown(self) -> Shown:
        self._settle_text()
        self._end_unread()
        self._settle_line()
        warnings = [sentence.format(count) for sentence, count in self._left_out.items()]
        return Shown("".join(self._parts), self._paragraphs, warnings)
