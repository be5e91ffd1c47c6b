"""The automatic numbers of clauses, as Word shows them."""

import pytest

from documents.extraction import Paragraph
from documents.extraction.office import numerals
from tests import papers
from tests.documents.extraction.reading import extract, text_of


def level(index: int, text: str, number_format: str = "decimal", *, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


CLAUSES = (
    level(0, "%1.")
    + level(1, "%1.%2")
    + level(2, "(%3)", "lowerLetter")
    + level(3, "(%4)", "lowerRoman", more='<w:suff w:val="space"/>')
)


def definition(levels: str, *, number: int = 0, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{more}{levels}</w:abstractNum>'


def instance(number: int, *, of: int = 0, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def restart(index: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def clause(text: str, index: int = 0, *, of: int = 1, mark: str = "") -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{index}"/><w:numId w:val="{of}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbered}{mark}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def styled(text: str, style: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def style(identifier: str, content: str, kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{identifier}">{content}</w:style>'


def paper(body: str, numbering: str, styles: str = "") -> bytes:
    return papers.docx([], body=body, stories={"numbering": numbering, "styles": styles})


def lines(body: str, numbering: str = definition(CLAUSES) + instance(1), styles: str = "") -> list[str]:
    return text_of(paper(body, numbering, styles)).split("\n")


def test_clauses_of_four_levels_are_numbered_as_lawyers_cite_them():
    body = (
        clause("Term")
        + clause("Rent")
        + clause("Base", 1)
        + clause("Due", 1)
        + clause("monthly", 2)
        + clause("early", 3)
        + clause("late", 3)
        + clause("yearly", 2)
        + clause("Taxes", 1)
        + clause("Notices")
        + clause("Form", 1)
    )

    assert lines(body) == [
        "1.\tTerm",
        "2.\tRent",
        "2.1\tBase",
        "2.2\tDue",
        "(a)\tmonthly",
        "(i) early",
        "(ii) late",
        "(b)\tyearly",
        "2.3\tTaxes",
        "3.\tNotices",
        "3.1\tForm",
    ]


def test_paragraphs_between_do_not_stop_the_counting():
    body = clause("one") + "<w:p><w:r><w:t>between</w:t></w:r></w:p>" + clause("two")

    assert lines(body) == ["1.\tone", "between", "2.\ttwo"]


def test_lists_of_one_definition_count_on_and_an_override_restarts():
    numbering = definition(CLAUSES) + instance(1) + instance(2) + instance(3, overrides=restart(0, 5))
    body = clause("a") + clause("b", of=2) + clause("c", of=3) + clause("d", of=3) + clause("e", of=1)

    assert lines(body, numbering) == ["1.\ta", "2.\tb", "5.\tc", "6.\td", "7.\te"]


def test_lists_of_two_definitions_count_apart():
    numbering = definition(CLAUSES) + definition(CLAUSES, number=7) + instance(1) + instance(2, of=7)

    assert lines(clause("a") + clause("b", of=2) + clause("c"), numbering) == ["1.\ta", "1.\tb", "2.\tc"]


def test_a_list_may_show_a_level_in_its_own_way():
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "Article %1", "upperRoman")}</w:lvlOverride>'
    numbering = definition(CLAUSES) + instance(1) + instance(2, overrides=override)

    assert lines(clause("a") + clause("b", of=2), numbering) == ["1.\ta", "Article II\tb"]


def test_a_level_restarts_only_after_the_level_that_it_names():
    levels = level(0, "%1.") + level(1, "%2)", more='<w:lvlRestart w:val="0"/>')
    body = clause("a") + clause("b", 1) + clause("c") + clause("d", 1)

    assert lines(body, definition(levels) + instance(1)) == ["1.\ta", "1)\tb", "2.\tc", "2)\td"]


def test_a_level_begins_where_its_definition_says_and_begins_there_again():
    levels = level(0, "%1.", start=3) + level(1, "%1.%2", start=5)
    body = clause("a") + clause("b", 1) + clause("c", 1) + clause("d") + clause("e", 1)

    assert lines(body, definition(levels) + instance(1)) == ["3.\ta", "3.5\tb", "3.6\tc", "4.\td", "4.5\te"]


def test_legal_numbers_are_digits_on_every_level():
    levels = level(0, "Article %1", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>")

    assert lines(clause("a") + clause("b", 1), definition(levels) + instance(1)) == ["Article I\ta", "1.1\tb"]


def test_a_level_that_was_skipped_counts_as_used():
    assert lines(clause("a", 1) + clause("b", 1) + clause("c")) == ["1.1\ta", "1.2\tb", "2.\tc"]


def test_an_override_restarts_where_its_list_begins_and_whenever_its_level_does():
    numbering = definition(CLAUSES) + instance(1) + instance(2, overrides=restart(0, 9) + restart(1, 5))
    body = clause("a") + clause("b", 1) + clause("c", 1, of=2) + clause("d", of=2) + clause("e", 1, of=2)

    assert lines(body, numbering) == ["1.\ta", "1.1\tb", "1.5\tc", "2.\td", "2.5\te"]


@pytest.mark.parametrize(("mark", "shown"), [("\uf0b7", "•"), ("o", "•"), ("–", "–"), ("-", "-")])
def test_a_bullet_is_one_sign_and_a_dash_stays_a_dash(mark, shown):
    numbering = definition(level(0, mark, "bullet")) + instance(1)

    assert lines(clause("item") + clause(""), numbering) == [f"{shown}\titem"]


def test_a_number_may_have_words_and_no_gap():
    levels = level(0, "Section %1: ", "decimalZero", more='<w:suff w:val="nothing"/>')

    assert lines(clause("Rent"), definition(levels) + instance(1)) == ["Section 01: Rent"]


def test_a_custom_number_is_filled_with_zeros():
    levels = level(0, "%1", 'custom" w:format="001, 002, 003, ...')

    assert lines(clause("a"), definition(levels) + instance(1)) == ["001\ta"]


def test_clauses_without_words_count_and_those_that_were_deleted_do_not():
    deleted = '<w:rPr><w:del w:id="1"/></w:rPr>'
    gone = clause("gone", mark=deleted).replace("<w:r>", "<w:del><w:r>").replace("</w:r>", "</w:r></w:del>")
    body = clause("a") + clause("") + gone + clause("b")

    assert lines(body) == ["1.\ta", "2.", "3.\tb"]


def test_a_clause_that_was_moved_counts_only_where_it_stands_now():
    away, here = "<w:rPr><w:moveFrom/></w:rPr>", "<w:rPr><w:moveTo/></w:rPr>"
    beta = "<w:r><w:t>Beta</w:t></w:r>"
    body = (
        clause("Alpha")
        + clause("Beta", mark=away).replace(beta, f"<w:moveFrom>{beta}</w:moveFrom>")
        + clause("Gamma")
        + clause("Beta", mark=here).replace(beta, f"<w:moveTo>{beta}</w:moveTo>")
    )

    assert lines(body) == ["1.\tAlpha", "2.\tGamma", "3.\tBeta"]


def test_a_field_that_never_ends_counts_clauses_and_changes_once():
    field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>tail</w:t></w:r></w:p><w:del/>'
    extracted = extract(paper(clause("Alpha") + field + clause("Beta"), definition(CLAUSES) + instance(1)))

    assert extracted.text == "1.\tAlpha\ntail\n2.\tBeta"
    assert [warning.partition(" is ")[0] for warning in extracted.warnings] == ["1 deletion"]


def test_a_deleted_paragraph_mark_joins_two_clauses_under_one_number():
    body = (
        clause("a") + clause("first half ", mark='<w:rPr><w:del w:id="1"/></w:rPr>') + clause("second half")
    )

    assert lines(body) == ["1.\ta", "2.\tfirst half second half"]


HEADINGS = (
    style("Heading1", '<w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
    + style(
        "Heading2",
        '<w:name w:val="heading 2"/><w:basedOn w:val="Heading1"/>'
        '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>',
    )
    + style("Minor", '<w:name w:val="Our minor heading"/><w:basedOn w:val="Heading2"/>')
)
OF_HEADINGS = definition(
    level(0, "%1.", more='<w:pStyle w:val="Heading1"/>')
    + level(1, "%1.%2", more='<w:pStyle w:val="Heading2"/>')
)


def test_styles_number_headings_and_styles_based_on_them():
    body = styled("Rent", "Heading1") + styled("Base", "Heading2") + styled("Due", "Minor")

    assert lines(body, OF_HEADINGS + instance(1), HEADINGS) == ["1.\tRent", "1.1\tBase", "1.2\tDue"]


def test_the_path_of_headings_carries_their_numbers():
    body = (
        styled("Rent", "Heading1")
        + styled("Base", "Heading2")
        + "<w:p><w:r><w:t>It is due.</w:t></w:r></w:p>"
        + styled("Notices", "Heading1")
        + "<w:p><w:r><w:t>In writing.</w:t></w:r></w:p>"
    )
    extracted = extract(paper(body, OF_HEADINGS + instance(1), HEADINGS))

    assert [(extracted.text[p.start : p.end], p.headings) for p in extracted.paragraphs] == [
        ("1.\tRent", ()),
        ("1.1\tBase", ("1. Rent",)),
        ("It is due.", ("1. Rent", "1.1 Base")),
        ("2.\tNotices", ()),
        ("In writing.", ("2. Notices",)),
    ]
    assert extracted.paragraphs[0] == Paragraph(0, 7, ())


def test_a_paragraph_can_refuse_the_number_of_its_style():
    refused = styled("Rent", "Heading1", '<w:numPr><w:numId w:val="0"/></w:numPr>')

    assert lines(refused + styled("Term", "Heading1"), OF_HEADINGS + instance(1), HEADINGS) == [
        "Rent",
        "1.\tTerm",
    ]


def test_a_definition_may_stand_in_a_style_of_lists():
    numbering = (
        definition("", number=0, more='<w:numStyleLink w:val="Legal"/>')
        + definition(level(0, "§ %1"), number=1, more='<w:styleLink w:val="Legal"/>')
        + instance(1, of=0)
        + instance(2, of=1)
    )
    styles = style("Legal", '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>', "numbering")

    assert lines(clause("a") + clause("b", of=2), numbering, styles) == ["§ 1\ta", "§ 2\tb"]


def test_links_and_styles_that_go_in_circles_end():
    numbering = (
        definition("", number=0, more='<w:numStyleLink w:val="A"/>')
        + definition("", number=1, more='<w:numStyleLink w:val="B"/>')
        + instance(1, of=0)
        + instance(2, of=1)
    )
    styles = (
        style("A", '<w:basedOn w:val="B"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>')
        + style("B", '<w:basedOn w:val="C"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
        + style("C", '<w:basedOn w:val="C"/>')
    )

    assert lines(clause("a") + styled("b", "A") + styled("c", "C"), numbering, styles) == ["a", "b", "c"]


@pytest.mark.parametrize("number", ["9", "-1", "", "99999999999999999999", "x"])
def test_lists_and_levels_that_are_not_there_number_nothing(number):
    assert lines(clause("a", of=number)) == ["a"]
    assert lines(f"{clause('a', 8)}{clause('b')}") == ["a", "1.\tb"]


def test_numbers_that_would_fill_the_memory_are_written_in_digits():
    levels = level(0, "%1", "lowerLetter", start=2_000_000_000) + level(1, "%2", "upperRoman", start=4_000)

    assert lines(clause("a") + clause("b", 1), definition(levels) + instance(1)) == [
        "2000000000\ta",
        "4000\tb",
    ]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("decimal", ["1", "2", "3", "12", "21", "27", "40", "101"]),
        ("lowerLetter", ["a", "b", "c", "l", "u", "aa", "nn", "wwww"]),
        ("upperLetter", ["A", "B", "C", "L", "U", "AA", "NN", "WWWW"]),
        ("lowerRoman", ["i", "ii", "iii", "xii", "xxi", "xxvii", "xl", "ci"]),
        ("upperRoman", ["I", "II", "III", "XII", "XXI", "XXVII", "XL", "CI"]),
        ("ordinal", ["1st", "2nd", "3rd", "12th", "21st", "27th", "40th", "101st"]),
        (
            "cardinalText",
            ["One", "Two", "Three", "Twelve", "Twenty-one", "Twenty-seven", "Forty", "One hundred one"],
        ),
        (
            "ordinalText",
            [
                "First",
                "Second",
                "Third",
                "Twelfth",
                "Twenty-first",
                "Twenty-seventh",
                "Fortieth",
                "One hundred first",
            ],
        ),
        ("decimalZero", ["01", "02", "03", "12", "21", "27", "40", "101"]),
        ("chicago", ["*", "†", "‡", "§§§", "*" * 6, "‡" * 7, "§" * 10, "*" * 26]),
        ("none", [""] * 8),
        ("somethingElse", ["1", "2", "3", "12", "21", "27", "40", "101"]),
    ],
)
def test_numbers_are_written_in_the_formats_of_word(number_format, shown):
    assert [numerals.written(number, number_format) for number in (1, 2, 3, 12, 21, 27, 40, 101)] == shown


@pytest.mark.parametrize(("number_format", "is_known"), [("hebrew1", False), ("upperRoman", True)])
def test_a_number_in_a_format_that_is_not_known_is_written_in_digits_with_a_warning(number_format, is_known):
    numbering = definition(level(0, "%1.", number_format)) + instance(1)
    extracted = extract(paper(clause("Rent"), numbering))

    assert extracted.text == ("I.\tRent" if is_known else "1.\tRent")
    assert [warning.partition(":")[0] for warning in extracted.warnings] == [
        "Some clauses of this document are numbered in letters or words that are not known here"
    ][is_known:]
