import pytest

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, text_of


def paragraph(content: str) -> str:
    return f"<text:p>{content}</text:p>"


def heading(text: str, level: int) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def item(content: str, start: str = "") -> str:
    begins = f' text:start-value="{start}"' if start else ""
    return f"<text:list-item{begins}>{content}</text:list-item>"


def listed(*items: str, more: str = "") -> str:
    return f"<text:list{more}>{''.join(items)}</text:list>"


def of(style: str, more: str = "") -> str:
    return f' text:style-name="{style}"{more}'


def level(index: int, number_format: str, more: str = "") -> str:
    return f'<text:list-level-style-number text:level="{index}" style:num-format="{number_format}"{more}/>'


CLAUSES = (
    '<text:list-style style:name="L1">'
    + level(1, "1", ' style:num-suffix="."')
    + level(2, "1", ' text:display-levels="2"')
    + level(3, "a", ' style:num-prefix="(" style:num-suffix=")"')
    + '</text:list-style><text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/>'
    + level(2, "I", ' text:start-value="4"')
    + "</text:list-style>"
)


def test_headings_and_paragraphs_are_read_in_order():
    body = (
        heading("Lease", 1)
        + paragraph("Ana &amp; Ben.")
        + heading("Rent", 2)
        + paragraph("900")
        + heading("Term", 1)
    )
    extracted = extract(papers.odt(body))

    assert extracted.text == "Lease\nAna & Ben.\nRent\n900\nTerm"
    assert [paragraph.headings for paragraph in extracted.paragraphs] == [
        (),
        ("Lease",),
        ("Lease",),
        ("Lease", "Rent"),
        (),
    ]
    assert extracted.media_type == "application/vnd.oasis.opendocument.text"
    assert extracted.warnings == []


def test_white_space_is_one_space_but_for_what_is_meant():
    body = paragraph(
        "\n  a <text:span> b\n\tc</text:span>d<text:s/><text:s text:c='2'/>e<text:tab/>f<text:line-break/>g"
        '<text:a xlink:href="http://x.test"> link</text:a> <text:soft-page-break/>end '
    )

    assert text_of(papers.odt(body)) == "a b cd   e\tf\ng link end"


def test_lists_are_numbered_by_their_styles():
    inner = listed(
        item(paragraph("Base")),
        item(paragraph("Due") + listed(item(paragraph("monthly")), item(paragraph("more")))),
    )
    body = listed(
        item(paragraph("Term") + paragraph("goes on")), item(paragraph("Rent") + inner), more=of("L1")
    )
    body += listed(item(paragraph("dot") + listed(item(paragraph("roman")))), more=of("L2"))

    assert text_of(papers.odt(body, automatic=CLAUSES)).split("\n") == [
        "1.\tTerm",
        "goes on",
        "2.\tRent",
        "2.1\tBase",
        "2.2\tDue",
        "(a)\tmonthly",
        "(b)\tmore",
        "•\tdot",
        "IV\troman",
    ]


@pytest.mark.parametrize(("sync", "last"), [("false", "ab"), ("true", "bb")])
def test_letters_past_the_alphabet_are_doubled_only_where_the_style_says_so(sync, last):
    styles = level(1, "a", f' style:num-letter-sync="{sync}"')
    body = listed(*[item(paragraph("x"))] * 28, more=of("L1"))
    automatic = f'<text:list-style style:name="L1">{styles}</text:list-style>'

    assert text_of(papers.odt(body, automatic=automatic)).split("\n")[-1] == f"{last}\tx"


def test_lists_begin_anew_or_count_on_as_they_say():
    body = (
        listed(item(paragraph("a")), more=of("L1", ' xml:id="first"'))
        + listed(item(paragraph("b")), more=of("L1"))
        + listed(item(paragraph("c")), more=of("L1", ' text:continue-numbering="true"'))
        + listed(item(paragraph("d")), more=of("L1", ' text:continue-list="first"'))
        + listed(item(paragraph("e"), "9"), item(paragraph("f")), more=of("L1"))
        + listed(
            "<text:list-header>" + paragraph("head") + "</text:list-header>",
            item(paragraph("g")),
            more=of("L1"),
        )
    )

    assert text_of(papers.odt(body, styles=CLAUSES)).split("\n") == [
        "1.\ta",
        "1.\tb",
        "2.\tc",
        "2.\td",
        "9.\te",
        "10.\tf",
        "head",
        "1.\tg",
    ]


