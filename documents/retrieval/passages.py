"""Cut a document's text into passages that follow its clauses and headings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.retrieval.language import stripped

PASSAGE_CHARACTERS = 800
HEADING_CHARACTERS = 200
HEADING_SEPARATOR = " > "
TITLE_CHARACTERS = 90
CLAUSE_FLOOR_CHARACTERS = 60
PARAGRAPH_TARGET_CHARACTERS = 450
SHORT_LINE_CHARACTERS = 50
TITLE_WORDS = 12
_OUTER_DIVISIONS = ("article", "schedule", "exhibit", "appendix", "annex", "part", "title", "chapter")
_INNER_ROMANS = frozenset("ii iii iv vi vii viii ix".split())

_DIVISION = r"(?:article|section|clause|paragraph|schedule|exhibit|appendix|annex|part|title|chapter)"
_NUMBER = re.compile(
    rf"[ \t]{{0,40}}(?P<number>{_DIVISION}[ \t]{{1,4}}"
    r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[IVXLC]{1,6}|[A-Z])(?!\w)[.:)]?"
    r"|§{1,2}[ \t]?\d{1,4}(?:\.\d{1,4}){0,4}[.)]?"
    r"|\d{1,3}(?:\.\d{1,3}){1,4}[.)]?(?=\s)"
    r"|\d{1,3}[.)](?=\s)"
    r"|\([a-z]{1,4}\)|\([A-Z]\)|\(\d{1,2}\)"
    r"|[A-Za-z][.)](?=\s)|[ivxIVX]{2,5}[.)](?=\s))[ \t]{0,40}",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"(?<=[.;:\"”)])[ \t]{1,20}"
    r"(?=\d{1,2}(?:\.\d{1,2}){1,3}[.)]?[ \t]{1,20}[A-Z\"“]|\d{1,2}\.[ \t]{1,20}[A-Z\"“]"
    r"|(?:ARTICLE|SECTION|Section)[ \t]{1,4}[\dIVX]{1,5}\b[.:]?[ \t]{1,4}[A-Z])"
)
_TITLE = re.compile(r"[^\n.:;]{2,90}?(?=[.:;]|[ \t]{0,20}$|[ \t]{0,20}\n| [-–—] )")
_PAGE_NUMBER = re.compile(r"(?:page|seite)\s+\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;:][\"”’)\]]{0,3}\s")
_WHITE_SPACE = re.compile(r"\s")
_SMALL_WORDS = frozenset("a an and as at by for from in into nor of on or the to under upon with".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """A passage: `text[start:end]` in code points, without outer white space, and its heading path."""

    start: int
    end: int
    heading: str


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    is_clause: bool
    heading: str


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    opens: bool


def split(text: str) -> list[Clause]:
    """Return the passages of a text in order: at most 800 characters each, none overlapping, all words in one.

    A passage starts where a clause number, a heading or a paragraph starts; short neighbours are joined,
    long clauses are cut after a sentence. Works in time proportional to the length of the text.
    """
    blocks = _joined(_cut(text, _blocks(text)))
    return [Clause(block.start, block.end, block.heading) for block in blocks]


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the stretches between one start of a clause or paragraph and the next."""
    path: list[tuple[int, str]] = []
    current: _Block | None = None
    for line in _lines(text):
        found = _heading_of(line)
        if found:
            path = [step for step in path if step[0] < found[0]] + [found]
        if current is None or found or line.opens:
            if current:
                yield current
            labels = [label for _depth, label in path]
            current = _Block(line.start, line.end, bool(found), path_text(labels))
        else:
            current.end = line.end
    if current:
        yield current


