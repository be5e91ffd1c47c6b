"""Office files that expand, refer to themselves, count to a billion, or ask for files of the machine."""

from tests import papers
from tests.hostile.catalogue import TEXT, hostile
from tests.hostile.deflated import repeated
from tests.hostile.zips import LINK_MODE, archive, deflated, stored

GIGABYTE = 1 << 30
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
WORD = f'xmlns:w="{papers.WORD_NAMESPACE}"'
WORDS = "<w:p><w:r><w:t>The fee is 900 dollars.</w:t></w:r></w:p>"


def docx(body: str, *, doctype: str = "", **stories: str) -> bytes:
    """Write a Word document of this body; `stories` are further parts, such as numbering, with their roots."""
    document = f"{doctype}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    parts = {"document": document, **stories}
    relations = {name: (name, f"{name}.xml") for name in stories}
    return papers.zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
            "_rels/.rels": related({"officeDocument": ("officeDocument", "word/document.xml")}),
            "word/_rels/document.xml.rels": related(relations),
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def related(targets: dict[str, tuple[str, str]]) -> str:
    """Write relationships: id -> (kind, target)."""
    listed = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/relationships/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def word_styles(styles: str) -> str:
    return f"<w:styles {WORD}>{styles}</w:styles>"


def word_numbering(definitions: str) -> str:
    return f"<w:numbering {WORD}>{definitions}</w:numbering>"


def clause(text: str, *, level: str = "0", number: str = "1") -> str:
    numbered = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{numbered}<w:r><w:t>{text}</w:t></w:r></w:p>"


def level(form: str, start: str, shown: str = "%1.") -> str:
    return f'<w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/></w:lvl>'


# Entities


@hostile("Bomb")
def docx_billion_laughs() -> bytes:
    return papers.entity_bomb()


@hostile("Bomb")
def docx_one_long_entity_said_often() -> bytes:
    """Blow up quadratically: 100,000 characters, 50,000 times."""
    doctype = f'<!DOCTYPE w:document [<!ENTITY a "{"a" * 100_000}">]>'
    return docx(f"<w:p><w:r><w:t>{'&a;' * 50_000}</w:t></w:r></w:p>", doctype=doctype)


@hostile("Bomb")
def docx_entity_that_is_a_file_of_the_machine() -> bytes:
    doctype = '<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return docx(f"{WORDS}<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", doctype=doctype)


@hostile("Bomb")
def docx_doctype_from_the_network() -> bytes:
    doctype = '<!DOCTYPE w:document SYSTEM "http://127.0.0.1:9/a.dtd" [<!ENTITY % a SYSTEM "ftp://127.0.0.1:9/"> %a;]>'
    return docx(WORDS, doctype=doctype)


# What expands


@hostile("OverLimits", "TooComplex", seconds=2)
def docx_of_two_gigabytes() -> bytes:
    head = f"<w:document {WORD}><w:body>".encode()
    raw, size = repeated(b"<w:p/>", 2 * GIGABYTE, head=head)
    return archive([deflated("word/document.xml", raw, size)])


@hostile("OverLimits", "Damaged", "TooComplex", seconds=2)
def docx_of_one_word_of_two_gigabytes() -> bytes:
    head = f"<w:document {WORD}><w:body><w:p><w:r><w:t>".encode()
    raw, size = repeated(b"a", 2 * GIGABYTE, head=head)
    return archive([deflated("word/document.xml", raw, size)])


@hostile("OverLimits", "Damaged", "TooComplex", seconds=2)
def docx_of_one_attribute_of_a_gigabyte() -> bytes:
    head = f'<w:document {WORD}><w:body w:a="'.encode()
    raw, size = repeated(b"a", GIGABYTE, head=head)
    return archive([deflated("word/document.xml", raw, size)])


