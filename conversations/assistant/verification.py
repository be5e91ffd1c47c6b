"""Check mechanically that a quotation stands in a document where it is said to stand."""

import re
from bisect import bisect_right
from collections.abc import Sequence

_QUOTE_MARKS = str.maketrans(dict.fromkeys("‘’‚‛‹›＇", "'") | dict.fromkeys("“”„‟«»＂", '"'))
_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad\ufffe][^\S\n]*\n\s*(?=[^\W\d_])")
_WHITE_SPACE = re.compile(r"\s+")


def verify(quotation: str, start: int, end: int, document_text: str) -> bool:
    """Tell whether document_text[start:end] reads as the quotation, after one folding of both and nothing else.

    The folding: a hyphen at a line's end joins its word, white space is one space, single quote marks are one
    and double ones another. Never verified are an empty quotation, a range that is reversed or leaves the
    document, and one that cuts through a word or a number: "500,000" is not what "1,500,000" says.
    """
    if not 0 <= start < end <= len(document_text):
        return False
    if _cuts(document_text, start) or _cuts(document_text, end):
        return False
    claimed = folded(quotation)
    return bool(claimed) and claimed == folded(document_text[start:end])


def _cuts(text: str, place: int) -> bool:
    """Tell whether a place lies inside a word or a number."""
    before, after = text[max(0, place - 2) : place], text[place : place + 2]
    inside_word = before[-1:].isalnum() and after[:1].isalnum()
    after_mark = before[:-1].isdigit() and before[-1:] in {".", ","} and after[:1].isdigit()
    before_mark = before[-1:].isdigit() and after[:1] in {".", ","} and after[1:].isdigit()
    return inside_word or after_mark or before_mark


def pages_of(start: int, end: int, pages: Sequence[int]) -> tuple[int, int]:
    """Return the first and last page (from 1) that text[start:end] touches; `pages` are the pages' start offsets.

    Raises ValueError when there are no pages.
    """
    if not pages:
        raise ValueError("A document without pages has no page to name.")
    return max(1, bisect_right(pages, start)), max(1, bisect_right(pages, max(start, end - 1)))


def folded(text: str) -> str:
    """Return a text as it is compared: one folding, which says what makes no difference."""
    joined = _LINE_END_HYPHEN.sub("", text)
    return _WHITE_SPACE.sub(" ", joined).strip().translate(_QUOTE_MARKS)
