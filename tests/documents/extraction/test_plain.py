import pytest

from documents import extraction
from documents.extraction import limits
from tests.documents.extraction.reading import extract, text_of


def test_utf_8_is_read_without_a_warning():
    extracted = extract("Côté § 5 — “fünf” 😀".encode())

    assert extracted.text == "Côté § 5 — “fünf” 😀"
    assert extracted.warnings == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_the_byte_order_mark_tells_the_encoding_and_is_no_text(encoding):
    extracted = extract("Frist: 3. März 😀".encode(encoding))

    assert extracted.text == "Frist: 3. März 😀"
    assert extracted.warnings == []


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xfe\xff", "utf-16-be"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
    ],
)
def test_big_endian_text_is_read(mark, encoding):
    assert text_of(mark + "März".encode(encoding)) == "März"


def test_windows_1252_is_guessed_with_a_warning():
    extracted = extract("“smart” quotes – and €".encode("windows-1252"))

    assert extracted.text == "“smart” quotes – and €"
    assert extracted.warnings == [
        "The encoding of this text was guessed (windows-1252): some characters may be wrong."
    ]


def test_bytes_that_no_encoding_knows_are_replaced_with_a_warning():
    extracted = extract(b"caf\xe9 \x81")

    assert extracted.text == "café \ufffd"
    assert extracted.warnings[1:] == [
        "Some bytes of this text are not valid and were replaced by the sign U+FFFD."
    ]


def test_line_ends_become_line_feeds_and_nothing_else_changes():
    assert text_of(b"one\r\ntwo\rthree\n\n  four\t \x0cfive ") == "one\ntwo\nthree\n\n  four\t \x0cfive "


def test_what_nobody_sees_is_removed_before_offsets_are_counted():
    extracted = extract("A cla\u200buse that\u2060 hi\ufeffdes \x00orders\U000e0041\U000e007f here.".encode())

    assert extracted.text == "A clause that hides orders here."
    assert extracted.pages[0].end == len("A clause that hides orders here.")


def test_lone_surrogates_are_removed_and_pairs_are_kept():
    assert text_of(b"\xff\xfe" + b"a\x00" + b"\x3d\xd8" + b"b\x00" + b"\x3d\xd8\x00\xde") == "ab😀"


def test_a_text_is_one_page_without_a_size():
    extracted = extract("😀 two\nlines".encode())

    assert extracted.pages == [extraction.Page(number=1, start=0, end=11, width=0, height=0)]


def test_a_text_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 4)

    assert text_of(b"four") == "four"
    with pytest.raises(extraction.OverLimits):
        extract(b"fives")
