import pytest

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, text_of

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def table(*rows: list[str]) -> str:
    written = "".join(
        "<a:tr>"
        + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:txBody></a:tc>" for c in row)
        + "</a:tr>"
        for row in rows
    )
    return f"<p:graphicFrame><a:graphic><a:tbl>{written}</a:tbl></a:graphic></p:graphicFrame>"


def test_slides_are_read_in_the_order_of_the_presentation_below_their_titles():
    paper = papers.pptx([papers.shape("One", role="title") + papers.shape("a", "b"), papers.shape("c")])
    main = papers.slide_part(
        "presentation",
        '<p:sldIdLst><p:sldId r:id="rId2"/><p:sldId r:id="rId1"/><p:sldId r:id="rId1"/></p:sldIdLst>',
    )

    extracted = extract(papers.repacked(paper, {"ppt/presentation.xml": main}))

    assert extracted.text == "c\n\nOne\na\nb"
    assert [(extracted.text[p.start : p.end], p.headings) for p in extracted.paragraphs] == [
        ("c", ()),
        ("One", ()),
        ("a", ("One",)),
        ("b", ("One",)),
    ]
    assert extracted.media_type == "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    assert extracted.warnings == []


def test_shapes_groups_and_tables_are_read_as_they_are_drawn():
    group = f"<p:grpSp>{papers.shape('in a group')}<p:grpSp>{papers.shape('deeper')}</p:grpSp></p:grpSp>"
    number = papers.shape("7", role="sldNum")
    broken = papers.shape("two</a:t></a:r><a:br/><a:r><a:t>lines")

    paper = papers.pptx([papers.shape("first") + group + table(["a", "b"], ["c", ""]) + broken + number])

    assert text_of(paper) == "first\nin a group\ndeeper\na\tb\nc\t\ntwo\nlines"


def test_the_number_of_a_slide_is_left_out():
    numbered = papers.shape('Page </a:t></a:r><a:fld type="slidenum"><a:t>3</a:t></a:fld><a:r><a:t>.')

    assert text_of(papers.pptx([numbered])) == "Page ."


def test_alternatives_are_read_once():
    alternatives = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{papers.shape('new')}</mc:Choice><mc:Choice>{papers.shape('newer')}</mc:Choice>"
        f"<mc:Fallback>{papers.shape('old')}</mc:Fallback></mc:AlternateContent>"
    )

    assert text_of(papers.pptx([alternatives + papers.shape("after")])) == "new\nafter"


def test_notes_comments_and_diagrams_follow_their_slide():
    notes = papers.slide_part(
        "notes", papers.shape("One", role="sldImg") + papers.shape("Say it slowly.", role="body")
    )
    older = papers.slide_part(
        "cmLst", '<p:cm authorId="4"><p:text>Really?</p:text></p:cm><p:cm><p:text>Yes.</p:text></p:cm>'
    )
    authors = papers.slide_part("cmAuthorLst", '<p:cmAuthor id="4" name="Ana"/>')
    diagram = f'<d:x xmlns:d="diagram" xmlns:a="{DRAWING}"><a:p><a:r><a:t>Holding AG</a:t></a:r></a:p></d:x>'
    paper = papers.pptx(
        [papers.shape("One", role="ctrTitle") + papers.shape("a"), papers.shape("b")],
        beside={
            1: {"notesSlide": notes, "comments": older, "diagramData": diagram},
            0: {"commentAuthors": authors},
        },
    )
    extracted = extract(paper)

    assert extracted.text == (
        "One\na\nHolding AG\nSay it slowly.\nComment by Ana: Really?\nComment: Yes.\n\nb"
    )
    assert [p.headings for p in extracted.paragraphs[2:5]] == [
        ("One",),
        ("One", "Notes"),
        ("One", "Comments"),
    ]


def test_comments_of_the_newer_kind_are_read():
    newer = (
        '<m:cmLst xmlns:m="http://schemas.microsoft.com/office/powerpoint/2018/8/main"'
        f' xmlns:a="{DRAWING}"><m:cm authorId="x"><m:replyLst><m:reply authorId="y"><m:txBody><a:p><a:r><a:t>No.</a:t>'
        "</a:r></a:p></m:txBody></m:reply></m:replyLst><m:txBody><a:p><a:r><a:t>Is it</a:t></a:r></a:p><a:p><a:r>"
        "<a:t>so?</a:t></a:r></a:p></m:txBody></m:cm></m:cmLst>"
    )

    assert text_of(papers.pptx([papers.shape("a")], beside={1: {"comments": newer}})) == (
        "a\nComment: No.\nComment: Is it so?"
    )


def test_hidden_slides_are_read_with_a_warning():
    paper = papers.pptx([papers.shape("a"), papers.shape("b")], hidden=[2])

    assert text_of(paper) == "a\n\nb"
    assert extract(paper).warnings == ["Slides of this presentation are hidden: they are read too."]
    assert extract(papers.pptx([papers.shape("a"), ""], hidden=[2])).warnings == []


def test_a_presentation_without_text_is_refused():
    with pytest.raises(extraction.NoText):
        extract(papers.pptx([""]))


def test_more_characters_than_the_limit_are_refused_while_they_are_read(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 100)
    endless = (
        f'<p:sld xmlns:a="{DRAWING}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
    )
    paper = papers.pptx([papers.shape("a")])

    for content in ("<a:p/>", "<a:p><a:t>word</a:t></a:p>", "<a:tr><a:tc/></a:tr>"):
        with pytest.raises(extraction.OverLimits):
            extract(papers.repacked(paper, {"ppt/slides/slide1.xml": endless + content * 1_000}))
