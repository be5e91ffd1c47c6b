"""How long a reading may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from documents.extraction import limits

PAGE_SHARE = 1 / 20  # of the seconds, that each finished page adds to the whole


class Clock:
    """`seconds` may pass without a page being finished, and in all as many, with a twentieth more for each page done.

    So a long paper is not refused for being long, and one that yields a page now and then does not last for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started_at = self._moved_at = time.monotonic()
        self._done = 0

    def pages_done(self, count: int) -> None:
        """Take note that so many pages of the document are done."""
        count = min(count, limits.PAGE_LIMIT)
        if count > self._done:
            self._done, self._moved_at = count, time.monotonic()

    def start_over(self) -> None:
        """Give the next question the seconds for its first page; the whole gets no longer by it."""
        self._moved_at = time.monotonic()

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Count nothing of the time that this block takes."""
        begun_at = time.monotonic()
        try:
            yield
        finally:
            stood = time.monotonic() - begun_at
            self._started_at += stood
            self._moved_at += stood

    @property
    def deadline(self) -> float:
        """The moment, on the monotonic clock, at which the reading is given up."""
        return min(self._moved_at + self.seconds, self._whole_ends_at)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more may be asked."""
        return time.monotonic() >= self._whole_ends_at

    @property
    def _whole_ends_at(self) -> float:
        return self._started_at + self.seconds * (1 + self._done * PAGE_SHARE)
