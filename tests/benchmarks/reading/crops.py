"""Words cut out of rendered pages by their boxes, and what tesseract reads in them."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

from documents.extraction.layout import Word
from tests.benchmarks.reading import rivals

MARGIN_POINTS, BORDER_PIXELS, WHITE = 0.75, 16, 255
WORD_MODE, LINE_MODE = 8, 7  # of tesseract: the picture is one word, or one line


def cropped(path: Path, page: int, words: Sequence[Word]) -> Iterator[Image.Image]:
    """Yield the box of each word of a PDF's page, whose index counts from 0, with a small margin, on white."""
    (picture,) = rivals.rendered(path.read_bytes(), pages=[page])
    for word in words:
        yield ImageOps.expand(picture.crop(_pixels(word)), BORDER_PIXELS, WHITE)


def _pixels(word: Word) -> tuple[int, ...]:
    upper_left = (word.left - MARGIN_POINTS, word.top - MARGIN_POINTS)
    lower_right = (word.right + MARGIN_POINTS, word.bottom + MARGIN_POINTS)
    return tuple(round(value * rivals.DPI / 72) for value in (*upper_left, *lower_right))


def recognised(pictures: Sequence[Image.Image], mode: int) -> list[str]:
    """Return what tesseract reads in each picture, with all cores at work."""
    cores = os.cpu_count() or 1
    texts = [""] * len(pictures)
    with ThreadPoolExecutor(cores) as pool:
        shares = pool.map(lambda first: _share(pictures[first::cores], mode), range(cores))
        for first, share in enumerate(shares):
            texts[first::cores] = share
    return texts


def _share(pictures: Sequence[Image.Image], mode: int) -> list[str]:
    """Return what one tesseract reads in each picture: its start costs more than a word."""
    if not pictures:
        return []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.png") for number in range(len(pictures))]
        for path, picture in zip(paths, pictures, strict=True):
            path.write_bytes(rivals.png(picture))
        listed = Path(folder, "list.txt")
        listed.write_text("\n".join(map(str, paths)))
        texts = rivals.tesseract(listed, mode=mode, languages=rivals.languages()).split("\f")
    assert len(texts) == len(pictures), "tesseract passed over a picture"
    return texts