@hostile("OverLimits", "TooComplex", seconds=2)
def docx_of_many_parts_under_one_limit_each() -> bytes:
    """Bring forty footers of 100 MB: none is too large, and all of them are."""
    raw, size = repeated(b"<w:p/>", 100_000_000, head=f"<w:ftr {WORD}>".encode(), tail=b"</w:ftr>")
    body = f"<w:document {WORD}><w:body>{WORDS}</w:body></w:document>".encode()
    footers = [deflated(f"word/footer{number}.xml", raw, size) for number in range(1, 41)]
    return archive([stored("word/document.xml", body), *footers])


@hostile(TEXT, "TooComplex", seconds=2)
def docx_300000_runs_in_one_paragraph() -> bytes:
    return docx("<w:p>" + "<w:r><w:t>a</w:t></w:r>" * 300_000 + "</w:p>")


# What nests


@hostile("OverLimits")
def docx_30000_nested_tables() -> bytes:
    opened, closed = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    return docx(opened * 30_000 + WORDS + closed * 30_000)


@hostile(TEXT)
def docx_nested_text_boxes() -> bytes:
    opened, closed = "<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>"
    return docx(opened * 60 + WORDS + closed * 60)


# What refers to itself, and what counts too far


@hostile(TEXT)
def docx_styles_that_rest_on_each_other() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:basedOn w:val="{other}"/><w:link w:val="{other}"/></w:style>'
        for one, other in ("ab", "ba", "cc")
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{one}"/></w:pPr><w:r><w:t>Clause</w:t></w:r></w:p>' for one in "abc"
    )
    return docx(body, styles=word_styles(styles))


@hostile(TEXT)
def docx_numbering_that_loops() -> bytes:
    """Let a list take its form from a style, which takes it from that list."""
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="a"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="b"/><w:styleLink w:val="a"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    )
    styles = "".join(
        f'<w:style w:type="numbering" w:styleId="{one}"><w:pPr><w:numPr><w:numId w:val="{number}"/></w:numPr>'
        "</w:pPr></w:style>"
        for one, number in (("a", 2), ("b", 1))
    )
    return docx(
        clause("Fee") + clause("Term", number="2"),
        styles=word_styles(styles),
        numbering=word_numbering(numbering),
    )


@hostile(TEXT)
def docx_clause_numbers_of_two_billion() -> bytes:
    """Ask for the clause MMMM... with two million M, and for the clause aaaa... of eighty million a."""
    forms = (
        "upperRoman",
        "lowerLetter",
        "ordinalText",
        "cardinalText",
        "decimalZero",
        "chicago",
        "none",
        "hex",
    )
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{one}">{level(form, "2000000000")}</w:abstractNum>'
        f'<w:num w:numId="{one}"><w:abstractNumId w:val="{one}"/></w:num>'
        for one, form in enumerate(forms)
    )
    body = "".join(clause(f"Form {one}", number=str(one)) * 20 for one in range(len(forms)))
    return docx(body, numbering=word_numbering(numbering))


@hostile(TEXT)
def docx_clause_numbers_that_are_none() -> bytes:
    wrong = ("-1", "", "9" * 5_000, "1e9", "NaN", "\u0663", "0x10")
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{value}">{level("decimal", value, "%1%9%0%%%")}</w:abstractNum>'
        f'<w:num w:numId="{value}"><w:abstractNumId w:val="{value}"/></w:num>'
        for value in wrong
    )
    body = "".join(
        clause("Fee", level=value, number=value) + clause("Term", level="99999999") for value in wrong
    )
    return docx(body, numbering=word_numbering(numbering))


@hostile("OverLimits")
def docx_clause_labels_of_a_megabyte() -> bytes:
    """Put a label of a million characters before each of a thousand clauses: a gigabyte of text."""
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level("decimal", "1", "a" * 1_000_000)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    return docx(clause("Fee") * 1_000, numbering=word_numbering(numbering))


@hostile(TEXT)
def docx_footnote_that_cites_itself() -> bytes:
    cited = '<w:p><w:r><w:t>The fee</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    notes = f'<w:footnotes {WORD}><w:footnote w:id="1">{cited * 50}</w:footnote></w:footnotes>'
    return docx(cited * 50, footnotes=notes)


