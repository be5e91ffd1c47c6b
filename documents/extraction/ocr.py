"""Recognise the text of pictures with the program tesseract, several pictures at once."""

import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from statistics import fmean
from types import TracebackType
from typing import IO, NamedTuple, Self

from documents.extraction import limits
from documents.extraction.cleaning import clean, unligated
from documents.extraction.layout import Word, pack
from documents.extraction.refusals import NoText, OnlyPictures
from documents.extraction.sandbox.folders import scratch
from documents.extraction.sandbox.programs import ending_with_this_process

NOT_INSTALLED = "Text recognition is not installed on this server, so these pages were not read:"
UNREADABLE = "These pages are damaged and were not read:"
NOTHING_FOUND = "No text was found on these pages, which show something:"
GIVEN_UP = "Text recognition failed or took too long on these pages:"
UNSURE = "Text recognition is unsure of these pages. Check them against the original:"
_MISSING_LANGUAGES = "Text recognition did without languages that are not installed on this server: {}."

DPI = 300
PIXEL_LIMIT = min(limits.PIXEL_LIMIT, 40_000_000)  # an A2 sheet at 300 dpi; tesseract holds several copies
SIDE_LIMIT_PIXELS = 32_000  # of tesseract itself: 32,767
SMALLEST_SIDE_PIXELS = 8
SECONDS_A_PAGE = 60
_MOST_AT_ONCE = 16  # their pictures are all in memory
SURE_PERCENT = 60
_ENGLISH = "eng"
_DPI_RANGE = range(70, 2_401)  # what tesseract believes
_COLUMNS = 12
_WORD_LEVEL = "5"
_STRIP_BYTES = 65_536
_TIFF_HEADER_BYTES = 8 + 2 + 9 * 12 + 4
_TURNED, _UPRIGHT = "1", "3"  # modes of page segmentation
_ORIENTATION = "osd"


class Picture(NamedTuple):
    """What is to be recognised: a TIFF file of so many pixels; `dpi` is 0 where it is not known."""

    tiff: bytes
    width: int
    height: int
    dpi: int = 0

    @classmethod
    def grey(cls, pixels: bytes, width: int, height: int, dpi: int = 0) -> Self:
        """Wrap pixels of one byte each, row by row."""
        return cls(_tiff_header(width, height, len(pixels), bits=8) + pixels, width, height, dpi)

    @classmethod
    def black_and_white(cls, pixels: bytes, width: int, height: int, dpi: int = 0) -> Self:
        """Wrap pixels of one bit each, 1 for white, each row filled up to whole bytes."""
        return cls(_tiff_header(width, height, len(pixels), bits=1) + pixels, width, height, dpi)


