"""Put right what PDFium leaves amiss in the order of Hebrew, Arabic and their kin.

PDFium turns each line into logical order, character by character. That turns the letters within a ligature too, puts
marks before the letters that bear them, and leaves spaces that only moved the pen back to set a mark.
"""

import re
import unicodedata
from collections.abc import Sequence

from documents.extraction.pdf.boxes import Boxes

_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LAM = "\u0644"
_TOUCHING = 0.1  # of the height of the line
_NEAR = 3  # marks that a letter bears, at most


def is_in(text: str) -> bool:
    """Tell whether a text holds letters that are written from the right."""
    return bool(_LETTER.search(text))


def mended(text: str, places: Sequence[int], boxes: Boxes) -> tuple[str, list[int]]:
    """Return a text in logical order, and the place of each of its characters; the boxes are theirs, y upwards."""
    line = _Line(text, boxes)
    order = line.with_marks_behind_letters(line.without_moves(line.with_ligatures_turned()))
    return "".join(text[index] for index in order), [places[index] for index in order]


class _Line:
    """Characters and their boxes; an order is a list of their indexes."""

    def __init__(self, text: str, boxes: Boxes) -> None:
        """Remember both."""
        self.text, self.boxes = text, boxes

    def with_ligatures_turned(self) -> list[int]:
        """Turn the letters that share one box."""
        order: list[int] = []
        index = 0
        while index < len(self.text):
            end = index + 1
            while end < len(self.text) and self._is_one_glyph(index, end):
                end += 1
            glyph = list(range(index, end))
            # Some files hold lam and alef the other way round, and then they are in order now.
            order += glyph if self.text[index] == _LAM else reversed(glyph)
            index = end
        return order

    def _is_one_glyph(self, index: int, other: int) -> bool:
        return (
            self._is_letter(index)
            and self._is_letter(other)
            and self.boxes.lefts[index] == self.boxes.lefts[other]
            and self.boxes.rights[index] == self.boxes.rights[other] != self.boxes.lefts[other]
            and self.boxes.tops[index] == self.boxes.tops[other]
        )

    def _is_letter(self, index: int) -> bool:
        return bool(_LETTER.match(self.text[index])) and not self._is_mark(index)

    def _is_mark(self, index: int) -> bool:
        return unicodedata.combining(self.text[index]) != 0

    def without_moves(self, order: list[int]) -> list[int]:
        """Drop the spaces between letters that touch."""
        kept: list[int] = []
        for place, index in enumerate(order):
            if self.text[index] != " " or not self._is_move(
                kept[-_NEAR:][::-1], order[place + 1 : place + 1 + _NEAR]
            ):
                kept.append(index)
        return kept

    def _is_move(self, before: Sequence[int], after: Sequence[int]) -> bool:
        """Tell whether the letters nearest to a space on both sides touch."""
        letter_before, letter_after = self._letter(before), self._letter(after)
        return (
            letter_before is not None
            and letter_after is not None
            and self._touch(letter_before, letter_after)
        )

    def _letter(self, indexes: Sequence[int]) -> int | None:
        return next((index for index in indexes if not self._is_mark(index)), None)

    def _touch(self, before: int, after: int) -> bool:
        if not (self._is_letter(before) and self._is_letter(after)):
            return False
        height = self.boxes.tops[before] - self.boxes.bottoms[before]
        gap = self.boxes.lefts[before] - self.boxes.rights[after]
        return abs(gap) < _TOUCHING * height and self.boxes.bottoms[before] < self.boxes.tops[after]

    def with_marks_behind_letters(self, order: list[int]) -> list[int]:
        """Move each mark behind the letter after it, where it stands over that one and not over the one before."""
        moved = list(order)
        for place in range(len(order) - 2, -1, -1):
            end = place + 1
            if not self._is_mark(moved[place]) or not self._is_letter(moved[end]):
                continue
            before = moved[place - 1] if place else None
            if before is None or self._is_over(moved[place], moved[end], rather_than=before):
                moved[place], moved[end] = moved[end], moved[place]
        return moved

    def _is_over(self, mark: int, letter: int, *, rather_than: int) -> bool:
        if not self._is_letter(rather_than):
            return True
        return self._distance(mark, letter) < self._distance(mark, rather_than)

    def _distance(self, one: int, other: int) -> float:
        lefts, rights = self.boxes.lefts, self.boxes.rights
        return abs(lefts[one] + rights[one] - lefts[other] - rights[other])
