import time

import pytest

from documents import extraction
from documents.extraction import limits, markup
from documents.extraction.extracted import Paragraph
from tests.documents.extraction.reading import extract


def text_of(html: str) -> str:
    return markup.shown(html).text


def test_blocks_break_lines_and_spaces_collapse():
    html = (
        "<div>One \n <b>t</b>wo<p>three<br>four</div><blockquote>five</blockquote> <span>six</span><hr>seven"
    )

    assert text_of(html) == "One two\nthree\nfour\nfive\nsix\nseven"


def test_cells_are_parted_by_tabs_and_rows_by_line_breaks():
    html = (
        "<table><tr><th>Name</th><th>Sum</th></tr><tr><td><p>Ana</p></td><td> <p>1 €</p> </td></tr>"
        "<tr><td>Ben<td><td>3<tr><td></table>after"
    )

    assert text_of(html) == "Name\tSum\nAna\t1 €\nBen\t\t3\nafter"


def test_a_table_in_a_cell_keeps_its_rows():
    html = (
        "<table><tr><td><table><tr><td>a<td>b<tr><td>c</table><td><table><tr><td>d<tr><td>e</table></table>"
    )

    assert text_of(html) == "a\tb\nc\td\ne"


def test_lists_show_the_numbers_that_a_browser_shows():
    html = (
        "<ol start=3 type=a><li>three<li value=27>next<ol type=I><li>first<ul><li>point</ul><li>second</ol></ol>"
        "<ol><li>one<li>two</ol><li>alone"
    )

    assert text_of(html) == "c. three\naa. next\nI. first\n• point\nII. second\n1. one\n2. two\n• alone"


def test_preformatted_text_keeps_its_lines_and_spaces():
    assert text_of("<p>a</p><pre>x  y\n\n  z</pre>b") == "a\nx  y\n\n  z\nb"


def test_paragraphs_know_the_headings_above_them():
    page = markup.shown(
        "<p>Before<h1>Lease<br>of 2024</h1>Intro<h2>1 <i>Rent</i></h2><p>Due<h1>Annex</h1><p>List"
    )

    assert [(page.text[p.start : p.end], p.headings) for p in page.paragraphs] == [
        ("Before", ()),
        ("Lease of 2024", ()),
        ("Intro", ("Lease of 2024",)),
        ("1 Rent", ("Lease of 2024",)),
        ("Due", ("Lease of 2024", "1 Rent")),
        ("Annex", ()),
        ("List", ("Annex",)),
    ]


def test_alternative_texts_and_filled_in_fields_are_read_and_addresses_of_links_are_not():
    html = (
        'See<img alt="the plan">here, <a href="https://example.org">there</a> <input value="Ana">'
        "<input type=hidden value=x>"
    )

    assert text_of(html) == "See the plan here, there Ana"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="color:red; DISPLAY : none">secret</p>',
        '<span style="visibility:hidden">secret <b>orders</b></span>',
        "<div hidden>secret<p>orders</div>",
        '<span style="font-size:0px;">secret</span>',
        '<span style="opacity:0">secret</span>',
        '<p style="mso-hide:all">secret',
        "<dialog>secret</dialog>",
        "<style>/* .a{} */ p{margin:0} .x, #y { color:red; display:none }</style><p id=y>secret<i>orders",
        "<style>@import url(x); @media print{.z{display:none}} p.x{font-size:0}</style><p class='z x'>secret",
    ],
)
def test_text_that_nobody_sees_is_left_out_with_a_warning(hidden):
    page = markup.shown(f"<p>Seen</p>{hidden}")

    assert page.text == "Seen"
    assert page.warnings == ["This page holds text that is not shown to its reader. It was left out."]


def test_what_is_struck_out_is_left_out_and_counted():
    page = markup.shown(
        "<p>we owe <del>500 <b>EUR</b></del><ins>900</ins> <s>net</s><strike> </strike>"
        "<p>12<del><p>old</p></del>34 <s hidden>gross</s>"
    )

    assert page.text == "we owe 900\n12\n34"
    assert page.warnings == ["Text that is struck out was left out (passages: 4)."]


@pytest.mark.parametrize(
    "struck",
    [
        '<span style="color: red; text-decoration: underline line-through">500</span>',
        '<p style="TEXT-DECORATION-LINE:line-through">500</p>',
        '<style>.old { text-decoration: line-through red }</style><span class="old">500</span>',
    ],
)
def test_what_a_style_strikes_out_is_left_out_and_counted(struck):
    page = markup.shown(f"<p>we owe 900</p>{struck}")

    assert page.text == "we owe 900"
    assert page.warnings == ["Text that is struck out was left out (passages: 1)."]