def _tiff_header(width: int, height: int, length: int, *, bits: int) -> bytes:
    """Return what stands before the pixels of a picture without compression, which tesseract opens the fastest.

    The format is that of the TIFF 6.0 specification; every value is a 32-bit number here. Strips of about 64 KiB,
    as it recommends: libtiff is slow with a single one.
    """
    row = length // height
    rows = max(1, _STRIP_BYTES // row)
    counts = [min(rows, height - above) * row for above in range(0, height, rows)]
    places = _TIFF_HEADER_BYTES + 8 * len(counts)  # where the pixels begin, behind both lists of the strips
    offsets = [places + above * row for above in range(0, height, rows)]
    tags = {
        256: [width],
        257: [height],
        258: [bits],
        259: [1],  # no compression
        262: [1],  # 0 is black
        273: offsets,
        277: [1],  # sample for each pixel
        278: [rows],
        279: counts,
    }
    directory, lists = b"", b""
    for tag, values in tags.items():
        is_list = len(values) > 1
        value = _TIFF_HEADER_BYTES + len(lists) if is_list else values[0]
        directory += struct.pack("<HHII", tag, 4, len(values), value)
        lists += struct.pack(f"<{len(values)}I", *values) if is_list else b""
    lists = lists.ljust(8 * len(counts), b"\0")
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + bytes(4) + lists


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of a picture, and its words with boxes in pixels; `is_complete` is false where it was given up."""

    width: int
    height: int
    text: str = ""
    words: list[Word] = field(default_factory=list)
    is_complete: bool = True

    @property
    def confidence(self) -> float:
        """Return the mean of the words, in percent."""
        return fmean(word.confidence or 0 for word in self.words) if self.words else 0.0

    def layout(self) -> bytes:
        """Return the packed words, for a page that shows the picture as a whole, whatever its size."""
        return pack(self.words, start=0, width=self.width, height=self.height)


def is_installed() -> bool:
    """Tell whether the program is there."""
    return bool(_program())


def cores() -> int:
    """Return how many pictures are recognised at once."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_AT_ONCE)


def named(pages: list[int]) -> str:
    """Return page numbers as a reader writes them: "1-3, 7"."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


@dataclass(slots=True)
class Remarks:
    """The numbers of the pages of which something is to be said."""

    unreadable: list[int] = field(default_factory=list)
    not_installed: list[int] = field(default_factory=list)
    nothing_found: list[int] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    are_recognised: bool = False

    def add(self, page: int, recognised: Recognised, *, has_text: bool) -> None:
        """Remember what is to be said of a page, which has a text or not after all."""
        self.are_recognised = True
        if not recognised.is_complete:
            self.given_up.append(page)
        elif not has_text:
            self.nothing_found.append(page)
        elif recognised.words and recognised.confidence < SURE_PERCENT:
            self.unsure.append(page)

    def sentences(self, languages: str) -> list[str]:
        """Return a sentence about languages that are missing, and one about each kind of pages."""
        missing = [language for language in languages.split("+") if language not in _installed_languages()]
        said = [_MISSING_LANGUAGES.format(", ".join(missing))] if missing and self.are_recognised else []
        pages = {
            UNREADABLE: self.unreadable,
            NOT_INSTALLED: self.not_installed,
            NOTHING_FOUND: self.nothing_found,
            GIVEN_UP: self.given_up,
            UNSURE: self.unsure,
        }
        return said + [f"{sentence} {named(numbers)}." for sentence, numbers in pages.items() if numbers]


def silence(warnings: Sequence[str]) -> NoText:
    """Return why a document holds no text."""
    is_unable = any(warning.startswith(NOT_INSTALLED) for warning in warnings)
    return OnlyPictures() if is_unable else NoText()


class Recogniser:
    """Recognises pages in threads of their own, one for each core; use it in a `with` block."""

    def __init__(self, languages: str) -> None:
        """`languages` are codes of tesseract joined by `+`; English takes the place of those not installed."""
        known = [language for language in languages.split("+") if language in _installed_languages()]
        self._languages = "+".join(known) or _ENGLISH
        self._pool = ThreadPoolExecutor(cores())
        self._pending: dict[Future[Recognised], int] = {}

    def __enter__(self) -> Self:
        """Recognise what is submitted until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for what has begun, and begin no more."""
        self._pool.shutdown(cancel_futures=True)

    def submit(self, page: int, picture: Picture) -> None:
        """Recognise a page as soon as a core is free."""
        self._pending[self._pool.submit(recognise, picture, self._languages)] = page

    def finished(self, *, are_all_submitted: bool = False) -> Iterator[tuple[int, Recognised]]:
        """Yield the numbers of pages, and what was recognised; wait for all, or until no more wait than are cores."""
        most_pending = 0 if are_all_submitted else cores()
        while self._pending:
            must_wait = len(self._pending) > most_pending
            ended = wait(self._pending, timeout=None if must_wait else 0, return_when=FIRST_COMPLETED).done
            if not ended and not must_wait:
                return
            for future in ended:
                yield self._pending.pop(future), future.result()


def recognise(picture: Picture, languages: str) -> Recognised:
    """Return the text of a picture, upright or turned."""
    if min(picture.width, picture.height) < SMALLEST_SIDE_PIXELS:
        return Recognised(picture.width, picture.height)
    try:
        return _better_of_two(picture, languages)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError):
        return Recognised(picture.width, picture.height, is_complete=False)


def _better_of_two(picture: Picture, languages: str) -> Recognised:
    """Find out first how the page is turned, which misleads where there is little text; then take it as upright."""
    if _ORIENTATION not in _installed_languages():
        return _read(picture, languages, mode=_UPRIGHT)
    begun_at = time.monotonic()
    first = _read(picture, languages, mode=_TURNED)
    if first.confidence >= SURE_PERCENT or time.monotonic() - begun_at > SECONDS_A_PAGE / 2:
        return first
    return max(first, _read(picture, languages, mode=_UPRIGHT), key=_worth)


def _worth(recognised: Recognised) -> int:
    return sum((word.end - word.start) * (word.confidence or 0) for word in recognised.words)


def _read(picture: Picture, languages: str, *, mode: str) -> Recognised:
    resolution = ["--dpi", str(picture.dpi)] if picture.dpi in _DPI_RANGE else []
    with _file() as file:
        file.write(picture.tiff)
        file.seek(0)
        done = subprocess.run(  # noqa: S603 - the languages are among those installed
            [_program(), "/dev/stdin", "stdout", "-l", languages, "--psm", mode, *resolution, "tsv"],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote the document
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            timeout=SECONDS_A_PAGE,
            check=True,
            preexec_fn=ending_with_this_process(),
        )
    text, words = _understood(done.stdout.decode(errors="replace"))
    return Recognised(picture.width, picture.height, text, words)


def _file() -> IO[bytes]:
    """Open a file in memory, without a name: through a pipe tesseract reads byte by byte, for a third of a second."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("page"), "w+b")  # noqa: PTH123 - it has no path
    return tempfile.TemporaryFile(dir=scratch())


def _understood(table: str) -> tuple[str, list[Word]]:
    """Put the words together in their order: a line break between lines, a blank line between paragraphs.

    A hyphen at a line's end stays there: nobody has marked it as one that only breaks a word.
    """
    text: list[str] = []
    words: list[Word] = []
    end, line_before = 0, ("", "", "")
    for line, box, confidence, written in _rows(table):
        gap = _gap(line_before, line) if words else ""
        start, end = end + len(gap), end + len(gap) + len(written)
        text += gap, written
        words.append(Word(start, end, *box, confidence))
        line_before = line
    return "".join(text), words


def _gap(before: tuple[str, str, str], line: tuple[str, str, str]) -> str:
    if line == before:
        return " "
    return "\n" if line[:2] == before[:2] else "\n\n"


def _rows(table: str) -> Iterator[tuple[tuple[str, str, str], tuple[int, int, int, int], int, str]]:
    """Yield (block, paragraph, line), (left, top, right, bottom), percent and the text of each word."""
    for row in table.split("\n"):
        cells = row.split("\t")
        if len(cells) != _COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        written = re.sub(r"\s+", "", unligated(clean(cells[11])))
        if written:
            left, top, width, height = map(int, cells[6:10])
            place = (cells[2], cells[3], cells[4])
            yield place, (left, top, left + width, top + height), round(float(cells[10])), written


@cache
def _program() -> str:
    return shutil.which("tesseract") or ""


@cache
def _installed_languages() -> frozenset[str]:
    if not _program():
        return frozenset()
    listed = subprocess.run([_program(), "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603 - a constant
    return frozenset((listed.stdout + listed.stderr).split("\n")[1:])
