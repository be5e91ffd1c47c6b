"""What is highlighted on the picture of a page, in words: read from the boxes on the screen, not from the page."""

import re
from typing import Any

from playwright.sync_api import Locator

from tests.e2e.workplace import Person

BOXES = """
(svg) => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("rect")].map((rect) => {
    const box = rect.getBoundingClientRect();
    return {
      left: (box.left - whole.left) / whole.width, right: (box.right - whole.left) / whole.width,
      top: (box.top - whole.top) / whole.height, bottom: (box.bottom - whole.top) / whole.height,
    };
  });
}
"""


def marked_words(svg: Locator, person: Person, document_id: int, number: int) -> list[str]:
    """Return the words of a page whose middle lies inside a highlighted box, in the order of the text.

    The boxes are measured where the browser drew them, as parts of the drawing that covers the page; where the words
    lie is what the API says of the file.
    """
    boxes = svg.evaluate(BOXES)
    page = person.get(f"documents/{document_id}/pages/{number}/")
    return [
        page["text"][word[0] - page["start"] : word[1] - page["start"]]
        for word in page["words"]
        if any(_is_inside(word, box, page) for box in boxes)
    ]


def _is_inside(word: list[float], box: dict[str, float], page: dict[str, Any]) -> bool:
    _start, _end, left, top, right, bottom, _confidence = word
    across, down = (left + right) / 2 / page["width"], (top + bottom) / 2 / page["height"]
    return box["left"] <= across <= box["right"] and box["top"] <= down <= box["bottom"]


def words_of(text: str) -> list[str]:
    """Return the words of a quotation as they stand on a page."""
    return re.sub(r"-\n\s*", "", text).split()


def is_covered_by(drawing: Locator, picture: Locator) -> bool:
    """Say whether the drawing lies exactly over the picture of the page."""
    first, second = drawing.bounding_box(), picture.bounding_box()
    return all(abs(first[side] - second[side]) < 1 for side in ("x", "y", "width", "height"))
