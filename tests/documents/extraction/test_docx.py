from time import process_time

import pytest

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, text_of


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(content: str) -> str:
    return f"<w:p>{content}</w:p>"


def cell(content: str) -> str:
    return f"<w:tc><w:tcPr/>{content}</w:tc>"


def table(*rows: list[str]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def words(text: str) -> str:
    return paragraph(run(text))


def box(text: str) -> str:
    return f"<w:txbxContent>{words(text)}</w:txbxContent>"


def test_paragraphs_are_read_in_order_as_one_page():
    extracted = extract(papers.docx(["# Agreement", "Ana & Ben <agree>.", "", "Signed 😀"]))

    assert extracted.text == "Agreement\nAna & Ben <agree>.\n\nSigned 😀"
    assert extracted.pages == [extraction.Page(number=1, start=0, end=len(extracted.text), width=0, height=0)]
    assert extracted.warnings == []


def test_the_strict_dialect_is_read_too():
    part = papers.word_part("document", words("Words")).replace(
        papers.WORD_NAMESPACE, "http://purl.oclc.org/ooxml/wordprocessingml/main"
    )

    assert text_of(papers.zipped({"word/document.xml": part})) == "Words"


def test_tabs_and_breaks_count_but_tab_stops_do_not():
    body = paragraph(
        '<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>'
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t><w:noBreakHyphen/></w:r>"
    )

    assert text_of(papers.docx([], body=body)) == "a\tb\nc\nd-"


def test_cells_are_parted_by_tabs_and_rows_by_line_breaks():
    body = table([words("a"), words("b")], [words("c"), words("d") + words("e")]) + words("after")

    assert text_of(papers.docx(["before"], body=body)) == "before\na\tb\nc\td\ne\nafter"


def test_tables_nested_ten_deep_are_read():
    body = words("core")
    for depth in range(10):
        body = table([words(f"depth {depth}"), body + words("")])

    text = text_of(papers.docx([], body=body))

    assert text.split() == [word for depth in range(9, -1, -1) for word in ("depth", str(depth))] + ["core"]


def test_a_text_box_is_read_once_and_after_its_paragraph():
    body = paragraph(
        run("be")
        + "<w:r><mc:AlternateContent>"
        + f'<mc:Choice Requires="wps"><wps:txbx>{box("box")}</wps:txbx></mc:Choice>'
        + f"<mc:Fallback><w:pict><v:textbox>{box('box')}</v:textbox></w:pict></mc:Fallback>"
        + "</mc:AlternateContent></w:r>"
        + run("fore")
    )

    assert text_of(papers.docx([], body=body + words("after"))) == "before\nbox\nafter"


def test_a_text_box_of_the_older_kind_is_read():
    body = paragraph(f"<w:r><w:pict><v:textbox>{box('old box')}</v:textbox></w:pict></w:r>" + run("words"))

    assert text_of(papers.docx([], body=body)) == "words\nold box"


def test_deleted_and_moved_away_words_are_left_out_and_inserted_ones_are_read():
    body = paragraph(
        run("kept ")
        + "<w:del><w:r><w:delText>deleted </w:delText></w:r></w:del>"
        + f"<w:ins>{run('inserted ')}</w:ins>"
        + f"<w:moveFrom>{run('moved ')}</w:moveFrom>"
        + f"<w:moveTo>{run('moved')}</w:moveTo>"
    )

    assert text_of(papers.docx([], body=body)) == "kept inserted moved"


def test_field_codes_are_left_out_and_their_results_are_read():
    body = paragraph('<w:r><w:instrText>HYPERLINK "http://x.test"</w:instrText></w:r>' + run("the link"))

    assert text_of(papers.docx([], body=body)) == "the link"


def test_notes_headers_and_footers_follow_the_body_in_order():
    stories = {
        "footer1": words("a footer"),
        "header2": words("second header"),
        "header1": words("first header"),
        "header10": words("tenth header"),
        "header3": words(""),
        "endnotes": f"<w:endnote>{words('an endnote')}</w:endnote>",
        "footnotes": f"<w:footnote>{words('')}</w:footnote><w:footnote>{words('a footnote')}</w:footnote>",
    }

    assert text_of(papers.docx(["the body"], stories=stories)) == (
        "the body\n\na footnote\n\nan endnote\n\nfirst header\n\nsecond header\n\ntenth header\n\na footer"
    )


def test_a_header_that_repeats_is_read_once():
    stories = {"header1": words("Draft"), "header2": words("Final"), "header3": words("Draft")}

    assert text_of(papers.docx(["the body"], stories=stories)) == "the body\n\nDraft\n\nFinal"


def test_stories_beside_the_body_are_found_without_relations():
    parts = {
        "word/document.xml": words("body"),
        "word/footnotes.xml": f"<w:footnote>{words(' note')}</w:footnote>",
    }

    assert (
        text_of(papers.zipped({name: papers.word_part("document", part) for name, part in parts.items()}))
        == "body\n\nnote"
    )


def test_comments_follow_the_body_with_their_authors_and_the_words_they_are_about():
    body = paragraph(
        run("The ")
        + '<w:commentRangeStart w:id="1"/>'
        + run("rent is")
        + '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
        + run(" due.")
        + '<w:r><w:commentReference w:id="2"/></w:r>'
    )
    comments = (
        f'<w:comment w:id="1" w:author="Ana Berger">{words("Which rent?")}{words("Ask.")}</w:comment>'
        f'<w:comment w:id="2" w:author="">{words("When?")}</w:comment>'
        f'<w:comment w:id="3" w:author="Ben">{words("")}</w:comment>'
    )
    extracted = extract(papers.docx([], body=body, stories={"comments": comments}))

    assert extracted.text == (
        "The rent is due.\n\n"
        "Comment by Ana Berger on: rent is\nWhich rent?\nAsk.\n"
        "Comment on: The rent is due.\nWhen?"
    )
    assert [paragraph.headings for paragraph in extracted.paragraphs] == [(), ("Comments",), ("Comments",)]
    assert extracted.warnings == []


def test_each_story_beside_the_body_is_the_heading_of_its_paragraphs():
    stories = {
        "footnotes": f"<w:footnote>{words('a')}</w:footnote>",
        "endnotes": f"<w:endnote>{words('b')}</w:endnote>",
        "header1": words("c"),
        "footer1": words("d"),
    }
    extracted = extract(papers.docx(["# Lease", "## Rent", "body"], stories=stories))

    assert [paragraph.headings for paragraph in extracted.paragraphs] == [
        (),
        ("Lease",),
        ("Lease", "Rent"),
        ("Footnotes",),
        ("Endnotes",),
        ("Header",),
        ("Footer",),
    ]


def test_an_outline_level_of_its_own_makes_a_heading_of_a_paragraph():
    def leveled(text, level):
        return paragraph(f'<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr>' + run(text))

    body = (
        leveled("One", 0)
        + leveled("Deep", 4)
        + words("a")
        + leveled("Body text", 9)
        + leveled("Two", 0)
        + words("b")
    )
    extracted = extract(papers.docx([], body=body))

    assert [(extracted.text[p.start : p.end], p.headings) for p in extracted.paragraphs] == [
        ("One", ()),
        ("Deep", ("One",)),
        ("a", ("One", "Deep")),
        ("Body text", ("One", "Deep")),
        ("Two", ()),
        ("b", ("Two",)),
    ]


def test_a_row_of_a_table_is_a_paragraph():
    body = table([words("a"), words("b") + words("c")]) + words("after")
    extracted = extract(papers.docx([], body=body))

    assert [extracted.text[p.start : p.end] for p in extracted.paragraphs] == ["a\tb\nc", "after"]


def test_tracked_changes_are_counted_in_one_warning():
    body = (
        paragraph(run("kept") + "<w:del><w:r><w:delText>a</w:delText></w:r></w:del>" * 3)
        + paragraph(f"<w:ins>{run('b')}</w:ins>" * 2)
        + paragraph(f"<w:moveFrom>{run('moved')}</w:moveFrom>")
        + paragraph(f"<w:moveTo>{run('moved')}</w:moveTo>")
    )
    extracted = extract(papers.docx([], body=body))

    assert extracted.text == "kept\nbb\n\nmoved"
    assert " ".join(extracted.warnings) == (
        "3 deletions, 2 insertions and 1 move are tracked in this document: what was deleted is left out, and what "
        "was inserted or moved is read where it stands now."
    )


def test_a_deleted_row_and_a_deleted_cell_are_left_out():
    body = table([words("a"), words("b")], [words("c"), words("d")])
    body = body.replace("<w:tr>", '<w:tr><w:trPr><w:del w:id="1"/></w:trPr>', 1)
    body = body.replace(f"<w:tcPr/>{words('d')}", f'<w:tcPr><w:cellDel w:id="2"/></w:tcPr>{words("d")}')

    assert text_of(papers.docx([], body=body)) == "c"


def test_a_style_as_it_was_before_a_change_does_not_count():
    change = '<w:pPrChange><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:pPrChange>'
    body = paragraph(f"<w:pPr>{change}</w:pPr>" + run("a")) + words("b")

    assert [paragraph.headings for paragraph in extract(papers.docx([], body=body)).paragraphs] == [(), ()]


def field(code: str, result: str = "", *, is_separated: bool = True) -> str:
    separated = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}' if is_separated else ""
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{code}{separated}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def test_a_field_within_the_code_of_a_field_is_code_too():
    inner = field("<w:r><w:instrText>MERGEFIELD sex</w:instrText></w:r>", run("f"))
    body = paragraph(
        run("Dear ")
        + field(inner + run("= f"), run("Ms"))
        + run(" Kaya")
        + field(run("PAGE"), is_separated=False)
    )

    assert text_of(papers.docx([], body=body)) == "Dear Ms Kaya"


