"""Tell what a web page keeps out of sight or strikes out, by its attributes and the plain rules of its style sheets."""

import re
from collections.abc import Mapping

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_DECORATED = re.compile(r"text-decoration(?:-line)?\s*:", re.IGNORECASE)
_SEEN = re.compile(r"(?:display|visibility|opacity|font-size)\s*:", re.IGNORECASE)
_BRACE_OR_END = re.compile(r"[{};]")
_SELECTOR = re.compile(r"[a-z0-9]*([.#][\w-]+)", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]+")
_STYLE_LIMIT = 10_000  # characters of one attribute
_SHEET_LIMIT = 1_000_000  # characters of all style sheets


class Hiding:
    """The rules of one page, which are learned as its style sheets come.

    Only selectors of one class or one name are followed, and not where the same element bears a class that any rule
    shows: that a page may show it is enough to read it. What depends on the screen or on paper is not followed.
    """

    def __init__(self) -> None:
        self._hidden = _Rules(_UNSEEN, _SEEN)
        self._struck = _Rules(_STRUCK, _DECORATED)
        self._left = _SHEET_LIMIT

    def learn(self, sheet: str) -> None:
        """Take in a style sheet, or a piece of one that holds whole rules."""
        sheet, self._left = sheet[: self._left], max(0, self._left - len(sheet))
        for rule in _everywhere(_without_comments(sheet)).split("}"):
            selectors, _, declarations = rule.rpartition("{")
            self._hidden.learn(selectors, declarations)
            self._struck.learn(selectors, declarations)

    def hides(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether an element with these attributes is out of sight."""
        return "hidden" in attributes or self._hidden.hold(attributes)

    def strikes(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether an element with these attributes is struck out."""
        return self._struck.hold(attributes)


class _Rules:
    """The selectors of rules that declare something, and those that declare otherwise, which win."""

    def __init__(self, declares: re.Pattern[str], speaks_of: re.Pattern[str]) -> None:
        self._declares, self._speaks_of = declares, speaks_of
        self._positive: set[str] = set()
        self._negative: set[str] = set()

    def learn(self, selectors: str, declarations: str) -> None:
        if self._declares.search(declarations):
            matches = (_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(","))
            self._positive.update(match[1] for match in matches if match)
        elif self._speaks_of.search(declarations):
            self._negative.update(_NAME.findall(selectors))

    def hold(self, attributes: Mapping[str, str]) -> bool:
        style = attributes.get("style", "")[:_STYLE_LIMIT]
        if self._declares.search(style):
            return True
        if not self._positive or self._speaks_of.search(style):
            return False
        names = {f".{name}" for name in attributes.get("class", "").split()} | {
            f"#{attributes.get('id', '')}"
        }
        return bool(names & self._positive) and not names & self._negative


def _without_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return " ".join([first, *(other.partition("*/")[2] for other in others)])


def _everywhere(sheet: str) -> str:
    """Cut out the blocks of rules that hold for some screens, or for paper only."""
    kept, place = [], 0
    while (start := sheet.find("@", place)) >= 0:
        kept.append(sheet[place:start])
        place = _end_of_block(sheet, start)
    return "".join([*kept, sheet[place:]])


def _end_of_block(sheet: str, start: int) -> int:
    """Return where the rule that begins with an @ ends: after its semicolon, or after its braces."""
    depth = 0
    for mark in _BRACE_OR_END.finditer(sheet, start):
        depth += {"{": 1, "}": -1, ";": 0}[mark[0]]
        if depth <= 0:
            return mark.end()
    return len(sheet)
