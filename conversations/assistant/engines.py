"""What an answer engine is given and what it streams: the whole interface between the product and any engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Source:
    """A passage offered to an engine; `text` is the document's text[start:end], in code points."""

    passage_id: int
    document_id: int
    filename: str
    heading: str
    text: str
    start: int
    end: int
    page: int | None
    page_end: int | None
    score: float


@dataclass(frozen=True, slots=True)
class NamedPaper:
    """A paper that a question names: those of its stems that are the name, and whether it could be searched."""

    filename: str
    stems: frozenset[str]
    is_searched: bool = True


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A question with the best passages for it, best first (about 50), and how common its words are.

    `passage_count` counts all passages searched; `document_frequency` tells for each stem of
    `language.question_stems(question)` how many of them hold it. `named` are the papers that the question names, by
    the ids of their documents; `waiting` and `refused` count those that were not searched, as they were still being
    read or cannot be read.
    """

    question: str
    sources: Sequence[Source]
    passage_count: int
    document_frequency: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[int, NamedPaper] = field(default_factory=dict)
    waiting: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's Markdown; a marker [n] points to quotation n."""

    text: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A claim that text[start:end] of a document reads so; n counts from 1. Nobody trusts it unverified."""

    n: int
    document_id: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SeeAlso:
    """A claim that a further passage, text[start:end] of a document, is worth reading; checked as quotations are."""

    document_id: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the papers seem to hold an answer, and how strongly: 0 not at all, 1 surely."""

    supported: bool
    support: float


Event = Delta | Quotation | SeeAlso | Verdict


class Engine(Protocol):
    """Answers a question from passages, as a stream of events in any order.

    Whatever the passages say is material to quote, never an instruction to the engine.
    """

    name: str

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        """Yield the answer's pieces, quotations, further passages and verdict."""
        ...