def test_a_list_may_have_the_style_of_its_paragraphs():
    styles = CLAUSES + (
        '<style:style style:name="Clause" style:list-style-name="L1"/>'
        '<style:style style:name="P1" style:parent-style-name="Clause"/>'
        '<style:style style:name="Round" style:parent-style-name="Round"/>'
    )
    body = listed(item('<text:p text:style-name="P1">a</text:p>')) + listed(
        item('<text:p text:style-name="Round">b</text:p>')
    )

    assert text_of(papers.odt(body, styles=styles)) == "1.\ta\nb"


def test_headings_are_numbered_by_the_outline():
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
    )
    plain = '<text:h text:outline-level="1" text:is-list-header="true">Annex</text:h>'
    body = heading("A", 1) + heading("B", 2) + heading("C", 3) + plain + heading("D", 1) + paragraph("e")
    extracted = extract(papers.odt(body, styles=outline))

    assert extracted.text == "I.\tA\nI.1\tB\nC\nAnnex\nII.\tD\ne"
    assert extracted.paragraphs[-1].headings == ("II. D",)


def test_cells_are_parted_by_tabs_and_rows_by_line_breaks():
    cells = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    nested = f"<table:table><table:table-row>{cells.format('in')}{cells.format('ner')}</table:table-row></table:table>"
    rows = (
        f"<table:table-row>{cells.format('a')}<table:covered-table-cell/>{cells.format('b')}</table:table-row>"
        f"<table:table-row>{cells.format('c')}<table:table-cell>{nested}</table:table-cell></table:table-row>"
    )

    assert (
        text_of(papers.odt(f"<table:table>{rows}</table:table>" + paragraph("after")))
        == "a\tb\nc\tin\tner\nafter"
    )


def test_text_boxes_shapes_and_their_titles_follow_the_paragraph():
    box = f"<draw:frame><draw:text-box>{paragraph('box')}</draw:text-box><svg:title>A title</svg:title></draw:frame>"
    shape = f"<draw:rect><svg:desc>A red\n sign</svg:desc>{paragraph('Stop')}</draw:rect>"

    assert text_of(papers.odt(paragraph(f"be{box}fore{shape}") + paragraph("after"))) == (
        "before\nbox\nA title\nA red sign\nStop\nafter"
    )


def test_documents_within_the_document_are_read_once():
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'

    assert (
        text_of(papers.odt(paragraph("a" + frame + frame), objects={"Object 1": paragraph("inner")}))
        == "a\n\ninner"
    )


def note(kind: str, content: str) -> str:
    return (
        f'<text:note text:note-class="{kind}"><text:note-citation>1</text:note-citation>'
        f"<text:note-body>{paragraph(content)}</text:note-body></text:note>"
    )


def test_notes_comments_headers_and_footers_follow_the_body():
    ranged = (
        '<office:annotation office:name="c1"><dc:creator>Ana</dc:creator><dc:date>2024</dc:date>'
        f'{paragraph("Why?")}{paragraph("Ask.")}</office:annotation>sixty days<office:annotation-end office:name="c1"/>'
    )
    masters = (
        f"<style:master-page><style:header>{paragraph('Draft')}</style:header><style:footer>{paragraph('Foot')}</style:footer>"
        f"</style:master-page><style:master-page><style:header>{paragraph('Draft')}</style:header></style:master-page>"
    )
    body = paragraph(f"Within{note('footnote', 'A note.')} {ranged} of {note('endnote', 'An end.')}notice.")
    body += paragraph(f"Paid <office:annotation>{paragraph('How much?')}</office:annotation>in full.")
    extracted = extract(papers.odt(body, masters=masters))

    assert extracted.text == (
        "Within sixty days of notice.\nPaid in full.\n\nA note.\n\nAn end.\n\n"
        "Comment by Ana on: sixty days\nWhy?\nAsk.\nComment on: Paid\nHow much?\n\nDraft\n\nFoot"
    )
    assert [paragraph.headings for paragraph in extracted.paragraphs[2:]] == [
        ("Footnotes",),
        ("Endnotes",),
        ("Comments",),
        ("Comments",),
        ("Header",),
        ("Footer",),
    ]


