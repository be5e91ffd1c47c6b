"""What images hold is recognised in test_ocr.py; here is what becomes of their pixels and pages."""

import shutil
from io import BytesIO

import pytest
from PIL import Image

from documents import extraction
from documents.extraction import limits, ocr, pixels
from tests import papers
from tests.documents.extraction.reading import extract, page_texts

needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="needs the program tesseract")
LINE = "The rent is due on the first day"


def frame(content, number=1, *, most=1_000_000, modes=("1", "L")):
    with pixels.opened(content) as (image, _):
        return pixels.frame(image, number, most_pixels=most, most_side_pixels=30_000, modes=modes)


def half(left, right, size=(60, 40)):
    picture = Image.new(Image.new("L", (1, 1)).mode if isinstance(left, int) else "RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    return picture


@pytest.mark.slow
@needs_tesseract
@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("TIFF", "image/tiff")]
)
def test_each_kind_of_image_is_read(kind, media_type):
    extracted = extract(papers.image_file(papers.written_picture(LINE), kind, dpi=(150, 150)))

    assert (extracted.text, extracted.media_type, extracted.warnings) == (LINE, media_type, [])
    assert (extracted.pages[0].width, extracted.pages[0].height) == pytest.approx((595.2, 288), abs=0.1)


@pytest.mark.slow
@needs_tesseract
def test_each_frame_of_a_tiff_is_a_page_and_a_range_is_read_alone():
    frames = [papers.written_picture(f"Page number {word}") for word in ("one", "two", "three")]
    content = papers.image_file(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(150, 150))
    told = []

    extracted = extraction.extract(
        BytesIO(content),
        filename="fax",
        job=extraction.Job(first_page=2, progress=lambda *progress: told.append(progress)),
    )

    assert page_texts(extracted) == ["Page number two\n", "Page number three"]
    assert [page.number for page in extracted.pages] == [2, 3]
    assert extracted.page_count == 3
    assert told == [(2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (half(0, 255).convert("1"), [0, 255]),
        (half(0, 255), [0, 255]),
        (half("black", "white"), [0, 255]),
        (half("black", "white").convert("P"), [0, 255]),
        (Image.merge("LA", (half(0, 0), half(255, 0))), [0, 255]),
        (Image.merge("RGBA", (*half("black", "black").split(), half(255, 0))), [0, 255]),
        (Image.frombytes("I;16", (2, 1), b"\x00\x80\x00\xff").resize((60, 40), 0), [128, 255]),
    ],
    ids=lambda value: getattr(value, "mode", None),
)
def test_every_mode_becomes_shades_of_grey_on_white(picture, expected):
    shown = frame(papers.image_file(picture, "PNG")).image

    assert shown.mode in ("1", "L")
    assert [shown.getpixel((5, 5)), shown.getpixel((55, 5))] == expected


def test_printing_colours_become_shades_of_grey():
    shown = frame(papers.image_file(half("black", "white").convert("CMYK"), "JPEG")).image

    assert shown.getpixel((5, 5)) < 10
    assert shown.getpixel((55, 5)) > 245


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_a_photograph_is_put_upright(kind):
    lying = Image.Exif()
    lying[0x0112] = 6

    shown = frame(papers.image_file(half(0, 255), kind, exif=lying))

    assert shown.image.size == (40, 60)
    assert shown.width < shown.height
    assert shown.image.getpixel((20, 5)) < 10
    assert shown.image.getpixel((20, 55)) > 245


def test_a_page_is_as_large_as_the_file_tells_else_as_long_as_a_sheet_of_a4():
    picture = half(0, 255, (600, 300))

    told, untold, absurd = (
        frame(papers.image_file(picture, "PNG", **options))
        for options in ({"dpi": (150, 150)}, {}, {"dpi": (3, 3)})
    )

    assert (told.width, told.height) == pytest.approx((288, 144), abs=0.1)
    assert told.dpi == 150
    assert (untold.width, untold.height, untold.dpi) == (842, 421, 0)
    assert absurd[1:] == untold[1:]


def test_a_telefax_is_given_square_pixels():
    shown = frame(papers.image_file(half(0, 255, (204, 98)), "TIFF", dpi=(204, 98)))

    assert shown.image.size == (204, 204)
    assert (shown.width, shown.height) == pytest.approx((72, 72), abs=0.1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_image_is_brought_down_to_the_pixels_that_are_wanted(kind):
    shown = frame(papers.image_file(half(0, 255, (2_000, 1_000)), kind), most=50_000)

    assert shown.image.width * shown.image.height <= 50_000
    assert shown.image.width == pytest.approx(2 * shown.image.height, abs=2)
    assert (shown.width, shown.height) == (842, 421)


def test_too_many_pixels_are_refused_before_one_is_decoded(monkeypatch):
    whole = papers.image_file(half(0, 255, (100, 100)), "PNG")
    monkeypatch.setattr(limits, "PIXEL_LIMIT", 9_999)

    with pytest.raises(extraction.OverLimits):
        extract(whole[:60])


def test_more_frames_than_the_limit_are_refused(monkeypatch):
    frames = [half(0, 255)] * 3
    content = papers.image_file(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(limits, "PAGE_LIMIT", 2)

    with pytest.raises(extraction.OverLimits):
        extract(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_truncated_image_is_damaged(kind, share):
    content = papers.image_file(Image.effect_noise((300, 300), 90), kind)

    with pytest.raises(extraction.Damaged):
        extract(content[: int(len(content) * share)])


def test_frames_are_named_when_text_recognition_is_not_installed(monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    content = papers.image_file(half(0, 255), "TIFF", save_all=True, append_images=[half(0, 255)])

    part = extraction.extract(BytesIO(content), filename="", job=extraction.Job(last_page=2))

    assert part.warnings == [f"{ocr.NOT_INSTALLED} 1-2."]
    with pytest.raises(extraction.OnlyPictures):
        extract(content)
