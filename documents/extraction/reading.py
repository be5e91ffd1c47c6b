"""Read a document: tell what it is from its content, and hand it to the reader of its kind."""

from typing import BinaryIO

from documents.extraction import kinds
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.refusals import Empty


def extract(stream: BinaryIO, *, filename: str, job: Job | None = None) -> Extracted:  # noqa: ARG001 - see below
    """Read the text of a file; raise the Refusal that says why it cannot be read.

    The content alone tells the type; the name is part of the face, for whoever calls with one.
    A file that breaks a reader ends this process: see `extract_in_child`.
    """
    content = stream.read()
    if not content:
        raise Empty
    return kinds.reader(content)(content, job or Job())
