"""Show a page of a document, drawn in a child process."""

from typing import Any, BinaryIO

from documents.extraction import limits
from documents.extraction.sandbox import pool
from documents.extraction.sandbox.answers import demand
from documents.extraction.sandbox.clock import Clock
from documents.extraction.sandbox.conversation import Conversation, Lost
from documents.extraction.sandbox.frames import Kind
from documents.extraction.sandbox.process import Heart

PICTURE_LIMIT_BYTES = 4 * limits.PICTURE_LIMIT_PIXELS
PATIENCE_SECONDS = 5.0


def picture_in_child(
    stream: BinaryIO,
    *,
    page: int,
    seconds: float,
    password: str = "",
    memory_limit_mb: int = limits.CHILD_MEMORY_LIMIT_MB,
) -> bytes:
    """Return a page of a PDF, or a frame of an image, as WebP of at most PICTURE_LIMIT_PIXELS.

    Raise NoPicture where the format flows or has no such page, the other refusals where the file cannot be drawn,
    TooComplex after `seconds`, pool.Busy when all children are at work, ChildFailed for a fault of ours.
    """
    heart = Heart()
    drawn = bytearray()

    def take(kind: Kind, payload: bytes) -> bool:
        demand(kind in (Kind.PIECE, Kind.PICTURE) and len(drawn) + len(payload) <= PICTURE_LIMIT_BYTES)
        drawn.extend(payload)
        demand(kind is Kind.PIECE or _is_webp(drawn))
        return kind is Kind.PICTURE

    question: dict[str, Any] = {"page": page, "password": password}
    with (
        pool.place(heart=heart, patience=PATIENCE_SECONDS),
        Conversation(stream, clock=Clock(seconds), heart=heart, memory_mb=memory_limit_mb) as conversation,
    ):
        try:
            conversation.ask(Kind.PICTURE, question, take)
        except Lost as lost:
            raise lost.refusal from None
    return bytes(drawn)


def _is_webp(content: bytearray) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"
