"""What a reader is asked, and what it tells while it reads."""

from collections.abc import Callable
from dataclasses import dataclass


def _tell_nobody(_done: int, _of: int) -> None:
    """Take the progress of a reading that nobody follows."""


def _keep_nothing(_filename: str, _content: bytes) -> None:
    """Take a part of a document of which only the text is wanted."""


@dataclass(frozen=True, slots=True)
class Job:
    """One reading of one document.

    `first_page` and `last_page` count from 1 and include both; None is the end. Formats without pages ignore them.
    `languages` are codes of tesseract, joined by `+`. `progress(done, of)` is called as pages are done. `part(filename,
    content)` is called with each attachment of a mail or a PDF and each member of an archive, to be read as a document
    of its own; the reader enforces the limits on their number and size before it calls.
    """

    password: str = ""
    first_page: int = 1
    last_page: int | None = None
    languages: str = "eng"
    progress: Callable[[int, int], None] = _tell_nobody
    part: Callable[[str, bytes], None] = _keep_nothing
