import shutil
from io import BytesIO

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from documents import extraction
from documents.extraction import ocr
from documents.extraction.layout import Word
from tests import papers
from tests.documents.extraction.reading import extract, page_texts, shown_words

needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="needs the program tesseract")
LINES = "The rent is due on the\nfirst day of each month"
LEASE = """The tenant pays the rent in advance, on the first day of each
month, without any deduction. The landlord holds the deposit
in a separate account, and returns it with interest within a
month of the end of the lease, less what is owed to him. Both
parties may end the lease by a notice in writing, which must
be given three months before the end of a calendar quarter."""


def rows(*words):
    """Write a table as tesseract does: (block, paragraph, line, text) each."""
    return "\n".join(
        f"5\t1\t{block}\t{paragraph}\t{line}\t1\t10\t20\t30\t8\t91.6\t{text}"
        for block, paragraph, line, text in words
    )


@pytest.mark.slow
@needs_tesseract
def test_a_scanned_page_is_read_with_boxes_and_confidence():
    extracted = extract(papers.picture_pdf([papers.written_picture(LINES)]))
    words = shown_words(extracted)

    assert extracted.text == LINES
    assert extracted.warnings == []
    assert [word.text for word in words] == LINES.split()
    assert all(word.confidence > 80 for word in words)
    assert (words[0].left, words[0].top) == pytest.approx((80 * 0.48, 68 * 0.48), abs=3)
    assert words[6].top > words[0].bottom


@pytest.mark.slow
@needs_tesseract
@pytest.mark.parametrize("turned", [90, 180])
def test_a_turned_page_is_read_and_its_boxes_are_those_of_the_page_as_shown(turned):
    extracted = extract(papers.picture_pdf([papers.written_picture(LEASE)], turned=turned))
    first = shown_words(extracted)[0]

    assert extracted.text.split() == LEASE.split()
    assert first.text == "The"
    if turned == 90:
        assert (first.right, first.top) == pytest.approx((288 - 68 * 0.48, 80 * 0.48), abs=4)
    else:
        assert (first.right, first.bottom) == pytest.approx((595 - 80 * 0.48, 288 - 68 * 0.48), abs=4)


@pytest.mark.slow
@needs_tesseract
def test_a_page_with_a_stamp_over_its_scan_is_recognised_and_progress_reaches_every_page():
    told = []
    scans = papers.picture_pdf(
        [papers.written_picture(f"{LINES}\n{word}") for word in ("one", "two")], stamp="R-17"
    )

    extracted = extraction.extract(
        BytesIO(scans), filename="", job=extraction.Job(progress=lambda *progress: told.append(progress))
    )

    assert ["rent" in text and "month" in text for text in page_texts(extracted)] == [True, True]
    assert ["one" in page_texts(extracted)[0], "two" in page_texts(extracted)[1]] == [True, True]
    assert told == [(1, 2), (2, 2)]


@pytest.mark.slow
@needs_tesseract
def test_a_long_stamp_does_not_hide_the_scan_below_it_and_no_word_is_lost():
    stamp = "Electronically filed with the Superior Court of Delaware " * 5  # it runs out of the page

    extracted = extract(papers.picture_pdf([papers.written_picture(LINES)], stamp=stamp))

    assert extracted.text.startswith(stamp.strip())
    assert LINES in extracted.text
    assert [word.text for word in shown_words(extracted)] == extracted.text.split()


