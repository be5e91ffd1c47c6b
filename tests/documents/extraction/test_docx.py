from time import monotonic

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
    assert extracted.pages == [
        extraction.Page(number=1, start=0, end=len(extracted.text), width=0, height=0, words=[])
    ]
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


def test_comments_are_named_in_a_warning():
    paper = papers.docx(["Words"], stories={"comments": words("a remark")})

    assert extract(paper).text == "Words"
    assert extract(paper).warnings == ["The comments in this document are not read yet."]


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
    started = monotonic()

    with pytest.raises(extraction.OverLimits):
        extract(papers.entity_bomb())
    assert monotonic() - started < 1


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
