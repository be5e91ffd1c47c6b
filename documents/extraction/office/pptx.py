"""Read presentations (PPTX): slide by slide, with their notes and comments."""

from collections.abc import Iterator

from documents.extraction import limits, office
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.manuscript import Manuscript, as_heading
from documents.extraction.office import drawing
from documents.extraction.office.drawing import Drawing, Shown

MEDIA_TYPE = office.Kind.PPTX.value

_TITLES = ("title", "ctrTitle")
_NUMBER = "sldNum"
_HIDDEN = "Slides of this presentation are hidden: they are read too."


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read the slides in the order in which they are shown, hidden ones too, parted by blank lines.

    Shapes stand in the order in which they are drawn, cells are parted by tabs and rows by line breaks; diagrams
    and the titles of charts, the notes and the comments of a slide follow it. The title is the heading of what is
    on the slide. Raise PasswordProtected, Damaged, OverLimits or NoText.
    """
    package = office.Package(content)
    main = package.main_part(office.Kind.PPTX)
    slides = _slides(package, main)
    authors = _authors(package, main)
    manuscript = Manuscript()
    has_hidden = False
    for part in slides:
        has_hidden |= _Slide(package, part, authors).add_to(manuscript)
    office.add_properties(package, manuscript)
    return manuscript.extracted(MEDIA_TYPE, [_HIDDEN] * has_hidden)


def _slides(package: office.Package, main: str) -> list[str]:
    """Return the parts of the slides, each once, in the order of the presentation."""
    parts = {
        relation.identifier: relation.part for relation in package.relations(main) if relation.kind == "slide"
    }
    listed = [
        parts[identifier]
        for opens, name, element in package.elements(main, drawing.NAMESPACES)
        if opens and name == "sldId" and (identifier := office.relationship_id(element)) in parts
    ]
    return list(dict.fromkeys(listed))


def _authors(package: office.Package, main: str) -> dict[str, str]:
    return {
        element.get("id", ""): element.get("name", "").strip()
        for part in package.related(main, "commentAuthors", "authors")
        for opens, name, element in package.elements(part, drawing.NAMESPACES)
        if opens and name in ("cmAuthor", "author")
    }


class _Slide:
    """One slide as it is read."""

    def __init__(self, package: office.Package, part: str, authors: dict[str, str]) -> None:
        self._package, self._part, self._authors = package, part, authors
        self._is_hidden = False

    def add_to(self, manuscript: Manuscript) -> bool:
        """Add the lines of the slide; tell whether it is hidden and holds any."""
        left = limits.CHARACTER_LIMIT - manuscript.length
        shapes = [line for line in self._shapes(left) if line.role != _NUMBER]
        title = as_heading(" ".join(line.text for line in shapes if line.role in _TITLES))
        headings = (title,) if title else ()
        before = manuscript.length
        manuscript.section()
        for line in shapes:
            manuscript.line(line.text, () if line.role in _TITLES else headings)
        for text in drawing.texts(self._package, self._related("diagramData", "chart"), budget=left):
            manuscript.line(text, headings)
        for text in self._notes(left):
            manuscript.line(text, (*headings, "Notes"))
        for text in self._comments(left):
            manuscript.line(text, (*headings, "Comments"))
        return self._is_hidden and manuscript.length > before

    def _related(self, *kinds: str) -> list[str]:
        return self._package.related(self._part, *kinds)

    def _shapes(self, left: int) -> list[Shown]:
        shapes = Drawing(budget=left)
        for opens, name, element in self._package.elements(self._part, drawing.NAMESPACES):
            if opens and name == "sld":
                self._is_hidden = element.get("show") in ("0", "false")
            shapes.take(name, element, opens=opens)
        return shapes.lines

    def _notes(self, left: int) -> Iterator[str]:
        """Give what the speaker wrote; the other placeholders of the page of notes repeat the slide."""
        for part in self._related("notesSlide")[:1]:
            for line in Drawing(budget=left).read(self._package, part):
                if line.role == "body":
                    yield line.text

    def _comments(self, left: int) -> Iterator[str]:
        for part in self._related("comments"):
            yield from _comments(self._package, part, self._authors, left)


def _comments(package: office.Package, part: str, authors: dict[str, str], left: int) -> Iterator[str]:
    """Give the comments of a part, of the older kind, whose text is plain, or of the newer, which has paragraphs."""
    author, pending = "", Drawing(budget=left)
    for opens, name, element in package.elements(part, drawing.NAMESPACES):
        pending.take(name, element, opens=opens)
        if opens and name in ("cm", "reply"):
            author = authors.get(element.get("authorId", ""), "")
        elif not opens and name == "text":
            pending.lines.append(Shown(office.text_at_end(element)))
        if not opens and name in ("text", "txBody"):
            text = " ".join(" ".join(line.text for line in pending.lines).split())
            pending.lines.clear()
            yield f"Comment by {author}: {text}" if author else f"Comment: {text}"
