"""Open images with Pillow, and take their frames as pixels: PNG, JPEG, and TIFF of many frames."""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from documents.extraction import limits
from documents.extraction.refusals import Damaged, OverLimits

MEDIA_TYPES: Final = frozenset(["image/png", "image/jpeg", "image/tiff"])
SIGNATURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")

_KINDS: Final[dict[bytes, tuple[str, type[ImageFile]]]] = {
    b"\x89P": ("image/png", PngImageFile),
    b"\xff\xd8": ("image/jpeg", JpegImageFile),
    b"II": ("image/tiff", TiffImageFile),
    b"MM": ("image/tiff", TiffImageFile),
}
# What Pillow raises on files that are not what they say.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_POINTS_AN_INCH = 72
_A4_HEIGHT_POINTS = 842
_LARGEST_PAGE_POINTS = 2_500  # an A0 sheet is 2,384 wide; a photograph that tells 72 dpi is no such sheet
_DPI_FROM, _DPI_TO = 50, 2_400
_SQUARE_WITHIN = 0.1
_HIGH_BYTES = {"I;16": slice(1, None, 2), "I;16L": slice(1, None, 2), "I;16B": slice(0, None, 2)}


class Frame(NamedTuple):
    """A frame as it is to be seen, its size in points, and its dots an inch, 0 where they are not known."""

    image: Image.Image
    width: float
    height: float
    dpi: int


@contextmanager
def opened(content: bytes) -> Iterator[tuple[ImageFile, str]]:
    """Give the image, of which only the header is read, and its media type; raise Damaged."""
    media_type, kind = _KINDS[content[:2]]
    with _decoding():
        image = kind(BytesIO(content))
    with image:
        yield image, media_type


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        yield
    except _FAULTS:
        raise Damaged from None


def frame_count(image: ImageFile) -> int:
    """Return the number of frames, of an animation one; raise OverLimits or Damaged."""
    if not isinstance(image, TiffImageFile):
        return 1
    with _decoding():
        for count in range(1, limits.PAGE_LIMIT + 1):  # one by one: Pillow miscounts after a leap
            try:
                image.seek(count)
            except EOFError:
                return count
    raise OverLimits


def frame(
    image: ImageFile, number: int, *, most_pixels: int, most_side_pixels: int, modes: tuple[str, ...]
) -> Frame:
    """Return a frame, counted from 1, upright, on white, in one of the modes, and no larger than is said.

    Raise OverLimits before a pixel of too many is decoded, or Damaged.
    """
    with _decoding():
        image.seek(number - 1)
        size = image.size
        if size[0] * size[1] > limits.PIXEL_LIMIT:
            raise OverLimits
        dots = _dots_an_inch(image)
        if size[0] * size[1] > most_pixels:
            image.draft(image.mode, _within(size, most_pixels, most_side_pixels))
        image.load()
        found = _in_mode(image, modes)
        ImageOps.exif_transpose(found, in_place=True)
        is_turned = (found.width > found.height) != (size[0] > size[1])
        points = _points(size, dots)
        width, height = points[::-1] if is_turned else points
        shown = _resized(found, (width, height), most_pixels, most_side_pixels)
    return Frame(shown, width, height, round(shown.width / width * _POINTS_AN_INCH) if dots else 0)


def _dots_an_inch(image: ImageFile) -> tuple[float, float] | None:
    """Return what the file tells, across and down, where that can be."""
    told = image.info.get("dpi")
    if not told:
        return None
    across, down = float(told[0]), float(told[1])
    if not (_DPI_FROM <= across <= _DPI_TO and _DPI_FROM <= down <= _DPI_TO):
        return None
    sides = image.width / across, image.height / down
    return (across, down) if max(sides) * _POINTS_AN_INCH <= _LARGEST_PAGE_POINTS else None


def _points(size: tuple[int, int], dots: tuple[float, float] | None) -> tuple[float, float]:
    """Return the size of a page that shows so many pixels: as long as a sheet of A4 where nothing is told."""
    if dots:
        return size[0] / dots[0] * _POINTS_AN_INCH, size[1] / dots[1] * _POINTS_AN_INCH
    return size[0] / max(size) * _A4_HEIGHT_POINTS, size[1] / max(size) * _A4_HEIGHT_POINTS


def _in_mode(image: Image.Image, modes: tuple[str, ...]) -> Image.Image:
    """Return an image in one of the modes, the last of them where it is in none; what is transparent shows white."""
    if image.mode in modes:
        return image
    if image.mode in _HIGH_BYTES:
        high = image.tobytes()[_HIGH_BYTES[image.mode]]
        return _in_mode(Image.frombytes("L", image.size, high), modes)
    if image.mode in {"I", "F"}:
        return _in_mode(image.point(lambda value: value * (1 / 256)).convert("L"), modes)
    if not image.has_transparency_data:
        return image.convert(modes[-1])
    with_alpha = image if image.mode in {"LA", "RGBA"} else image.convert("RGBA")
    white = Image.new(modes[-1], image.size, "white")
    white.paste(with_alpha.convert(modes[-1]), mask=with_alpha.getchannel("A"))
    white.info = image.info
    return white


def _resized(image: Image.Image, points: tuple[float, float], most: int, most_side: int) -> Image.Image:
    """Give an image square pixels, which telefaxes have not, and no more of them than is said."""
    across, down = image.width / points[0], image.height / points[1]
    size = image.size
    if abs(across / down - 1) > _SQUARE_WITHIN:
        finest = max(across, down)
        size = round(points[0] * finest), round(points[1] * finest)
    wanted = _within(size, most, most_side)
    if wanted == image.size:
        return image
    smooth = image.convert("L") if image.mode == "1" else image
    return smooth.resize(wanted, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _within(size: tuple[int, int], most: int, most_side: int) -> tuple[int, int]:
    scale = min(1.0, math.sqrt(most / (size[0] * size[1])), most_side / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
