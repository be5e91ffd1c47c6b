"""Read a document in a child process, a long one in ranges of pages: what breaks a reader costs one range."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from documents.extraction import limits, ocr
from documents.extraction.extracted import Extracted, Page, joined
from documents.extraction.job import Job
from documents.extraction.refusals import Damaged, NoText, OverLimits, Refusal, TooComplex
from documents.extraction.sandbox import answers, frames, pool
from documents.extraction.sandbox.answers import Answer, Parts, demand, is_whole
from documents.extraction.sandbox.clock import Clock
from documents.extraction.sandbox.conversation import Conversation, Lost
from documents.extraction.sandbox.frames import Kind
from documents.extraction.sandbox.process import Heart

_UNREAD = "These pages could not be read, because they are damaged or too complex:"
_ABOUT_PAGES = re.compile(r"(?P<sentence>.+:) (?P<pages>\d{1,4}(-\d{1,4})?(, \d{1,4}(-\d{1,4})?)*)\.")
_WITHOUT_JOB = Job()


def extract_in_child(
    stream: BinaryIO,
    *,
    filename: str,  # noqa: ARG001 - kept out of the child, which tells a type from the content alone
    seconds: float,
    job: Job = _WITHOUT_JOB,
    heartbeat: Callable[[], None] | None = None,
    heartbeat_seconds: float = 5.0,
    memory_limit_mb: int = limits.CHILD_MEMORY_LIMIT_MB,
) -> Extracted:
    """Read the text of a file as `extract` does, in a confined process; calls of `job` are made in this one.

    `seconds` may pass without a page being finished, and in all a twentieth more for each page that is, or it is
    TooComplex; a crash is Damaged, more than the memory OverLimits. Where only a range of a long paper is so, its
    pages are empty and a warning names them. `heartbeat` is called every `heartbeat_seconds` while waiting. The
    stream is read again from its start after a crash. Raise ChildFailed for a fault of ours.
    """
    heart = Heart(heartbeat, heartbeat_seconds)
    with pool.place(heart=heart):
        clock = Clock(seconds)
        with Conversation(stream, clock=clock, heart=heart, memory_mb=memory_limit_mb) as conversation:
            return _Reading(conversation, clock, job).whole()


@dataclass
class _Reading:
    """One document, range by range; `page_count` is 0 until a range has told it."""

    conversation: Conversation
    clock: Clock
    job: Job
    ranges: list[Extracted] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    page_count: int = 0
    failure: Refusal | None = None
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        """Begin without parts."""
        self.parts = Parts(self._part)

    def whole(self) -> Extracted:
        """Return the pages that the job asks for."""
        first = self.job.first_page
        while first <= self._last_wanted():
            first = self._read(first, min(first + limits.RANGE_PAGES - 1, self._last_wanted())) + 1
        return self._judged()

    def _last_wanted(self) -> int:
        return min(self.job.last_page or limits.PAGE_LIMIT, self.page_count or limits.PAGE_LIMIT)

    def _read(self, first: int, last: int) -> int:
        """Read a range, or keep empty pages in its place; return its last page."""
        try:
            extracted = self._asked(first, last)
        except Lost as lost:
            self._go_on_after(lost.refusal, may_tell_pages=self.conversation.is_about_a_pdf)
        except (Damaged, OverLimits, TooComplex) as refusal:
            self._go_on_after(refusal, may_tell_pages=False)
        else:
            return self._keep(extracted, last)
        self.unread += range(first, last + 1)
        self.ranges.append(_empty(first, last))
        return last

    def _go_on_after(self, refusal: Refusal, *, may_tell_pages: bool) -> None:
        """Raise the first failure unless pages follow; of a long paper, the second range may tell how many."""
        is_first = self.failure is None
        self.failure = self.failure or refusal
        if not self.page_count and not (is_first and may_tell_pages):
            raise self.failure

    def _asked(self, first: int, last: int) -> Extracted:
        if self.clock.has_ended:
            raise TooComplex
        self.clock.start_over()
        answer = Answer()

        def take(kind: Kind, payload: bytes) -> bool:
            if kind is Kind.PROGRESS:
                self._progress(frames.understood(payload))
            elif kind in (Kind.PIECE, Kind.PART):
                self.parts.take(kind, payload)
            else:
                answer.take(kind, payload)
            return answer.extracted is not None

        self.conversation.ask(Kind.READ, self._question(first, last), take)
        if answer.extracted is None or not self._is_answered(answer.extracted, first, last):
            raise Damaged
        return answer.extracted

    def _is_answered(self, extracted: Extracted, first: int, last: int) -> bool:
        """Say whether these are the pages that were asked for; a format that flows has one, whatever was asked."""
        numbers = [page.number for page in extracted.pages]
        if not numbers:
            return first > extracted.page_count
        if numbers == [1] and extracted.page_count <= 1:
            return not self.ranges
        return numbers[0] == first and numbers[-1] >= min(last, extracted.page_count)

    def _question(self, first: int, last: int) -> dict[str, Any]:
        return {
            "password": self.job.password,
            "first_page": first,
            "last_page": last,
            "languages": self.job.languages,
        }

    def _progress(self, said: Any) -> None:
        demand(isinstance(said, list) and len(said) == 2)  # noqa: PLR2004 - done, of
        done, of = said
        demand(is_whole(done) and is_whole(of) and done <= of <= limits.MEMBER_LIMIT)
        self.clock.pages_done(done)
        with self.clock.standing():
            self.job.progress(done, of)

    def _part(self, filename: str, content: bytes) -> None:
        with self.clock.standing():  # while it is stored, for example
            self.job.part(filename, content)

    def _keep(self, extracted: Extracted, last: int) -> int:
        """Add a range, and return its last page."""
        last_read = extracted.pages[-1].number if extracted.pages else 0
        self.page_count = self.page_count or max(extracted.page_count, last_read)
        self.clock.pages_done(last_read)
        if last_read:
            self.ranges.append(extracted)
        if sum(len(page.layout) for part in self.ranges for page in part.pages) > answers.LAYOUT_LIMIT_BYTES:
            raise OverLimits
        return last_read or last

    def _judged(self) -> Extracted:
        """Return the whole with what is to be said about it; raise the refusal that it comes to."""
        read = [part for part in self.ranges if part.media_type]
        if not read:
            raise self.failure or NoText
        whole = joined(self.ranges)
        unread = [f"{_UNREAD} {ocr.named(self.unread)}."] if self.unread else []
        warnings = _merged([*whole.warnings, *unread], page_count=self.page_count)
        whole = replace(whole, media_type=read[0].media_type, page_count=self.page_count, warnings=warnings)
        if not whole.text.strip():
            raise self.failure or ocr.silence(whole.warnings)
        return whole


def _empty(first: int, last: int) -> Extracted:
    """Return pages without text, parted by line breaks as others are."""
    count = last - first + 1
    pages = [Page(first + place, place, min(place + 1, count - 1), 0, 0) for place in range(count)]
    return Extracted("\n" * (count - 1), pages, "", [])


def _merged(warnings: list[str], *, page_count: int) -> list[str]:
    """Say once what several ranges say of their pages, of which there are so many, at most WARNING_LIMIT things."""
    pages: dict[str, set[int]] = {}
    for warning in warnings:
        found = _ABOUT_PAGES.fullmatch(warning)
        numbers = _numbers(found["pages"], page_count) if found else []
        sentence = found["sentence"] if found and numbers else warning
        if sentence in pages or len(pages) < answers.WARNING_LIMIT:
            pages.setdefault(sentence, set()).update(numbers)
    return [
        f"{sentence} {ocr.named(list(named))}." if named else sentence for sentence, named in pages.items()
    ]


def _numbers(pages: str, page_count: int) -> list[int]:
    """Return the page numbers that `ocr.named` wrote: ascending, and of the paper; else none."""
    numbers: list[int] = []
    for run in pages.split(", "):
        first, _, last = run.partition("-")
        if numbers and int(first) <= numbers[-1]:
            return []
        numbers += range(max(1, int(first)), min(int(last or first), page_count) + 1)
    return numbers
