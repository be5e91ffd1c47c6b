"""An answer for whatever shows no HTML: its blocks with their citations, and the same as plain text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversations.assistant.quote import QuoteEngine
from conversations.models import Citation, Message
from conversations.prose import Block, Kind, blocks

if TYPE_CHECKING:
    from conversations.exchanges import Reference

MARKER = re.compile(r"\[([0-9]{1,3})\]")
STATES = {
    Message.Status.PENDING: "This answer is still being given.",
    Message.Status.INCOMPLETE: "This answer broke off before it was complete.",
}
UNSUPPORTED = "The papers do not seem to hold an answer to this question."
SEE_ALSO = "See also"


@dataclass(frozen=True)
class Stretch:
    """A block of an answer, and the citations of the words that it quotes."""

    block: Block
    references: Sequence["Reference"] = ()


@dataclass(frozen=True)
class Told:
    """An answer: its blocks, the citations that stand in none of them, and what is to be known of it.

    `see_also` says where further passages stand.
    """

    stretches: Sequence[Stretch]
    references: Sequence["Reference"]
    see_also: Sequence[str]
    remark: str

    @property
    def text(self) -> str:
        """Return all of it as plain text."""
        return "\n\n".join(_paragraphs(self))


def told(answer: Message, references: Sequence["Reference"]) -> Told:
    """Return an answer with its citations."""
    quoted = [one for one in references if one.citation.kind == Citation.Kind.QUOTATION]
    further = [one for one in references if one.citation.kind == Citation.Kind.SEE_ALSO]
    stretches = [Stretch(block, _said_in(block, quoted)) for block in blocks(answer.content)]
    shown = {reference.number for stretch in stretches for reference in stretch.references}
    left = [reference for reference in quoted if reference.number not in shown]
    places = [origin_of(reference) for reference in further if reference.is_verified]
    return Told(stretches, left, list(dict.fromkeys(places)), _remark(answer))


def origin_of(reference: "Reference") -> str:
    """Return the paper and the place in it, such as "Custody agreement.pdf, page 3, § 4.2"."""
    return ", ".join(part for part in (reference.filename, reference.place) if part)


def _paragraphs(answer: Told) -> Iterator[str]:
    for stretch in answer.stretches:
        yield "\n".join([stretch.block.line, *map(_verdict, stretch.references)])
    for reference in answer.references:
        yield f"“{reference.words}” [{reference.number}]\n{_verdict(reference)}"
    if answer.see_also:
        yield "\n".join([f"{SEE_ALSO}:", *(f"- {place}" for place in answer.see_also)])
    if answer.remark:
        yield answer.remark


def _verdict(reference: "Reference") -> str:
    """Return where the words of a quotation stand, and what the check of them found."""
    found = "; ".join(part for part in (origin_of(reference), reference.finding) if part)
    return f"[{reference.number}] {found}"


def _said_in(block: Block, references: Sequence["Reference"]) -> list["Reference"]:
    """Return the citations that a quotation names and holds; one that it only names stands with its own words."""
    if block.kind != Kind.QUOTATION:
        return []
    named = {int(number) for number in MARKER.findall(block.text)}
    words = " ".join(block.text.split())
    return [one for one in references if one.number in named and one.words in words]


def _remark(answer: Message) -> str:
    if answer.status != Message.Status.COMPLETE:
        return STATES[Message.Status(answer.status)]
    says_so_itself = answer.engine == QuoteEngine.name
    return UNSUPPORTED if answer.is_supported is False and not says_so_itself else ""
