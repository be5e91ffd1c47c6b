"""What all office files share: telling them apart, and their limits."""

import zipfile
from io import BytesIO
from time import process_time

import pytest

from documents import extraction
from documents.extraction import limits, office
from tests import papers
from tests.documents.extraction.reading import extract, text_of

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def declared(content_type: str) -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{content_type}"/></Types>'
    )
    return papers.zipped({"[Content_Types].xml": types})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (papers.docx(["a"]), office.Kind.DOCX),
        (papers.xlsx({"A": ""}), office.Kind.XLSX),
        (papers.pptx([]), office.Kind.PPTX),
        (papers.odt(""), office.Kind.ODT),
        (declared("application/vnd.ms-word.document.macroEnabled.main+xml"), office.Kind.DOCX),
        (declared("application/vnd.ms-excel.template.macroEnabled.main+xml"), office.Kind.XLSX),
        (
            declared("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"),
            office.Kind.PPTX,
        ),
        (papers.zipped({"xl/workbook.xml": ""}), office.Kind.XLSX),
        (papers.zipped({"WORD\\Document.XML": ""}), office.Kind.DOCX),
        (papers.zipped({"a.txt": "a"}), office.Kind.ARCHIVE),
        (papers.zipped({}), office.Kind.ARCHIVE),
    ],
)
def test_the_parts_of_a_zip_file_tell_what_it_is(content, kind):
    assert office.kind(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        papers.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        declared("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        declared("application/vnd.ms-package.xps-fixeddocument+xml"),
    ],
)
def test_other_office_files_are_unsupported(content):
    with pytest.raises(extraction.Unsupported):
        office.kind(content)


def test_the_first_part_may_stand_anywhere():
    main = papers.word_part("document", "<w:p><w:r><w:t>Words</w:t></w:r></w:p>")
    relations = (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="a" Type="{OFFICE_RELATIONS}/officeDocument" Target="../far/Main.xml"/></Relationships>'
    )
    decoy = papers.word_part("document", "<w:p><w:r><w:t>Decoy</w:t></w:r></w:p>")

    assert (
        text_of(papers.zipped({"_rels/.rels": relations, "far/main.xml": main, "word/document.xml": decoy}))
        == "Words"
    )


def test_relations_that_go_in_circles_or_outside_are_not_followed():
    relations = "".join(
        f'<Relationship Id="{number}" Type="{OFFICE_RELATIONS}/header" Target="{target}"/>'
        for number, target in enumerate(
            ["document.xml", "document.xml", "../../../etc/passwd", "/etc/passwd", "no.xml"]
        )
    )
    external = (
        f'<Relationship Id="x" Type="{OFFICE_RELATIONS}/footer" Target="document.xml" TargetMode="External"/>'
    )
    part = papers.word_part("document", "<w:p><w:r><w:t>Words</w:t></w:r></w:p>")

    paper = papers.zipped(
        {
            "word/document.xml": part,
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}{external}</Relationships>',
        }
    )

    assert text_of(paper) == "Words\n\nWords"


def test_a_document_type_without_entities_is_no_bomb():
    part = (
        "<!DOCTYPE document>"
        + papers.word_part("document", "<w:p><w:r><w:t>Words</w:t></w:r></w:p>").partition("?>")[2]
    )

    assert text_of(papers.zipped({"word/document.xml": part})) == "Words"


def test_what_all_parts_expand_to_is_limited(monkeypatch):
    monkeypatch.setattr(limits, "WHOLE_LIMIT_BYTES", 5_000)
    header = "<w:p><w:r><w:t>Words</w:t></w:r></w:p>"

    assert text_of(papers.docx(["a"])) == "a"
    with pytest.raises(extraction.OverLimits):
        extract(papers.docx(["a"], stories={f"header{n}": header for n in range(20)}))


@pytest.mark.parametrize(
    "part",
    [
        papers.word_part("document", "<w:tbl><w:tr><w:tc>" * 30_000),
        papers.word_part("document", "<w:p><w:r><w:pict><w:txbxContent>" * 30_000),
        papers.word_part("document", "<x>" * 100_000),
    ],
)
def test_thirty_thousand_nested_elements_are_refused_at_once(part):
    started = process_time()

    with pytest.raises(extraction.OverLimits):
        extract(papers.zipped({"word/document.xml": part}))
    assert process_time() - started < 1


def test_a_bomb_of_entities_in_attributes_is_refused_at_once():
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    part = f'<!DOCTYPE w:document [<!ENTITY l0 "lol">{levels}]><w:document xmlns:w="{papers.WORD_NAMESPACE}" a="&l9;"/>'
    started = process_time()

    with pytest.raises(extraction.OverLimits):
        extract(papers.zipped({"word/document.xml": part}))
    assert process_time() - started < 1


def test_an_unknown_way_of_compression_is_damaged():
    paper = bytearray(papers.docx(["Words"]))
    for signature, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        place = paper.find(signature)
        while place >= 0:
            paper[place + offset] = 99
            place = paper.find(signature, place + 4)

    with pytest.raises(extraction.Damaged):
        extract(bytes(paper))


def test_members_of_every_known_way_of_compression_are_read():
    part = papers.word_part("document", "<w:p><w:r><w:t>Words</w:t></w:r></w:p>")
    for way in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        file = BytesIO()
        with zipfile.ZipFile(file, "w", compression=way) as archive:
            archive.writestr("word/document.xml", part)

        assert text_of(file.getvalue()) == "Words"


@pytest.mark.parametrize("text", ["12", "+3", "-4", "", "x", "+-1", "9" * 5_000, "2147483648", "²", "1.5"])
def test_numbers_in_attributes_are_whole_or_the_default(text):
    known = {"12": 12, "+3": 3, "-4": -4}

    assert office.integer(text, 7) == known.get(text, 7)


def test_very_many_lines_share_paragraphs(monkeypatch):
    monkeypatch.setattr(limits, "PARAGRAPH_LIMIT", 4)
    extracted = extract(papers.xlsx({"A": papers.rows(*[["x" * 900]] * 6)}))

    assert [p.end - p.start for p in extracted.paragraphs] == [1, 1_801, 1_801, 1_801]
    assert extracted.paragraphs[-1].end == len(extracted.text)


def test_more_elements_than_the_limit_are_refused(monkeypatch):
    paper = papers.docx(["a"], stories={"header1": "<w:p/>" * 50})
    assert text_of(paper) == "a"
    monkeypatch.setattr(limits, "ELEMENT_LIMIT", 80)

    with pytest.raises(extraction.OverLimits):
        extract(paper)
