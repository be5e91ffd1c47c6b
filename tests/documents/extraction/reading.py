"""What the tests of this folder share."""

from io import BytesIO

from documents import extraction


def extract(content: bytes) -> extraction.Extracted:
    """Read bytes in this process, under a name that tells nothing."""
    return extraction.extract(BytesIO(content), filename="paper")


def text_of(content: bytes) -> str:
    """Read bytes and give their text only."""
    return extract(content).text


def page_texts(extracted: extraction.Extracted) -> list[str]:
    """Cut the text into its pages."""
    return [extracted.text[page.start : page.end] for page in extracted.pages]