@hostile(TEXT)
def docx_cells_that_span_a_billion_columns() -> bytes:
    spans = '<w:tcPr><w:gridSpan w:val="1000000000"/><w:vMerge/></w:tcPr>'
    return docx(f"<w:tbl><w:tr><w:tc>{spans}{WORDS}</w:tc></w:tr></w:tbl>")


@hostile(TEXT)
def docx_parts_outside_of_the_file() -> bytes:
    """Name headers in folders of the machine and on the network."""
    relations = related(
        {
            "a": ("header", "../../../../etc/passwd"),
            "b": ("footnotes", "http://127.0.0.1:9/"),
            "c": ("header", "document.xml"),
        }
    )
    body = f"<w:document {WORD}><w:body>{WORDS}</w:body></w:document>"
    return papers.zipped({"word/document.xml": body, "word/_rels/document.xml.rels": relations})


@hostile(TEXT, "Damaged")
def docx_members_that_climb() -> bytes:
    """Name members outside of the file, and have its notes be a link to a file of the machine."""
    body = f"<w:document {WORD}><w:body>{WORDS}</w:body></w:document>".encode()
    return archive(
        [
            stored("word/document.xml", body),
            stored("../../../../etc/cron.d/fee.xml", body),
            stored("/word/header1.xml", body),
            stored("word/footnotes.xml", b"/etc/passwd", attributes=LINK_MODE),
        ]
    )


@hostile("PasswordProtected", "Damaged", "Unsupported")
def docx_locked() -> bytes:
    """Set down the head of an encrypted office file, and nothing of what it says."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


# The open format, and slides


def odt(body: str) -> bytes:
    """Write an ODT document of this body."""
    names = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table"))
    content = (
        f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return archive(
        [
            stored("mimetype", b"application/vnd.oasis.opendocument.text"),
            stored("content.xml", content.encode()),
        ]
    )


@hostile(TEXT)
def odt_two_billion_spaces() -> bytes:
    return odt(
        '<text:p>The fee<text:s text:c="2000000000"/>is 900<text:s text:c="-5"/><text:s text:c="x"/></text:p>'
        * 50
    )


@hostile(TEXT)
def odt_rows_repeated_a_billion_times() -> bytes:
    repeated_cell = (
        '<table:table-cell table:number-columns-repeated="1000000"><text:p>900</text:p></table:table-cell>'
    )
    row = f'<table:table-row table:number-rows-repeated="1000000">{repeated_cell}</table:table-row>'
    return odt(f"<table:table>{row * 50}</table:table>")


@hostile("OverLimits")
def odt_30000_nested_lists() -> bytes:
    opened, closed = "<text:list><text:list-item>", "</text:list-item></text:list>"
    return odt(opened * 30_000 + "<text:p>The fee</text:p>" + closed * 30_000)


@hostile(TEXT)
def pptx_slide_shown_100000_times() -> bytes:
    """List one slide of a thousand words 100,000 times, and have it be its own notes."""
    words = f"<a:p><a:r><a:t>{'fee ' * 1_000}</a:t></a:r></a:p>"
    slide = (
        f'<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAWING}"><p:cSld><p:spTree><p:sp><p:txBody>{words}</p:txBody></p:sp>'
        "</p:spTree></p:cSld></p:sld>"
    )
    shown = '<p:sldId id="256" r:id="a"/>' * 100_000
    names = f'xmlns:p="{SLIDE}" xmlns:r="{OFFICE}/relationships"'
    show = f"<p:presentation {names}><p:sldIdLst>{shown}</p:sldIdLst></p:presentation>"
    return papers.zipped(
        {
            "_rels/.rels": related({"a": ("officeDocument", "ppt/presentation.xml")}),
            "ppt/presentation.xml": show,
            "ppt/_rels/presentation.xml.rels": related({"a": ("slide", "slides/slide1.xml")}),
            "ppt/slides/slide1.xml": slide,
            "ppt/slides/_rels/slide1.xml.rels": related({"a": ("notesSlide", "slide1.xml")}),
        }
    )
