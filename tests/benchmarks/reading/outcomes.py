"""What came of reading a paper in the sandbox, with all that it brought along."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from documents.extraction import Extracted, Job, Refusal, extract_in_child
from documents.extraction.limits import DEPTH_LIMIT
from tests.benchmarks.reading.corpus import Paper

LIMIT_SECONDS = 60
LATE_SECONDS = 5  # for the parent to see that a limit was met


@dataclass(frozen=True)
class Outcome:
    """What a paper gave: its text and that of its parts, or the refusal; and how long that took.

    `fault` tells an exception that is no refusal, of the paper itself or of a part.
    """

    paper: Paper
    seconds: float
    read: Extracted | None = None
    text: str = ""
    refusal: Refusal | None = None
    fault: str = ""

    @property
    def answer(self) -> str:
        """Name what came of it."""
        return self.fault or (type(self.refusal).__name__ if self.refusal else "text")

    @property
    def is_met(self) -> bool:
        """Say whether it ended as the manifest demands."""
        if self.paper.refusal:
            return isinstance(self.refusal, self.paper.refusal)
        return bool(self.read) or (self.paper.may_refuse and bool(self.refusal))

    @property
    def is_hang(self) -> bool:
        """Say whether it took longer than it was given."""
        return self.seconds > LIMIT_SECONDS + LATE_SECONDS

    @property
    def is_empty_success(self) -> bool:
        """Say whether it was read, and neither a word came of it nor a warning."""
        return bool(self.read) and not self.text.strip() and not self.read.warnings


def outcome(paper: Paper) -> Outcome:
    """Read a paper as a worker would; never raise."""
    parts: list[bytes] = []
    started = time.monotonic()
    try:
        read = read_in_child(paper.path.read_bytes(), Job(part=lambda _name, content: parts.append(content)))
        seconds = time.monotonic() - started
        return Outcome(paper, seconds, read, "\n\n".join([read.text, *_texts(parts, DEPTH_LIMIT - 1)]))
    except Refusal as refusal:
        return Outcome(paper, time.monotonic() - started, refusal=refusal)
    except Exception as error:  # noqa: BLE001 - any other exception is the fault that is counted here
        return Outcome(paper, time.monotonic() - started, fault=f"{type(error).__name__}: {error}")


def read_in_child(content: bytes, job: Job | None = None) -> Extracted:
    """Read a file in the sandbox."""
    return extract_in_child(BytesIO(content), filename="", seconds=LIMIT_SECONDS, job=job or Job())


def _texts(parts: Sequence[bytes], levels: int) -> Iterator[str]:
    """Yield the texts of what a paper brought along, as far down as the product reads."""
    for content in parts:
        within: list[bytes] = []
        with suppress(Refusal):
            yield read_in_child(content, Job(part=lambda _name, part, to=within: to.append(part))).text
        if levels:
            yield from _texts(within, levels - 1)
