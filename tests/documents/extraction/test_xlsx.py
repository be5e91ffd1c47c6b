from time import monotonic

import pytest

from documents import extraction
from documents.extraction import limits
from documents.extraction.office.xlsx import formats
from tests import papers
from tests.documents.extraction.reading import extract, text_of

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def number(value: object, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def sheet(*rows: str) -> str:
    return f"<sheetData>{''.join(rows)}</sheetData>"


def test_sheets_are_read_in_the_order_of_the_workbook_below_their_names():
    extracted = extract(
        papers.xlsx(
            {
                "Rent & costs": papers.rows(["Flat", "Rent"], ["2a", "900"]),
                "Empty": "",
                "B": papers.rows(["x"]),
            }
        )
    )

    assert extracted.text == "Rent & costs\nFlat\tRent\n2a\t900\n\nB\nx"
    assert [(extracted.text[p.start : p.end], p.headings) for p in extracted.paragraphs] == [
        ("Rent & costs", ()),
        ("Flat\tRent", ("Rent & costs",)),
        ("2a\t900", ("Rent & costs",)),
        ("B", ()),
        ("x", ("B",)),
    ]
    assert extracted.media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert extracted.warnings == []


def test_hidden_sheets_rows_and_columns_are_read_with_a_warning():
    warning = "Sheets, rows or columns of this workbook are hidden: they are read too."
    hidden_row = sheet('<row hidden="1"><c><v>1</v></c></row>')
    hidden_column = '<cols><col min="1" max="1" hidden="1"/></cols>' + sheet(row(number(1)))

    assert extract(papers.xlsx({"A": papers.rows(["x"])}, hidden=["A"])).warnings == [warning]
    assert extract(papers.xlsx({"A": hidden_row})).warnings == [warning]
    assert extract(papers.xlsx({"A": hidden_column})).warnings == [warning]
    assert extract(papers.xlsx({"A": papers.rows(["x"]), "B": ""}, hidden=["B"])).warnings == []


def test_cells_of_every_kind_are_read():
    cells = row(
        '<c t="s"><v>1</v></c>',
        '<c t="s"><v>7</v></c>',
        '<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is></c>',
        '<c t="b"><v>1</v></c><c t="b"><v>0</v></c>',
        '<c t="e"><v>#DIV/0!</v></c>',
        '<c t="str"><f>A1&amp;B1</f><v>joined</v></c>',
        "<c><f>SUM(A1:A9)</f><v>42</v></c>",
        '<c t="d"><v>2024-05-01</v></c>',
        number("not a number"),
        '<c t="s"><v>2</v></c>',
    )
    extracted = extract(papers.xlsx({"A": sheet(cells)}, strings=["no", "shared", "two&#10;lines"]))

    assert (
        extracted.text
        == "A\nshared\t\tinline\tTRUE\tFALSE\t#DIV/0!\tjoined\t42\t2024-05-01\tnot a number\ttwo lines"
    )
    assert extracted.warnings == []


def test_shared_strings_hold_no_reading_aids():
    strings = ["東京</t><rPh><t>とうきょう</t></rPh><t>"]

    assert text_of(papers.xlsx({"A": sheet(row('<c t="s"><v>0</v></c>'))}, strings=strings)) == "A\n東京"


def test_what_is_struck_out_is_left_out_and_counted():
    struck, standing = "<rPr><strike/></rPr>", '<rPr><strike val="0"/></rPr>'
    rich = f"</t><r><t>The rent </t></r><r>{struck}<t>is $900</t></r><r>{standing}<t>is $950</t></r><t>"
    inline = f'<c t="inlineStr"><is><r>{struck}<t>old </t></r><r><t>new</t></r></is></c>'
    by_style = '<fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>'
    cells = row('<c t="s"><v>0</v></c>', inline, number(1, 1), number(2)) + row('<c t="s" s="1"><v>0</v></c>')
    paper = papers.xlsx({"A": sheet(cells)}, strings=[rich])
    extracted = extract(
        papers.repacked(paper, {"xl/styles.xml": f'<styleSheet xmlns="{SHEET}">{by_style}</styleSheet>'})
    )

    assert extracted.text == "A\nThe rent is $950\tnew\t\t2\nis $950"
    assert extracted.warnings == ["Text that is struck out was left out (passages: 4)."]


def test_coded_characters_are_decoded():
    cells = row('<c t="s"><v>0</v></c>', '<c t="str"><v>_x0041_</v></c>') + row('<c t="s"><v>1</v></c>')
    strings = ["one_x000D_\ntwo_xD83D__xDE00_", "_x005F_x0041_ _xD800_ _xZ_"]

    assert text_of(papers.xlsx({"A": sheet(cells)}, strings=strings)) == "A\none two😀\tA\n_x0041_ � _xZ_"


def test_formulas_without_a_result_are_named_in_a_warning():
    extracted = extract(papers.xlsx({"A": sheet(row(number(1), "<c><f>A1+1</f></c>"))}))

    assert extracted.text == "A\n1"
    assert " ".join(extracted.warnings) == (
        "Some formulas of this workbook hold no result, so it is missing here. Open and save it in a spreadsheet "
        "program, and add it again."
    )


def test_two_cells_a_million_rows_apart_are_two_lines():
    far = '<row r="1"><c><v>1</v></c><c r="XFD1"><v>2</v></c></row><row r="1048576"><c><v>3</v></c></row>'

    assert text_of(papers.xlsx({"A": sheet(far)})) == "A\n1\t2\n3"


def test_empty_cells_keep_the_columns_up_to_fifty_side_by_side():
    def placed(*places: str) -> str:
        return row(*[f'<c r="{place}"><v>1</v></c>' for place in places])

    rows = [placed("A1", "B1", "C1"), row(number(2), "<c/>", number(3), "<c/>"), placed("C3", "D3", "XFD3")]
    rows += [placed("A4", "AZ4"), placed("A5", "BA5"), placed("AY6"), placed("AZ7"), placed("B8", "A8")]

    assert text_of(papers.xlsx({"A": sheet(*rows)})).split("\n") == [
        "A",
        "1\t1\t1",
        "2\t\t3",
        "\t\t1\t1\t1",
        "1" + "\t" * 51 + "1",
        "1\t1",
        "\t" * 50 + "1",
        "\t1",
        "\t1\t1",
    ]


def test_numbers_and_dates_are_shown_by_their_formats():
    cells = row(number(45352, 1), number(0.19, 2), number(1234.5, 3), number("0.30000000000000004"))

    shown = text_of(papers.xlsx({"A": sheet(cells)}, formats=["dd.mm.yyyy", "0%", '#,##0.00\\ "€"']))

    assert shown == "A\n01.03.2024\t19%\t1,234.50 €\t0.3"


def test_a_workbook_may_count_its_days_from_1904():
    shown = text_of(papers.xlsx({"A": sheet(row(number(43890, 1)))}, formats=["yyyy-mm-dd"], is_1904=True))

    assert shown == "A\n2024-03-01"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1599.99, "#,##0.00", "1,599.99"),
        (-1599.99, "$#,##0.00;[Red]($#,##0.00)", "($1,599.99)"),
        (-1234.5, "#,##0.00;[Red]#,##0.00", "-1,234.50"),
        (-1234.5, "$#,##0.00_);[Red]$#,##0.00_)", "-$1,234.50"),
        (-1234.5, '0.00 "EUR";[Red]0.00 "EUR"', "-1234.50 EUR"),
        (-1234.5, "General;[Red]General", "-1234.5"),
        (-1234.5, "0.00;[Red]-0.00", "-1234.50"),
        (-1234.5, '0.00;"loss "0.00', "loss 1234.50"),
        (0.025, "0.00%", "2.50%"),
        (198_000_000, "0.00E+00", "1.98E+08"),
        (2.5, "# ?/?", "2 1/2"),
        (3.0, "# ??/??", "3"),
        (1_234_567, '0.0,,"M"', "1.2M"),
        (123_456_789, "000-00-0000", "123-45-6789"),
        (0.5, "#.##", ".5"),
        (-0.001, "0.00", "0.00"),
        (10.034999999999998, "0.00", "10.04"),
        (2.5, "0", "3"),
        (1234.5, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', "1,234.50 €"),
        (0, '0;-0;"none"', "none"),
        (150, '[>=100]"big" 0;0.0', "big 150"),
        (3, '"No. "General', "No. 3"),
        (-3.5, "General", "-3.5"),
        (1e20, "General", "1E+20"),
        (1e300, "0", "1E+300"),
        (45352.75, "dd.mm.yyyy hh:mm", "01.03.2024 18:00"),
        (45352, "d-mmm-yy", "1-Mar-24"),
        (45352, "[$-F800]dddd\\, mmmm dd\\, yyyy", "Friday, March 01, 2024"),
        (0.75, "h:mm AM/PM", "6:00 PM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (45352.123456, "mm:ss.0", "57:46.6"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (45351.999999, "yyyy-mm-dd hh:mm", "2024-03-01 00:00"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e12, "yyyy-mm-dd", "1000000000000"),
        (7, "0" * 300, "7"),
        (7, '"open', "open"),
    ],
)
def test_formats_show_numbers_as_a_spreadsheet_does(value, code, shown):
    assert formats.shown(value, code, is_1904=False) == shown