def _lines(text: str) -> Iterator[_Line]:
    """Yield the non-blank pieces of lines; `opens` tells that the piece can start a paragraph."""
    opens, offset = True, 0
    for raw in text.splitlines(keepends=True):
        if not raw.strip():
            opens = True
        else:
            for start, end in _pieces(raw):
                piece = raw[start:end]
                yield _Line(offset + start, offset + end, piece, opens)
                opens = _closes(piece)
        offset += len(raw)


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Yield a line in pieces, cut where a clause number stands inside it."""
    start = 0
    for found in _INLINE.finditer(line):
        yield from stripped(line, start, found.start())
        start = found.end()
    yield from stripped(line, start, len(line))


def _closes(line: str) -> bool:
    """Tell whether a new paragraph may follow this line: it ends a sentence, or is a short line of its own."""
    return line[-1] in '.;:!?"”)' or len(line) <= SHORT_LINE_CHARACTERS or line.endswith((" and", " or", ","))


def _heading_of(line: _Line) -> tuple[int, str] | None:
    """Return (depth, label) when the line starts a numbered clause or is a heading of its own."""
    if not line.opens or _PAGE_NUMBER.fullmatch(line.text):
        return None
    head = line.text[: 2 * TITLE_CHARACTERS]
    numbered = _NUMBER.match(head)
    if numbered and _starts_clause(head[numbered.end() :]):
        number = numbered["number"].strip()
        return _depth(number), f"{number} {_title(head[numbered.end() :])}".strip()
    if len(line.text) <= TITLE_CHARACTERS and is_title(line.text):
        return 1, line.text
    return None


def _starts_clause(rest: str) -> bool:
    return not rest or not rest[0].islower() or rest[:1] in '"“('


def _depth(number: str) -> int:
    """Return how deep a clause number stands: Article 0, 7. 2, 7.2 3, (a) 6, (i) 7."""
    name = number.lower()
    if name.startswith(_OUTER_DIVISIONS):
        return 0
    if name[0].isdigit() or name.startswith(("§", "section", "clause", "paragraph")):
        return 2 + name.rstrip(".)").count(".")
    return 7 if name.strip("().") in _INNER_ROMANS else 6


def _title(rest: str) -> str:
    """Return the title that stands after a clause number, or "" when a sentence follows at once."""
    found = _TITLE.match(rest)
    return found[0].strip() if found and is_title(found[0]) else ""


def is_title(text: str) -> bool:
    """Tell whether words look like a title: capitals, few words, no end of a sentence."""
    words = re.findall(r"[^\W\d_]+", text)
    if not words or len(words) > TITLE_WORDS or text.rstrip()[-1] in ".,;":
        return False
    large = [word for word in words if word.lower() not in _SMALL_WORDS]
    return bool(large) and text[0] not in '("“' and all(word[0].isupper() for word in large)


def path_text(headings: Iterable[str]) -> str:
    """Return headings, the outermost first, as one line; the outermost are dropped to fit."""
    labels = list(headings)
    while len(labels) > 1 and len(HEADING_SEPARATOR.join(labels)) > HEADING_CHARACTERS:
        labels.pop(0)
    return HEADING_SEPARATOR.join(labels)[:HEADING_CHARACTERS]


def _cut(text: str, blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Yield the blocks with those over the limit cut, after a sentence where possible."""
    for block in blocks:
        start = block.start
        while block.end - start > PASSAGE_CHARACTERS:
            end = start + _break(text[start : start + PASSAGE_CHARACTERS])
            yield from _trimmed(text, start, end, block)
            start = end
        yield from _trimmed(text, start, block.end, block)


def _trimmed(text: str, start: int, end: int, block: _Block) -> Iterator[_Block]:
    for first, last in stripped(text, start, end):
        yield _Block(first, last, block.is_clause and start == block.start, block.heading)


def _break(stretch: str) -> int:
    """Return where to cut a stretch: after its last sentence in the second half, else at a space, else at its end."""
    half = len(stretch) // 2
    ends = [found.end() for found in _SENTENCE_END.finditer(stretch, half)]
    if ends:
        return ends[-1]
    spaces = [found.end() for found in _WHITE_SPACE.finditer(stretch, half)]
    return spaces[-1] if spaces else len(stretch)


def _joined(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Yield the blocks with short ones joined to what follows, as long as the limit allows."""
    current: _Block | None = None
    for block in blocks:
        if current and _belong_together(current, block):
            if block.end - block.start > current.end - current.start:
                current.heading = block.heading
            current.end = block.end
        else:
            if current:
                yield current
            current = block
    if current:
        yield current


def _belong_together(current: _Block, following: _Block) -> bool:
    length = current.end - current.start
    wanted = CLAUSE_FLOOR_CHARACTERS if following.is_clause else PARAGRAPH_TARGET_CHARACTERS
    return length < wanted and following.end - current.start <= PASSAGE_CHARACTERS
