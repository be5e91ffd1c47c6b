from io import BytesIO

import pytest
from PIL import Image

from documents import extraction
from documents.extraction import limits, pictures
from documents.extraction.refusals import NoPicture
from tests import papers


def shown(content, **options):
    picture = Image.open(BytesIO(pictures.picture(content, **{"page": 1, **options})))
    assert picture.format == "WEBP"
    return picture.convert("L")


def is_dark(picture, *box):
    return picture.crop(box).getextrema()[0] < 128


def test_a_page_of_a_pdf_is_drawn_at_twice_its_points():
    picture = shown(papers.placed_pdf("HHHH"))

    assert picture.size == (800, 600)
    assert is_dark(picture, 200, 170, 320, 200)
    assert not is_dark(picture, 0, 300, 800, 600)


def test_a_turned_page_is_drawn_as_it_is_shown():
    picture = shown(papers.placed_pdf("HHHH", attributes="/Rotate 90"))

    assert picture.size == (600, 800)
    assert is_dark(picture, 400, 200, 430, 320)


def test_what_was_filled_into_a_form_is_drawn():
    picture = shown(papers.form_pdf("Name:"))

    assert is_dark(picture.crop((150, 350, 300, 380)), 0, 0, 150, 30)


def test_a_page_has_no_more_pixels_than_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "PICTURE_LIMIT_PIXELS", 5_000)

    for content in (
        papers.placed_pdf("Words"),
        papers.placed_pdf("Words", attributes="/CropBox[0 0 400 0.01]"),
        papers.image_file(papers.written_picture("Words"), "PNG"),
        papers.image_file(Image.new("L", (3_000, 2), "white"), "TIFF"),
    ):
        width, height = shown(content).size
        assert 0 < width * height <= 5_000


@pytest.mark.parametrize("size", ["1e30", "14400"])
def test_a_huge_page_is_drawn_small(size):
    picture = shown(papers.placed_pdf("Words").replace(b"[0 0 400 300]", f"[0 0 {size} {size}]".encode()))

    assert picture.width * picture.height <= limits.PICTURE_LIMIT_PIXELS


def test_a_frame_of_a_tiff_is_shown():
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("white", "black")]
    content = papers.image_file(frames[0], "TIFF", save_all=True, append_images=frames[1:])

    assert not is_dark(shown(content, page=1), 0, 0, 40, 30)
    assert is_dark(shown(content, page=2), 0, 0, 40, 30)


@pytest.mark.parametrize("page", [0, -1, 2])
@pytest.mark.parametrize(
    "content", [papers.placed_pdf("a"), papers.image_file(Image.new("L", (9, 9)), "PNG")]
)
def test_a_page_that_does_not_exist_has_no_picture(content, page):
    with pytest.raises(NoPicture):
        pictures.picture(content, page=page)


@pytest.mark.parametrize("content", [b"Just text.", papers.docx(["Words"])])
def test_formats_that_flow_have_no_pictures(content):
    with pytest.raises(NoPicture):
        pictures.picture(content, page=1)


def test_a_protected_pdf_is_drawn_with_its_password():
    content = papers.encrypted_pdf("open sesame")

    assert is_dark(shown(content, password="open sesame"), 140, 160, 300, 190)
    with pytest.raises(extraction.PasswordProtected):
        pictures.picture(content, page=1)
    with pytest.raises(extraction.WrongPassword):
        pictures.picture(content, page=1, password="open barley")
