"""Pictures that claim more pixels, frames or comments than any memory holds."""

import struct
import zlib
from io import BytesIO

from PIL import Image

from tests.hostile.catalogue import hostile
from tests.hostile.deflated import repeated, zlib_wrapped

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SHORT, LONG = 3, 4


def png(width: int, height: int, pixels: bytes, *before: tuple[bytes, bytes]) -> bytes:
    """Write a PNG of one bit a pixel; the chunks `before` its pixels are (name, content)."""
    head = struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *before, (b"IDAT", pixels), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def rows(width: int, height: int) -> bytes:
    """Return compressed rows of white, however many."""
    row = b"\0" + b"\xff" * -(-width // 8)
    raw, _size = repeated(row, height * len(row))
    return zlib_wrapped(raw)


@hostile("OverLimits")
def png_of_60000_by_60000() -> bytes:
    return png(60_000, 60_000, rows(60_000, 60_000))


@hostile("OverLimits")
def png_of_two_billion_by_two_billion() -> bytes:
    return png(2**31 - 1, 2**31 - 1, rows(64, 64))


@hostile("Damaged")
def png_of_no_width() -> bytes:
    return png(0, 64, rows(64, 64))


@hostile("Damaged")
def png_comment_of_a_gigabyte() -> bytes:
    raw, _size = repeated(b"a", 1 << 30)
    comment = zlib_wrapped(raw)
    return png(64, 64, rows(64, 64), (b"zTXt", b"a\0\0" + comment), (b"iCCP", b"a\0\0" + comment))


@hostile("NoText", "OnlyPictures", "Damaged")
def png_a_line_of_a_million_pixels() -> bytes:
    """Draw what has pixels within the limit, and a shape that no text recognition expects."""
    return png(1_000_000, 1, rows(1_000_000, 1))


@hostile("Damaged")
def jpeg_cut_short() -> bytes:
    file = BytesIO()
    Image.new("L", (400, 400), "white").save(file, "JPEG")
    return file.getvalue()[: file.tell() // 2]


@hostile("OverLimits")
def jpeg_of_65500_by_65500() -> bytes:
    file = BytesIO()
    Image.new("L", (8, 8), "white").save(file, "JPEG")
    return file.getvalue().replace(struct.pack(">2H", 8, 8), struct.pack(">2H", 65_500, 65_500), 1)


@hostile("NoText", "OnlyPictures", "Damaged", "TooComplex", seconds=2)
def jpeg_of_ten_thousand_scans() -> bytes:
    """Refine a picture again and again: each scan decodes all of it anew."""
    file = BytesIO()
    Image.new("L", (4_000, 4_000), "white").save(file, "JPEG", progressive=True)
    content = file.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 10_000 + b"\xff\xd9"


def tiff(frames: list[bytes], order: list[int] | None = None) -> bytes:
    """Write a TIFF of these directories, each followed by the one that `order` names (TIFF 6.0, section 2)."""
    places, place = [], 8
    for frame in frames:
        places.append(place)
        place += len(frame) + 4
    following = order or [*range(1, len(frames)), -1]
    body = b"".join(
        frame + struct.pack("<I", places[after] if after >= 0 else 0)
        for frame, after in zip(frames, following, strict=True)
    )
    return b"II*\0" + struct.pack("<I", 8) + body


def frame(width: int = 8, height: int = 8, **more: int) -> bytes:
    """Return a directory of one strip of black pixels, which lie at the start of the file."""
    entries = {256: width, 257: height, 258: 1, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 8}
    entries |= {int(tag[1:]): value for tag, value in more.items()}
    listed = b"".join(struct.pack("<2H2I", tag, LONG, 1, value) for tag, value in sorted(entries.items()))
    return struct.pack("<H", len(entries)) + listed


@hostile("OverLimits")
def tiff_of_5000_frames() -> bytes:
    return tiff([frame()] * 5_000)


@hostile("NoText", "OnlyPictures", "Damaged", "TooComplex", seconds=2)
def tiff_of_frames_that_loop() -> bytes:
    return tiff([frame()] * 3, [1, 2, 0])


@hostile("OverLimits")
def tiff_of_60000_by_60000() -> bytes:
    return tiff([frame(60_000, 60_000)])


@hostile("Damaged")
def tiff_strips_beyond_its_end() -> bytes:
    return tiff([frame(t273=2**32 - 1, t279=2**32 - 1), frame(t258=2**31, t259=65_535)])


@hostile("Unsupported")
def gif_of_any_kind() -> bytes:
    return b"GIF89a" + struct.pack("<2H", 65_535, 65_535) + bytes(200)
