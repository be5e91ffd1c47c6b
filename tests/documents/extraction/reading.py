"""What the tests of this folder share."""

from io import BytesIO
from typing import NamedTuple

from documents import extraction
from documents.extraction import layout


class Shown(NamedTuple):
    """A word, its place in the text, and its box in points as the page is shown."""

    text: str
    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: int | None


def extract(content: bytes) -> extraction.Extracted:
    """Read bytes in this process, under a name that tells nothing."""
    return extraction.extract(BytesIO(content), filename="paper")


def read_with_parts(
    content: bytes, *, password: str = ""
) -> tuple[extraction.Extracted, list[tuple[str, bytes]]]:
    """Read bytes, and give what they bring along too: names and contents, in order."""
    parts: list[tuple[str, bytes]] = []
    job = extraction.Job(password=password, part=lambda filename, part: parts.append((filename, part)))
    return extraction.extract(BytesIO(content), filename="paper", job=job), parts


def text_of(content: bytes) -> str:
    """Read bytes and give their text only."""
    return extract(content).text


def page_texts(extracted: extraction.Extracted) -> list[str]:
    """Cut the text into its pages."""
    return [extracted.text[page.start : page.end] for page in extracted.pages]


def shown_words(extracted: extraction.Extracted) -> list[Shown]:
    """Give all words of all pages."""
    return [
        Shown(extracted.text[word.start : word.end], *word)
        for page in extracted.pages
        for word in layout.unpack(
            page.layout, start=page.start, end=page.end, width=page.width, height=page.height
        )
    ]


def words_of(content: bytes) -> list[Shown]:
    """Read bytes and give their words."""
    return shown_words(extract(content))
