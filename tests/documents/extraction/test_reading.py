import pytest

from documents import extraction
from tests import papers
from tests.documents.extraction.reading import extract

OLE2_HEADER = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (papers.lines_pdf(["Words"]), "application/pdf"),
        (b"junk before the header\n" + papers.lines_pdf(["Words"]), "application/pdf"),
        (papers.docx(["Words"]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"Words", "text/plain"),
    ],
)
def test_the_content_tells_the_type(content, media_type):
    assert extract(content).media_type == media_type


def test_an_empty_file_is_refused_as_empty():
    with pytest.raises(extraction.Empty, match="empty"):
        extract(b"")


def test_a_blank_text_is_refused_as_holding_no_text():
    with pytest.raises(extraction.NoText):
        extract(b" \n\n")


def test_an_office_file_encrypted_with_a_password_is_refused():
    with pytest.raises(extraction.PasswordProtected):
        extract(OLE2_HEADER + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    "content",
    [
        OLE2_HEADER + "WordDocument".encode("utf-16-le"),
        papers.zipped({"xl/workbook.xml": "<workbook/>"}),
        papers.zipped({}),
        b"\x89PNG\r\n\x1a\n and more",
        b"\xff\xd8\xff\xe0 and more",
        b"II*\x00 and more",
        b"\x7fELF and more",
        b"{\\rtf1\\ansi Words}",
        b"\n<!DOCTYPE html><p>Words",
        b"few words" + bytes(20),
        bytes(range(256)) * 4,
    ],
)
def test_other_types_are_refused_as_unsupported(content):
    with pytest.raises(extraction.Unsupported):
        extract(content)


def test_a_text_that_begins_like_a_program_is_still_a_text():
    assert extract(b"MZ is the firm's sign.").text == "MZ is the firm's sign."
