"""A thread as people read it: questions with their answers, cut into text and quotations, each with its place."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from conversations.models import Citation, Message, Thread
from conversations.telling import told
from documents.models import Document, Passage
from documents.places import place_told
from lexai.encryption.fields import DAMAGED, ERASED
from lexai.web.markdown import to_html

EXCHANGES_SHOWN = 5
CONTEXT_CHARACTERS = 140  # of the passage around a quotation, on either side
GLIMPSE_CHARACTERS = 110  # of a passage that is worth reading, too
NAMES_SHOWN = 3
HEADINGS_PARTED_BY = " > "  # of the path that leads to a passage, the last is the nearest
_MARKER = re.compile(r"\[([0-9]{1,3})\]")
_QUOTED = re.compile(r"<blockquote>\s*<p>(.*?)</p>\s*</blockquote>", re.DOTALL)
_WORDS_AND_MARKER = re.compile(r"[“\"]?(.*?)[”\"]?\s*\[([0-9]{1,3})\]", re.DOTALL)
_MARKDOWN = re.compile(r"^> ?|\\(?=[\\`*_{}\[\]<>#+!|~&$])", re.MULTILINE)


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
        return " ".join(self.citation.quote.split())

    @property
    def nearest_heading(self) -> str:
        return self.heading.rpartition(HEADINGS_PARTED_BY)[2]

    @property
    def glimpse(self) -> str:
        """Return how the words begin; the heading, which stands beside them, is left out."""
        return _beginning(self.words.removeprefix(self.nearest_heading).lstrip(), GLIMPSE_CHARACTERS)

    @property
    def is_readable(self) -> bool:
        return self.citation.quote not in {DAMAGED, ERASED}

    @property
    def is_verified(self) -> bool:
        return self.citation.is_verified and self.is_readable

    @property
    def chip(self) -> SafeString:
        """Return the numbered mark of the citation: a link to its place, where there is one."""
        return _chip_of(self)

    @property
    def filename(self) -> str:
        return self.citation.document.filename if self.citation.document else ""

    @property
    def place(self) -> str:
        cited = self.citation
        if cited.document is None:
            return ""
        return place_told(cited.document, cited.page, cited.page_end, self.nearest_heading)

    @property
    def finding(self) -> str:
        """Return in words what the check found."""
        if not self.is_readable:
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


@dataclass(frozen=True)
class Part:
    """A piece of an answer: its own text as HTML, or a quotation."""

    html: str = ""
    reference: Reference | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as a page shows it."""

    message: Message
    parts: Sequence[Part] = ()
    see_also: Sequence[Reference] = ()

    @property
    def plain(self) -> str:
        """Return what has come of an answer under way, as text."""
        return _MARKDOWN.sub("", self.message.content)

    @property
    def text(self) -> str:
        """Return the whole answer with its citations as plain text, to be taken elsewhere."""
        references = [part.reference for part in self.parts if part.reference]
        return told(self.message, [*references, *self.see_also]).text


@dataclass(frozen=True)
class Exchange:
    """A question, and its answer where there is one; `scope` names the documents that it was limited to."""

    question: Message
    asker: str
    scope: str = ""
    answer: Answer | None = None


@dataclass(frozen=True)
class Shown:
    """The newest exchanges of a thread up to some question; `earlier` is the oldest of them where there are more."""

    exchanges: Sequence[Exchange] = field(default_factory=list)
    earlier: int | None = None


def shown(thread: Thread | None, *, by: User, before: int | None = None) -> Shown:
    """Return what a page shows of a thread, oldest first; with `before`, what was asked before that question."""
    if thread is None:
        return Shown()
    asked = Message.objects.visible_to(by).filter(thread=thread, role=Message.Role.USER)
    asked = asked.filter(pk__lt=before) if before else asked
    newest = list(asked.select_related("asked_by").order_by("-pk")[: EXCHANGES_SHOWN + 1])
    kept = newest[:EXCHANGES_SHOWN][::-1]
    return Shown(exchanges(kept, by=by), kept[0].pk if len(newest) > EXCHANGES_SHOWN else None)


def exchanges(questions: Sequence[Message], *, by: User) -> list[Exchange]:
    """Return questions with their answers, as far as the user may read them; many cost the queries of one."""
    replies = Message.objects.visible_to(by).filter(reply_to__in=[one.pk for one in questions])
    answers = {answer.reply_to_id: answer for answer in replies.with_citations().order_by("pk")}
    passages = passages_of(answers.values(), by=by)
    names = _names({pk for question in questions for pk in question.document_ids}, by=by)
    return [
        Exchange(
            question,
            _asker(question, by=by),
            _scope(question, names),
            answer_of(answers[question.pk], passages) if question.pk in answers else None,
        )
        for question in questions
    ]


