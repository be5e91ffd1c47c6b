"""Score what was read of papers against what their sources say that they hold."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import starmap

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")


@dataclass(frozen=True, slots=True)
class Score:
    """How many words of the truth were read, and how many of those read are in the truth: parts of one."""

    recall: float
    precision: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both, 0 where both are."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def score(text: str, truth: str) -> Score:
    """Compare two texts as bags of words."""
    read, wanted = Counter(words(text)), Counter(words(truth))
    common = (read & wanted).total()
    return Score(common / (wanted.total() or 1), common / (read.total() or 1))


def words(text: str) -> list[str]:
    """Return the runs of letters, digits and the marks on them, in the compatible form of Unicode (NFKC)."""
    composed = unicodedata.normalize("NFKC", text)
    return composed.translate({ord(sign): " " for sign in set(composed) if not _is_of_words(sign)}).split()


@cache
def _is_of_words(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM"


def unmarked(markdown: str) -> str:
    """Return the words of a text in Markdown: without comments, addresses of links and HTML's entities.

    What else marks it up are no letters, and no matter to `words`.
    """
    return html.unescape(_LINK.sub(r"\1", _COMMENT.sub(" ", markdown)))


def found(snippets: Iterable[str], text: str) -> list[bool]:
    """Tell for each snippet whether it stands in a text, whatever the white space."""
    collapsed = _collapsed(text)
    return [_collapsed(snippet) in collapsed for snippet in snippets]


def _collapsed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def folded(text: str) -> str:
    """Return the letters and digits of a text as text recognition may be held to them: without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in decomposed if unicodedata.category(sign)[0] in "LN")


def is_within(edits: int, one: str, other: str) -> bool:
    """Tell whether so many insertions, deletions and substitutions of a character turn one text into the other."""
    if abs(len(one) - len(other)) > edits:
        return False
    row = list(range(len(other) + 1))
    for place, mine in enumerate(one, 1):
        before, row = row, [place]
        for across, theirs in enumerate(other):
            row.append(min(before[across] + (mine != theirs), before[across + 1] + 1, row[across] + 1))
    return row[-1] <= edits


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return lines of columns: the first to the left, all others to the right."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   "
        + "  ".join([line[0].ljust(widths[0]), *starmap(str.rjust, zip(line[1:], widths[1:], strict=True))])
        for line in lines
    )