def test_a_field_that_never_ends_swallows_nothing():
    body = paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("Words")) + words("and more")

    assert text_of(papers.docx([], body=body)) == "Words\nand more"


@pytest.mark.parametrize(("kept", "deleted"), [("begin", "end"), ("", "begin"), ("begin", "separate end")])
def test_a_field_may_begin_or_end_in_a_deletion(kept, deleted):
    def signs(kinds: str) -> str:
        return "".join(f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in kinds.split())

    body = paragraph(signs(kept) + run("") + f"<w:del>{signs(deleted)}</w:del>" + run("The rest"))
    nested = signs("begin") + run("code") + signs("separate") + run("shown") + signs("end")

    assert text_of(papers.docx([], body=body + paragraph(nested))) == "The rest\nshown"


@pytest.mark.parametrize(
    ("place", "text", "shown"),
    [
        ("superscript", "1", "$900^1 a"),
        ("subscript", "1", "$900_1 a"),
        ("superscript", "st", "$900st a"),
        ("baseline", "1", "$9001 a"),
    ],
)
def test_raised_and_lowered_digits_are_told_from_those_before_them(place, text, shown):
    raised = f'<w:r><w:rPr><w:vertAlign w:val="{place}"/></w:rPr><w:t>{text}</w:t></w:r>'

    assert text_of(papers.docx([], body=paragraph(run("$900") + raised + run(" a")))) == shown


