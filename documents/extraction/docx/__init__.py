"""Read Word documents (DOCX) as lawyers read them: clause numbers, notes and tracked changes included."""

import posixpath
import re
from collections.abc import Iterable

from documents.extraction import drawing, limits, office
from documents.extraction.docx.numbering import Numbering
from documents.extraction.docx.story import Found, Line, Story
from documents.extraction.docx.styles import Styles
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.manuscript import Manuscript

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
_HIDDEN = "Some words of this document are formatted as hidden: they are read too."
_EMBEDDED = "Files that are embedded in this document are not read. Add them as documents of their own."


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read the body, its notes and comments, and each different header and footer once.

    A paragraph begins with its automatic number as Word shows it; the sign of a note in the text is left out.
    Cells are parted by tabs and rows by line breaks; a text box follows the paragraph that holds it. Tracked
    insertions are read, deletions are not. Raise PasswordProtected, Damaged, OverLimits or NoText.
    """
    return _Document(office.Package(content)).extracted()


class _Document:
    """One Word document as it is read, story by story."""

    def __init__(self, package: office.Package) -> None:
        self._package = package
        self._main = package.main_part(office.Kind.DOCX)
        self._styles = Styles.read(package, self._part("styles"))
        self._numbering = Numbering.read(package, self._part("numbering"), self._styles)
        self._found = Found()
        self._manuscript = Manuscript()

    def extracted(self) -> Extracted:
        """Read all stories."""
        self._add(self._lines(self._main, ""))
        self._add(self._drawn())
        for kind, heading in _STORIES.items():
            seen: set[tuple[str, ...]] = set()
            for part in self._parts(kind):
                lines = self._lines(part, heading)
                words = tuple(line.text for line in lines)
                if kind not in _REPEATED or words not in seen:
                    self._add(lines)
                seen.add(words)
        office.add_properties(self._package, self._manuscript)
        return self._manuscript.extracted(MEDIA_TYPE, _warnings(self._found))

    def _parts(self, kind: str) -> list[str]:
        """Return the parts of a kind; a document that does not say what it uses has them in their usual places."""
        folder = posixpath.dirname(self._main)
        usual = re.compile(rf"{re.escape(folder.lower())}/{kind}\d*\.xml")
        return self._package.related(self._main, kind) or sorted(
            filter(usual.fullmatch, self._package.parts()), key=lambda name: (len(name), name)
        )

    def _part(self, kind: str) -> str:
        return next(iter(self._parts(kind)), "")

    def _drawn(self) -> list[Line]:
        """Return what diagrams and the titles of charts say, which stand in parts of their own."""
        parts = self._package.related(self._main, "diagramData", "chart")
        budget = limits.CHARACTER_LIMIT - self._manuscript.length
        return [Line(text, ()) for text in drawing.texts(self._package, parts, budget=budget)]

    def _lines(self, part: str, heading: str) -> list[Line]:
        lines, ended_in_code = self._story(part, heading, reads_codes=False)
        return self._story(part, heading, reads_codes=True)[0] if ended_in_code else lines

    def _story(self, part: str, heading: str, *, reads_codes: bool) -> tuple[list[Line], bool]:
        story = Story(
            self._styles,
            self._numbering,
            self._found,
            headings=(heading,) if heading else (),
            budget=limits.CHARACTER_LIMIT - self._manuscript.length,
            reads_codes=reads_codes,
        )
        return story.read(self._package, part), story.ended_in_code

    def _add(self, lines: Iterable[Line]) -> None:
        self._manuscript.section()
        for line in lines:
            self._manuscript.line(line.text, line.headings)


def _warnings(found: Found) -> list[str]:
    return found.changes.warnings() + [_HIDDEN] * found.has_hidden + [_EMBEDDED] * found.has_embedded
