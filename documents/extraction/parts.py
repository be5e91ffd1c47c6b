"""Hand on what a mail or an archive brings along: each part under a harmless name of its own, within the limits."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from documents.extraction import limits
from documents.extraction.cleaning import clean
from documents.extraction.job import Job
from documents.extraction.refusals import OverLimits

NAME_LIMIT = 200
_EXTENSION_LIMIT = 10
_LISTED_NAMES = 5
# What file systems and browsers refuse in a name; the path before the last component is cut off.
_REFUSED = re.compile(r'[<>:"|?*]')
_INVISIBLE = (
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Zl",
    "Zp",
)  # controls, marks that turn the direction of a text, halves of pairs
_BEGINNINGS = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"PK\x03\x04", ".zip"),
    (b"{\\rtf", ".rtf"),
)


def harmless(name: str, *, otherwise: str = "") -> str:
    """Return the last component of a name without anything invisible, at most 200 characters with its extension.

    `otherwise` stands in for a name of which nothing is left.
    """
    last = clean(name[-10 * NAME_LIMIT :]).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    kept = _REFUSED.sub("_", visible(last)).strip(". ")
    return _shortened(kept, NAME_LIMIT) or otherwise


def visible(name: str) -> str:
    """Return a name without controls and marks that turn the direction of a text, its spaces made single."""
    spaced = "".join(
        " " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", clean(name))
    )
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE).split())


def _shortened(name: str, most: int) -> str:
    stem, extension = _split(name)
    return stem[: most - len(extension)].rstrip(". ") + extension if len(name) > most else name


def _split(name: str) -> tuple[str, str]:
    extension = PurePosixPath(name).suffix if name else ""
    if len(extension) > _EXTENSION_LIMIT:
        return name, ""
    return name.removesuffix(extension), extension


def extension_of(content: bytes) -> str:
    """Name the extension that the first bytes suggest, for a part that comes without a name; mostly empty."""
    return next((extension for start, extension in _BEGINNINGS if content.startswith(start)), "")


def named(names: Iterable[str]) -> str:
    """List names for a warning: the first five, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - _LISTED_NAMES} more" if len(names) > _LISTED_NAMES else ""
    return ", ".join(f"“{name}”" for name in names[:_LISTED_NAMES]) + more


def size(count: int) -> str:
    """Write a number of bytes as people read it."""
    if count == 1:
        return "1 byte"
    if count < 1_000:  # noqa: PLR2004 - units - a kilobyte
        return f"{count} bytes"
    return f"{count / 1_000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"  # noqa: PLR2004 - units


class Parts:
    """The parts of one document, handed on to its job.

    `names` are those that they got, in order; `empty` the names of those left out because they hold nothing.
    """

    def __init__(self, job: Job) -> None:
        self.names: list[str] = []
        self.empty: list[str] = []
        self._job = job
        self._taken: dict[str, int] = {}
        self._bytes = 0

    def add(self, name: str, content: bytes, *, otherwise: str = "part") -> None:
        """Hand on one part under a name that no other part has; raise OverLimits."""
        shown = harmless(name) or otherwise + extension_of(content)
        if not content:
            self.empty.append(shown)
            return
        self._bytes += len(content)
        if len(self.names) == limits.ATTACHMENT_LIMIT or self._bytes > limits.WHOLE_LIMIT_BYTES:
            raise OverLimits
        if len(content) > limits.PART_LIMIT_BYTES:
            raise OverLimits
        self.names.append(self._own(shown))
        self._job.part(self.names[-1], content)

    def _own(self, name: str) -> str:
        """Return the name with a number where an earlier part has it; case does not part names."""
        own = name
        while (key := own.casefold()) in self._taken:
            first = name.casefold()
            self._taken[first] += 1
            stem, extension = _split(name)
            mark = f" ({self._taken[first]}){extension}"
            own = stem[: NAME_LIMIT - len(mark)] + mark
        self._taken[key] = 1
        return own

    def warnings(self) -> list[str]:
        """Say what was left out because it is empty."""
        return [f"Left out, because it holds nothing: {named(self.empty)}."] if self.empty else []
