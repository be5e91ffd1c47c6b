"""Citations as people read them: the words, where they stand, and what the check of them found."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from conversations.models import Citation, Message
from documents.models import Passage
from documents.places import nearest_heading, place_told
from lexai.encryption.fields import DAMAGED, ERASED

CONTEXT_CHARACTERS = 140  # of the passage around a quotation, on either side
GLIMPSE_CHARACTERS = 110  # of a passage that is worth reading, too


@dataclass(frozen=True)
class Reference:
    """A citation as a page shows it, with the words around it and the heading that it stands under."""

    citation: Citation
    heading: str = ""
    before: str = ""
    after: str = ""

    @property
    def key(self) -> str:
        """Return what names it on a page."""
        return f"{self.citation.message_id}-{self.citation.kind[0]}{self.citation.n}"

    @property
    def number(self) -> int:
        return self.citation.n

    @property
    def words(self) -> str:
        return " ".join((self.citation.quote or "").split())

    @property
    def glimpse(self) -> str:
        """Return how the words begin; the heading, which stands beside them, is left out."""
        words = self.words.removeprefix(nearest_heading(self.heading)).lstrip()
        return _beginning(words, GLIMPSE_CHARACTERS)

    @property
    def is_gone(self) -> bool:
        """Say whether the paper was deleted, and with it the words."""
        return self.citation.quote is None

    @property
    def is_lost(self) -> bool:
        """Say whether the words can be read no more, and so not be compared with any."""
        return self.is_gone or not self.citation.is_readable

    @property
    def is_verified(self) -> bool:
        return self.citation.is_found

    @property
    def chip(self) -> SafeString:
        """Return the numbered mark of the quotation: a link to its place, where there is one, with the finding."""
        told = [part for part in (self.origin, self.finding) if part]
        return _chip_of(self, "chip" if self.is_verified else "chip doubtful", told)

    @property
    def pointer(self) -> SafeString:
        """Return the mark for other words, which say that the citation bears them out: nothing vouches for those."""
        if not self.is_verified:
            return self.chip
        return _chip_of(self, "chip pointer", [f"see {self.origin}"])

    @property
    def filename(self) -> str:
        return self.citation.document.filename if self.citation.document else ""

    @property
    def place(self) -> str:
        cited = self.citation
        if cited.document is None:
            return ""
        return place_told(cited.document, cited.page, cited.page_end, self.heading)

    @property
    def origin(self) -> str:
        """Return the paper and the place in it, such as "Custody agreement.pdf, page 3, § 4.2"."""
        return ", ".join(part for part in (self.filename, self.place) if part)

    @property
    def finding(self) -> str:
        """Return in words what the check found."""
        if self.is_gone:
            return "not verified: the paper was deleted"
        if self.is_lost:
            return "not verified: these words cannot be read any more"
        if self.is_verified:
            return "found word for word"
        return "not in this file" if self.citation.document else "not verified: these words were not found"

    @property
    def address(self) -> str:
        """Return the address of the page beside the answer, open at this place; nothing where no document is named."""
        cited = self.citation
        if cited.document_id is None:
            return ""
        places = {"page": cited.page, "start": cited.start, "end": cited.end}
        given = {name: place for name, place in places.items() if place is not None}
        address = reverse("source", args=[cited.document_id])
        return f"{address}?{urlencode(given)}" if given else address


def passages_of(answers: Iterable[Message], *, by: User) -> dict[int, Passage]:
    """Return the passage that each citation stands in, by the citation."""
    holding = Passage.objects.filter(
        document=OuterRef("document"), start__lte=OuterRef("start"), end__gte=OuterRef("end")
    )
    cited = Citation.objects.visible_to(by).filter(message__in=[one.pk for one in answers], is_verified=True)
    places = dict(cited.annotate(passage=Subquery(holding.values("pk")[:1])).values_list("pk", "passage"))
    found = Passage.objects.visible_to(by).in_bulk([pk for pk in places.values() if pk])
    return {citation: found[pk] for citation, pk in places.items() if pk in found}


def reference_to(citation: Citation, passage: Passage | None) -> Reference:
    """Return a citation with what stands around it in its passage."""
    if passage is None or passage.text in {DAMAGED, ERASED} or citation.start is None:
        return Reference(citation)
    start, end = citation.start - passage.start, (citation.end or 0) - passage.start
    if passage.text[start:end] != citation.quote:
        return Reference(citation, passage.heading)
    before, after = passage.text[:start], passage.text[end:]
    return Reference(citation, passage.heading, _ending(before), _beginning(after, CONTEXT_CHARACTERS))


def _chip_of(reference: Reference, kind: str, told: Iterable[str]) -> SafeString:
    sign = "" if reference.is_verified else format_html('<span aria-hidden="true">{}</span>', "?")
    words = format_html('{}{}<span class="unseen">: {}</span>', reference.number, sign, ", ".join(told))
    if not reference.address:
        return format_html('<span class="{}">{}</span>', kind, words)
    return format_html(
        '<a class="{}" href="{}" data-citation="{}">{}</a>', kind, reference.address, reference.key, words
    )


def _ending(text: str) -> str:
    """Return the last words of a text on one line, as long as a context may be; what followed a space keeps it."""
    words = " ".join(text.split())
    if len(words) > CONTEXT_CHARACTERS:
        words = "… " + words[-CONTEXT_CHARACTERS:].partition(" ")[2]
    return f"{words} " if words and text[-1:].isspace() else words


def _beginning(text: str, characters: int) -> str:
    """Return the first words of a text on one line; what stood behind a space keeps it."""
    words = " ".join(text.split())
    if len(words) > characters:
        words = words[:characters].rpartition(" ")[0] + " …"
    return f" {words}" if words and text[:1].isspace() else words
