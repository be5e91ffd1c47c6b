import math
from io import BytesIO

import pytest

from documents import extraction
from documents.extraction import limits, ocr
from tests import papers
from tests.documents.extraction.reading import extract, page_texts, shown_words, text_of, words_of


def test_pages_tile_the_text_and_a_break_belongs_to_the_earlier_page():
    extracted = extract(papers.lines_pdf(["Page one\nhas two lines", "Page two", "Page three"]))

    assert extracted.text == "Page one\nhas two lines\nPage two\nPage three"
    assert page_texts(extracted) == ["Page one\nhas two lines\n", "Page two\n", "Page three"]
    assert [page.number for page in extracted.pages] == [1, 2, 3]


def test_pages_have_their_size_in_points():
    page = extract(papers.lines_pdf(["Words"])).pages[0]

    assert (page.width, page.height) == (papers.PAGE_WIDTH_POINTS, papers.PAGE_HEIGHT_POINTS)


def test_offsets_count_code_points_beyond_the_first_plane():
    extracted = extract(papers.glyph_pdf("xAyA", means={"A": "D83DDE00"}))

    assert extracted.text == "x😀y😀"
    assert extracted.pages[0].end == 4


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("the agree-\nment of the\nlong-term kind", "the agreement of the\nlong-term kind"),
        ("the INDEM-\nNITY", "the INDEMNITY"),
        ("Mrs Smith-\nJones", "Mrs Smith-Jones"),
        ("COVID-\n19 in 2020-\n2021", "COVID-19 in 2020-\n2021"),
        ("the end -\nof it", "the end -\nof it"),
    ],
)
def test_a_word_that_a_line_end_breaks_is_joined_and_a_hyphen_of_its_own_stays(lines, expected):
    assert text_of(papers.lines_pdf([lines])) == expected


def test_the_halves_of_a_broken_word_have_a_box_each():
    first, second = words_of(papers.lines_pdf(["the agree-\nment"]))[1:]

    assert (first.text, second.text) == ("agree", "ment")
    assert first.end == second.start
    assert first.bottom < second.bottom
    assert second.left == pytest.approx(72, abs=0.1)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", (100, 84, 133.3, 104)),
        ("/CropBox[50 20 350 280]", (50, 64, 83.3, 84)),
        ("/Rotate 90", (196, 100, 216, 133.3)),
        ("/Rotate 180", (266.7, 196, 300, 216)),
        ("/Rotate 270", (84, 266.7, 104, 300)),
        ("/Rotate 90/CropBox[50 20 350 280]", (176, 50, 196, 83.3)),
    ],
)
def test_a_box_lies_where_the_page_shows_the_word(attributes, expected):
    (word,) = words_of(papers.placed_pdf("AxB", attributes=attributes))[:1]

    assert (word.left, word.top, word.right, word.bottom) == pytest.approx(expected, abs=4.5)
    assert word.right - word.left == pytest.approx(expected[2] - expected[0], abs=4)


@pytest.mark.parametrize("units", ["0000", "D83D", "DE00", "DB40DC41"])
def test_nulls_lone_surrogates_and_tag_characters_are_removed(units):
    extracted = extract(papers.glyph_pdf("xAyz", means={"A": units}))

    assert extracted.text == "xyz"
    assert extracted.pages[0].end == 3


def test_a_null_behind_wide_characters_does_not_pass_for_a_hyphen():
    assert text_of(papers.glyph_pdf("wAAxBy", means={"A": "D83DDE00", "B": "0000"})) == "w😀😀xy"


@pytest.mark.parametrize(("units", "letter"), [("D83DDE00", "😀"), ("D83D", "")])
def test_a_hyphen_is_known_behind_wide_characters_and_lone_surrogates(units, letter):
    two_lines = "the AA agree-) Tj 0 -14 Td (ment"

    assert text_of(papers.glyph_pdf(two_lines, means={"A": units})) == f"the {letter * 2} agreement"


@pytest.mark.slow
def test_a_scan_of_nothing_is_refused():
    with pytest.raises(extraction.NoText):
        extract(papers.scan_pdf())


@pytest.mark.slow
def test_pages_that_show_something_without_text_are_named_in_a_warning():
    extracted = extract(papers.lines_pdf(["Words", "", "Words", "", ""]))

    assert page_texts(extracted) == ["Words\n", "\n", "Words\n", "\n", ""]
    assert extracted.warnings == [f"{ocr.NOTHING_FOUND if ocr.is_installed() else ocr.NOT_INSTALLED} 2, 4-5."]


def test_a_blank_page_needs_no_warning():
    assert extract(papers.lines_pdf(["Words", " "])).warnings == []


def test_a_page_of_a_few_lines_is_not_recognised():
    ruled = papers.raw_pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R>>",
            "<</Length 35>>stream\n50 50 m 350 50 l S 50 90 m 350 90 l S\nendstream",
        ]
    )
    job = extraction.Job(last_page=1)

    assert extraction.extract(BytesIO(ruled), filename="", job=job).warnings == []


def test_what_was_filled_into_a_form_stands_below_the_text_of_its_page():
    extracted = extract(papers.form_pdf("Name:"))

    assert extracted.text == "Name:\nTenant: Ann Lee\nPets allowed: [x]"
    assert extracted.warnings == []
    assert [(word.text, round(word.left), round(word.top)) for word in shown_words(extracted)[1:]] == [
        ("Ann", 72, 172),
        ("Lee", 72, 172),
        ("[x]", 72, 272),
    ]


