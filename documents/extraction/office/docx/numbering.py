"""The automatic numbers of paragraphs, rebuilt from the definitions of lists (ECMA-376, part 1, 17.9)."""

import re
from collections import ChainMap
from dataclasses import dataclass, field

from documents.extraction import office
from documents.extraction.office import Element, numerals
from documents.extraction.office.docx.names import WORD
from documents.extraction.office.docx.styles import Resolved, Styles

BULLET = "•"
NO_LIST = "0"
LEVELS = 9
_SUFFIXES = {"tab": "\t", "space": " ", "nothing": ""}
_DASHES = frozenset("-‐‑‒–—*+")
_PLACE = re.compile("%([1-9])")


@dataclass(slots=True)
class Level:
    """One level of a list: `text` is a pattern in which %1 to %9 stand for the numbers of the levels."""

    start: int = 1
    number_format: str = "decimal"
    width: int = 0  # of a number that zeros fill
    text: str = ""
    suffix: str = "\t"
    restart: int | None = None  # the level, counted from 1, whose use restarts this one; 0 is never
    is_legal: bool = False  # all numbers in digits
    style: str = ""


@dataclass(slots=True)
class Definition:
    """What lists of one kind share, their counting included; or the style that holds it elsewhere."""

    levels: dict[int, Level] = field(default_factory=dict)
    held_by_style: str = ""


@dataclass(slots=True)
class List:
    """One list of a document: a definition, and where it departs from it."""

    definition: str = ""
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of one document, and how far each has counted."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.definitions: dict[str, Definition] = {}
        self.lists: dict[str, List] = {}
        self.counts: ChainMap[str, dict[int, int]] = ChainMap()
        self.begun: ChainMap[str, bool] = ChainMap()
        self.has_unknown = False  # a number in a format that is not known here
        self._definitions_of: dict[str, str] = {}

    @classmethod
    def read(cls, package: office.Package, part: str, styles: Styles) -> "Numbering":
        """Read the part of the numbering; one that is missing holds no lists."""
        reader = _Reader(cls(styles))
        for opens, name, element in package.elements(part, WORD):
            if opens:
                reader.take(name, element)
        return reader.numbering

    def branch(self) -> "Numbering":
        """Return a numbering that counts on from here, and leaves this one as it is."""
        branch = Numbering(self._styles)
        branch.definitions, branch.lists = self.definitions, self.lists
        branch._definitions_of = self._definitions_of
        branch.counts, branch.begun = self.counts.new_child(), self.begun.new_child()
        return branch

    def merge(self, branch: "Numbering") -> None:
        """Count on from where a branch of this numbering has counted to."""
        self.counts.update(branch.counts.maps[0])
        self.begun.update(branch.begun.maps[0])
        self.has_unknown |= branch.has_unknown

    def of(self, style: Resolved, number_id: str | None, level: int | None) -> str:
        """Count a paragraph and return its number with what parts it from the text; nothing if it has none.

        `number_id` and `level` are what the paragraph itself says, before its style.
        """
        own = style.number_id if number_id is None else number_id
        if own is None or own == NO_LIST or own not in self.lists:
            return ""
        definition = self._definitions_of.get(own) or self._definition(own)
        self._definitions_of[own] = definition
        if level is None and number_id is None:
            level = self._level_of_style(definition, style)
        return self._next(own, definition, level or 0)

    def _definition(self, number_id: str) -> str:
        """Follow the links from lists to styles and back to the definition that holds the levels."""
        found, seen = self.lists[number_id].definition, set[str]()
        while found not in seen and (definition := self.definitions.get(found)) and definition.held_by_style:
            seen.add(found)
            linked = self._styles.resolved(definition.held_by_style).number_id
            if linked not in self.lists:
                break
            found = self.lists[linked].definition
        return found

    def _level_of_style(self, definition: str, style: Resolved) -> int:
        levels = self.definitions.get(definition, Definition()).levels
        by_style = {level.style: index for index, level in levels.items() if level.style}
        return next((by_style[name] for name in style.lineage if name in by_style), style.level or 0)

    def _next(self, number_id: str, definition: str, index: int) -> str:
        own = self.lists[number_id]
        levels = self.definitions.get(definition, Definition()).levels | own.levels
        if index not in levels:
            return ""
        counts = self.counts[definition] = dict(self.counts.get(definition, {}))
        start = own.starts.get(index, levels[index].start)
        if number_id not in self.begun and index in own.starts:
            counts.pop(index, None)
        self.begun[number_id] = True
        for above, level in levels.items():
            if above < index:  # one that was skipped counts as used
                counts.setdefault(above, own.starts.get(above, level.start))
        counts[index] = counts.get(index, start - 1) + 1
        for deeper in [other for other in counts if other > index]:
            if _restarts(levels.get(deeper), deeper, index):
                del counts[deeper]
        self.has_unknown |= not numerals.is_known(levels[index].number_format)
        return _written(levels, index, counts)


def _restarts(level: Level | None, index: int, used: int) -> bool:
    restart = index if level is None or level.restart is None else level.restart
    return used < restart


def _written(levels: dict[int, Level], index: int, counts: dict[int, int]) -> str:
    level = levels[index]
    if level.number_format == "bullet":
        return _bullet(level.text) + level.suffix if level.text else ""

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        shown = levels.get(place)
        if shown is None or place not in counts:
            return ""
        if level.is_legal:
            return str(counts[place])
        return numerals.written(counts[place], shown.number_format).zfill(shown.width)

    text = _PLACE.sub(number, level.text)
    return text + level.suffix if text else ""


def _bullet(text: str) -> str:
    """Return a dash as it is, and one sign for all others: most are letters of fonts of signs."""
    return text if text in _DASHES else BULLET


class _Reader:
    """Fills the numbering of a document as the elements of its part open."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self._definition = Definition()
        self._list: List | None = None
        self._override = 0
        self._level = Level()

    def take(self, name: str, element: Element) -> None:
        value = office.value(element)
        if name == "abstractNum":
            self._definition = Definition()
            self.numbering.definitions[office.value(element, "abstractNumId")] = self._definition
        elif name == "num":
            self._list = List()
            self.numbering.lists[office.value(element, "numId")] = self._list
        elif name == "lvl":
            self._level = Level()
            index = office.integer(office.value(element, "ilvl"), LEVELS)
            if 0 <= index < LEVELS:
                levels = self._definition.levels if self._list is None else self._list.levels
                levels[index] = self._level
        elif name == "numStyleLink":
            self._definition.held_by_style = value
        elif self._list is not None and name in ("abstractNumId", "lvlOverride", "startOverride"):
            self._take_of_list(self._list, name, element)
        else:
            _note(self._level, name, element)

    def _take_of_list(self, own: List, name: str, element: Element) -> None:
        if name == "abstractNumId":
            own.definition = office.value(element)
        elif name == "lvlOverride":
            self._override = office.integer(office.value(element, "ilvl"))
        else:
            own.starts[self._override] = office.integer(office.value(element), 1)


def _note(level: Level, name: str, element: Element) -> None:
    value = office.value(element)
    if name == "start":
        level.start = office.integer(value, 1)
    elif name == "numFmt":
        level.number_format = value
        if value == "custom":  # such as "001, 002, 003, ..."
            level.width = min(len(office.value(element, "format").partition(",")[0]), 10)
    elif name == "lvlText":
        level.text = value
    elif name == "suff":
        level.suffix = _SUFFIXES.get(value, "\t")
    elif name == "lvlRestart":
        level.restart = office.integer(value)
    elif name == "isLgl":
        level.is_legal = office.is_on(element)
    elif name == "pStyle":
        level.style = value
