"""Make papers to read: PDF and office files that come out the same, byte for byte, each time."""

import html
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph

PAGE_WIDTH_POINTS, PAGE_HEIGHT_POINTS = LETTER
WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, spaceAfter=6)
_HEADING = ParagraphStyle("heading", _BODY, fontName="Times-Bold", fontSize=12, spaceBefore=8, keepWithNext=1)
_TITLE = ParagraphStyle("title", _HEADING, fontSize=16, leading=20, spaceAfter=14, alignment=TA_CENTER)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument"
_WORD_TYPE = f"{_OFFICE_TYPE}.wordprocessingml"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
_STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
    '<w:sz w:val="23"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="140" w:line="276"/>'
    "</w:pPr></w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:b/><w:sz w:val="32"/>'
    "</w:rPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:keepNext/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="25"/></w:rPr></w:style>'
)


def pdf(pages: list[str], *, title: str = "") -> bytes:
    """Typeset pages of readable text, each starting on a sheet of its own, with the page number at the foot.

    Blank lines part paragraphs; one that begins with "# " is a title, with "## " a heading.
    """
    file = BytesIO()
    template = BaseDocTemplate(file, pagesize=LETTER, title=title, invariant=1)
    frame = Frame(1.1 * inch, inch, PAGE_WIDTH_POINTS - 2.2 * inch, PAGE_HEIGHT_POINTS - 2 * inch)
    template.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=_foot))
    template.build(_flowables(pages))
    return file.getvalue()


def _flowables(pages: list[str]) -> list[Flowable]:
    flowables: list[Flowable] = []
    for page in pages:
        flowables += [_paragraph(text) for text in page.strip().split("\n\n")]
        flowables.append(PageBreak())
    return flowables


def _paragraph(text: str) -> Paragraph:
    marker, _, rest = text.strip().partition(" ")
    style = {"#": _TITLE, "##": _HEADING}.get(marker, _BODY)
    shown = text.strip() if style is _BODY else rest
    return Paragraph("<br/>".join(html.escape(line) for line in shown.splitlines()), style)


def _foot(canvas: Canvas, template: BaseDocTemplate) -> None:
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(PAGE_WIDTH_POINTS / 2, 0.6 * inch, f"Page {template.page}")


def lines_pdf(pages: list[str], *, encryption: StandardEncryption | None = None) -> bytes:
    """Draw each page's lines and nothing else; a page of no text is a picture."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1, encrypt=encryption)
    for page in pages:
        if not page:
            canvas.drawImage(ImageReader(_picture()), 72, 72, width=400, height=400)
        for index, line in enumerate(page.splitlines()):
            canvas.drawString(72, 700 - 14 * index, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _picture() -> Image.Image:
    """Draw what nobody can read."""
    return Image.new("L", (200, 200), "grey")


def scan_pdf() -> bytes:
    """Make a PDF of one page that is only a picture, of nothing that can be read."""
    return lines_pdf([""])


def written_picture(lines: str, *, size: tuple[int, int] = (1_240, 600), mode: str = "L") -> Image.Image:
    """Draw lines of text as a scan at 150 dpi shows them in about 16 points."""
    picture = Image.new("L", size, "white")
    ImageDraw.Draw(picture).multiline_text((80, 60), lines, "black", ImageFont.load_default(34), spacing=20)
    return picture.convert(mode)


def image_file(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Write a picture as PNG, JPEG or TIFF."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def picture_pdf(pictures: Sequence[Image.Image], *, stamp: str = "", turned: int = 0) -> bytes:
    """Make a PDF of which each page is a picture, with a stamp as text over it, shown turned by degrees."""
    file = BytesIO()
    size = (288, 595) if turned in (90, 270) else (595, 288)  # which it turns too
    canvas = Canvas(file, pagesize=size, invariant=1)
    for picture in pictures:
        canvas.setPageRotation(turned)
        canvas.drawImage(ImageReader(picture), 0, 0, width=595, height=288)
        canvas.drawString(400, 20, stamp)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def placed_pdf(shown: str, *, attributes: str = "", size: int = 20) -> bytes:
    """Show letters of Helvetica from (100, 200) on, on a page of 400 x 300 points with more attributes."""
    return raw_pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources 6 0 R{attributes}>>",
            _pdf_stream(f"BT /F {size} Tf 100 200 Td ({shown}) Tj ET"),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            "<</Font<</F 5 0 R>>>>",
        ]
    )


def encrypted_pdf(password: str) -> bytes:
    """Make a PDF that opens with the password only."""
    return lines_pdf(["A secret."], encryption=StandardEncryption(password, strength=128))


def glyph_pdf(shown: str, *, means: dict[str, str]) -> bytes:
    """Show Latin letters on one page, some of which the font maps to UTF-16 units, given as hex digits."""
    pairs = " ".join(f"<{ord(letter):02X}> <{units}>" for letter, units in means.items())
    mapping = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        f"{len(means)} beginbfchar {pairs} endbfchar endcmap end end"
    )
    return raw_pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            _pdf_stream(f"BT /F 12 Tf 72 700 Td ({shown}) Tj ET"),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
            _pdf_stream(mapping),
        ]
    )


def form_pdf(text: str) -> bytes:
    """Make a PDF of one page with a text, a field that is filled in, one that is not, and two boxes to tick."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    canvas.drawString(72, 700, text)
    canvas.acroForm.textfield(
        name="name", tooltip="Tenant", value="Ann Lee", x=72, y=600, width=200, height=20
    )
    canvas.acroForm.textfield(name="none", tooltip="Fax", value="", x=72, y=560, width=200, height=20)
    canvas.acroForm.checkbox(name="pets", tooltip="Pets allowed", checked=True, x=72, y=500)
    canvas.acroForm.checkbox(name="sublet", tooltip="Subletting allowed", checked=False, x=72, y=460)
    canvas.save()
    return file.getvalue()


