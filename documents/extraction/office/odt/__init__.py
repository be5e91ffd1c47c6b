"""Read OpenDocument texts (ODT) with their automatic numbers, notes and comments."""

from collections.abc import Iterator

from documents.extraction import limits, office
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.manuscript import Line, Manuscript
from documents.extraction.office.changes import Changes
from documents.extraction.office.odt.lists import Lists
from documents.extraction.office.odt.looks import Looks
from documents.extraction.office.odt.names import STORY
from documents.extraction.office.odt.story import BODY, Story
from documents.extraction.refusals import Damaged, PasswordProtected

MEDIA_TYPE = office.Kind.ODT.value

_BODY_PART, _STYLES_PART, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_MANIFEST_NAMES = frozenset(["urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"])
_HEADERS = frozenset(["header", "header-left", "header-first"])
_FOOTERS = frozenset(["footer", "footer-left", "footer-first"])


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read the body, its notes and comments, and each different header and footer once.

    A paragraph begins with its automatic number; the sign of a note in the text is left out. Cells are parted by
    tabs and rows by line breaks; a text box follows the paragraph that holds it. Tracked insertions are read;
    deletions and what is struck out are not. Raise PasswordProtected, Damaged, OverLimits or NoText.
    """
    package = office.Package(content)
    if _BODY_PART not in package:
        raise Damaged
    if _is_encrypted(package):
        raise PasswordProtected
    lists, looks, changes = Lists(), Looks(), Changes()
    around = _headers_and_footers(package, lists, looks, changes)
    manuscript = Manuscript()
    story = Story(lists, looks, changes, budget=limits.CHARACTER_LIMIT)
    asides = story.read(package, _BODY_PART)
    _add(manuscript, asides.pop(BODY))
    for part in dict.fromkeys(story.objects):
        budget = limits.CHARACTER_LIMIT - manuscript.length
        _add(manuscript, Story(Lists(), Looks(), changes, budget=budget).read(package, part)[BODY])
    for lines in (*asides.values(), *around):
        _add(manuscript, lines)
    office.add_properties(package, manuscript)
    return manuscript.extracted(MEDIA_TYPE, changes.warnings())


def _add(manuscript: Manuscript, lines: list[Line]) -> None:
    manuscript.section()
    for line in lines:
        manuscript.line(line.text, line.headings)


def _is_encrypted(package: office.Package) -> bool:
    manifest = package.elements(_MANIFEST, _MANIFEST_NAMES)
    try:
        return any(opens and name == "encryption-data" for opens, name, _element in manifest)
    except Damaged:  # early programs wrote it without its namespace, and encrypted nothing
        return False


def _headers_and_footers(
    package: office.Package, lists: Lists, looks: Looks, changes: Changes
) -> list[list[Line]]:
    """Read the part of the styles: it teaches the lists, and holds the headers and footers of the pages."""
    found: dict[str, dict[tuple[str, ...], list[Line]]] = {"Header": {}, "Footer": {}}
    for name, lines in _masters(package, lists, looks, changes):
        kind = "Header" if name in _HEADERS else "Footer"
        below = [Line(line.text, (kind,)) for line in lines]
        found[kind].setdefault(tuple(line.text for line in lines), below)
    return [*found["Header"].values(), *found["Footer"].values()]


def _masters(
    package: office.Package, lists: Lists, looks: Looks, changes: Changes
) -> Iterator[tuple[str, list[Line]]]:
    budget = limits.CHARACTER_LIMIT
    story: Story | None = None
    for opens, name, element in package.elements(_STYLES_PART, STORY):
        if opens and story is None and name in _HEADERS | _FOOTERS:
            story = Story(lists, looks, changes, budget=budget)
        elif opens and story is None:
            lists.learn(name, element)
            looks.learn(name, element)
        elif story is None:
            continue
        elif opens:
            story.open(name, element)
        elif name in _HEADERS | _FOOTERS:
            yield name, story.sections[BODY]
            budget -= sum(len(line.text) + 1 for line in story.sections[BODY])
            story = None
        else:
            story.close(name, element)
