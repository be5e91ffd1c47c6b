"""A thread as people read it: questions with their answers, cut into text and quotations, each with its place."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from conversations.models import Message, Thread
from conversations.prose import pieces
from conversations.references import Reference, passages_of, reference_to
from conversations.telling import MARKER, Stretch, is_doubtful, not_shown, parted, state_of, stretch_of, told
from documents.models import Document, Passage
from lexai.audit.words import THE_MACHINE

EXCHANGES_SHOWN = 5
NAMES_SHOWN = 3
_MARKDOWN = re.compile(r"^> ?|^#{1,6} |(?<!\\)\*\*|\\(?=[\\`*_{}\[\]<>#+!|~&$])", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A piece of an answer: its own text as HTML, or a quotation."""

    html: str = ""
    quotation: Stretch | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as a page shows it; `sent_as` names the form that asks its question again."""

    message: Message
    references: Sequence[Reference] = ()
    parts: Sequence[Part] = ()
    see_also: Sequence[Reference] = ()
    sent_as: UUID = field(default_factory=uuid4)

    @property
    def state(self) -> str:
        return state_of(self.message, self._quotations)

    @property
    def is_doubtful(self) -> bool:
        return is_doubtful(self.message, self._quotations)

    @property
    def plain(self) -> str:
        """Return what has come of an answer under way, as text."""
        return _MARKDOWN.sub("", self.message.content)

    @property
    def text(self) -> str:
        """Return the whole answer with its citations as plain text, to be taken elsewhere."""
        return told(self.message, self.references).text

    @property
    def _quotations(self) -> list[Stretch]:
        return [part.quotation for part in self.parts if part.quotation]


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

    @property
    def chosen(self) -> Sequence[int]:
        """Return the documents that the last of the questions was limited to."""
        return self.exchanges[-1].question.document_ids if self.exchanges else ()


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
    quoted, see_also = parted(references)
    return Answer(message, references, list(_parts(message.content, quoted)), see_also)


def _parts(content: str, quoted: Mapping[int, Reference]) -> Iterator[Part]:
    """Yield the pieces of an answer; what no quotation of it shows follows at the end."""
    stretches: list[Stretch] = []
    for html, quotation in pieces(content):
        if html.strip():
            yield Part(_chipped(html, quoted))
        quotations = [stretch_of(block, quoted) for block in quotation]
        stretches += quotations
        yield from (Part(quotation=one) for one in quotations)
    yield from (Part(quotation=one) for one in not_shown(quoted, stretches))


def _chipped(html: str, quoted: Mapping[int, Reference]) -> SafeString:
    """Return cleaned HTML with its markers as chips; no element in it has an attribute that could hold one."""

    def chip(found: re.Match[str]) -> str:
        reference = quoted.get(int(found[1]))
        return reference.pointer if reference else found[0]

    return mark_safe(MARKER.sub(chip, html))  # noqa: S308 - nh3 cleaned it, and chips are built by format_html


def _names(ids: Collection[int], *, by: User) -> dict[int, str]:
    if not ids:  # nearly always
        return {}
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
    if asker is None:  # whoever runs the machine asked by a command: accounts are never deleted
        return THE_MACHINE
    return "You" if asker.pk == by.pk else asker.display_name
