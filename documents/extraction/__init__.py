"""Read the text of a document, page by page, out of its bytes.

`extract` reads in this process and is for tests and for the child; the practice calls `extract_in_child` and
`picture_in_child`, because a hostile file can crash, hang or take over a reader.
"""

from documents.extraction.extracted import Extracted, Page, Paragraph
from documents.extraction.job import Job
from documents.extraction.reading import extract
from documents.extraction.refusals import (
    Bomb,
    Damaged,
    Empty,
    NoPicture,
    NoText,
    OnlyPictures,
    OverLimits,
    PasswordProtected,
    Refusal,
    TooComplex,
    Unsupported,
    WrongPassword,
)
from documents.extraction.sandbox.pictures import picture_in_child
from documents.extraction.sandbox.pool import Busy
from documents.extraction.sandbox.process import ChildFailed
from documents.extraction.sandbox.reading import extract_in_child

__all__ = [
    "Bomb",
    "Busy",
    "ChildFailed",
    "Damaged",
    "Empty",
    "Extracted",
    "Job",
    "NoPicture",
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
    "picture_in_child",
]
