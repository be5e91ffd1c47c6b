"""Paragraphs as one column keeps them: each heading once, however many paragraphs stand under it.

Stored is `[headings, places]`, or nothing at all: a heading is the number of the one above it and its words, a
place is start and end in the text and the number of the innermost heading. Numbers count from 0; -1 is none.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from documents.extraction import Paragraph

NONE = -1
COLUMNS = 2


def packed(paragraphs: Iterable[Paragraph]) -> list[Any]:
    """Return what is stored of the paragraphs of a document."""
    numbers: dict[tuple[int, str], int] = {}
    places = []
    for paragraph in paragraphs:
        innermost = NONE
        for heading in paragraph.headings:
            innermost = numbers.setdefault((innermost, heading), len(numbers))
        places.append([paragraph.start, paragraph.end, innermost])
    return [[list(one) for one in numbers], places] if places else []


def unpacked(stored: list[Any]) -> Iterator[Paragraph]:
    """Yield the paragraphs that `packed` took; none where the column says that it is erased."""
    if len(stored) != COLUMNS:
        return
    headings, places = stored
    paths: list[tuple[str, ...]] = []
    for above, heading in headings:
        paths.append((*(paths[above] if above != NONE else ()), heading))
    for start, end, innermost in places:
        yield Paragraph(start, end, paths[innermost] if innermost != NONE else ())
