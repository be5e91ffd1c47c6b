"""What the two processes say to each other: frames of one byte of kind, four bytes of length, and at most 1 MiB.

To the child:
    CONTENT   a piece of the file, after the pieces before it
    READ      JSON: password, first_page, last_page, languages, seconds; answered by any number of PROGRESS and PART,
              then by RESULT or a refusal
    PICTURE   JSON: page, password, seconds; answered by PIECEs and PICTURE, or by a refusal
    FORGET    drop the file and empty the scratch folder; answered by READY
From the child:
    READY     JSON: the names of the protections that this machine lacks; also the first thing that it says
    PROGRESS  JSON: pages done, and of how many
    PART      JSON: the name of an attachment whose content were the PIECEs before it
    PIECE     bytes of an attachment, or of a picture
    TEXT      a piece of the text, UTF-8
    PAGES     JSON: rows of number, start, end, width, height
    LAYOUT    four bytes of place in the list of pages, then a piece of that page's layout
    PARAGRAPHS  JSON: rows of start, end, headings
    RESULT    JSON: media_type, warnings, page_count; the text and all else came before it
    REFUSED   the name of a refusal
    FAILED    JSON: the type and the place of an error of ours; the child ends
A child that has met the limit of its memory, or of its scratch folder, ends with FILLED as its exit code.
"""

import json
import struct
from enum import IntEnum, auto
from typing import Any

LIMIT_BYTES = 1_048_576
FILLED = 12
HEADER = struct.Struct(">BI")
PLACE = struct.Struct(">I")


class Kind(IntEnum):
    """What a frame is."""

    CONTENT = auto()
    READ = auto()
    PICTURE = auto()
    FORGET = auto()
    READY = auto()
    PROGRESS = auto()
    PART = auto()
    PIECE = auto()
    TEXT = auto()
    PAGES = auto()
    LAYOUT = auto()
    PARAGRAPHS = auto()
    RESULT = auto()
    REFUSED = auto()
    FAILED = auto()


class BadFrame(ValueError):
    """These bytes are no frame."""


def frame(kind: Kind, payload: bytes = b"") -> bytes:
    """Return a frame as it travels."""
    if len(payload) > LIMIT_BYTES:
        raise BadFrame
    return HEADER.pack(kind, len(payload)) + payload


def opened(header: bytes) -> tuple[Kind, int]:
    """Return the kind and the length that a header tells; raise BadFrame."""
    number, length = HEADER.unpack(header)
    if length > LIMIT_BYTES or number not in Kind.__members__.values():
        raise BadFrame
    return Kind(number), length


def written(value: Any) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def understood(payload: bytes) -> Any:
    """Return the value of some JSON; raise BadFrame, which quotes nothing."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise BadFrame from None