@pytest.mark.parametrize("value", ["1e999", "-1e999", "nan", "1e308", "-0", "1" * 5_000])
@pytest.mark.parametrize("code", ["0.00", "yyyy", "# ?/?", "0E+0", "0%", "General", "[>5]0;0"])
def test_no_number_is_too_odd_for_a_format(value, code):
    assert text_of(papers.xlsx({"A": sheet(row(number(value, 1)), row(number(1)))}, formats=[code])).endswith(
        "\n1"
    )


def test_headers_footers_comments_and_drawings_follow_the_rows():
    drawn = (
        '<x:wsDr xmlns:x="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><x:sp><x:txBody><a:p><a:r><a:t>In a box</a:t>'
        "</a:r></a:p></x:txBody></x:sp></x:wsDr>"
    )
    comments = (
        f'<comments xmlns="{SHEET}"><authors><author>Ana</author></authors><commentList>'
        '<comment ref="B2" authorId="0"><text><r><t>Ana:</t></r><r><t>&#10;too high?</t></r></text></comment>'
        '<comment ref="C3" authorId="0"><text><t>[Threaded comment] Your version of Excel ...</t></text></comment>'
        "</commentList></comments>"
    )
    threads = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="C3" personId="{1}"><text>Ask him.</text></threadedComment></ThreadedComments>'
    )
    people = (
        threads.partition("<threadedComment ")[0] + '<person id="{1}" displayName="Ben"/></ThreadedComments>'
    )
    content = papers.rows(["x"]) + (
        "<headerFooter>"
        '<oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Smith &amp;&amp; Co&amp;CPage &amp;P&amp;R&amp;D</oddHeader>'
        "<oddFooter>&amp;CDraft</oddFooter><evenFooter>&amp;CDraft</evenFooter></headerFooter>"
    )
    beside = {1: {"comments": comments, "threadedComment": threads, "drawing": drawn}, 0: {"person": people}}

    assert text_of(papers.xlsx({"A": content}, beside=beside)).split("\n") == [
        "A",
        "x",
        "Smith & Co\tPage",
        "Draft",
        "Comment on C3 by Ben: Ask him.",
        "Comment on B2 by Ana: too high?",
        "In a box",
    ]


