"""Draw pages of a PDF."""

import math

import pypdfium2

POINTS_AN_INCH = 72
_A_LITTLE_LESS = 0.999
_LETTER = (612.0, 792.0)


def drawn(
    page: pypdfium2.PdfPage, *, dpi: int, pixels: int, side_pixels: int, is_grey: bool
) -> pypdfium2.PdfBitmap:
    """Draw a page with its annotations and forms, as large as `dpi`, `pixels` and `side_pixels` allow.

    Raise PdfiumError when it cannot be drawn.
    """
    width, height = size(page)
    scale = min(dpi / POINTS_AN_INCH, math.sqrt(pixels / width / height), side_pixels / max(width, height))
    while math.ceil(width * scale) * math.ceil(height * scale) > pixels:  # sides are rounded up
        scale *= _A_LITTLE_LESS
    return page.render(scale=scale, grayscale=is_grey, rev_byteorder=not is_grey)


def size(page: pypdfium2.PdfPage) -> tuple[float, float]:
    """Return the width and height of a page in points, of a letter where the file names none that can be."""
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        return _LETTER
    return width, height
