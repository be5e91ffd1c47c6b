"""Make papers to read: PDF and DOCX files that come out the same, byte for byte, each time."""

import html
import zipfile
from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageDraw
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
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
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
    picture = Image.new("L", (200, 200), "white")
    ImageDraw.Draw(picture).text((20, 90), "THIS IS A PICTURE OF TEXT", fill="black")
    return picture


def scan_pdf() -> bytes:
    """Make a PDF of one page that is only a picture."""
    return lines_pdf([""])


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
    """Make a PDF of one page with a text and a field to fill in."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    canvas.drawString(72, 700, text)
    canvas.acroForm.textfield(name="name", value="Filled in", x=72, y=600)
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
    "footnotes" or "header1", to the WordprocessingML within them.
    """
    written = "".join(_word_paragraph(text) for text in paragraphs) + body
    parts = {"document": word_part("document", f"<w:body>{written}<w:sectPr/></w:body>")}
    for name, content in (stories or {}).items():
        parts[name] = word_part(_root(name), content)
    return zipped(
        {
            "[Content_Types].xml": _content_types(parts),
            "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": _relationships(
                {_kind(name): f"{name}.xml" for name in ("styles", *parts) if name != "document"}
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


def _relationships(targets: dict[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Pack members into a ZIP file, without the time of the day."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, date_time=(2024, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return file.getvalue()


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
