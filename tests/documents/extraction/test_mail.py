import base64
import time
from email.message import EmailMessage

import pytest

from documents import extraction
from documents.extraction import limits
from tests.documents.extraction.reading import extract, read_with_parts

HEAD = "From: Ana Adler <ana@example.org>\nTo: ben@example.org\nSubject: The lease\nMIME-Version: 1.0\n"
SHOWN = "From: Ana Adler <ana@example.org>\nTo: ben@example.org\nSubject: The lease"
DIFFERENT = (
    "The formatted text of this mail says something else than its plain text. Both were read, in this order; "
    "a mail program shows one of them only."
)
PDF = base64.b64encode(b"%PDF-1.4 and more").decode()


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    """Make a multipart mail; each part brings its own headers."""
    body = "".join(f"\n--frontier\n{part}" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="frontier"\n{body}\n--frontier--\n'.encode()


def text(content: str, kind: str = "plain") -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\n\n{content}"


def body_of(content: bytes) -> str:
    return extract(content).text.partition("\n\n")[2]


def test_the_head_stands_before_the_body():
    content = (
        "Received: from a by b\nDate: Mon, 4 Mar 2024 10:00:00 +0100\nSubject: =?utf-8?q?K=C3=BCndigung?=\n"
        " =?utf-8?b?IGRlciBXb2g=?= =?utf-8?b?bnVuZw==?=\nBCC: dora@example.org\nFrom: Ana <ana@example.org>\n"
        "To: ben@example.org,\n\tcleo@example.org\nCc: emil@example.org\n\nDear Ben,\n\nyes.\n-- \nAna\n"
    )

    extracted = extract(content.encode())

    assert extracted.text == (
        "From: Ana <ana@example.org>\nTo: ben@example.org, cleo@example.org\nCc: emil@example.org\n"
        "Bcc: dora@example.org\nDate: Mon, 4 Mar 2024 10:00:00 +0100\nSubject: Kündigung der Wohnung\n\n"
        "Dear Ben,\n\nyes.\n-- \nAna"
    )
    assert [extracted.text[p.start : p.end] for p in extracted.paragraphs][-3:] == [
        "Subject: Kündigung der Wohnung",
        "Dear Ben,",
        "yes.\n-- \nAna",
    ]
    assert extracted.warnings == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Prüfung".encode(), "Prüfung"),
        ("Prüfung".encode("windows-1252"), "Prüfung"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"=?no-such-charset?Q?Pr=C3=BCfung?=", "Prüfung"),
        (b"=?utf-8?B?w7w?= =?utf-8?Q?=", "ü =?utf-8?Q?="),
        (b"=?utf-8*de?Q?Pr=C3=BCfung_a?= b", "Prüfung a b"),
    ],
)
def test_headers_in_any_writing_are_decoded(raw, shown):
    assert extract(b"To: ben\nSubject: " + raw + b"\n\nWords").text == f"To: ben\nSubject: {shown}\n\nWords"


def test_a_header_of_a_thousand_people_is_cut_off():
    people = ", ".join(f"person{number}@example.org" for number in range(1_000))

    first_line = extract(f"To: {people}\nSubject: x\n\nWords".encode()).text.partition("\n")[0]

    assert len(first_line) == len("To: ") + 5_000
    assert first_line.endswith("…")


def test_plain_text_is_read_where_the_formatted_text_says_the_same():
    content = mixed(
        text("See https://example.org\n> yes"),
        text("<p>See <a>https://example.org</a></p><p>yes", "html"),
        kind="alternative",
    )

    assert body_of(content) == "See https://example.org\n> yes"


def test_formatted_text_is_read_where_there_is_no_other():
    assert body_of(mixed(text(" "), text("<p>Dear Ben<p>yes", "html"), kind="alternative")) == "Dear Ben\nyes"


