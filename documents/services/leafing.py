"""What happens when somebody leafs through a paper: a page at a time, or a screen of a text that flows."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import User
from documents import leaves, paragraphs, policies
from documents.leaves import Block, Span
from documents.models import Document, Page, Passage
from documents.services.showing import NotReadYet
from lexai import audit
from lexai.errors import require_visible
from lexai.system import SystemUser


@dataclass(frozen=True)
class Wanted:
    """What a paper is opened at: the number of a page, or of a screen; a stretch of the text; words to look for."""

    number: int | None = None
    screen: int | None = None
    quoted: Span | None = None
    words: str = ""


@dataclass
class Leaf:
    """A page of a paper, or a screen of its text, and what is marked on it.

    `page` holds the boxes of its words; `blocks` are there where the format flows, and it is None. `number` counts
    from 1, to `count`. `heading` is the one over what was quoted. `is_legible` is False where the text does not open,
    `is_amiss` where what was quoted is no stretch of it; `missing` is the number of a page that is not there.
    """

    document: Document
    text: str
    count: int
    matches: list[Span]
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

    Raises NotReadYet unless the document is ready.
    """
    require_visible(policies.can_view_document(by, document))
    shown = Document.objects.ready().defer(None).select_related("client").filter(pk=document.pk).first()
    if shown is None:
        raise NotReadYet
    pages = list(Page.objects.filter(document=shown).defer("layout").order_by("number"))
    turned = _opened(shown, pages, wanted)
    is_pictured = len(pages) > 1 or any(page.width for page in pages)
    if is_pictured:
        _turn_to_page(turned, pages, wanted)
        audit.record("document_page.viewed", shown, by=by, page=turned.number)
    else:
        _turn_to_screen(turned, wanted)
        audit.record("document_text.viewed", shown, by=by)
    return turned


def _opened(document: Document, pages: Sequence[Page], wanted: Wanted) -> Leaf:
    """Return a leaf that knows what is marked, and not yet what stands on it."""
    text = document.text or ""
    is_legible = bool(pages) and pages[-1].end == len(text)  # what does not open reads as a mark of that
    text = text if is_legible else ""
    is_amiss = bool(is_legible and wanted.quoted and wanted.quoted.end > len(text))
    here = None if is_amiss or not is_legible else wanted.quoted
    matches = leaves.found(text, wanted.words)
    if here is None and wanted.number is None and wanted.screen is None:
        here = next(iter(matches), None)
    heading = _heading(document, here) if here else ""
    return Leaf(
        document,
        text,
        len(pages),
        matches,
        here=here,
        heading=heading,
        is_legible=is_legible,
        is_amiss=is_amiss,
    )


def _heading(document: Document, here: Span) -> str:
    """Return the heading of the passage in which a stretch of the text begins."""
    before = Passage.objects.filter(document=document, start__lte=here.start)
    passage = before.order_by("-start").first()
    return passage.heading if passage else ""


def _turn_to_page(leaf: Leaf, pages: Sequence[Page], wanted: Wanted) -> None:
    place = _place(leaf, [page.start for page in pages], wanted.number)
    leaf.number = pages[place].number
    leaf.page = Page.objects.get(pk=pages[place].pk)


def _turn_to_screen(leaf: Leaf, wanted: Wanted) -> None:
    stored = leaf.document.paragraphs if leaf.is_legible else []
    screens = leaves.screens(leaf.text, list(paragraphs.unpacked(stored)))
    leaf.count = len(screens)
    place = _place(leaf, [screen[0].start for screen in screens if screen], wanted.screen)
    leaf.number, leaf.blocks = place + 1, screens[place]


def _place(leaf: Leaf, starts: Sequence[int], wanted: int | None) -> int:
    """Return which one is shown, from 0; of a number that is not there, the nearest."""
    if wanted is None:
        return max(0, bisect_right(starts, leaf.here.start) - 1) if leaf.here else 0
    if not 1 <= wanted <= leaf.count:
        leaf.missing = wanted
    return max(1, min(wanted, leaf.count)) - 1
