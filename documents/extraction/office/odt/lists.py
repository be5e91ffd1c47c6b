"""The automatic numbers of paragraphs, rebuilt from the list styles of a text (OpenDocument 1.2, 19.880 and 16.30)."""

from dataclasses import dataclass, field

from documents.extraction import office
from documents.extraction.office import Element, numerals
from documents.extraction.office.odt.names import IDENTIFIER, STYLE, TEXT

BULLET = "•"
LEVELS = 10
_LINEAGE_LIMIT = 50
_FORMATS = {"1": "decimal", "a": "lowerColumn", "A": "upperColumn", "i": "lowerRoman", "I": "upperRoman"}
_SYNCHRONIZED = {"a": "lowerLetter", "A": "upperLetter"}  # aa, bb, cc after z, and not aa, ab, ac (19.501)


@dataclass(slots=True)
class Level:
    """One level of a list style."""

    number_format: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    display_levels: int = 1
    is_bullet: bool = False


@dataclass(slots=True)
class _List:
    """A list that is open: its style, and the item of it that is open."""

    style: str
    counts: dict[int, int]
    start: int | None = None  # of the item
    is_counted: bool = True  # whether the item has its number already, or takes none


@dataclass(slots=True)
class _ParagraphStyle:
    parent: str = ""
    lists: str = ""


@dataclass(slots=True)
class Lists:
    """The list styles of a text, the lists that are open, and how far each has counted."""

    _styles: dict[str, dict[int, Level]] = field(default_factory=dict)
    _outline: dict[int, Level] = field(default_factory=dict)
    _outline_counts: dict[int, int] = field(default_factory=dict)
    _paragraph_styles: dict[str, _ParagraphStyle] = field(default_factory=dict)
    _written: dict[int, Level] = field(default_factory=dict)
    _open: list[_List] = field(default_factory=list)
    _by_identifier: dict[str, dict[int, int]] = field(default_factory=dict)
    _by_style: dict[str, dict[int, int]] = field(default_factory=dict)

    # Styles

    def learn(self, name: str, element: Element) -> None:
        """Take what an element that opens says of styles, if it does."""
        if name == "list-style":
            self._written = self._styles[_get(element, STYLE, "name")] = {}
        elif name == "outline-style":
            self._written = self._outline
        elif name == "style":
            lists, parent = _get(element, STYLE, "list-style-name"), _get(element, STYLE, "parent-style-name")
            self._paragraph_styles[_get(element, STYLE, "name")] = _ParagraphStyle(parent, lists)
        elif name in (
            "list-level-style-number",
            "list-level-style-bullet",
            "list-level-style-image",
            "outline-level-style",
        ):
            index = office.integer(_get(element, TEXT, "level"))
            if 0 < index <= LEVELS:
                self._written[index] = _level(name, element)

    # Lists

    def open(self, element: Element) -> None:
        """Follow a list that opens."""
        around = self._open[-1] if self._open else None
        style = _get(element, TEXT, "style-name") or (around.style if around else "")
        if around is not None:
            counts = around.counts
        else:
            counts = self._continued(element, style)
            self._by_style[style] = counts
            self._by_identifier[element.get(IDENTIFIER, "")] = counts
        self._open.append(_List(style, counts))

    def _continued(self, element: Element, style: str) -> dict[int, int]:
        before = self._by_identifier.get(_get(element, TEXT, "continue-list") or "-")
        if before is None and _get(element, TEXT, "continue-numbering") == "true":
            before = self._by_style.get(style)
        return {} if before is None else before

    def open_item(self, element: Element, *, takes_number: bool) -> None:
        """Follow an item of the list that is open."""
        if self._open:
            start = _get(element, TEXT, "start-value")
            self._open[-1].start = office.integer(start, 1) if start else None
            self._open[-1].is_counted = not takes_number

    def close(self) -> None:
        """Leave the list that is open."""
        if self._open:
            self._open.pop()

    def number(self, paragraph_style: str, outline: int | None) -> str:
        """Count a paragraph and return its number and a tab; nothing if it has none.

        The first paragraph of an item has its number, and a heading outside of lists that of its outline level.
        """
        if not self._open:
            return _counted(self._outline, self._outline_counts, outline, None) if outline else ""
        item = self._open[-1]
        if item.is_counted:
            return ""
        item.is_counted = True
        levels = self._styles.get(item.style or self._style_of(paragraph_style), {})
        return _counted(levels, item.counts, len(self._open), item.start)

    def _style_of(self, paragraph_style: str) -> str:
        for _ in range(_LINEAGE_LIMIT):
            style = self._paragraph_styles.get(paragraph_style)
            if style is None or style.lists:
                return style.lists if style else ""
            paragraph_style = style.parent
        return ""


def _get(element: Element, namespace: str, name: str) -> str:
    return str(element.get(f"{{{namespace}}}{name}", ""))


def _level(name: str, element: Element) -> Level:
    return Level(
        number_format=_number_format(element),
        prefix=_get(element, STYLE, "num-prefix"),
        suffix=_get(element, STYLE, "num-suffix"),
        start=office.integer(_get(element, TEXT, "start-value"), 1),
        display_levels=office.integer(_get(element, TEXT, "display-levels"), 1),
        is_bullet=name in ("list-level-style-bullet", "list-level-style-image"),
    )


def _number_format(element: Element) -> str:
    """Return the name of a number format as `numerals` knows it; nothing where no number is shown."""
    sign = _get(element, STYLE, "num-format")
    if _get(element, STYLE, "num-letter-sync") == "true" and sign in _SYNCHRONIZED:
        return _SYNCHRONIZED[sign]
    return _FORMATS.get(sign, "decimal") if sign else ""


def _counted(levels: dict[int, Level], counts: dict[int, int], index: int, start: int | None) -> str:
    level = levels.get(index)
    if level is None:
        return ""
    counts[index] = counts.get(index, level.start - 1) + 1 if start is None else start
    for deeper in [other for other in counts if other > index]:
        del counts[deeper]
    if level.is_bullet:
        return f"{BULLET}\t"
    shown = range(max(1, index - max(1, level.display_levels) + 1), index + 1)
    numbers = [
        _written(levels[place], counts.get(place, levels[place].start)) for place in shown if place in levels
    ]
    text = ".".join(number for number in numbers if number)
    return f"{level.prefix}{text}{level.suffix}\t" if text and level.number_format else ""


def _written(level: Level, number: int) -> str:
    return numerals.written(number, level.number_format) if level.number_format else ""