def test_digits_raised_in_two_runs_are_one_power():
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'

    assert text_of(papers.docx([], body=paragraph(run("10") + raised + raised))) == "10^11"


def test_headings_that_would_fill_the_memory_are_left_out_with_a_warning(monkeypatch):
    monkeypatch.setattr(limits, "HEADINGS_LIMIT_CHARACTERS", 10)
    extracted = extract(papers.docx(["# Long", "a", "b", "# Title", "c", "# Too", "d"]))

    short = [paragraph for paragraph in extracted.paragraphs if paragraph.end - paragraph.start == 1]
    assert [paragraph.headings for paragraph in short] == [("Long",), ("Long",), ("Title",), ()]
    assert " ".join(extracted.warnings) == (
        "The headings of this document are very many or very long: from some place on, its paragraphs are shown "
        "without them."
    )


def test_what_was_chosen_in_a_form_is_read():
    def chosen(settings):
        return (
            f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{settings}</w:ffData></w:fldChar></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    body = (
        paragraph(chosen('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>') + run(" yes"))
        + paragraph(chosen('<w:checkBox><w:default w:val="0"/></w:checkBox>') + run(" no"))
        + paragraph(
            chosen(
                '<w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="b"/></w:ddList>'
            )
        )
        + "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>"
        + words("filled in")
        + "</w:sdtContent></w:sdt>"
        + paragraph('<w:smartTag w:element="City">' + run("Mainz") + "</w:smartTag>")
    )

    assert text_of(papers.docx([], body=body)) == "☒ yes\n☐ no\nb\nfilled in\nMainz"


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("Symbol", "F061", "α"),
        ("Symbol", "F0A3", "≤"),
        ("Symbol", "F0B7", "•"),
        ("Symbol", "F0D2", "®"),
        ("Symbol", "FE", "⎭"),
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "F04A", ""),
        ("Times New Roman", "F0A7", "§"),
        ("Times New Roman", "20AC", "€"),
        ("Times New Roman", "nonsense", ""),
        ("Times New Roman", "D800", ""),
    ],
)
def test_symbols_are_the_characters_that_they_show(font, code, shown):
    body = paragraph(run("a") + f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>' + run("b"))

    assert text_of(papers.docx([], body=body)) == f"a{shown}b"


def test_soft_hyphens_are_left_out():
    body = paragraph(run("inden\xadture") + "<w:r><w:t>, con</w:t><w:softHyphen/><w:t>tract</w:t></w:r>")

    assert text_of(papers.docx([], body=body)) == "indenture, contract"


def test_hidden_words_are_read_with_a_warning():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r>'

    assert extract(papers.docx([], body=paragraph(shown))).warnings == []
    extracted = extract(papers.docx([], body=paragraph(shown + hidden)))
    assert extracted.text == "shown secret"
    assert extracted.warnings == ["Some words of this document are formatted as hidden: they are read too."]


def formatted(text: str, properties: str) -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def style(identifier: str, kind: str, properties: str, based_on: str = "") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{identifier}">{base}<w:rPr>{properties}</w:rPr></w:style>'


STRUCK = style("Old", "character", "<w:strike/>") + style("Older", "character", "", "Old")
STRUCK += style("Gone", "paragraph", "<w:strike/>") + style("Secret", "character", "<w:vanish/>")


@pytest.mark.parametrize(
    ("properties", "is_struck"),
    [
        ("<w:strike/>", True),
        ("<w:dstrike/>", True),
        ('<w:strike w:val="0"/>', False),
        ('<w:rStyle w:val="Older"/>', True),
        ('<w:rStyle w:val="Older"/><w:strike w:val="false"/>', False),
    ],
)
def test_what_is_struck_out_is_left_out_and_counted(properties, is_struck):
    body = paragraph(
        formatted("The rent is ", "") + formatted("$900", properties) * 2 + formatted("$950", "")
    )
    extracted = extract(papers.docx([], body=body, stories={"styles": STRUCK}))

    assert extracted.text == f"The rent is {'' if is_struck else '$900$900'}$950"
    assert extracted.warnings == ["Text that is struck out was left out (passages: 1)."][: int(is_struck)]


def test_styles_of_a_paragraph_and_of_characters_that_both_strike_do_not():
    gone = '<w:pPr><w:pStyle w:val="Gone"/></w:pPr>'
    body = paragraph(gone + run("gone ") + formatted("stands", '<w:rStyle w:val="Old"/>')) + words("after")

    assert text_of(papers.docx([], body=body, stories={"styles": STRUCK})) == "stands\nafter"


def test_words_that_a_style_hides_are_read_with_a_warning():
    body = paragraph(run("shown ") + formatted("hidden", '<w:rStyle w:val="Secret"/>'))
    extracted = extract(papers.docx([], body=body, stories={"styles": STRUCK}))

    assert extracted.text == "shown hidden"
    assert extracted.warnings == ["Some words of this document are formatted as hidden: they are read too."]


def test_notes_bear_the_number_of_their_citation_and_stand_in_its_order():
    def cited(kind: str, identifier: int, more: str = "") -> str:
        return f'<w:r><w:{kind}Reference w:id="{identifier}"{more}/></w:r>'

    def note(kind: str, identifier: int, text: str) -> str:
        return f'<w:{kind} w:id="{identifier}">{words(text)}</w:{kind}>'

    body = paragraph(run("One") + cited("footnote", 7) + run(" two") + cited("endnote", 2)) + paragraph(
        run("three")
        + cited("footnote", 5, ' w:customMarkFollows="1"')
        + run("* four")
        + cited("footnote", 3)
        + f"<w:del>{cited('footnote', 4)}</w:del>"
    )
    texts = {3: "third", 4: "deleted", 5: "* own", 7: "first"}
    stories = {
        "footnotes": "".join(note("footnote", identifier, text) for identifier, text in texts.items()),
        "endnotes": note("endnote", 2, " last"),
    }

    assert text_of(papers.docx([], body=body, stories=stories)) == (
        "One[1] two[i]\nthree* four[2]\n\n[1] first\n* own\n[2] third\ndeleted\n\n[i] last"
    )


def test_a_tracked_deletion_of_a_row_counts_once():
    deleted = "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>"
    body = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell(paragraph(deleted)) * 2}</w:tr></w:tbl>"
    extracted = extract(papers.docx(["kept"], body=body))

    assert extracted.text == "kept"
    assert extracted.warnings == [
        (
            "1 deletion is tracked in this document: what was deleted is left out, and what was inserted or moved is "
            "read where it stands now."
        )
    ]


