"""The Markdown of an answer as blocks of words, and as HTML that is cut wherever the answer quotes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import zip_longest

from markdown_it.token import Token

from lexai.web.markdown import parsed, to_html

BREAKS = {"softbreak": " ", "hardbreak": "\n"}
CUT = "<blockquote></blockquote>"  # what a quotation leaves in the HTML around it


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTATION = "quotation"
    BULLET = "bullet"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a block in one manner of writing."""

    text: str
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, quotation or item of a list; `number` is that of an item in a numbered list."""

    kind: Kind
    spans: tuple[Span, ...]
    number: int = 0

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def line(self) -> str:
        """Return the text as it reads without any layout: an item has its bullet or its number."""
        if self.kind == Kind.BULLET:
            return f"- {self.text}"
        return f"{self.number}. {self.text}" if self.kind == Kind.NUMBER else self.text


@dataclass
class _Place:
    """What surrounds the next words."""

    quotations: int = 0
    lists: list[int | None] = field(default_factory=list)  # the next number of each; None: bullets
    opens_item: bool = False
    is_heading: bool = False


def blocks(markdown: str) -> list[Block]:
    """Return the blocks of a text in Markdown, in order; links and pictures are the words they are written with."""
    return list(_blocks(parsed(markdown)))


def pieces(markdown: str) -> Iterator[tuple[str, list[Block]]]:
    """Yield the HTML before each quotation with the blocks of that quotation; after the last one stands none.

    Where a list holds a quotation, its HTML is cut in two that are whole only together.
    """
    kept, quotations = _parted(parsed(markdown))
    for html, quotation in zip_longest(to_html(kept).split(CUT), quotations, fillvalue=()):
        yield str(html), list(_blocks(quotation))


def _parted(tokens: Sequence[Token]) -> tuple[list[Token], list[list[Token]]]:
    """Return what stands outside of quotations, each of them emptied, and the tokens of each of them."""
    kept: list[Token] = []
    quotations: list[list[Token]] = []
    depth = 0
    for token in tokens:
        step = token.nesting if token.type.startswith("blockquote_") else 0
        if step > 0 and not depth:
            quotations.append([])
        if depth or step:
            quotations[-1].append(token)
        if min(depth, depth + step) == 0:  # outside, or at the edge of the outermost
            kept.append(token)
        depth += step
    return kept, quotations


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    place = _Place()
    for token in tokens:
        if token.type == "inline":
            yield _block(place, tuple(_spans(token.children or [])))
        elif token.type in {"fence", "code_block"}:
            kind = Kind.QUOTATION if place.quotations else Kind.CODE
            yield Block(kind, (Span(token.content.rstrip("\n")),))
        else:
            _move(place, token)


def _move(place: _Place, token: Token) -> None:
    if token.type.startswith("blockquote_"):
        place.quotations += token.nesting
    elif token.type.startswith("heading_"):
        place.is_heading = token.nesting > 0
    elif token.type == "list_item_open":
        place.opens_item = True
    elif token.type in {"bullet_list_close", "ordered_list_close"}:
        place.lists.pop()
    elif token.type == "bullet_list_open":
        place.lists.append(None)
    elif token.type == "ordered_list_open":
        place.lists.append(int(token.attrs.get("start", 1)))


def _block(place: _Place, spans: tuple[Span, ...]) -> Block:
    if place.quotations:
        return Block(Kind.QUOTATION, spans)
    if place.is_heading:
        return Block(Kind.HEADING, spans)
    if place.lists and place.opens_item:
        place.opens_item = False
        number = place.lists[-1]
        if number is None:
            return Block(Kind.BULLET, spans)
        place.lists[-1] = number + 1
        return Block(Kind.NUMBER, spans, number)
    return Block(Kind.PARAGRAPH, spans)


def _spans(children: Sequence[Token]) -> Iterator[Span]:
    manner = Span("")
    for token in children:
        if token.type.startswith("strong_"):
            manner = replace(manner, is_bold=token.nesting > 0)
        elif token.type.startswith("em_"):
            manner = replace(manner, is_italic=token.nesting > 0)
        elif text := BREAKS.get(token.type, token.content):
            yield replace(manner, text=text)
