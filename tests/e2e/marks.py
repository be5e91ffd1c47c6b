"""What is highlighted on the picture of a page, in words: by the boxes on the screen, and by what is seen in them."""

import io
import re
import subprocess
from typing import Any

from PIL import Image
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


def seen_words(svg: Locator) -> set[str]:
    """Return the words that can be read inside the highlighted boxes on the screen, as tesseract sees them.

    It knows nothing of the paper: a box in a wrong place, or a picture of another page, shows other words.
    """
    page, boxes = svg.page, svg.locator("rect").all()
    screen = Image.open(io.BytesIO(page.screenshot()))
    scale = screen.width / page.viewport_size["width"]
    lines = [screen.crop(_pixels(box, scale)) for box in boxes]
    sheet = Image.new(
        "L", (max(line.width for line in lines) + 40, sum(line.height + 20 for line in lines) + 40), "white"
    )
    top = 20
    for line in lines:
        sheet.paste(line.convert("L"), (20, top))
        top += line.height + 20
    return set(letters_of(_read(sheet)))


def _pixels(box: Locator, scale: float) -> tuple[int, int, int, int]:
    place = box.bounding_box()
    left, top = place["x"] * scale, place["y"] * scale
    return int(left), int(top), int(left + place["width"] * scale) + 1, int(top + place["height"] * scale) + 1


def _read(picture: Image.Image) -> str:
    written = io.BytesIO()
    picture.resize((picture.width * 2, picture.height * 2)).save(written, "PNG")
    command = ["tesseract", "stdin", "stdout", "--psm", "6"]
    return subprocess.run(command, input=written.getvalue(), capture_output=True, check=True).stdout.decode()


def letters_of(text: str) -> list[str]:
    """Return the words of a text without marks and capitals, which a reader of pictures may take for others."""
    return re.findall(r"[a-z0-9]{3,}", text.lower())


def words_of(text: str) -> list[str]:
    """Return the words of a quotation as they stand on a page."""
    return re.sub(r"-\n\s*", "", text).split()


def is_covered_by(drawing: Locator, picture: Locator) -> bool:
    """Say whether the drawing lies exactly over the picture of the page."""
    first, second = drawing.bounding_box(), picture.bounding_box()
    return all(abs(first[side] - second[side]) < 1 for side in ("x", "y", "width", "height"))
