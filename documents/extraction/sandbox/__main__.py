"""The child: reads one document after another, as `frames` tells, and holds nothing that is worth stealing.

Usage: python -m documents.extraction.sandbox <memory limit in MB> <parent's process id>
"""

import errno
import os
import select
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from documents.extraction import pictures
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.reading import extract
from documents.extraction.refusals import Refusal, TooComplex
from documents.extraction.sandbox import confinement, folders, frames
from documents.extraction.sandbox.frames import Kind

IDLE_SECONDS = 600  # a child that nobody has asked anything for so long gives its memory back
ROWS = 5_000  # of a table, in one frame
CHARACTERS = frames.LIMIT_BYTES // 4  # of a text, in one frame


def main() -> None:
    """Confine this process, then answer until the other side closes the pipe."""
    memory_mb, parent = map(int, sys.argv[1:])
    confinement.die_with(parent)
    incoming, outgoing = _pipes()
    missing = confinement.confine(memory_mb=memory_mb, scratch=folders.scratch())
    try:
        Child(incoming, outgoing, missing).serve()
    except MemoryError:
        os._exit(frames.FILLED)  # at once: there is no memory to tidy up with


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the two pipes away from standard input and output, where a library or a program might use them."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return os.fdopen(incoming, "rb", buffering=0), os.fdopen(outgoing, "wb")


@dataclass
class Child:
    """The conversation with the parent, and the document that it is about."""

    incoming: BinaryIO
    outgoing: BinaryIO
    missing: list[str]
    pieces: list[bytes] = field(default_factory=list)
    content: bytes = b""
    seconds: float = 0
    speaking: threading.Lock = field(default_factory=threading.Lock)

    def serve(self) -> None:
        """Answer every frame until there are no more, or nobody has asked for long."""
        self.forget()
        while (frame := self._next()) is not None:
            self._act(*frame)

    def _act(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.CONTENT:
            self.pieces.append(payload)
        elif kind is Kind.FORGET:
            self.forget()
        else:
            self._answer(kind, frames.understood(payload))

    def forget(self) -> None:
        """Drop the document, and say that the next one may come."""
        self.pieces, self.content = [], b""
        folders.empty(folders.scratch())
        self.say(Kind.READY, frames.written(self.missing))

    def _answer(self, kind: Kind, request: dict[str, Any]) -> None:
        self.content = self.content or b"".join(self.pieces)
        self.pieces, self.seconds = [], request.pop("seconds")
        confinement.allow_seconds(self.seconds)
        try:
            if kind is Kind.PICTURE:
                self._tell_picture(**request)
            else:
                self._tell_text(**request)
        except Refusal as refusal:
            self.say(Kind.REFUSED, type(refusal).__name__.encode())
        except RecursionError:
            self.say(Kind.REFUSED, TooComplex.__name__.encode())
        except Exception as error:  # noqa: BLE001 - the parent tells of it, without what it says
            if _is_for_want_of_room(error):
                raise MemoryError from None
            self.say(Kind.FAILED, frames.written(_place(error)))
            sys.exit(1)

    def _tell_picture(self, page: int, password: str) -> None:
        self._say_pieces(pictures.picture(self.content, page=page, password=password))
        self.say(Kind.PICTURE)

    def _tell_text(self, **request: Any) -> None:
        job = Job(progress=self._tell_progress, part=self._tell_part, **request)
        extracted = extract(BytesIO(self.content), filename="", job=job)
        for kind, payload in _told(extracted):
            self.say(kind, payload, flush=kind is Kind.RESULT)

    def _tell_progress(self, done: int, of: int) -> None:
        confinement.allow_seconds(self.seconds)
        self.say(Kind.PROGRESS, frames.written([done, of]))

    def _tell_part(self, filename: str, content: bytes) -> None:
        with self.speaking:
            self._say_pieces(content)
            self._write(Kind.PART, frames.written(filename))
            self.outgoing.flush()

    def say(self, kind: Kind, payload: bytes = b"", *, flush: bool = True) -> None:
        """Send a frame; readers may call from several threads."""
        with self.speaking:
            self._write(kind, payload)
            if flush:
                self.outgoing.flush()

    def _say_pieces(self, content: bytes) -> None:
        for start in range(0, len(content), frames.LIMIT_BYTES):
            self._write(Kind.PIECE, content[start : start + frames.LIMIT_BYTES])

    def _write(self, kind: Kind, payload: bytes) -> None:
        self.outgoing.write(frames.frame(kind, payload))

    def _next(self) -> tuple[Kind, bytes] | None:
        is_idle = not (self.pieces or self.content)
        if is_idle and not select.select([self.incoming], [], [], IDLE_SECONDS)[0]:
            return None
        header = self._read(frames.HEADER.size)
        if not header:
            return None
        kind, length = frames.opened(header)
        return kind, self._read(length)

    def _read(self, length: int) -> bytes:
        gathered = bytearray(length)
        view, place = memoryview(gathered), 0
        while place < length:
            count = self.incoming.readinto(view[place:])  # type: ignore[attr-defined]
            if not count:
                return b""
            place += count
        return bytes(gathered)


def _told(extracted: Extracted) -> Iterator[tuple[Kind, bytes]]:
    """Yield the frames of what was read."""
    text = extracted.text
    for start in range(0, len(text), CHARACTERS):
        yield Kind.TEXT, text[start : start + CHARACTERS].encode()
    rows: list[Any] = [
        [page.number, page.start, page.end, page.width, page.height] for page in extracted.pages
    ]
    yield from _table(Kind.PAGES, rows)
    for place, page in enumerate(extracted.pages):
        yield from _layout(place, page.layout)
    rows = [[paragraph.start, paragraph.end, paragraph.headings] for paragraph in extracted.paragraphs]
    yield from _table(Kind.PARAGRAPHS, rows)
    rest = {key: getattr(extracted, key) for key in ("media_type", "warnings", "page_count")}
    yield Kind.RESULT, frames.written(rest)


def _table(kind: Kind, rows: list[Any]) -> Iterator[tuple[Kind, bytes]]:
    """Yield rows in frames, fewer in each where they are long."""
    count, start = ROWS, 0
    while start < len(rows):
        payload = frames.written(rows[start : start + count])
        if len(payload) > frames.LIMIT_BYTES and count > 1:
            count //= 2
            continue
        yield kind, payload
        start += count


def _layout(place: int, layout: bytes) -> Iterator[tuple[Kind, bytes]]:
    size = frames.LIMIT_BYTES - frames.PLACE.size
    for start in range(0, len(layout), size):
        yield Kind.LAYOUT, frames.PLACE.pack(place) + layout[start : start + size]


def _is_for_want_of_room(error: Exception) -> bool:
    """Say whether a limit of memory or of files was met; a thread that cannot start lacks memory for its stack."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOMEM, errno.ENOSPC, errno.EFBIG, errno.EMFILE)
    return isinstance(error, MemoryError) or str(error) == "can't start new thread"


def _place(error: Exception) -> list[Any]:
    """Return the type of an error and where it arose; what it says may quote the document."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return [type(error).__name__, Path(last.filename).name, last.lineno]


if __name__ == "__main__":
    main()
