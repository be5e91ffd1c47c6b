"""Show a page of a PDF, or a frame of an image, as a picture."""

from io import BytesIO

from PIL import Image, WebPImagePlugin

from documents.extraction import images, kinds, limits, pdf, pixels
from documents.extraction.pdf import rendering
from documents.extraction.refusals import NoPicture

DPI = 144
QUALITY = 80
_SIDE_LIMIT_PIXELS = 16_000  # of WebP: 16,383
_EFFORT = 2  # of 6: a page is awaited


def picture(content: bytes, *, page: int, password: str = "") -> bytes:
    """Return a page, counted from 1, as WebP of at most PICTURE_LIMIT_PIXELS, with its notes and filled fields.

    Raise NoPicture where the format flows or the page does not exist, and what opening and reading it raise.
    """
    reader = kinds.reader(content)
    if reader is pdf.read:
        return _page(content, page, password)
    if reader is images.read:
        return _frame(content, page)
    raise NoPicture


def _page(content: bytes, number: int, password: str) -> bytes:
    with pdf.opened(content, password) as document:
        if not 1 <= number <= len(document):
            raise NoPicture
        bitmap = rendering.drawn(
            document[number - 1],
            dpi=DPI,
            pixels=limits.PICTURE_LIMIT_PIXELS,
            side_pixels=_SIDE_LIMIT_PIXELS,
            is_grey=False,
        )
        return _webp(bitmap.to_pil())


def _frame(content: bytes, number: int) -> bytes:
    with pixels.opened(content) as (image, _):
        if not 1 <= number <= pixels.frame_count(image):
            raise NoPicture
        frame = pixels.frame(
            image,
            number,
            most_pixels=limits.PICTURE_LIMIT_PIXELS,
            most_side_pixels=_SIDE_LIMIT_PIXELS,
            modes=("RGB",),
        )
        return _webp(frame.image)


def _webp(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, WebPImagePlugin.WebPImageFile.format, quality=QUALITY, method=_EFFORT)
    return file.getvalue()
