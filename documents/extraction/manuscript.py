"""The text of a document that flows, as it grows line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from documents.extraction import limits
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, Paragraph, flowing
from documents.extraction.refusals import OverLimits

Headings = tuple[str, ...]
HEADING_LIMIT_CHARACTERS = 200
_JOINED_LIMIT_CHARACTERS = 2_000
_TOO_MANY_HEADINGS = (
    "The headings of this document are very many or very long: from some place on, its paragraphs are shown without "
    "them."
)


class Line(NamedTuple):
    """A paragraph, or a row of a table, and the headings above it."""

    text: str
    headings: Headings


@dataclass(slots=True)
class Manuscript:
    """Sections of lines: a blank line parts sections, and each line that is not blank is a paragraph.

    Lines are cleaned and counted as they come. Blank lines are kept but at the ends of a section.
    """

    length: int = 0
    _pieces: list[str] = field(default_factory=list)
    _paragraphs: list[Paragraph] = field(default_factory=list)
    _breaks: int = 0  # line breaks that stand before the next line, if one comes
    _is_fresh: bool = True  # no line of this section has come yet
    _paths: set[Headings] = field(default_factory=set)  # of headings, which cost memory once each
    _headings_left: int = field(default_factory=lambda: limits.HEADINGS_LIMIT_CHARACTERS)

    @property
    def has_lines(self) -> bool:
        """Tell whether a line was added."""
        return bool(self._pieces)

    def section(self) -> None:
        """Begin a section."""
        self._breaks = 2 if self._pieces else 0
        self._is_fresh = True

    def line(self, text: str, headings: Headings = ()) -> None:
        """Add a line, which may hold line breaks, below its headings; raise OverLimits when there are too many."""
        text = clean(text).strip("\n")
        if not text.strip():
            self._breaks += not self._is_fresh
            return
        start = self.length + self._breaks
        self.length = start + len(text)
        if self.length > limits.CHARACTER_LIMIT:
            raise OverLimits
        self._pieces += ("\n" * self._breaks, text)
        self._add_paragraph(start, self._affordable(headings))
        self._breaks, self._is_fresh = 1, False

    def _affordable(self, headings: Headings) -> Headings:
        """Return the headings, or none once the paths of the headings of this document are too long together."""
        if self._headings_left >= 0 and headings not in self._paths:
            self._paths.add(headings)
            self._headings_left -= sum(map(len, headings))
        return headings if self._headings_left >= 0 else ()

    def _add_paragraph(self, start: int, headings: Headings) -> None:
        """Add a paragraph; in a document of very many lines, such as a long sheet, one holds several of them."""
        last = self._paragraphs[-1] if len(self._paragraphs) >= limits.PARAGRAPH_LIMIT // 2 else None
        is_joined = last is not None and last.headings == headings and self._breaks == 1
        if last is not None and is_joined and self.length - last.start <= _JOINED_LIMIT_CHARACTERS:
            self._paragraphs[-1] = Paragraph(last.start, self.length, headings)
        else:
            self._paragraphs.append(Paragraph(start, self.length, headings))

    def extracted(self, media_type: str, warnings: Sequence[str]) -> Extracted:
        """Return the whole; raise NoText where no line was added."""
        text = "".join(self._pieces)
        said = [*warnings, *[_TOO_MANY_HEADINGS] * (self._headings_left < 0)]
        return flowing(text, media_type=media_type, warnings=said, paragraphs=self._paragraphs)


def as_heading(text: str) -> str:
    """Return the text of a heading as it stands in a path of headings: one short line."""
    return " ".join(text[: 4 * HEADING_LIMIT_CHARACTERS].split())[:HEADING_LIMIT_CHARACTERS]
