import pytest

from documents import extraction
from documents.extraction import kinds
from documents.extraction.refusals import OldOfficeFile
from tests import outlook_papers, papers
from tests.documents.extraction.reading import extract

MAIL = b"Received: from a\nFrom: Ana <ana@example.org>\nSubject: Words\n\nWords"
XML = b'<?xml version="1.0" encoding="utf-8"?>\n'


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (papers.lines_pdf(["Words"]), "application/pdf"),
        (b"junk before the header\n" + papers.lines_pdf(["Words"]), "application/pdf"),
        (papers.docx(["Words"]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (papers.zipped({"words.txt": "Words"}), "application/zip"),
        (outlook_papers.compound(outlook_papers.message(body="Words")), "application/vnd.ms-outlook"),
        (b"Words", "text/plain"),
        (XML + b"<invoice>Words</invoice>", "text/plain"),
        (b"MZ is the firm's sign.", "text/plain"),
        (b"<3 is a heart, <body> is a word", "text/plain"),
        (b"<table of contents>\nWords", "text/plain"),
        (b"Every such file begins with\n%PDF-1.7\nand more", "text/plain"),
        (b"\xef\xbb\xbf \n" + papers.lines_pdf(["Words"]), "application/pdf"),
    ],
)
def test_the_content_tells_the_type(content, media_type):
    assert extract(content).media_type == media_type
    assert media_type in kinds.MEDIA_TYPES


@pytest.mark.parametrize(
    "page",
    [
        b"\n<!DOCTYPE html><p>Words",
        b"<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><p>Words",
        b"<html><body>Words",
        b"<!-- saved from url=(0014)about:internet --><HTML>Words",
        b"<head><title>T</title></head><body>Words",
        b"<body class='x'>Words",
        b"<table hidden-frame border = 1><tr><td>Words",
        b'<div dir="ltr">Words</div>',
        b"<p>Words",
        XML + b'<html xmlns="http://www.w3.org/1999/xhtml"><body>Words</body></html>',
        XML + b"<!DOCTYPE html SYSTEM 'x'><html><body>Words</body></html>",
        "\ufeff<html>Words".encode(),
        "\ufeff<html>Words".encode("utf-16-le"),
    ],
)
def test_a_web_page_is_told_by_its_first_tag(page):
    extracted = extract(page)

    assert extracted.media_type == "text/html"
    assert extracted.text == "Words"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 and more", b"\xef\xbb\xbf\n%PDF-1.7 and more", b"\x00junk\n%PDF-1.7 and more"],
)
def test_what_has_the_header_of_a_pdf_and_no_more_of_it_is_damaged(content):
    assert kinds.is_pdf(content)
    with pytest.raises(extraction.Damaged):
        extract(content)


@pytest.mark.parametrize("content", [b"It begins with %PDF-1.7", b"\x00" * 1_024 + b"%PDF-1.7", b"Words"])
def test_a_header_within_a_text_or_far_from_the_start_is_no_sign_of_a_pdf(content):
    assert not kinds.is_pdf(content)


@pytest.mark.parametrize(
    "content",
    [
        MAIL,
        b"\r\n" + MAIL,
        b"\xef\xbb\xbf" + MAIL,
        MAIL.replace(b"\n", b"\r\n"),
        b"From ana@example.org Tue May 10 11:28:07 2005\n" + MAIL,
        b"From: Ana\nTo: Ben\nSubject: Words\n\nWords",
        b"MIME-Version: 1.0\nContent-Type: text/plain\n  ; charset=utf-8\n\nWords",
        MAIL.replace(b"Words", b"%PDF-1.4"),
    ],
)
def test_a_mail_is_told_by_its_head(content):
    assert extract(content).media_type == "message/rfc822"


@pytest.mark.parametrize(
    "content",
    [
        b"From: Ana\nSent: Monday\nTo: Ben\nSubject: Words\n\nWords",
        b"Subject: Words\n\nWords",
        b"From: Ana\nTo: Ben\nDear Ben,\n\nwords",
        b"Dear Ben,\nFrom: Ana\nTo: Ben\n\nWords",
        b"Agenda: words\nPlace: here\n\nWords",
    ],
)
def test_a_text_that_only_looks_like_a_mail_stays_as_it_is(content):
    extracted = extract(content)

    assert extracted.media_type == "text/plain"
    assert extracted.text == content.decode()


def test_an_empty_file_is_refused_as_empty():
    with pytest.raises(extraction.Empty, match="empty"):
        extract(b"")


def test_a_blank_text_is_refused_as_holding_no_text():
    with pytest.raises(extraction.NoText):
        extract(b" \n\n")


@pytest.mark.parametrize("stream", ["Workbook", "Book", "PowerPoint Document"])
def test_excel_and_powerpoint_of_before_2007_are_refused_with_a_remedy(stream):
    with pytest.raises(OldOfficeFile, match="XLSX, PPTX or PDF"):
        extract(outlook_papers.compound({stream: b"x" * 5_000}))


@pytest.mark.parametrize(
    "content",
    [
        outlook_papers.compound({"Another program": b"x" * 5_000}),
        b"GIF89a and more",
        b"\x7fELF and more",
        XML + b'<svg xmlns="http://www.w3.org/2000/svg"><text>Words</text></svg>',
        XML + b'<?mso-application progid="Word.Document"?><w:wordDocument/>',
        b"few words" + bytes(20),
        bytes(range(256)) * 4,
    ],
)
def test_other_types_are_refused_as_unsupported(content):
    with pytest.raises(extraction.Unsupported):
        extract(content)


def test_a_compound_file_that_ends_after_its_head_is_damaged():
    with pytest.raises(extraction.Damaged):
        extract(outlook_papers.compound(outlook_papers.message(body="Words"))[:520])


def test_a_compound_file_whose_streams_pretend_to_hold_more_than_it_does_is_refused():
    content = bytearray(outlook_papers.compound({"WordDocument": b"x" * 5_000}))
    at = content.index("WordDocument".encode("utf-16-le")) + 120
    content[at : at + 4] = (1_000_000_000).to_bytes(4, "little")

    with pytest.raises(extraction.OverLimits):
        extract(bytes(content))
