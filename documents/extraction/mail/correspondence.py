"""What mails of every format have in common: which body is read, and how the text of a mail is laid out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from documents.extraction import markup
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, Paragraph, flowing
from documents.extraction.markup import Shown
from documents.extraction.parts import Parts, named

HEADER_LIMIT = 5_000  # characters of one line of the head, such as all who received the mail
LOGO_LIMIT_BYTES = 5_000
_WARNING_LIMIT = 100
# What one form of a text lacks of the other, where they say different things: a share of all words, or some in a row.
_SHARE_OF_OTHER_WORDS = 0.2
_ROW_OF_OTHER_WORDS = 5
_WORDS_IN_COMMON = 3  # that many in a row stand in both forms, wherever they do
_WORDS_IN_ROWS_LIMIT = 1_000_000  # of a form that is compared by its rows

ENCRYPTED = (
    "This mail is encrypted: only its head could be read. Decrypt it in your mail program and add it again."
)
LOGOS = "Small pictures within the text, such as the logos of a signature, were left out ({})."
FORMATTED = "The plain text of this mail says less than its formatted text, which was read instead."
DIFFERENT = (
    "The formatted text of this mail says something else than its plain text. Both were read, in this order; "
    "a mail program shows one of them only."
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*(?=\n)")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_LINK = re.compile(r"(?:https?:|mailto:|www\.|cid:)\S+")


def as_shown(text: str) -> Shown:
    """Take plain text: blank lines part its paragraphs."""
    text = clean(text).strip("\n")
    return Shown(text, list(_blocks(text)), [])


def _blocks(text: str) -> Iterator[Paragraph]:
    start = 0
    for end in [*(line.start() for line in _BLANK_LINE.finditer(text)), len(text)]:
        start += text[start : start + 1] == "\n"
        if text[start:end].strip():
            yield Paragraph(start, end)
        start = max(start, text.find("\n", end + 1))


def chosen(plain: str, formatted: Iterable[str]) -> Shown:
    """Read the plain text; the formatted one where that says the same and more; both where they differ."""
    page, text = joined(markup.shown(html) for html in formatted), as_shown(plain)
    if not page.text or not text.text:
        return page if page.text else text
    text_is_short = _share_missing(text.text, page.text) > _SHARE_OF_OTHER_WORDS
    page_lacks_statement = _lacks_a_statement(page.text, text.text)
    if not (text_is_short or page_lacks_statement or _lacks_a_statement(text.text, page.text)):
        return text
    may_lack = _SHARE_OF_OTHER_WORDS if text_is_short else 0
    if not page_lacks_statement and _share_missing(page.text, text.text) <= may_lack:
        return Shown(page.text, page.paragraphs, [*page.warnings, FORMATTED])
    both = joined([page, text])
    return Shown(both.text, both.paragraphs, [*both.warnings, DIFFERENT])


def _share_missing(text: str, other: str) -> float:
    """Return the share of the words of another text that a text lacks; addresses of links are no words."""
    theirs = Counter(_WORD.findall(_LINK.sub(" ", other.casefold())))
    missing = theirs - Counter(_WORD.findall(text.casefold()))
    return missing.total() / max(1, theirs.total())


def _lacks_a_statement(text: str, other: str) -> bool:
    """Tell whether a text lacks a number of another, or five words in a row."""
    theirs = set(_NUMBER.findall(_LINK.sub(" ", other)))
    return bool(theirs - set(_NUMBER.findall(text))) or _lacks_a_row(text, other)


def _lacks_a_row(text: str, other: str) -> bool:
    """Tell whether five words in a row of another text stand in none of the rows of three that both have."""
    mine, theirs = _words(text), _words(other)
    if max(len(mine), len(theirs)) > _WORDS_IN_ROWS_LIMIT:
        return False
    known = set(_rows(mine))
    missing = 0
    until = 0  # where the last row that both have ends
    for place, row in enumerate(_rows(theirs)):
        if row in known:
            until = place + _WORDS_IN_COMMON
        missing = 0 if place < until else missing + 1
        if missing == _ROW_OF_OTHER_WORDS:
            return True
    return False


def _words(text: str) -> list[str]:
    pieces = _LINK.sub(" ", text.casefold()).replace("<", " <").split()
    return _WORD.findall(" ".join(piece for piece in pieces if "@" not in piece))


def _rows(words: list[str]) -> Iterator[int]:
    """Give the row of three that begins with each word, as a number, which takes less memory than its words."""
    ends = [""] * (_WORDS_IN_COMMON - 1)
    return map(hash, zip(words, [*words[1:], *ends[:1]], [*words[2:], *ends], strict=False))


def joined(pieces: Iterable[Shown]) -> Shown:
    """Set texts one after the other with a blank line between them."""
    texts: list[str] = []
    paragraphs: list[Paragraph] = []
    warnings: list[str] = []
    start = 0
    for piece in pieces:
        if not piece.text.strip():
            continue
        texts.append(piece.text)
        paragraphs += [Paragraph(p.start + start, p.end + start, p.headings) for p in piece.paragraphs]
        warnings += piece.warnings
        start += len(piece.text) + 2
    return Shown("\n\n".join(texts), paragraphs, warnings)


def head(lines: Iterable[tuple[str, str]]) -> Shown:
    """Set the head of a mail, a line for each header that says anything; each line is a paragraph."""
    written, paragraphs, start = [], [], 0
    for label, said in lines:
        line = f"{label}: {_capped(' '.join(clean(said).split()))}"
        if line == f"{label}: ":
            continue
        written.append(line)
        paragraphs.append(Paragraph(start, start + len(line)))
        start += len(line) + 1
    return Shown("\n".join(written), paragraphs, [])


def _capped(said: str) -> str:
    return said if len(said) <= HEADER_LIMIT else said[: HEADER_LIMIT - 1] + "…"


def mail(
    headers: list[tuple[str, str]], bodies: list[Shown], parts: Parts, *, media_type: str, warnings: list[str]
) -> Extracted:
    """Lay out a mail: its head, the names of what is attached, its bodies; raise NoText or OverLimits."""
    attachments = [("Attachments", ", ".join(parts.names))] if parts.names else []
    whole = joined([head([*headers, *attachments]), *bodies])
    warnings = list(dict.fromkeys([*warnings, *whole.warnings, *parts.warnings()]))[:_WARNING_LIMIT]
    return flowing(whole.text, media_type=media_type, warnings=warnings, paragraphs=whole.paragraphs)


def unread(names: Iterable[str], reason: str) -> list[str]:
    """Say which attachments were left out, and why; nothing where there are none."""
    names = list(names)
    return [f"Left out, because {reason}: {named(names)}."] if names else []
