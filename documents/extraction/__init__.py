"""Read the text of a document, page by page, out of its bytes.

`extract` reads in this process and is for tests and for the child; the practice calls
`extract_in_child`, because a hostile file can crash or hang the reader of PDFs.
"""

from documents.extraction.child import ChildFailed, extract_in_child
from documents.extraction.extracted import Extracted, Page
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
)

__all__ = [
    "ChildFailed",
    "Damaged",
    "Empty",
    "Extracted",
    "NoText",
    "OnlyPictures",
    "OverLimits",
    "Page",
    "PasswordProtected",
    "Refusal",
    "TooComplex",
    "Unsupported",
    "extract",
    "extract_in_child",
]
