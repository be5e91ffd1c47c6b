import pytest

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, page_texts, text_of


def test_pages_tile_the_text_and_a_break_belongs_to_the_earlier_page():
    extracted = extract(papers.lines_pdf(["Page one\nhas two lines", "Page two", "Page three"]))

    assert extracted.text == "Page one\nhas two lines\nPage two\nPage three"
    assert page_texts(extracted) == ["Page one\nhas two lines\n", "Page two\n", "Page three"]
    assert [page.number for page in extracted.pages] == [1, 2, 3]


def test_pages_have_their_size_in_points():
    page = extract(papers.lines_pdf(["Words"])).pages[0]

    assert (page.width, page.height) == (papers.PAGE_WIDTH_POINTS, papers.PAGE_HEIGHT_POINTS)
    assert page.words == []


def test_offsets_count_code_points_beyond_the_first_plane():
    extracted = extract(papers.glyph_pdf("xAyA", means={"A": "D83DDE00"}))

    assert extracted.text == "x😀y😀"
    assert extracted.pages[0].end == 4


def test_a_hyphen_at_a_line_end_keeps_its_line_break():
    assert text_of(papers.lines_pdf(["the agree-\nment of the\nlong-term kind"])) == (
        "the agree-\nment of the\nlong-term kind"
    )


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

    assert text_of(papers.glyph_pdf(two_lines, means={"A": units})) == f"the {letter * 2} agree-\nment"


def test_a_scan_is_refused_with_the_reason():
    with pytest.raises(extraction.OnlyPictures, match="text recognition is not available yet"):
        extract(papers.scan_pdf())


def test_pages_without_text_are_named_in_a_warning():
    extracted = extract(papers.lines_pdf(["Words", "", "Words", ""]))

    assert page_texts(extracted) == ["Words\n", "\n", "Words\n", ""]
    assert extracted.warnings == [
        "No text was found on these pages, and text recognition is not available yet: 2, 4."
    ]


def test_a_form_warns_of_what_was_filled_in():
    assert extract(papers.form_pdf("Name:")).warnings == [
        "This PDF is a form: what was filled into its fields is not read yet."
    ]


def test_a_password_is_asked_for():
    with pytest.raises(extraction.PasswordProtected):
        extract(papers.encrypted_pdf("open sesame"))


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