def test_embedded_files_are_named_in_a_warning():
    extracted = extract(papers.docx(["Words"], body=paragraph("<w:r><w:object/></w:r>")))

    assert extracted.warnings == [
        "Files that are embedded in this document are not read. Add them as documents of their own."
    ]


def test_the_subject_and_the_keywords_follow_a_text():
    core = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Title</dc:title><dc:subject>Kaya lease</dc:subject>'
        "<c:keywords>rent, deposit</c:keywords></c:coreProperties>"
    )
    part = papers.word_part("document", words("Words"))

    extracted = extract(papers.zipped({"word/document.xml": part, "docProps/core.xml": core}))

    assert extracted.text == "Words\n\nSubject: Kaya lease\nKeywords: rent, deposit"
    assert extracted.paragraphs[-1].headings == ("Properties",)
    with pytest.raises(extraction.NoText):
        extract(papers.zipped({"word/document.xml": part.replace("Words", ""), "docProps/core.xml": core}))


def test_diagrams_are_read():
    diagram = (
        '<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:ptLst><d:pt><d:t><a:p><a:r>'
        "<a:t>Holding AG</a:t></a:r></a:p></d:t></d:pt></d:ptLst></d:dataModel>"
    )

    assert text_of(papers.docx(["Words"], stories={"diagramData": diagram})) == "Words\n\nHolding AG"


