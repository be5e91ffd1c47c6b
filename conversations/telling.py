"""What is told of an answer, on the page and wherever it is taken: its state, and what each quotation is worth."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conversations.assistant.verification import folded
from conversations.models import Citation, Message
from conversations.prose import Block, Kind, blocks
from conversations.references import Reference

MARKER = re.compile(r"\[([0-9]{1,3})\]")
SEE_ALSO = "See also"
NOT_COMPARED = "not verified: these words were not compared with any paper"
NOT_ITS_WORDS = "not verified: these are not, or not only, the words of citation {}"
STATES = {
    Message.Status.PENDING: "This answer is still being given: what it quotes is not verified yet.",
    Message.Status.INCOMPLETE: (
        "This answer is incomplete: it was stopped, or it broke off. What it quotes is not verified."
    ),
}
SUPPORT = {True: "From the papers", False: "Not found in the papers"}
_WORDS_AND_NUMBER = re.compile(r"(.*?)\s*\[([0-9]{1,3})\]")


@dataclass(frozen=True)
class Stretch:
    """A block of an answer, with the citation that a quotation is; or one that stands in no block of it."""

    block: Block | None = None
    reference: Reference | None = None
    claimed: int | None = None  # the number of a citation that has other words

    @property
    def is_quotation(self) -> bool:
        return self.block is None or self.block.kind == Kind.QUOTATION

    @property
    def is_verified(self) -> bool:
        return self.reference is not None and self.reference.is_verified

    @property
    def own_words(self) -> Block | None:
        """Return the block as the answer writes it; nothing where a citation has the words, in the paper's writing."""
        return self.block if self.reference is None or self.reference.is_lost else None

    @property
    def finding(self) -> str:
        """Return in words what is known of a quotation."""
        if self.reference:
            return self.reference.finding
        return NOT_COMPARED if self.claimed is None else NOT_ITS_WORDS.format(self.claimed)

    @property
    def lead(self) -> str:
        """Return what stands before the finding: the number of the citation, and where the words stand."""
        if self.reference is None:
            return ""
        origin = self.reference.origin
        return f"[{self.reference.number}] {origin}{'; ' if origin else ''}"

    @property
    def line(self) -> str:
        """Return the words as they read without any layout."""
        if self.own_words:
            return self.own_words.line
        if self.reference is None or self.reference.is_lost:
            return ""
        return f"“{self.reference.words}” [{self.reference.number}]"


@dataclass(frozen=True)
class Told:
    """An answer: what is to be known of it first, its stretches, and where further passages stand."""

    remark: str
    stretches: Sequence[Stretch]
    see_also: Sequence[str]

    @property
    def text(self) -> str:
        """Return all of it as plain text."""
        return "\n\n".join(_paragraphs(self))


def told(answer: Message, references: Iterable[Reference]) -> Told:
    """Return an answer with its citations; each is shown as a quotation, after the answer if not in it."""
    quoted, further = parted(references)
    stretches = [stretch_of(block, quoted) for block in blocks(answer.content)]
    stretches += not_shown(quoted, stretches)
    places = [reference.origin for reference in further]
    is_told = is_doubtful(answer, stretches)
    return Told(state_of(answer, stretches) if is_told else "", stretches, list(dict.fromkeys(places)))


def state_of(answer: Message, stretches: Iterable[Stretch]) -> str:
    """Return in words how an answer stands; nothing where that was never asked."""
    if answer.status != Message.Status.COMPLETE:
        return STATES[Message.Status(answer.status)]
    state = "" if answer.is_supported is None else SUPPORT[answer.is_supported]
    verdicts = [one.is_verified for one in stretches if one.is_quotation]
    doubt = "" if all(verdicts) else f"{verdicts.count(False)} of {len(verdicts)} quotations not verified"
    return "; ".join(part for part in (state, doubt) if part)


def is_doubtful(answer: Message, stretches: Iterable[Stretch]) -> bool:
    """Say whether the state of an answer is one to be told wherever it is taken."""
    is_sound = answer.status == Message.Status.COMPLETE and answer.is_supported is not False
    return not is_sound or not all(one.is_verified for one in stretches if one.is_quotation)


def parted(references: Iterable[Reference]) -> tuple[dict[int, Reference], list[Reference]]:
    """Return the quotations by their numbers, and the further passages that were found."""
    ordered = list(references)
    quoted = {one.number: one for one in ordered if one.citation.kind == Citation.Kind.QUOTATION}
    return quoted, [one for one in ordered if one.citation.kind == Citation.Kind.SEE_ALSO and one.is_verified]


def stretch_of(block: Block, quoted: Mapping[int, Reference]) -> Stretch:
    """Return a block; one that quotes with the citation whose very words it says, if it says those of one.

    This alone decides what counts as found. Words without the number of a citation, with other words than it has,
    or with more than it has, are told as not compared: only what a citation holds was ever looked for in a paper.
    """
    said = _WORDS_AND_NUMBER.fullmatch(folded(block.text)) if block.kind == Kind.QUOTATION else None
    reference = quoted.get(int(said[2])) if said else None
    if said is None or reference is None:
        return Stretch(block)
    if reference.is_lost or _says(said[1], reference):
        return Stretch(block, reference)
    return Stretch(block, claimed=reference.number)


def not_shown(quoted: Mapping[int, Reference], stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the citations that none of the stretches is, each as one of its own."""
    shown = {one.reference.number for one in stretches if one.reference}
    return [Stretch(reference=one) for one in quoted.values() if one.number not in shown]


def _says(words: str, reference: Reference) -> bool:
    """Tell whether folded words, with quote marks around them or without, are those of a citation."""
    is_marked = len(words) > 1 and words[0] == words[-1] == '"'
    own = {folded(reference.words), folded(reference.citation.quote or "")}
    return bool(own & {words, words[1:-1].strip() if is_marked else words})


def _paragraphs(answer: Told) -> Iterator[str]:
    if answer.remark:
        yield answer.remark
    for stretch in answer.stretches:
        verdict = [f"{stretch.lead}{stretch.finding}"] if stretch.is_quotation else []
        yield "\n".join(part for part in (stretch.line, *verdict) if part)
    if answer.see_also:
        yield "\n".join([f"{SEE_ALSO}:", *(f"- {place}" for place in answer.see_also)])
