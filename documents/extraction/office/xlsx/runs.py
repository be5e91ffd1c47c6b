"""The words of a cell or a comment, which may be of several looks."""

import re
from dataclasses import dataclass, field

from documents.extraction import office
from documents.extraction.office import Element

_CODED = re.compile("_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """Return a text of a workbook with its coded characters as such (ECMA-376, part 1, 22.9.2.19, ST_Xstring)."""
    if "_x" not in text:
        return text
    text = _CODED.sub(lambda code: chr(int(code[1], 16)), text)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(slots=True)
class Runs:
    """The runs of a text in their order: their words, and whether they are struck out; None is as the cell is."""

    pieces: list[tuple[str, bool | None]] = field(default_factory=list)
    _is_struck: bool | None = None
    _is_reading_aid: bool = False

    @property
    def has_looks(self) -> bool:
        return any(is_struck is not None for _text, is_struck in self.pieces)

    def take(self, name: str, element: Element, *, opens: bool) -> int:
        """Follow an element of a text, and return how many characters it adds; reading aids add none."""
        if name == "rPh":
            self._is_reading_aid = opens
        elif name == "r":
            self._is_struck = None
        elif name == "rPr" and opens:
            self._is_struck = False
        elif name == "strike" and opens:
            self._is_struck = office.is_on(element)
        elif name in ("t", "text") and not opens and not self._is_reading_aid:
            self.pieces.append((decoded(office.text_at_end(element)), self._is_struck))
            return len(self.pieces[-1][0])
        return 0

    def standing(self, *, is_struck: bool = False) -> tuple[str, int]:
        """Return what is not struck out, in a cell that is or is not, and how many passages are."""
        kept: list[str] = []
        passages, was_struck = 0, False
        for text, own in self.pieces:
            if is_struck if own is None else own:
                passages += bool(text.strip()) and not was_struck
                was_struck |= bool(text.strip())
            else:
                kept.append(text)
                was_struck = False
        return "".join(kept), passages