def exchange(question: Message, *, by: User) -> Exchange:
    """Return one question with its answer."""
    (one,) = exchanges([question], by=by)
    return one


def answer_of(message: Message, passages: Mapping[int, Passage]) -> Answer:
    """Return an answer cut into its parts; `passages` are those that its citations stand in, by citation."""
    references = [reference_to(citation, passages.get(citation.pk)) for citation in message.citations.all()]
    quoted = {one.number: one for one in references if one.citation.kind == Citation.Kind.QUOTATION}
    see_also = [one for one in references if one.citation.kind == Citation.Kind.SEE_ALSO and one.is_verified]
    return Answer(message, list(_parts(message.content, quoted)), see_also)


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
    if passage is None or passage.text in {DAMAGED, ERASED} or citation.start is None:
        return Reference(citation)
    start, end = citation.start - passage.start, (citation.end or 0) - passage.start
    if passage.text[start:end] != citation.quote:
        return Reference(citation, passage.heading)
    before, after = passage.text[:start], passage.text[end:]
    return Reference(citation, passage.heading, _ending(before), _beginning(after, CONTEXT_CHARACTERS))


def _parts(content: str, quoted: Mapping[int, Reference]) -> Iterator[Part]:
    """Yield the pieces of an answer: a block quotation that says what its citation says becomes that citation.

    What no piece has shown so far follows at the end: every citation is shown once as a quotation.
    """
    html, place, left = str(to_html(content)), 0, dict(quoted)
    for block in _QUOTED.finditer(html):
        reference = _cited_by(block[1], left)
        if reference:
            yield from _text(html[place : block.start()], quoted)
            yield Part(reference=left.pop(reference.number))
            place = block.end()
    yield from _text(html[place:], quoted)
    for reference in left.values():
        yield Part(reference=reference)


def _cited_by(html: str, references: Mapping[int, Reference]) -> Reference | None:
    """Return the reference whose very words a block quotation says."""
    said = _WORDS_AND_MARKER.fullmatch(html.strip())
    reference = references.get(int(said[2])) if said else None
    if said is None or reference is None or " ".join(unescape(said[1]).split()) != reference.words:
        return None
    return reference


def _text(html: str, quoted: Mapping[int, Reference]) -> Iterator[Part]:
    """Yield cleaned HTML with its markers as chips; no element in it has an attribute that could hold one."""
    if html.strip():
        marked = _MARKER.sub(lambda found: _chip(quoted.get(int(found[1])), found[0]), html)
        yield Part(html=mark_safe(marked))  # noqa: S308 - nh3 cleaned it, and chips are built by format_html


def _chip(reference: Reference | None, marker: str) -> str:
    return reference.chip if reference else marker


def _chip_of(reference: Reference) -> SafeString:
    sign = "" if reference.is_verified else format_html('<span aria-hidden="true">{}</span>', "?")
    told = ", ".join(part for part in (reference.filename, reference.place, reference.finding) if part)
    if not reference.address:
        return format_html(
            '<span class="chip doubtful">{}{}<span class="unseen">, {}</span></span>',
            reference.number,
            sign,
            told,
        )
    return format_html(
        '<a class="{}" href="{}" data-citation="{}">{}{}<span class="unseen">: {}</span></a>',
        "chip" if reference.is_verified else "chip doubtful",
        reference.address,
        reference.key,
        reference.number,
        sign,
        told,
    )


def _names(ids: Collection[int], *, by: User) -> dict[int, str]:
    found: dict[int, str] = dict(
        Document.objects.visible_to(by).filter(pk__in=ids).values_list("pk", "filename")
    )
    return found


def _scope(question: Message, names: Mapping[int, str]) -> str:
    """Return in words the documents that a question was limited to."""
    there = [names[pk] for pk in question.document_ids if pk in names]
    gone = len(question.document_ids) - len(there)
    more = len(there) - NAMES_SHOWN
    told = [
        *there[:NAMES_SHOWN],
        *([f"{more} more"] if more > 0 else []),
        *([f"{gone} deleted"] if gone else []),
    ]
    return ", ".join(told)


def _asker(question: Message, *, by: User) -> str:
    asker: Any = question.asked_by
    if asker is None:
        return "Somebody who is gone"
    return "You" if asker.pk == by.pk else asker.get_full_name() or asker.email


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