def test_formatted_text_is_read_where_it_says_the_same_and_more():
    content = mixed(
        text("Dear Ben"),
        text("<p>Dear Ben<p>the rent is due on the first of March", "html"),
        kind="alternative",
    )

    extracted = extract(content)

    assert extracted.text.endswith("\n\nDear Ben\nthe rent is due on the first of March")
    assert extracted.warnings == [
        "The plain text of this mail says less than its formatted text, which was read instead."
    ]


def test_both_texts_are_read_where_they_differ():
    content = mixed(
        text("The rent is 900."), text("<p>Please pay to another account", "html"), kind="alternative"
    )

    extracted = extract(content)

    assert extracted.text.endswith("\n\nPlease pay to another account\n\nThe rent is 900.")
    assert extracted.warnings == [DIFFERENT]


LETTER = (
    "Dear Ben, thank you for the draft of the lease that came on Monday. My client has read it with care, and so "
    "have I. The rooms on the ground floor are fine, the garden is too, and the landlord may keep the key to the "
    "cellar. What remains is the rent of the garage, the term of notice, and who pays for repairs of the old roof. "
    "Please call me when you are back from court, so that we may settle this before the holidays begin. "
)


@pytest.mark.parametrize(
    ("plain", "formatted"),
    [
        ("We offer 50,000 EUR.", "We offer 500 EUR. The offer is not binding and ends on 3 May 2024."),
        ("We offer 50,000 EUR.", "We offer 500 EUR."),
        ("We offer 50,000 EUR.", "We offer <s>50,000</s> EUR."),
        ("We accept.", "We do so once the landlord has agreed."),
        ("We accept, but only if the landlord agrees.", "We accept."),
    ],
)
def test_both_texts_are_read_where_a_few_words_of_a_long_mail_differ(plain, formatted):
    content = mixed(text(LETTER + plain), text(f"<p>{LETTER}{formatted}", "html"), kind="alternative")

    extracted = extract(content)

    assert extracted.text.count("Dear Ben") == 2
    assert DIFFERENT in extracted.warnings


@pytest.mark.parametrize(
    ("plain", "formatted"),
    [
        ("Yours, Ana", "Yours sincerely, Ana Adler"),
        ("See [1] <https://example.org/2024/7>", "<a href='https://example.org/2024/7'>See [1]</a>"),
        ("To: Ana <ana@law.example.org>; Ben <ben@example.org>", "To: Ana; Ben"),
        ("1. Rent\n2. *Term\nof notice*", "<ol><li>Rent<li><b>Term of notice</b></ol>"),
    ],
)
def test_what_programs_change_between_the_two_texts_is_no_difference(plain, formatted):
    content = mixed(text(LETTER + plain), text(f"<p>{LETTER}{formatted}", "html"), kind="alternative")

    extracted = extract(content)

    assert extracted.text.endswith(f"\n\n{LETTER}{plain}")
    assert extracted.warnings == []


def test_attachments_are_handed_on_decoded_under_harmless_names():
    content = mixed(
        text("Words"),
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''..%2FR%C3%A4um;\n"
        f' filename*1="ung.pdf"\nContent-Transfer-Encoding: base64\n\n{PDF}',
        'Content-Type: application/pdf; name="=?utf-8?q?R=C3=A4umung.pdf?="\n'
        f"Content-Transfer-Encoding: base64\n\n{PDF}",
        f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{PDF[:-1]}*!\n",
        'Content-Type: text/plain; name="evil\u202efdp.exe"\n\nquoted =3D not',
        "Content-Type: application/pdf; name=empty.pdf\n\n",
    )

    extracted, parts = read_with_parts(content)

    assert parts == [
        ("Räumung.pdf", b"%PDF-1.4 and more"),
        ("Räumung (2).pdf", b"%PDF-1.4 and more"),
        ("attachment.pdf", b"%PDF-1.4 and more"[: len(base64.b64decode(PDF[:-1] + "="))]),
        ("evilfdp.exe", b"quoted =3D not"),
    ]
    assert extracted.text == (
        f"{SHOWN}\nAttachments: Räumung.pdf, Räumung (2).pdf, attachment.pdf, evilfdp.exe\n\nWords"
    )
    assert extracted.warnings == ["Left out, because it holds nothing: “empty.pdf”."]