def test_a_workbook_without_text_is_refused():
    with pytest.raises(extraction.NoText):
        extract(papers.xlsx({"A": sheet(row("<c/>"))}))


def test_a_string_that_is_used_a_million_times_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 100_000)
    cells = '<c t="s"><v>0</v></c>' * 200

    for rows in (row(cells), row('<c t="s"><v>0</v></c>') * 200):
        with pytest.raises(extraction.OverLimits):
            extract(papers.xlsx({"A": sheet(rows)}, strings=["x" * 1_000]))


def test_more_shared_strings_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 100)

    with pytest.raises(extraction.OverLimits):
        extract(papers.xlsx({"A": papers.rows(["x"])}, strings=[""] * 101))


def test_an_entity_bomb_in_the_strings_is_refused_at_once():
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    bomb = f'<!DOCTYPE sst [<!ENTITY l0 "lol">{levels}]><sst xmlns="{SHEET}"><si><t>&l9;</t></si></sst>'
    paper = papers.repacked(papers.xlsx({"A": papers.rows(["x"])}), {"xl/sharedStrings.xml": bomb})
    started = monotonic()

    with pytest.raises(extraction.OverLimits, match="defines abbreviations"):
        extract(paper)
    assert monotonic() - started < 1


def test_a_sheet_that_is_cut_off_is_damaged():
    paper = papers.repacked(
        papers.xlsx({"A": papers.rows(["x"])}), {"xl/worksheets/sheet1.xml": "<worksheet><sheet"}
    )

    with pytest.raises(extraction.Damaged):
        extract(paper)
