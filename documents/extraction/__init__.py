"""Read the text of a document, page by page, out of its bytes.

`extract` reads in this process and is for tests and for the child; the practice calls
`extract_in_child`, because a hostile file can crash or hang the reader of PDFs.
"""

from documents.extraction.child import ChildFailed, extract_in_child
from documents.extraction.extracted import Extracted, Page, Paragraph
from documents.extraction.job import Job
from documents.extraction.reading import extract
from documents.extraction.refusals import (
    Damaged,
    Empty,
    NoText,
    OnlyPictures,
    OverLimits,
    PasswordProtected,
    Refusal,
    TooComplex,
    Unsupported,
    WrongPassword,
)

__all__ = [
    "ChildFailed",
    "Damaged",
    "Empty",
    "Extracted",
    "Job",
    "NoText",
    "OnlyPictures",
    "OverLimits",
    "Page",
    "Paragraph",
    "PasswordProtected",
    "Refusal",
    "TooComplex",
    "Unsupported",
    "WrongPassword",
    "extract",
    "extract_in_child",
]