def test_a_mail_within_the_mail_is_handed_on_as_it_is():
    inner = "From: emil@example.org\nSubject: An offer / terms\n\nInner words"

    extracted, parts = read_with_parts(mixed(text("Words"), f"Content-Type: message/rfc822\n\n{inner}"))

    assert parts == [("An offer - terms.eml", inner.encode())]
    assert "Inner words" not in extracted.text


def test_small_pictures_within_the_text_are_left_out_and_large_ones_are_not():
    logo = "Content-Type: image/png\nContent-ID: <logo>\n\n\x89PNG" + "x" * 4_000
    photo = "Content-Type: image/png; name=photo.png\nContent-ID: <photo>\n\n\x89PNG" + "x" * 6_000
    stamp = "Content-Type: image/png\nContent-Disposition: attachment; filename=stamp.png\nContent-ID: <s>\n\n\x89PNG"

    extracted, parts = read_with_parts(mixed(text("Words"), logo, photo, stamp))

    assert [name for name, _ in parts] == ["photo.png", "stamp.png"]
    assert extracted.warnings == [
        "Small pictures within the text, such as the logos of a signature, were left out (1)."
    ]


def test_parts_that_cannot_be_read_are_named():
    extracted, parts = read_with_parts(
        mixed(
            text("Words"),
            "Content-Type: application/ms-tnef; name=winmail.dat\n\nx",
            'Content-Type: message/external-body; access-type=URL; name="plan.pdf"\n\nx',
            "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx",
        )
    )

    assert parts == []
    assert extracted.warnings == [
        "Left out, because it is in a form that only Outlook reads: “winmail.dat”.",
        "Left out, because its content is not in this file: “plan.pdf”.",
    ]


@pytest.mark.parametrize(
    "encrypted",
    [
        mixed("Content-Type: application/pgp-encrypted\n\nVersion: 1", kind="encrypted"),
        f"{HEAD}Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG".encode(),
        f"{HEAD}\n-----BEGIN PGP MESSAGE-----\nhQEM".encode(),
    ],
)
def test_of_an_encrypted_mail_the_head_is_read_with_a_warning(encrypted):
    extracted = extract(encrypted)

    assert extracted.text.startswith(SHOWN)
    assert extracted.warnings == [
        "This mail is encrypted: only its head could be read. Decrypt it in your mail program and add it again."
    ]


def test_lines_that_flow_are_joined_and_quoted_ones_stay_quoted():
    head = f"{HEAD}Content-Type: text/plain; format=flowed\n\n"

    assert body_of(
        f"{head}The rent \nis due.\n> said \n> Ben\n>> and Ana\n From here\n-- \nAna\n".encode()
    ) == ("The rent is due.\n> said Ben\n>> and Ana\nFrom here\n-- \nAna")
    assert body_of(head.replace("flowed", "flowed; delsp=yes").encode() + b"word \nbook") == "wordbook"


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("iso-8859-1", "“Prüfung” €".encode("windows-1252")),
        ("us-ascii", "“Prüfung” €".encode()),
        ("no-such-charset", "“Prüfung” €".encode()),
        ("punycode", "“Prüfung” €".encode()),
        ('"UTF-8"', "“Prüfung” €".encode()),
    ],
)
def test_a_charset_that_is_wrong_or_unknown_does_no_harm(charset, encoded):
    extracted = extract(f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode() + encoded)

    assert extracted.text.endswith("\n\n“Prüfung” €")
    assert extracted.warnings == []


def test_quoted_printable_is_decoded():
    head = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\n\n"

    assert body_of(f"{head}Pr=C3=BCfung am =\nMontag =zz".encode()) == "Prüfung am Montag =zz"