def test_what_a_style_underlines_or_strikes_no_more_is_read():
    sheet = "<style>.old { text-decoration: line-through } .new { text-decoration: none }</style>"
    page = markup.shown(f'{sheet}<u style="text-decoration: underline">a</u><i class="old new">b</i>')

    assert (page.text, page.warnings) == ("ab", [])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("$900<sup>1</sup>", "$900^1"),
        ("10<sup><a href=x>6</a></sup>, 4<sub>2</sub>", "10^6, 4_2"),
        ("<pre>10<sup>6</sup>", "10^6"),
        ("m<sup>2</sup>, 2<sup>nd</sup>, H<sub>2</sub>O", "m2, 2nd, H2O"),
        ("900 <sup>1</sup>, 900<sup>[1]</sup>, 90<sup></sup>0", "900 1, 900[1], 900"),
    ],
)
def test_raised_and_lowered_numbers_do_not_fuse_with_the_number_before(html, text):
    assert text_of(html) == text


def test_scripts_styles_and_comments_are_no_text_and_no_secret():
    page = markup.shown(
        "<title>T</title><style>p{}</style><script>if (a < b) x()</script><!-- no --><template>t</template>"
        '<p style="font-size:0.9em;opacity:0.5">Seen\u200b\u00ad'
    )

    assert page.text == "Seen"
    assert page.warnings == []


@pytest.mark.parametrize(
    "rules",
    [
        "@media print { .x { display: none } p {} }",
        ".x { display: none } .tab.x { display: block }",
        ".tabs .x { display: none }",
        ".other { display: none } .x { color: white",
        "x" * 2_000_000 + ".x { display: none }",
    ],
)
def test_what_a_style_sheet_may_show_is_read(rules):
    page = markup.shown(f"<style>{rules}</style><p class='x'>Seen")

    assert page.text == "Seen"
    assert page.warnings == []


def test_entities_are_read_and_what_is_cleaned_out_cannot_come_in_by_them():
    assert text_of("&sect;&nbsp;5 &amp; &#x1F600; &#0;&#xE0041;&#xD800;&lt;b&gt;") == "§ 5 & 😀 ��<b>"


@pytest.mark.parametrize(
    "content",
    [
        '<meta charset="windows-1251"><p>Договор'.encode("windows-1251"),
        '<?xml version="1.0" encoding="iso-8859-5"?><html><p>Договор'.encode("iso-8859-5"),
        '<meta http-equiv=Content-Type content="text/html; charset=koi8-r"><p>Договор'.encode("koi8-r"),
        '<meta charset="iso-8859-1"><p>Договор'.encode(),
        "\ufeff<meta charset=koi8-r><p>Договор".encode("utf-16-le"),
    ],
)
def test_the_encoding_is_told_by_mark_or_declaration(content):
    extracted = extract(content)

    assert extracted.text == "Договор"
    assert extracted.warnings == []


def test_a_page_of_old_letters_that_declares_nothing_is_guessed_with_a_warning():
    extracted = extract("<html><p>Côté".encode("windows-1252"))

    assert extracted.text == "Côté"
    assert len(extracted.warnings) == 1


def test_a_page_without_any_text_is_refused():
    with pytest.raises(extraction.NoText):
        extract(b"<html><script>x</script>")


@pytest.mark.parametrize(
    "html", ["<div>" * 1_000_000 + "x", "<b>" * 30_000 + "x</p>" * 30_000, "<table><tr><td>" * 30_000]
)
def test_elements_nested_too_deeply_are_refused_at_once(html):
    started = time.process_time()

    with pytest.raises(extraction.TooComplex):
        markup.shown(html)
    assert time.process_time() - started < 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    ["<" * 4_000_000, "<pre>" + "\n" * 2_000_000, "<pre>" + "\n<b></b>" * 100_000],
    ids=["brackets", "empty lines", "empty lines between marks"],
)
def test_a_page_of_millions_of_stray_signs_takes_no_longer_than_its_length(html):
    started = time.process_time()

    page = markup.shown(f"<p>First{html} last")

    assert (page.text[:5], page.text[-4:]) == ("First", "last")
    assert time.process_time() - started < 4


def test_of_very_many_empty_lines_in_a_row_a_thousand_are_kept():
    assert text_of("<pre>a" + "\n" * 5_000 + "b\n\n\nc") == "a" + "\n" * 1_000 + "b\n\n\nc"


def test_a_page_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 4)

    assert text_of("<p>four") == "four"
    with pytest.raises(extraction.OverLimits):
        markup.shown("<p>fives")


def test_the_words_of_a_page_stand_at_the_offsets_of_its_paragraphs():
    extracted = extract("<html><h1>😀 One</h1><p>two".encode())

    assert extracted.paragraphs == [Paragraph(0, 5), Paragraph(6, 9, ("😀 One",))]


def test_a_page_of_too_many_paragraphs_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "PARAGRAPH_LIMIT", 2)

    assert extract(b"<p>one<p>two").text == "one\ntwo"
    with pytest.raises(extraction.OverLimits):
        extract(b"<p>one<p>two<p>three")


def test_paragraphs_are_counted_while_they_are_read(monkeypatch):
    monkeypatch.setattr(limits, "PARAGRAPH_LIMIT", 2)

    with pytest.raises(extraction.OverLimits):
        markup.shown("<p>one<p>two<p>three<p>four" + "<div>" * 2_000)  # too deep, if reached


def test_empty_cells_keep_their_columns():
    assert text_of("<table><tr><td>a<td><td><p></p><td>d<tr><td><td>b") == "a\t\t\td\n\tb"