def raw_pdf(objects: list[str]) -> bytes:
    """Write PDF objects, the first of which is the catalogue, with their table of places."""
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    return written + table + trailer.encode()


def _pdf_stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


def docx(paragraphs: Iterable[str], *, body: str = "", stories: dict[str, str] | None = None) -> bytes:
    """Make a Word document of plain paragraphs; "# " begins a title, "## " a heading.

    `body` is WordprocessingML set after the paragraphs; `stories` maps further parts, such as
    "footnotes" or "header1", to the WordprocessingML within them, or to a whole part of another language.
    """
    written = "".join(_word_paragraph(text) for text in paragraphs) + body
    parts = {"document": word_part("document", f"<w:body>{written}<w:sectPr/></w:body>")}
    for name, content in (stories or {}).items():
        parts[name] = content if "xmlns:" in content[:200] else word_part(_root(name), content)
    return zipped(
        {
            "[Content_Types].xml": _content_types(parts),
            "_rels/.rels": _relationships([("officeDocument", "word/document.xml")]),
            "word/_rels/document.xml.rels": _relationships(
                [(_kind(name), f"{name}.xml") for name in {"styles": "", **parts} if name != "document"]
            ),
            "word/styles.xml": word_part("styles", _STYLES),
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def _word_paragraph(text: str) -> str:
    marker, _, rest = text.partition(" ")
    style = {"#": "Title", "##": "Heading1"}.get(marker)
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    lines = (rest if style else text).split("\n")
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{html.escape(line)}</w:t>' for line in lines)
    return f"<w:p>{look}<w:r>{runs}</w:r></w:p>"


def word_part(root: str, content: str) -> str:
    """Wrap WordprocessingML in a part of its own."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:{root} xmlns:w="{WORD_NAMESPACE}"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        f' xmlns:v="urn:schemas-microsoft-com:vml">{content}</w:{root}>'
    )


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def _root(name: str) -> str:
    return {"header": "hdr", "footer": "ftr"}.get(_kind(name), _kind(name))


def _content_types(parts: dict[str, str]) -> str:
    kinds = {name: _kind(name) for name in ("styles", *parts)} | {"document": "document.main"}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD_TYPE}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(targets: Iterable[tuple[str, str]]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


Beside = Mapping[
    int, Mapping[str, str]
]  # by the number of a sheet or slide: the kind of a part, and the part itself


def xlsx(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    beside: Beside | None = None,
    hidden: Sequence[str] = (),
    is_1904: bool = False,
) -> bytes:
    """Make a workbook: each name of a sheet maps to the SpreadsheetML within it.

    Cells refer to `strings` by number, and to `formats` by number from 1 on as their style.
    """
    listed = "".join(
        f'<sheet name="{html.escape(name)}" sheetId="{number}" r:id="rId{number}"'
        f' state="{("visible", "hidden")[name in hidden]}"/>'
        for number, name in enumerate(sheets, 1)
    )
    main = f'<workbookPr date1904="{int(is_1904)}"/><sheets>{listed}</sheets>'
    parts = {
        "xl/workbook.xml": _sheet_part("workbook", main),
        "xl/sharedStrings.xml": _sheet_part("sst", "".join(f"<si><t>{text}</t></si>" for text in strings)),
        "xl/styles.xml": _sheet_part("styleSheet", _number_formats(formats)),
    }
    targets = []
    for number, content in enumerate(sheets.values(), 1):
        targets.append(("worksheet", f"worksheets/sheet{number}.xml"))
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet_part("worksheet", content)
    targets += [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    return _office("xl/workbook.xml", f"{_OFFICE_TYPE}.spreadsheetml.sheet", parts, targets, beside or {})


def rows(*rows: Sequence[str]) -> str:
    """Write rows of text for a sheet."""
    written = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    return f"<sheetData>{written}</sheetData>"


def _sheet_part(root: str, content: str) -> str:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<{root} xmlns="{namespace}" xmlns:r="{_RELATIONS}">{content}</{root}>'


def _number_formats(codes: Sequence[str]) -> str:
    written = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{html.escape(code)}"/>'
        for number, code in enumerate(codes, 164)
    )
    used = "".join(f'<xf numFmtId="{number}"/>' for number in (0, *range(164, 164 + len(codes))))
    return f"<numFmts>{written}</numFmts><cellStyleXfs><xf/></cellStyleXfs><cellXfs>{used}</cellXfs>"


def pptx(slides: Sequence[str], *, beside: Beside | None = None, hidden: Sequence[int] = ()) -> bytes:
    """Make a presentation: each slide is the PresentationML within its tree of shapes; `hidden` counts from 1."""
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    parts = {"ppt/presentation.xml": slide_part("presentation", f"<p:sldIdLst>{listed}</p:sldIdLst>")}
    targets = []
    for number, content in enumerate(slides, 1):
        tree = f"<p:cSld><p:spTree>{content}</p:spTree></p:cSld>"
        shown = slide_part("sld", tree).replace("<p:sld ", f'<p:sld show="{int(number not in hidden)}" ', 1)
        parts[f"ppt/slides/slide{number}.xml"] = shown
        targets.append(("slide", f"slides/slide{number}.xml"))
    main_type = f"{_OFFICE_TYPE}.presentationml.presentation"
    return _office("ppt/presentation.xml", main_type, parts, targets, beside or {})


def slide_part(root: str, content: str) -> str:
    """Wrap PresentationML in a part of its own."""
    namespaces = f'xmlns:a="{_DRAWING}" xmlns:p="{_PRESENTATION}" xmlns:r="{_RELATIONS}"'
    return f"<p:{root} {namespaces}>{content}</p:{root}>"


def shape(*paragraphs: str, role: str = "") -> str:
    """Write a shape of a slide with its paragraphs."""
    placeholder = f'<p:ph type="{role}"/>' if role else ""
    written = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    return f"<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{written}</p:txBody></p:sp>"


def _office(
    main: str, main_type: str, parts: dict[str, str], targets: list[tuple[str, str]], beside: Beside
) -> bytes:
    """Pack a workbook or a presentation; what stands beside a sheet or slide gets a part and a relation."""
    folder, _, name = main.partition("/")
    members = parts | {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{main}" ContentType="{main_type}.main+xml"/></Types>'
        ),
        "_rels/.rels": _relationships([("officeDocument", main)]),
        f"{folder}/_rels/{name}.rels": _relationships(
            [*targets, *((kind, f"{kind}.xml") for kind in beside.get(0, {}))]
        ),
    }
    members |= {f"{folder}/{kind}.xml": content for kind, content in beside.get(0, {}).items()}
    for number, kinds in beside.items():
        inner, _, file = targets[number - 1][1].partition("/")
        if number:
            members[f"{folder}/{inner}/_rels/{file}.rels"] = _relationships(
                (kind, f"../{kind}{number}.xml") for kind in kinds
            )
            members |= {f"{folder}/{kind}{number}.xml": content for kind, content in kinds.items()}
    return zipped(members)


def odt(
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    masters: str = "",
    objects: Mapping[str, str] | None = None,
) -> bytes:
    """Make an OpenDocument text of the elements within its body.

    `automatic` and `styles` are styles of the body and of the whole; `masters` are those of its pages, with headers
    and footers; `objects` maps the names of documents within this one to their bodies.
    """
    content = f"<office:automatic-styles>{automatic}</office:automatic-styles>{_open_body(body)}"
    shared = f"<office:styles>{styles}</office:styles><office:master-styles>{masters}</office:master-styles>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": _open_part("document-content", content),
            "styles.xml": _open_part("document-styles", shared),
            **{
                f"{name}/content.xml": _open_part("document-content", _open_body(inner))
                for name, inner in (objects or {}).items()
            },
        }
    )


def _open_body(content: str) -> str:
    return f"<office:body><office:text>{content}</office:text></office:body>"


def _open_part(root: str, content: str) -> str:
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in {
            "office": "office",
            "text": "text",
            "table": "table",
            "draw": "drawing",
            "style": "style",
            "svg": "svg-compatible",
        }.items()
    )
    others = ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<office:{root}{names}{others}>{content}</office:{root}>"


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Pack members into a ZIP file, without the time of the day."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, date_time=(2024, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return file.getvalue()


def repacked(paper: bytes, changed: Mapping[str, str | bytes]) -> bytes:
    """Pack a ZIP file anew with some of its members changed or added."""
    with zipfile.ZipFile(BytesIO(paper)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | dict(changed))


def zip_bomb(expanded_bytes: int) -> bytes:
    """Make a Word document whose body expands to many small empty paragraphs."""
    paragraph = "<w:p/>"
    return zipped(
        {
            "word/document.xml": word_part("document", paragraph * (expanded_bytes // len(paragraph))),
        }
    )


def entity_bomb() -> bytes:
    """Make a Word document whose entities would expand to a billion words."""
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    return zipped(
        {
            "word/document.xml": f'<!DOCTYPE w:document [<!ENTITY l0 "lol">{levels}]>'
            f'<w:document xmlns:w="{WORD_NAMESPACE}"><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:document>',
        }
    )