def test_an_invitation_is_read_as_people_would_say_it():
    invitation = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Hearing\\, room\r\n  5\r\n"
        'DTSTART;TZID="Europe/Berlin":20240305T140000\r\nDTEND:20240305T150000Z\r\nUID:1\r\n'
        'ATTENDEE;CN="Bär, Ben":mailto:ben@example.org\r\nDESCRIPTION:One\\ntwo\r\nEND:VEVENT\r\nEND:VCALENDAR'
    )
    content = mixed(text("Please come."), text(invitation, "calendar"), kind="alternative")

    assert body_of(content) == (
        "Please come.\n\nCalendar: REQUEST\nEvent: Hearing, room 5\nBegins: 2024-03-05 14:00 Europe/Berlin\n"
        "Ends: 2024-03-05 15:00 UTC\nAttendee: Bär, Ben (ben@example.org)\nDescription: One\ntwo"
    )


def test_the_mails_of_a_mailbox_are_handed_on_one_by_one():
    mail = "From ana@example.org Tue May 10 11:28:07 2005\nFrom: Ana\nSubject: {}\n\nFrom here on\n\n"

    extracted, parts = read_with_parts((mail.format("One") + mail.format("Two")).encode())

    assert extracted.text == "One.eml\nTwo.eml"
    assert [(name, content.decode()) for name, content in parts] == [
        ("One.eml", mail.format("One").rstrip()),
        ("Two.eml", mail.format("Two").rstrip()),
    ]


def test_a_mail_that_was_cut_off_is_read_as_far_as_it_goes():
    extracted = extract(mixed(text("Words"), text("more words")).partition(b" words")[0])

    assert extracted.text == f"{SHOWN}\n\nWords\n\nmore"
    assert extracted.warnings == ["This mail ends in the middle of a part: some of it may be missing."]


def test_a_multipart_without_its_boundary_is_read_as_text():
    assert body_of(f"{HEAD}Content-Type: multipart/mixed; boundary=x\n\nWords".encode()) == "Words"


def test_mails_of_the_standard_library_are_read():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ana <ana@example.org>", "Bär <ben@example.org>", "Räumung"
    mail.set_content("Wörter\n")
    mail.add_alternative("<p>Wörter <img src='cid:plan'>", subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG" * 2_000, "image", "png", cid="<plan>", filename="Plan ü.png")
    mail.add_attachment("é", filename="note.txt")

    extracted, parts = read_with_parts(mail.as_bytes())

    assert extracted.text == (
        "From: Ana <ana@example.org>\nTo: Bär <ben@example.org>\nSubject: Räumung\n"
        "Attachments: Plan ü.png, note.txt\n\nWörter"
    )
    assert parts == [("Plan ü.png", b"\x89PNG" * 2_000), ("note.txt", "é\n".encode())]


NESTED = "".join(
    f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n" for depth in range(1_000)
)
ATTACHED = "--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (f"{HEAD}{NESTED}\nx", extraction.TooComplex),
        (
            f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n{ATTACHED * 2_000}--b--",
            extraction.OverLimits,
        ),
        (
            f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 2_000,
            extraction.OverLimits,
        ),
        (f"{HEAD}X-Long: {'x' * 300_000}\n\nx", extraction.OverLimits),
        (f"{HEAD}X-Parameters: {';a*9=b' * 30_000}\n\nx", None),
        (f"{HEAD}Content-Type: text/plain{';a*9=b' * 30_000}\n\nx", None),
        (f"{HEAD}Content-Type: text/plain; name*{'9' * 5_000}=x\n\nx", None),
    ],
)
def test_a_hostile_mail_ends_at_once(content, refusal):
    started = time.process_time()

    if refusal:
        with pytest.raises(refusal):
            extract(content.encode())
    else:
        assert extract(content.encode()).text == f"{SHOWN}\n\nx"
    assert time.process_time() - started < 5


def test_a_thousand_attachments_are_the_most(monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 2)
    head = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n"

    assert len(read_with_parts(f"{head}{ATTACHED * 2}--b--".encode())[1]) == 2
    with pytest.raises(extraction.OverLimits):
        extract(f"{head}{ATTACHED * 3}--b--".encode())
