"""How words of a text look, as far as that tells what stands in it: struck out, or hidden (OpenDocument 1.2, 16.2)."""

from dataclasses import dataclass, replace

from documents.extraction.office import Element
from documents.extraction.office.odt.names import STYLE, TEXT

_LINEAGE_LIMIT = 50
_LINES = ("text-line-through-style", "text-line-through-type")


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says of words, or how words look; None where it says nothing."""

    is_struck_out: bool | None = None
    is_hidden: bool | None = None
    parent: str = ""

    def over(self, base: "Look") -> "Look":
        """Return this look with what it leaves open as another one says."""
        return Look(
            base.is_struck_out if self.is_struck_out is None else self.is_struck_out,
            base.is_hidden if self.is_hidden is None else self.is_hidden,
        )


class Looks:
    """The styles of paragraphs and of words in a text."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, str], Look] = {}

    def learn(self, name: str, element: Element) -> None:
        """Take what an element that opens says of looks, if it does."""
        if name == "style":
            parent = element.get(f"{{{STYLE}}}parent-style-name", "")
            self._styles[_key(element)] = Look(parent=parent)
        elif name == "text-properties":
            style = element.getparent()
            if style is not None and style.tag == f"{{{STYLE}}}style" and _key(style) in self._styles:
                known = self._styles[_key(style)]
                self._styles[_key(style)] = replace(
                    known, is_struck_out=_is_struck_out(element), is_hidden=_is_hidden(element)
                )

    def of(self, family: str, name: str) -> Look:
        """Return the look of a style and of those that it inherits from; families are paragraph and text."""
        look = Look()
        for _ in range(_LINEAGE_LIMIT):
            style = self._styles.get((family, name))
            if style is None:
                break
            look, name = look.over(style), style.parent
        return look


def is_undisplayed(element: Element) -> bool:
    """Tell whether a section or a style is not to be displayed."""
    return bool(element.get(f"{{{TEXT}}}display") == "none")


def _key(style: Element) -> tuple[str, str]:
    return style.get(f"{{{STYLE}}}family", ""), style.get(f"{{{STYLE}}}name", "")


def _is_struck_out(element: Element) -> bool | None:
    said = [line for name in _LINES if (line := element.get(f"{{{STYLE}}}{name}"))]
    return all(line != "none" for line in said) if said else None


def _is_hidden(element: Element) -> bool | None:
    return is_undisplayed(element) if element.get(f"{{{TEXT}}}display") else None
