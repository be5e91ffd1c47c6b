"""What a PDF holds beside the plain run of its text: notes and their signs, what nobody sees, attached files."""

from io import BytesIO

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, read_with_parts, shown_words, text_of

SMALL, BACK = ") Tj {} Ts /F 12 Tf (", ") Tj 0 Ts /F 20 Tf ("
UNSEEN = "Text that these pages do not show was read too. Look at them before you rely on it: 1."
UNDERLAID = "Another program put the text under the picture of these pages. Compare it with the picture: 1."


def shifted(digit: str, points: int = 7, *, then: str = "") -> str:
    return SMALL.format(points) + digit + BACK + then


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("USD 2,900" + shifted("1", then=" due"), "USD 2,900^1\n due"),
        ("pay 900" + shifted("12"), "pay 900^12"),
        ("pay 2,900." + shifted("1"), "pay 2,900.^1"),
        ("pay 900" + shifted("1", then=", 800"), "pay 900^1 , 800"),
        (shifted("1", then="900 is due"), "1^900 is due"),
        ("pay 900) Tj 7 Ts (1", "pay 900^1"),
        ("rate 10" + shifted("2", -4), "rate 10_2"),
        ("pay 900 in 2020-2021", "pay 900 in 2020-2021"),
        ("from 9) Tj /F 12 Tf (00", "from 900"),
        ("Art. 9" + shifted("a"), "Art. 9a"),
    ],
)
def test_a_raised_or_lowered_digit_does_not_become_a_part_of_the_number_beside_it(shown, expected):
    assert " ".join(text_of(papers.placed_pdf(shown)).split()) == " ".join(expected.split())


def test_digits_written_up_or_across_the_page_are_not_raised():
    for matrix in ("0 1 -1 0", "0.7 0.7 -0.7 0.7"):
        assert text_of(papers.placed_pdf(f") Tj {matrix} 100 100 Tm (20,900")) == "20,900"


def test_a_word_with_the_sign_of_a_note_keeps_its_place_and_its_box():
    words = shown_words(extract(papers.placed_pdf("pay 900" + shifted("1", then=" now"))))

    assert [word.text for word in words] == ["pay", "900^1", "now"]
    assert (words[1].left, words[1].right) == pytest.approx((137.8, 177.8), abs=0.2)


@pytest.mark.parametrize("shown", ["due) Tj 3 Tr 0 -50 Td (waived", "due) Tj 900 0 Td (waived"])
def test_text_that_a_page_does_not_show_is_read_and_its_page_named(shown):
    extracted = extract(papers.placed_pdf(shown))

    assert extracted.text.split() == ["due", "waived"]
    assert extracted.warnings == [UNSEEN]


def test_text_that_a_page_shows_needs_no_warning():
    assert extract(papers.placed_pdf("due) Tj 1 Tr ( now")).warnings == []


def test_text_under_a_picture_of_the_page_is_named_as_the_work_of_another_program():
    file = BytesIO()
    canvas = Canvas(file, pagesize=(400, 300))
    canvas.drawInlineImage(Image.new("L", (40, 30), "grey"), 0, 0, 400, 300)
    lines = canvas.beginText(20, 250)
    lines.setTextRenderMode(3)
    for _ in range(30):
        lines.textLine("The rent is 900 dollars.")
    canvas.drawText(lines)
    canvas.save()

    extracted = extract(file.getvalue())

    assert extracted.warnings[-1:] == [UNDERLAID]
    assert extracted.text.count("900") == 30


def annotated(*annotations: str) -> bytes:
    written = "".join(f"<</Type/Annot/Rect[90 190 300 230]{annotation}>>" for annotation in annotations)
    return papers.placed_pdf("The fee", attributes=f"/Annots[{written}]")


def test_what_was_noted_on_a_page_stands_below_its_text():
    extracted = extract(
        annotated(
            "/Subtype/Text/Contents(Not agreed!)/T(Ana)",
            "/Subtype/FreeText/DA(/F 12 Tf)/Contents(Under protest)",
            "/Subtype/Stamp/Contents(Void)",
            "/Subtype/Highlight/QuadPoints[90 230 300 230 90 190 300 190]/Contents(Why?)",
            "/Subtype/Text/Contents(Hidden)/F 2",
            "/Subtype/Link/Contents(Linked)",
            "/Subtype/Text",
        )
    )

    assert extracted.text == (
        "The fee\nComment by Ana: Not agreed!\nUnder protest\nVoid\nComment on: The fee\nWhy?"
    )
    under = next(word for word in shown_words(extracted) if word.text == "Under")
    assert (round(under.left), round(under.top), round(under.right), round(under.bottom)) == (
        90,
        70,
        300,
        110,
    )


def test_notes_count_towards_the_characters_of_a_paper(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 40)

    with pytest.raises(extraction.OverLimits):
        extract(annotated(*["/Subtype/Stamp/Contents(Twenty characters!!!)"] * 2))


def with_attachments(*names: str) -> bytes:
    listed = "".join(f"({name})<</Type/Filespec/F({name})/EF<</F 6 0 R>>>>" for name in names)
    listed += "(gone)<</Type/Filespec/F(gone.txt)/EF<</F 99 0 R>>>>"
    content = "BT /F 20 Tf 100 200 Td (See the files.) Tj ET"
    return papers.raw_pdf(
        [
            f"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[{listed}]>>>>>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            f"<</Length {len(content)}>>stream\n{content}\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            "<</Type/EmbeddedFile/Length 10>>stream\nThe annex.\nendstream",
        ]
    )


def test_attached_files_are_handed_on_and_broken_ones_named():
    extracted, parts = read_with_parts(with_attachments("a.txt", "b.txt"))

    assert parts == [("a.txt", b"The annex."), ("b.txt", b"The annex.")]
    assert extracted.text == "See the files."
    assert extracted.warnings == ["Left out, because they are damaged: “gone.txt”."]


def test_attached_files_come_with_the_first_range_of_a_paper_only():
    parts: list[str] = []
    job = extraction.Job(first_page=2, part=lambda name, _content: parts.append(name))

    extraction.extract(BytesIO(with_attachments("a.txt")), filename="", job=job)

    assert parts == []


def test_an_attached_file_that_is_too_large_does_not_keep_the_paper_from_being_read(monkeypatch):
    monkeypatch.setattr(limits, "PART_LIMIT_BYTES", 9)

    extracted, parts = read_with_parts(with_attachments("a.txt"))

    assert (extracted.text, parts) == ("See the files.", [])
    assert extracted.warnings == ["Left out, because they are too large: “a.txt”, “gone.txt”."]


def test_no_more_attached_files_are_taken_than_a_mail_may_bring_along(monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 1)

    extracted, parts = read_with_parts(with_attachments("a.txt", "b.txt"))

    assert [name for name, _ in parts] == ["a.txt"]
    assert extracted.warnings == ["Only the first 1 of 3 attached files were taken."]
