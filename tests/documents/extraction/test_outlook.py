import struct

import pytest

from documents import extraction
from documents.extraction import limits
from documents.extraction.office import rich_text
from tests.documents.extraction.reading import extract, read_with_parts
from tests.outlook_papers import attached, attached_message, compound, message

SHOWN = "From: Ana Adler <ana@example.org>\nSubject: The lease"
NOON = 133_548_048_000_000_000  # 2024-03-13 12:00 in ticks since 1601

# The example of MS-OXRTFCP 3.1.1.
COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def mail(**parts) -> bytes:
    return compound(message(**{"subject": "The lease", **parts}))


def test_the_head_stands_before_the_body():
    content = mail(
        body="Dear Ben,\r\n\r\nsee “§ 5”.\r\n",
        recipients=[
            (1, "Ben Bär", "ben@example.org"),
            (2, "Cleo", "/o=firm/cn=cleo"),
            (3, "d@e.org", "d@e.org"),
        ],
        fixed={0x0039: NOON},
    )

    extracted = extract(content)

    assert extracted.text == (
        "From: Ana Adler <ana@example.org>\nTo: Ben Bär <ben@example.org>\nCc: Cleo\nBcc: d@e.org\n"
        "Date: 2024-03-13 12:00 UTC\nSubject: The lease\n\nDear Ben,\n\nsee “§ 5”."
    )
    assert [extracted.text[p.start : p.end] for p in extracted.paragraphs][-2:] == ["Dear Ben,", "see “§ 5”."]
    assert extracted.media_type == "application/vnd.ms-outlook"
    assert extracted.warnings == []


def test_a_mail_of_eight_bit_letters_is_read_by_its_code_page():
    folder = message(subject="x", fixed={0x3FFD: 1251, 0x3FDE: 1251})
    del folder["__substg1.0_0037001F"]
    folder["__substg1.0_0037001E"] = "Договор".encode("windows-1251")
    folder["__substg1.0_1000001E"] = "Аренда".encode("windows-1251")

    assert extract(compound(folder)).text == "From: Ana Adler <ana@example.org>\nSubject: Договор\n\nАренда"


def test_formatted_text_is_read_where_there_is_no_other():
    html = "<p>Räumung<p>bis März".encode("windows-1252")

    assert extract(mail(html=html, fixed={0x3FDE: 1252})).text == f"{SHOWN}\n\nRäumung\nbis März"


def test_rich_text_is_read_where_there_is_no_other():
    assert extract(mail(rich=COMPRESSED)).text == f"{SHOWN}\n\nhello world"


def test_rich_text_is_unpacked_as_its_specification_says():
    assert rich_text.decompressed(COMPRESSED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rich_text.decompressed(struct.pack("<IIII", 20, 4, 0x414C454D, 0) + b"{\\rt...") == b"{\\rt"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        COMPRESSED[:12],
        COMPRESSED.replace(b"LZFu", b"nope"),
        struct.pack("<IIII", 9, 2**31, 0x75465A4C, 0),
    ],
)
def test_rich_text_that_cannot_be_unpacked_is_refused(broken):
    with pytest.raises((extraction.Damaged, extraction.OverLimits)):
        rich_text.decompressed(broken)


def test_attachments_are_handed_on_under_harmless_names():
    extracted, parts = read_with_parts(
        mail(
            body="Words",
            attachments=[
                attached("../a\u202e.txt", b"x" * 9_000),
                attached("A.txt", b"y"),
                attached("", b"%PDF-1.4"),
            ],
        )
    )

    assert parts == [("a.txt", b"x" * 9_000), ("A (2).txt", b"y"), ("attachment.pdf", b"%PDF-1.4")]
    assert extracted.text == f"{SHOWN}\nAttachments: a.txt, A (2).txt, attachment.pdf\n\nWords"


def test_a_mail_within_the_mail_is_handed_on_as_it_would_travel():
    innermost = message(subject="Third", body="deep", head=24)
    inner = message(
        subject="Räumung / Frist",
        body="Inner “words”",
        html="<p>Inner “words”".encode("windows-1252"),
        recipients=[(1, "Ben Bär", "ben@example.org")],
        fixed={0x0039: NOON, 0x3FDE: 1252},
        attachments=[attached("größe.pdf", b"%PDF" * 3_000), attached_message(innermost)],
        head=24,
    )

    extracted, parts = read_with_parts(mail(body="Words", attachments=[attached_message(inner)]))
    within, parts_within = read_with_parts(parts[0][1])

    assert [name for name, _ in parts] == ["Räumung - Frist.eml"]
    assert extracted.warnings == ["A mail within this mail was saved as EML, the form in which mails travel."]
    assert within.media_type == "message/rfc822"
    assert within.text == (
        "From: Ana Adler <ana@example.org>\nTo: Ben Bär <ben@example.org>\nDate: 2024-03-13 12:00 UTC\n"
        "Subject: Räumung / Frist\nAttachments: größe.pdf, Third.eml\n\nInner “words”"
    )
    assert parts_within[0] == ("größe.pdf", b"%PDF" * 3_000)
    assert extract(parts_within[1][1]).text == "From: Ana Adler <ana@example.org>\nSubject: Third\n\ndeep"


def test_the_same_mail_within_a_mail_gives_the_same_bytes():
    content = mail(body="Words", attachments=[attached_message(message(body="Inner", head=24))])

    assert read_with_parts(content)[1] == read_with_parts(content)[1]


def test_mails_within_mails_end_with_a_warning():
    inner = message(subject="Level 6", body="deep", head=24)
    for level in range(5, 0, -1):
        inner = message(subject=f"Level {level}", body="x", attachments=[attached_message(inner)], head=24)

    extracted, parts = read_with_parts(mail(body="Words", attachments=[attached_message(inner)]))

    assert b"Level 3" in parts[0][1]
    assert b"Level 4" not in parts[0][1]
    assert "Left out, because mails are nested too deeply: “A mail”." in extracted.warnings


def test_small_pictures_within_the_text_and_attachments_that_are_elsewhere_are_left_out_with_a_warning():
    elsewhere = attached("plan.pdf", b"")
    del elsewhere["__substg1.0_37010102"]
    logo = attached("logo.png", b"\x89PNG", media_type="image/png", identity="logo@example.org")

    extracted, parts = read_with_parts(mail(body="Words", attachments=[logo, elsewhere]))

    assert parts == []
    assert extracted.warnings == [
        "Small pictures within the text, such as the logos of a signature, were left out (1).",
        "Left out, because its content is not in this file: “plan.pdf”.",
    ]


def test_of_an_encrypted_mail_the_head_is_read_with_a_warning():
    extracted = extract(mail(kind="IPM.Note.SMIME", attachments=[attached("smime.p7m", b"x")]))

    assert extracted.text.startswith(SHOWN)
    assert len(extracted.warnings) == 1
    assert extracted.warnings[0].startswith("This mail is encrypted")


def test_a_thousand_attachments_are_the_most(monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 2)
    three = [attached(f"{number}.txt", b"x") for number in range(3)]

    assert len(read_with_parts(mail(body="Words", attachments=three[:2]))[1]) == 2
    with pytest.raises(extraction.OverLimits):
        extract(mail(body="Words", attachments=three))


@pytest.mark.parametrize("kept", [600, 1_500, 3_000])
def test_a_mail_that_was_cut_off_is_refused_or_read(kept):
    content = mail(body="Words" * 2_000)

    with pytest.raises((extraction.Damaged, extraction.OverLimits)):
        extract(content[:kept])