def test_tag_characters_are_removed_and_line_ends_are_line_feeds():
    assert text_of(papers.docx([], body=words("hid\U000e0041den&#13;end"))) == "hidden\nend"


def test_comments_in_the_xml_do_not_cut_the_text():
    assert text_of(papers.docx([], body=words("one<!-- no --><?no no?> two"))) == "one two"


def test_a_document_without_text_is_refused():
    with pytest.raises(extraction.NoText):
        extract(papers.docx(["", " "]))


def test_a_truncated_document_is_damaged():
    paper = papers.docx(["Words"] * 100)

    with pytest.raises(extraction.Damaged):
        extract(paper[: len(paper) // 2])


def test_a_member_whose_bytes_are_damaged_is_damaged():
    paper = bytearray(papers.docx(["Words " * 50]))
    middle = paper.index(b"word/document.xml") + len("word/document.xml") + 30
    paper[middle : middle + 20] = bytes(20)

    with pytest.raises(extraction.Damaged):
        extract(bytes(paper))


def test_a_member_whose_name_or_place_is_damaged_is_damaged():
    paper = papers.zipped({"word/document.xml": papers.word_part("document", words("Words"))})
    entry = paper.index(b"PK\x01\x02")
    misnamed, misplaced = bytearray(paper), bytearray(paper)
    misnamed[entry + 9] |= 0x08  # says that the name is UTF-8
    misnamed[entry + 50] = 0xB0
    misplaced[-6:-2] = (len(paper)).to_bytes(4, "little")

    for damaged in (misnamed, misplaced):
        with pytest.raises(extraction.Damaged):
            extract(bytes(damaged))


@pytest.mark.parametrize("broken", ["", "<w:p>", "no XML", '<w:p xmlns:w="x">&unknown;</w:p>'])
def test_broken_xml_is_damaged(broken):
    with pytest.raises(extraction.Damaged):
        extract(papers.zipped({"word/document.xml": broken}))


BROKEN_PARTS = [
    ("footnotes", "The footnotes of this document are damaged and were not read."),
    ("endnotes", "The endnotes of this document are damaged and were not read."),
    ("comments", "The comments of this document are damaged and were not read."),
    ("header2", "A header of this document is damaged and was not read."),
    ("footer1", "A footer of this document is damaged and was not read."),
    (
        "styles",
        "The styles of this document are damaged and were not read: headings and numbers may be missing.",
    ),
    (
        "numbering",
        "The numbering of this document is damaged and was not read: the numbers of clauses may be missing.",
    ),
    (
        "_rels/document.xml.rels",
        "The list of the parts of this document is damaged: some of them may be missing.",
    ),
]


def with_a_part(name: str, content: str) -> bytes:
    """Make a document of a body and a header, of which a part is what is given."""
    story = {name: ""} if "/" not in name else {}
    paper = papers.docx(["# Words"], stories={"header1": words("Draft"), **story})
    place = f"word/{name}" if "/" in name else f"word/{name}.xml"
    return papers.repacked(paper, {place: content})


@pytest.mark.parametrize(("name", "warning"), BROKEN_PARTS)
@pytest.mark.parametrize("broken", ["", "<w:p>", "no XML"])
def test_what_is_damaged_beside_the_body_is_left_out_with_a_warning(name, warning, broken):
    extracted = extract(with_a_part(name, broken))

    assert extracted.text == "Words\n\nDraft"
    assert extracted.warnings == [warning]


def test_a_damaged_chart_is_left_out_and_the_others_are_read():
    chart = '<a:p xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:r><a:t>Rents</a:t></a:r></a:p>'
    extracted = extract(papers.docx(["Words"], stories={"chart1": " xmlns:", "chart2": chart}))

    assert extracted.text == "Words\n\nRents"
    assert extracted.warnings == ["A diagram or chart of this document is damaged and was not read."]


@pytest.mark.parametrize("name", [name for name, _ in BROKEN_PARTS])
def test_a_bomb_beside_the_body_is_refused(name):
    bomb = '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><a>&y;</a>'

    with pytest.raises(extraction.OverLimits):
        extract(with_a_part(name, bomb))


def test_a_member_with_a_password_is_refused():
    paper = bytearray(papers.zipped({"word/document.xml": "secret"}))
    paper[paper.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(extraction.PasswordProtected):
        extract(bytes(paper))


def test_a_zip_bomb_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "PART_LIMIT_BYTES", 100_000)

    with pytest.raises(extraction.OverLimits):
        extract(papers.zip_bomb(expanded_bytes=200_000))


def test_an_entity_bomb_is_refused_at_once():
    started = process_time()

    with pytest.raises(extraction.OverLimits):
        extract(papers.entity_bomb())
    assert process_time() - started < 1


def test_an_entity_cannot_read_a_file(tmp_path):
    (tmp_path / "secret").write_text("secret")
    part = (
        f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
        f'<w:document xmlns:w="{papers.WORD_NAMESPACE}">{words("&x; and words")}</w:document>'
    )

    with pytest.raises(extraction.OverLimits):
        extract(papers.zipped({"word/document.xml": part}))


def test_elements_nested_a_thousand_deep_are_refused_as_over_limits():
    body = "<w:sdt>" * 1_000 + words("core") + "</w:sdt>" * 1_000

    with pytest.raises(extraction.OverLimits):
        extract(papers.docx([], body=body))


def test_more_members_than_the_limit_are_refused(monkeypatch):
    paper = papers.docx(["Words"])
    monkeypatch.setattr(limits, "MEMBER_LIMIT", 2)

    with pytest.raises(extraction.OverLimits):
        extract(paper)


def test_more_characters_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 8)

    with pytest.raises(extraction.OverLimits):
        extract(papers.docx(["Words"], stories={"footnotes": words("Words")}))


@pytest.mark.parametrize(
    "content", ["<w:p/>", "<w:tbl><w:tr><w:tc/></w:tr></w:tbl>", "<w:p><w:r><w:t>a</w:t></w:r></w:p>"]
)
def test_characters_are_counted_while_they_are_read(monkeypatch, content):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 100)
    endless = papers.word_part("document", words("Words") + content * 1_000)

    with pytest.raises(extraction.OverLimits):
        extract(papers.zipped({"word/document.xml": endless.removesuffix("</w:document>")}))
