"""A transcript as a Word file (DOCX)."""

import re
from collections.abc import Iterable
from io import BytesIO

import docx
from docx.document import Document as File
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from conversations.prose import Kind, Span
from conversations.telling import SEE_ALSO, Stretch, Told
from conversations.transcript import Transcript, Turn

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
SERIF, SANS = "Cambria", "Calibri"
GREY, GREEN, RED = RGBColor(0x57, 0x52, 0x4A), RGBColor(0x1F, 0x4F, 0x41), RGBColor(0x9B, 0x2C, 0x2C)
STYLES = {
    Kind.PARAGRAPH: "Normal",
    Kind.HEADING: "Heading 3",
    Kind.QUOTATION: "Quote",
    Kind.BULLET: "List Bullet",
    Kind.NUMBER: "Normal",  # with its own number: lists of Word go on counting from one answer to the next
    Kind.CODE: "Normal",
}


def word_file(transcript: Transcript) -> bytes:
    """Return the transcript as the bytes of a DOCX file."""
    file = docx.Document()
    _lay_out(file)
    _describe(file, transcript)
    _add(file, "Title", f"Questions and answers: {transcript.client.name}")
    _add(file, "Remark", transcript.facts)
    _add(file, "Remark", transcript.note)
    for turn in transcript.turns:
        _add_turn(file, turn)
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def _add_turn(file: File, turn: Turn) -> None:
    if turn.question:
        _add(file, "Heading 2", turn.question)
        _add(file, "Remark", turn.asked)
    for answer in turn.answers:
        _add_answer(file, answer)


def _add_answer(file: File, answer: Told) -> None:
    if answer.remark:
        _add(file, "Remark", answer.remark)
    for stretch in answer.stretches:
        _add_stretch(file, stretch)
    if answer.see_also:
        _add(file, "Heading 3", SEE_ALSO)
        for place in answer.see_also:
            _add(file, "List Bullet", place)


def _add_stretch(file: File, stretch: Stretch) -> None:
    block = stretch.own_words
    if block is None and stretch.line:
        _add(file, STYLES[Kind.QUOTATION], stretch.line)
    if block is not None:
        number = [Span(f"{block.number}. ")] if block.kind == Kind.NUMBER else []
        _write(file.add_paragraph(style=STYLES[block.kind]), [*number, *block.spans])
    if stretch.is_quotation:
        _add_verdict(file, stretch)


def _add_verdict(file: File, stretch: Stretch) -> None:
    paragraph = _add(file, "Source", stretch.lead)
    finding = paragraph.add_run(stretch.finding)
    finding.font.color.rgb = GREEN if stretch.is_verified else RED


def _add(file: File, style: str, text: str) -> Paragraph:
    paragraph = file.add_paragraph(style=style)
    _write(paragraph, [Span(text)])
    return paragraph


def _write(paragraph: Paragraph, spans: Iterable[Span]) -> None:
    for span in spans:
        run = paragraph.add_run(writable(span.text))
        run.bold, run.italic = span.is_bold or None, span.is_italic or None


def writable(text: str) -> str:
    """Return the text without the characters that XML cannot hold."""
    return UNWRITABLE.sub("", text)


def _describe(file: File, transcript: Transcript) -> None:
    """Say in the file's properties what it is, and at the foot of each page whose."""
    about = file.core_properties
    about.title, about.author, about.comments = "Questions and answers", "LexAI", ""
    about.created = about.modified = transcript.made_at
    about.last_modified_by = writable(transcript.made_by)
    foot = file.sections[0].footer.paragraphs[0]
    foot.style = file.styles["Remark"]
    _write(foot, [Span(f"{transcript.client.name}, exported from LexAI {transcript.made}, page ")])
    _add_page_number(foot)


def _add_page_number(paragraph: Paragraph) -> None:
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)  # noqa: SLF001 - python-docx has no fields of its own


def _lay_out(file: File) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(3)
    for name in ("Remark", "Source"):
        file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    _shape(file, "Normal", SERIF, 11, after=8)
    _shape(file, "Title", SERIF, 20, after=4, colour=RGBColor(0, 0, 0))
    _shape(file, "Heading 2", SERIF, 13, before=22, after=2, colour=GREEN, is_kept=True)
    _shape(file, "Heading 3", SANS, 10.5, before=8, after=2, colour=GREY, is_kept=True)
    _shape(file, "Quote", SERIF, 11, after=2, indent=0.8, colour=RGBColor(0, 0, 0), is_kept=True)
    _shape(file, "Source", SANS, 9.5, after=10, indent=0.8, colour=GREY)
    _shape(file, "Remark", SANS, 9.5, after=8, colour=GREY)
    _style(file, "Quote").font.italic = False
    title = _style(file, "Title").element.pPr
    title.remove(title.find(qn("w:pBdr")))  # a line in the theme's blue


def _shape(
    file: File,
    name: str,
    font: str,
    points: float,
    *,
    before: float = 0,
    after: float = 0,
    indent: float = 0,
    colour: RGBColor | None = None,
    is_kept: bool = False,
) -> None:
    """Set a style of the file; `is_kept` keeps a paragraph whole, and on one page with the next."""
    style = _style(file, name)
    style.font.name, style.font.size = font, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(script), None)  # a theme's font would win over the named one
    fonts.set(qn("w:cs"), font)
    if colour is not None:
        style.font.color.rgb = colour
    form = style.paragraph_format
    form.space_before, form.space_after, form.left_indent = Pt(before), Pt(after), Cm(indent)
    if is_kept:
        form.keep_together = form.keep_with_next = True


def _style(file: File, name: str) -> ParagraphStyle:
    style = file.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - python-docx types all kinds alike
    return style