@pytest.mark.parametrize(
    ("shown", "means", "expected"),
    [
        ("CBA", {"A": "05D0", "B": "05D1", "C": "05D2"}, "אבג"),
        ("CBA 12", {"A": "05D0", "B": "05D1", "C": "05D2"}, "12 אבג"),
        ("MAlX", {"M": "0645", "A": "06440627", "l": "0633", "X": "0644"}, "لسلام"),
        ("MAlX", {"M": "0645", "A": "06270644", "l": "0633", "X": "0644"}, "لسلام"),
        ("MAlX", {"M": "0645", "A": "FEFC", "l": "FEB3", "X": "FEDF"}, "لسلام"),
        ("BA", {"A": "FB2E", "B": "FB31"}, "אַבּ"),
    ],
)
def test_what_is_written_from_the_right_is_in_logical_order(shown, means, expected):
    assert text_of(papers.glyph_pdf(shown, means=means)) == expected


@pytest.mark.parametrize(
    ("units", "letters"), [("FB01", "fi"), ("FB03", "ffi"), ("006600660069", "ffi"), ("FB06", "st")]
)
def test_ligatures_are_letters_and_offsets_count_them(units, letters):
    extracted = extract(papers.glyph_pdf("oAce day", means={"A": units}))

    assert extracted.text == f"o{letters}ce day"
    assert [word.text for word in shown_words(extracted)] == [f"o{letters}ce", "day"]


def test_every_word_of_a_page_has_a_box_and_its_place():
    extracted = extract(papers.pdf(["# Title\n\nA <b> & clause,\nof two lines."], title="Paper"))
    words = shown_words(extracted)

    assert [word.text for word in words] == extracted.text.split()
    assert all(0 < word.left < word.right < 612 and 0 < word.top < word.bottom < 792 for word in words)
    assert len(extracted.pages[0].layout) == 1 + 10 * len(words)


def test_a_range_of_pages_is_read_alone_and_progress_counts_all_pages():
    told = []
    job = extraction.Job(first_page=2, last_page=3, progress=lambda *progress: told.append(progress))

    extracted = extraction.extract(BytesIO(papers.lines_pdf(["a", "b", "c", "d"])), filename="", job=job)

    assert [(page.number, page.start, page.end) for page in extracted.pages] == [(2, 0, 2), (3, 2, 3)]
    assert (extracted.text, extracted.page_count) == ("b\nc", 4)
    assert told == [(2, 4), (3, 4)]


def test_a_range_beyond_the_last_page_holds_no_pages():
    extracted = extraction.extract(
        BytesIO(papers.lines_pdf(["a"])), filename="", job=extraction.Job(first_page=51, last_page=100)
    )

    assert (extracted.text, extracted.pages, extracted.page_count) == ("", [], 1)


def test_a_damaged_page_is_named_and_the_others_are_read():
    one_page = papers.placed_pdf("Words").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 9 0 R]/Count 2")

    extracted = extract(one_page)

    assert page_texts(extracted) == ["Words\n", ""]
    assert extracted.warnings == [f"{ocr.UNREADABLE} 2."]


@pytest.mark.parametrize(
    "box", ["[0 0 1e38 1e38]", "[0 0 1e-9 1e-9]", "[0 0 0 0]", "[nan nan nan nan]", "[5 5 -5 -5]", "[(a)]"]
)
def test_a_page_of_an_absurd_size_is_read_and_its_numbers_are_finite(box):
    extracted = extract(papers.placed_pdf("Words", attributes=f"/CropBox{box}"))

    (page,) = extracted.pages
    assert extracted.text == "Words"
    assert 0 < page.width < math.inf
    assert 0 < page.height < math.inf


def test_a_password_is_asked_for():
    with pytest.raises(extraction.PasswordProtected):
        extract(papers.encrypted_pdf("open sesame"))


def test_a_pdf_opens_with_its_password_and_not_with_another():
    content = papers.encrypted_pdf("open sesame")

    def text(password):
        job = extraction.Job(password=password)
        return extraction.extract(BytesIO(content), filename="", job=job).text

    assert text("open sesame") == "A secret."
    with pytest.raises(extraction.WrongPassword):
        text("open barley")


def test_a_file_that_only_begins_like_a_pdf_is_damaged():
    with pytest.raises(extraction.Damaged):
        extract(papers.lines_pdf(["Words"])[:200])


def test_a_pdf_without_pages_is_damaged():
    no_pages = papers.raw_pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"])

    with pytest.raises(extraction.Damaged):
        extract(no_pages)


def test_a_pdf_whose_pages_cannot_be_loaded_is_damaged():
    no_page = papers.raw_pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[9 0 R]/Count 1>>"])

    with pytest.raises(extraction.Damaged):
        extract(no_page)


def test_more_pages_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "PAGE_LIMIT", 2)

    assert len(extract(papers.lines_pdf(["a", "b"])).pages) == 2
    with pytest.raises(extraction.OverLimits):
        extract(papers.lines_pdf(["a", "b", "c"]))


def test_more_characters_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 8)

    with pytest.raises(extraction.OverLimits):
        extract(papers.lines_pdf(["Words", "Words"]))


def test_typeset_papers_read_in_order_with_the_number_at_the_foot():
    paper = papers.pdf(["# Title\n\n## 1. Heading\n\nA <b> & clause.", "Second sheet."], title="Paper")

    assert page_texts(extract(paper)) == [
        "Title\n1. Heading\nA <b> & clause.\nPage 1\n",
        "Second sheet.\nPage 2",
    ]


def test_papers_come_out_the_same_each_time():
    assert papers.pdf(["Words"], title="Paper") == papers.pdf(["Words"], title="Paper")
    assert papers.docx(["Words"]) == papers.docx(["Words"])
