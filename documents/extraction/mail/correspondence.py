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
_SHARE_OF_OTHER_WORDS = 0.2  # of one form of a text that the other lacks: then they say different things

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
    if not _lacks(text.text, page.text):
        return text
    if not _lacks(page.text, text.text):
        return Shown(page.text, page.paragraphs, [*page.warnings, FORMATTED])
    both = joined([page, text])
    return Shown(both.text, both.paragraphs, [*both.warnings, DIFFERENT])


def _lacks(text: str, other: str) -> bool:
    """Tell whether a text lacks a fifth of the words of another; addresses of links are no words."""
    theirs = Counter(_WORD.findall(_LINK.sub(" ", other).casefold()))
    missing = theirs - Counter(_WORD.findall(text.casefold()))
    return missing.total() > _SHARE_OF_OTHER_WORDS * theirs.total()


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
