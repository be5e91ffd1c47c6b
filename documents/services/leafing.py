"""What happens when somebody leafs through a paper: a page at a time, or a screen of a text that flows."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from accounts.models import User
from documents import leaves, paragraphs, policies
from documents.leaves import Block, Span
from documents.models import Document, Page, Passage
from documents.places import heading_told
from documents.retrieval.snippets import Marker
from documents.services.showing import NotReadYet
from lexai import audit
from lexai.errors import require_visible
from lexai.system import SystemUser


@dataclass(frozen=True)
class Wanted:
    """What a paper is opened at: the number of a page, or of a screen; a stretch of the text; words to look for.

    Those are looked for as they stand, or each `in_any_form`, as a search finds them. A `step` goes from the page of
    that number on to the next place where they stand (1), or back to the one before (-1).
    """

    number: int | None = None
    screen: int | None = None
    quoted: Span | None = None
    words: str = ""
    in_any_form: bool = False
    step: int = 0


class PlacedPage(NamedTuple):
    """Where a page stands in the text."""

    pk: int
    number: int
    start: int
    end: int
    width: float


@dataclass
class Leaf:
    """A page of a paper, or a screen of its text, and what is marked on it.

    `page` holds the boxes of its words; `blocks` are there where the format flows, and it is None. `number` counts
    from 1, to `count`. `matches` are those of the paper, or only `of_this_page`. `heading` is the nearest over what
    was quoted. `is_legible` is False where the text does not open, `is_amiss` where what was quoted is no stretch of
    it; `missing` is the number of a page that is not there.
    """

    document: Document
    text: str
    count: int
    matches: list[Span] = field(default_factory=list)
    of_this_page: bool = False
    number: int = 1
    page: Page | None = None
    blocks: list[Block] = field(default_factory=list)
    here: Span | None = None
    heading: str = ""
    is_legible: bool = True
    is_amiss: bool = False
    missing: int | None = None

    @property
    def is_at_match(self) -> bool:
        """Say whether what is marked as asked for is a place where the words were found."""
        return self.here in self.matches


def leaf(document: Document, wanted: Wanted, *, by: User | SystemUser) -> Leaf:
    """Return the page or the screen that is wanted, else the one with the quotation, else with the first match.

    The document comes with its text. Raises NotReadYet unless it is ready.
    """
    require_visible(policies.can_view_document(by, document))
    if document.status != Document.Status.READY:
        raise NotReadYet
    sheets = Page.objects.filter(document=document.pk).order_by("number")
    pages = [PlacedPage(*found) for found in sheets.values_list("pk", "number", "start", "end", "width")]
    turned = _opened(document, pages, wanted)
    if len(pages) > 1 or any(page.width for page in pages):
        _turn_to_page(turned, pages, wanted)
        audit.record("document_page.viewed", document, by=by, page=turned.number)
    else:
        _turn_to_screen(turned, wanted)
        audit.record("document_text.viewed", document, by=by)
    turned.heading = _heading(document, turned.here) if turned.here else ""
    return turned


def _opened(document: Document, pages: Sequence[PlacedPage], wanted: Wanted) -> Leaf:
    """Return a leaf that knows what is quoted, and not yet what stands on it."""
    text = document.text or ""
    is_legible = bool(pages) and pages[-1].end == len(text)  # what does not open reads as a mark of that
    text = text if is_legible else ""
    is_amiss = bool(is_legible and wanted.quoted and wanted.quoted.end > len(text))
    quoted = wanted.quoted if is_legible and not is_amiss else None
    return Leaf(document, text, len(pages), here=quoted, is_legible=is_legible, is_amiss=is_amiss)


def _heading(document: Document, here: Span) -> str:
    """Return the nearest heading over the passage in which a stretch of the text begins."""
    before = Passage.objects.filter(document=document, start__lte=here.start)
    passage = before.order_by("-start").first()
    return heading_told(passage.heading) if passage else ""


def _turn_to_page(leaf: Leaf, pages: Sequence[PlacedPage], wanted: Wanted) -> None:
    place = _turned(leaf, [page.start for page in pages], wanted, wanted.number)
    leaf.number = pages[place].number
    leaf.page = Page.objects.get(pk=pages[place].pk)


def _turn_to_screen(leaf: Leaf, wanted: Wanted) -> None:
    stored = leaf.document.paragraphs if leaf.is_legible else []
    screens = leaves.screens(leaf.text, list(paragraphs.unpacked(stored)))
    leaf.count = len(screens)
    place = _turned(leaf, [screen[0].start for screen in screens if screen], wanted, wanted.screen)
    leaf.number, leaf.blocks = place + 1, screens[place]


def _turned(leaf: Leaf, starts: Sequence[int], wanted: Wanted, number: int | None) -> int:
    """Mark what is looked for, and return which of the pages or screens that begin at `starts` is shown, from 0."""
    asked = _nearest(leaf, number)
    read = Span(*[*starts, len(leaf.text)][asked : asked + 2]) if starts else Span(0, 0)
    leaf.of_this_page = wanted.in_any_form and not wanted.step and number is not None
    leaf.matches = _matches(leaf.text, wanted, read if leaf.of_this_page else Span(0, len(leaf.text)))
    leaf.here = _here(leaf, wanted)
    if wanted.step:
        leaf.here = _stepped(leaf, read, wanted.step) if leaf.matches else None
    elif number is None:
        leaf.here = leaf.here or next(iter(leaf.matches), None)
    else:
        return asked
    return max(0, bisect_right(starts, leaf.here.start) - 1) if leaf.here else asked


def _nearest(leaf: Leaf, number: int | None) -> int:
    """Return which one is asked for, from 0; of a number that is not there, the nearest."""
    nearest = max(1, min(number or 1, leaf.count))
    leaf.missing = None if number in {None, nearest} else number
    return nearest - 1


def _matches(text: str, wanted: Wanted, within: Span) -> list[Span]:
    """Return where the words stand that are looked for: of very many places, the first.

    In any of their forms they are looked for `within` a stretch: all words of a long paper take a second.
    """
    if not wanted.in_any_form:
        return leaves.found(text, wanted.words)
    places = Marker.of(wanted.words).places(text[within.start : within.end])
    found = (Span(within.start + start, within.start + end) for start, end in places)
    return list(islice(found, leaves.MATCHES_MOST))


def _here(leaf: Leaf, wanted: Wanted) -> Span | None:
    """Return what is quoted, or the first of the words that a search found in it."""
    quoted = leaf.here
    if quoted is None or not wanted.in_any_form:
        return quoted
    return next((match for match in leaf.matches if match.touches(quoted)), quoted)


def _stepped(leaf: Leaf, read: Span, step: int) -> Span:
    """Return the match after, or before, the one that is marked on the page one reads, else its beginning."""
    if leaf.here and leaf.is_at_match and leaf.here.touches(read):
        place = leaf.matches.index(leaf.here) + step
    else:
        place = bisect_left(leaf.matches, read.start, key=_start) + min(step, 0)
    return leaf.matches[place % len(leaf.matches)]


def _start(span: Span) -> int:
    return span.start