def test_a_page_of_text_on_a_picture_is_not_recognised(monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    file = BytesIO()
    canvas = Canvas(file, pagesize=(600, 300))
    canvas.drawImage(ImageReader(papers.written_picture(LINES)), 0, 0, width=600, height=300)
    for line in range(15):
        canvas.drawString(50, 50 + 14 * line, "A line of a lease that stands on a coloured ground")
    canvas.save()

    assert extract(file.getvalue()).warnings == []


@pytest.mark.slow
@needs_tesseract
def test_a_page_whose_font_tells_no_letters_is_recognised():
    meaningless = dict.fromkeys("Landlor", "FFFD")

    assert extract(papers.glyph_pdf("Landlord", means=meaningless)).text == "Landlord"


@pytest.mark.slow
@needs_tesseract
def test_a_text_layer_that_holds_more_than_its_picture_stays():
    extracted = extract(papers.picture_pdf([Image.new("L", (600, 300), "white")], stamp="Exhibit R-17"))

    assert extracted.text == "Exhibit R-17"
    assert [word.confidence for word in shown_words(extracted)] == [None, None]


@pytest.mark.slow
@needs_tesseract
def test_a_language_that_is_not_installed_is_named_and_the_others_are_used():
    scan = papers.picture_pdf([papers.written_picture(LINES)])

    extracted = extraction.extract(BytesIO(scan), filename="", job=extraction.Job(languages="tlh+eng"))

    assert extracted.text == LINES
    assert extracted.warnings == [
        "Text recognition did without languages that are not installed on this server: tlh."
    ]


@needs_tesseract
def test_a_recognition_that_takes_too_long_is_given_up_and_named(monkeypatch):
    monkeypatch.setattr(ocr, "SECONDS_A_PAGE", 0.001)

    extracted = extraction.extract(
        BytesIO(papers.picture_pdf([papers.written_picture(LINES)])),
        filename="",
        job=extraction.Job(last_page=1),
    )

    assert (extracted.text, extracted.warnings) == ("", [f"{ocr.GIVEN_UP} 1."])


def test_pages_are_named_where_text_recognition_is_not_installed(monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)

    extracted = extract(papers.lines_pdf(["Words", "", "", "Words", ""]))

    assert page_texts(extracted) == ["Words\n", "\n", "\n", "Words\n", ""]
    assert extracted.warnings == [f"{ocr.NOT_INSTALLED} 2-3, 5."]
    with pytest.raises(extraction.OnlyPictures):
        extract(papers.scan_pdf())


def test_lines_paragraphs_and_blocks_are_told_apart_and_empty_words_dropped():
    text, words = ocr._understood(
        rows((1, 1, 1, "The"), (1, 1, 1, " "), (1, 1, 2, "ﬁrst"), (1, 2, 1, "next"), (2, 1, 1, "last\0"))
    )

    assert text == "The\nfirst\n\nnext\n\nlast"
    assert [text[word.start : word.end] for word in words] == ["The", "first", "next", "last"]
    assert words[0] == Word(0, 3, 10, 20, 40, 28, 92)


@pytest.mark.parametrize(
    ("pages", "expected"), [([3], "3"), ([2, 1, 3], "1-3"), ([1, 2, 4, 7, 8], "1-2, 4, 7-8"), ([], "")]
)
def test_pages_are_named_in_runs(pages, expected):
    assert ocr.named(pages) == expected


def test_pages_of_which_recognition_is_unsure_are_named():
    remarks = ocr.Remarks()
    remarks.add(4, ocr.Recognised(9, 9, "a", [Word(0, 1, 0, 0, 1, 1, 59)]), has_text=True)
    remarks.add(5, ocr.Recognised(9, 9, "a", [Word(0, 1, 0, 0, 1, 1, 60)]), has_text=True)

    assert remarks.sentences("") == [f"{ocr.UNSURE} 4."]


@pytest.mark.parametrize("picture", [papers.written_picture(LINES), papers.written_picture(LINES, mode="1")])
def test_the_pixels_for_tesseract_are_those_of_the_picture(picture):
    wrap = ocr.Picture.grey if picture.mode == "L" else ocr.Picture.black_and_white

    given = wrap(picture.tobytes(), picture.width, picture.height)

    with Image.open(BytesIO(given.tiff)) as opened:
        assert opened.size == picture.size
        assert opened.convert("L").tobytes() == picture.convert("L").tobytes()