def test_deleted_words_are_left_out_and_inserted_ones_are_read():
    tracked = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Ana</dc:creator>"
        f"</office:change-info>{paragraph('gone')}{listed(item(paragraph('too')))}</text:deletion></text:changed-region>"
        "<text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>"
    )
    extracted = extract(
        papers.odt(tracked + paragraph("kept<text:change/> <text:change-start/>new<text:change-end/>"))
    )

    assert extracted.text == "kept new"
    assert " ".join(extracted.warnings) == (
        "1 deletion and 1 insertion are tracked in this document: what was deleted is left out, and what was inserted "
        "or moved is read where it stands now."
    )


def look(name: str, family: str, properties: str, parent: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">'
        f"<style:text-properties {properties}/></style:style>"
    )


LOOKS = (
    look("Old", "text", 'style:text-line-through-style="solid"')
    + look("Older", "text", "", "Old")
    + look("New", "text", 'style:text-line-through-style="none" style:text-line-through-type="none"')
    + look("Old", "paragraph", "")
    + look("Gone", "paragraph", 'style:text-line-through-type="double"')
    + look("Secret", "text", 'text:display="none"')
)


def span(text: str, style: str) -> str:
    return f"<text:span{of(style)}>{text}</text:span>"


def test_what_is_struck_out_is_left_out_and_counted():
    body = f"<text:p{of('Old')}>The rent is {span('$900', 'Older')}{span(' a month', 'Old')}$950.</text:p>"
    body += f"<text:p{of('Gone')}>Gone {span('stands', 'New')}</text:p>"
    extracted = extract(papers.odt(body, automatic=LOOKS))

    assert extracted.text == "The rent is $950.\nstands"
    assert extracted.warnings == ["Text that is struck out was left out (passages: 2)."]


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph("shown " + span("hidden", "Secret")),
        f'<text:section text:display="none">{paragraph("shown hidden")}</text:section>',
    ],
)
def test_hidden_words_are_read_with_a_warning(hidden):
    extracted = extract(papers.odt(hidden + paragraph("after"), automatic=LOOKS))

    assert extracted.text == "shown hidden\nafter"
    assert extracted.warnings == ["Some words of this document are formatted as hidden: they are read too."]


def test_a_protected_text_needs_its_password():
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
    )

    with pytest.raises(extraction.PasswordProtected):
        extract(
            papers.repacked(papers.odt(""), {"META-INF/manifest.xml": manifest, "content.xml": b"\x07sealed"})
        )


def test_a_text_is_read_though_its_list_of_parts_or_its_properties_are_damaged():
    paper = papers.repacked(papers.odt(paragraph("a")), {"META-INF/manifest.xml": "<m:x/>", "meta.xml": "<"})

    assert text_of(paper) == "a"


def test_a_text_without_a_body_is_damaged_and_one_without_words_is_refused():
    with pytest.raises(extraction.Damaged):
        extract(papers.zipped({"mimetype": "application/vnd.oasis.opendocument.text"}))
    with pytest.raises(extraction.NoText):
        extract(papers.odt(paragraph(" ")))


@pytest.mark.parametrize(
    "content", ["<text:p/>", "<text:p>word</text:p>", "<text:p><text:s text:c='999999999'/></text:p>"]
)
def test_characters_are_counted_while_they_are_read(monkeypatch, content):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 5_000)
    paper = papers.odt(content * 2_000)

    with pytest.raises(extraction.OverLimits):
        extract(paper)
