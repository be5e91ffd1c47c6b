"""The fields of a form in a Word document."""

from documents.extraction import office
from documents.extraction.office import Element

_CHECKED, _UNCHECKED = "☒", "☐"


class Form:
    """A field of a form that is filled in by choosing."""

    def __init__(self) -> None:
        self._is_box = False
        self._is_checked = False
        self._chosen = 0
        self._entries: list[str] = []

    def take(self, name: str, element: Element) -> None:
        """Note what an element within the field says."""
        if name == "checkBox":
            self._is_box = True
        elif name in ("default", "checked"):
            self._is_checked = office.is_on(element)
        elif name == "result":
            self._chosen = office.integer(office.value(element))
        elif name == "listEntry":
            self._entries.append(office.value(element))

    def shown(self) -> str:
        """Return what the field shows."""
        if self._is_box:
            return _CHECKED if self._is_checked else _UNCHECKED
        return self._entries[self._chosen] if 0 <= self._chosen < len(self._entries) else ""
