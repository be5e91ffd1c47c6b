"""Read Word documents (DOCX) as lawyers read them: clause numbers, notes and tracked changes included."""

import posixpath
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from documents.extraction import limits, office
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.manuscript import Line, Manuscript
from documents.extraction.office import drawing
from documents.extraction.office.docx.numbering import Numbering
from documents.extraction.office.docx.story import Found, Story
from documents.extraction.office.docx.styles import Styles
from documents.extraction.refusals import Damaged

MEDIA_TYPE = office.Kind.DOCX.value

# The stories beside the body, in the order of reading, and the heading that they stand below.
_STORIES = {
    "footnotes": "Footnotes",
    "endnotes": "Endnotes",
    "comments": "Comments",
    "header": "Header",
    "footer": "Footer",
}
_REPEATED = ("header", "footer")
# What a document can be read without: what is said where it is damaged.
_UNREAD = {
    "relations": "The list of the parts of this document is damaged: some of them may be missing.",
    "styles": "The styles of this document are damaged and were not read: headings and numbers may be missing.",
    "numbering": "The numbering of this document is damaged and was not read: the numbers of clauses may be missing.",
    "footnotes": "The footnotes of this document are damaged and were not read.",
    "endnotes": "The endnotes of this document are damaged and were not read.",
    "comments": "The comments of this document are damaged and were not read.",
    "header": "A header of this document is damaged and was not read.",
    "footer": "A footer of this document is damaged and was not read.",
    "drawn": "A diagram or chart of this document is damaged and was not read.",
}
_IN_DIGITS = (
    "Some clauses of this document are numbered in letters or words that are not known here: their numbers are "
    "written in digits. Compare them with the original before you cite them."
)
_EMBEDDED = "Files that are embedded in this document are not read. Add them as documents of their own."


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read the body, its notes and comments, and each different header and footer once.

    A paragraph begins with its automatic number as Word shows it. The sign of a note in the text is its number in
    the order of the text, [1] of a footnote and [i] of an endnote; so begins the note, and so they are ordered.
    Cells are parted by tabs and rows by line breaks; a text box follows the paragraph that holds it. Tracked
    insertions are read; deletions and what is struck out are not. What is damaged beside the body is left out with a
    warning.

    Raise PasswordProtected, Damaged, OverLimits or NoText.
    """
    return _Document(office.Package(content)).extracted()


Read = TypeVar("Read")


class _Document:
    """One Word document as it is read, story by story."""

    def __init__(self, package: office.Package) -> None:
        self._package = package
        self._main = package.main_part(office.Kind.DOCX)
        self._unread: dict[str, None] = {}  # warnings, each once, in order
        self._found = Found()
        styles, numbering = self._part("styles"), self._part("numbering")
        self._styles = self._unless_damaged("styles", lambda: Styles.read(package, styles), Styles())
        self._numbering = self._unless_damaged(
            "numbering", lambda: Numbering.read(package, numbering, self._styles), Numbering(self._styles)
        )
        self._manuscript = Manuscript()

    def extracted(self) -> Extracted:
        """Read all stories."""
        self._add(self._lines(self._main, ""))
        self._add(self._drawn())
        for kind, heading in _STORIES.items():
            seen: set[tuple[str, ...]] = set()
            for part in self._parts(kind):
                lines = self._unless_damaged(kind, partial(self._lines, part, heading), list[Line]())
                words = tuple(line.text for line in lines)
                if kind not in _REPEATED or words not in seen:
                    self._add(lines)
                seen.add(words)
        office.add_properties(self._package, self._manuscript)
        return self._manuscript.extracted(MEDIA_TYPE, [*self._unread, *self._warnings()])

    def _unless_damaged(self, kind: str, read: Callable[[], Read], otherwise: Read) -> Read:
        """Read what is not the body; where it is damaged, note a warning and return what stands for it."""
        try:
            return read()
        except Damaged:
            self._unread[_UNREAD[kind]] = None
            return otherwise

    def _related(self, *kinds: str) -> list[str]:
        return self._unless_damaged(
            "relations", lambda: self._package.related(self._main, *kinds), list[str]()
        )

    def _parts(self, kind: str) -> list[str]:
        """Return the parts of a kind; a document that does not say what it uses has them in their usual places."""
        folder = posixpath.dirname(self._main)
        usual = re.compile(rf"{re.escape(folder.lower())}/{kind}\d*\.xml")
        return self._related(kind) or sorted(
            filter(usual.fullmatch, self._package.parts()), key=lambda name: (len(name), name)
        )

    def _part(self, kind: str) -> str:
        return next(iter(self._parts(kind)), "")

    def _drawn(self) -> list[Line]:
        """Return what diagrams and the titles of charts say, which stand in parts of their own."""
        lines: list[Line] = []
        budget = limits.CHARACTER_LIMIT - self._manuscript.length
        for part in self._related("diagramData", "chart"):
            texts = self._unless_damaged("drawn", partial(self._texts, part, budget), list[str]())
            lines += [Line(text, ()) for text in texts]
            budget -= sum(len(text) + 1 for text in texts)
        return lines

    def _texts(self, part: str, budget: int) -> list[str]:
        return list(drawing.texts(self._package, [part], budget=budget))

    def _lines(self, part: str, heading: str) -> list[Line]:
        lines = self._story(part, heading, reads_codes=False)
        return self._story(part, heading, reads_codes=True) or [] if lines is None else lines

    def _story(self, part: str, heading: str, *, reads_codes: bool) -> list[Line] | None:
        """Return the lines of a part, and count and note what is in them; or None, if they end in a field's code."""
        numbering, found = self._numbering.branch(), self._found.branch()
        story = Story(
            self._styles,
            numbering,
            found,
            headings=(heading,) if heading else (),
            budget=limits.CHARACTER_LIMIT - self._manuscript.length,
            reads_codes=reads_codes,
        )
        lines = story.read(self._package, part)
        if story.ended_in_code:
            return None
        self._numbering.merge(numbering)
        self._found.merge(found)
        return lines

    def _add(self, lines: Iterable[Line]) -> None:
        self._manuscript.section()
        for line in lines:
            self._manuscript.line(line.text, line.headings)

    def _warnings(self) -> list[str]:
        found = self._found
        in_digits = [_IN_DIGITS] * self._numbering.has_unknown
        return found.changes.warnings() + in_digits + [_EMBEDDED] * found.has_embedded
