"""Mails of endless parts, headers and levels, and messages of Outlook whose chains of blocks loop."""

import struct

from tests.hostile.catalogue import TEXT, hostile

HEAD = (
    b"From: ana@hart.example\r\nTo: ben@hart.example\r\nSubject: Fees\r\n"
    b"Date: Mon, 1 Jan 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)
WORDS = b"The fee is 900 dollars.\r\n"
NOTE = b"Content-Type: text/plain\r\n\r\n" + WORDS
SECTOR = 512
END, FREE = 0xFFFF_FFFE, 0xFFFF_FFFF


def mixed(parts: list[bytes], boundary: bytes = b"x") -> bytes:
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n%s--%s--\r\n' % (boundary, body, boundary)


def attachment(filename: bytes, content: bytes = WORDS) -> bytes:
    return b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="%s"\r\n\r\n%s' % (
        filename,
        content,
    )


@hostile("OverLimits")
def mail_of_2000_parts() -> bytes:
    return HEAD + mixed([NOTE, *(attachment(b"%d.txt" % number) for number in range(2_000))])


@hostile("TooComplex")
def mail_of_1000_levels() -> bytes:
    content = NOTE
    for number in range(1_000):
        content = mixed([content], b"b%d" % number)
    return HEAD + content


@hostile(TEXT)
def mail_in_a_mail_60_times() -> bytes:
    content = HEAD + NOTE
    for _ in range(60):
        content = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + content
    return content


@hostile(TEXT)
def mail_of_mails_that_multiply() -> bytes:
    """Attach ten mails that attach ten mails, to the fifth level."""
    content = HEAD + NOTE
    for number in range(4):
        content = HEAD + mixed([b"Content-Type: message/rfc822\r\n\r\n" + content] * 10, b"b%d" % number)
    return content


@hostile("OverLimits")
def mail_header_of_ten_megabytes() -> bytes:
    return HEAD + b"X-Long: " + b"a" * 10_000_000 + b"\r\n" + NOTE


@hostile("OverLimits")
def mail_of_a_million_headers() -> bytes:
    return HEAD + b"Received: from a\r\n" * 500_000 + NOTE


@hostile(TEXT)
def mail_of_addresses_in_brackets() -> bytes:
    """Nest comments, groups and quotes in addresses, as deep as a parser that calls itself falls."""
    return (
        b"From: "
        + b"(" * 50_000
        + b"\r\nTo: "
        + b'"<' * 50_000
        + b"\r\nCc: "
        + b"a:" * 50_000
        + b"\r\n"
        + HEAD
        + NOTE
    )


@hostile("OverLimits")
def mail_of_a_subject_in_50000_words() -> bytes:
    words = b" =?utf-8?q?=F0=9F?=\r\n" * 50_000 + b" =?x-none?b?!!!?=\r\n"
    return HEAD + b"Subject:" + words + NOTE


@hostile(TEXT)
def mail_of_a_subject_in_words_of_every_kind() -> bytes:
    """Mix words of charsets that nobody knows within what a reader of headers still takes."""
    words = b" =?utf-8?q?=F0=9F?= =?x-none?b?!!!?= =?utf-7?q?+ADw-?= =?=?=" * 500
    return HEAD + b"Subject:" + words + b"\r\n" + NOTE


@hostile(TEXT)
def mail_of_a_name_in_ten_thousand_pieces() -> bytes:
    pieces = b"".join(b' filename*%d*="%%41";\r\n' % number for number in range(10_000))
    return HEAD + mixed([NOTE, b"Content-Disposition: attachment;\r\n" + pieces + b" a=b\r\n\r\n" + WORDS])


@hostile(TEXT)
def mail_of_charsets_that_nobody_knows() -> bytes:
    names = (
        b"x-none",
        b"utf-7",
        b"idna",
        b"unicode_escape",
        b"rot13",
        b"zlib_codec",
        b"undefined",
        b"\xff",
        b'"',
        b"../a",
    )
    return HEAD + mixed(
        [b"Content-Type: text/plain; charset=%s\r\n\r\nThe fee \xff is 900" % name for name in names]
    )


@hostile(TEXT)
def mail_of_boundaries_that_are_none() -> bytes:
    wrong = (b"", b"a" * 10_000, b"(a+)+$", b"--", b"\r\n", b"\x00")
    return HEAD + mixed([mixed([NOTE], boundary) for boundary in wrong])


@hostile(TEXT)
def mail_of_encodings_that_lie() -> bytes:
    coded = (b"base64", b"quoted-printable", b"x-uuencode", b"7bit", b"none")
    body = b"=\r\n=4=\xff!!!" * 20_000 + b"begin 666 /etc/passwd\n" + b"M" * 90
    return HEAD + mixed(
        [
            b"Content-Type: text/plain\r\nContent-Transfer-Encoding: %s\r\n\r\n%s" % (name, body)
            for name in coded
        ]
    )


@hostile(TEXT)
def mail_of_names_that_trick() -> bytes:
    names = (
        b"../../etc/passwd",
        b"/etc/passwd",
        b"C:\\\\a.txt",
        b"a\x00b.txt",
        b"n" * 300,
        "a\u202efdp.exe".encode(),
        b"..",
        b"",
        b"CON",
    )
    return HEAD + mixed([NOTE, *(attachment(name) for name in names)])


# Outlook: compound files (MS-CFB), whose sectors are chained by a table


def compound(chain: dict[int, int], entries: list[bytes]) -> bytes:
    """Write a compound file: sector 0 is the table of chains, 1 the directory; `chain` gives further links."""
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + bytes(8)
        + struct.pack("<9I", 1, 1, 0, 4096, END, 0, END, 0, 0)
    )  # fmt: skip
    table = [0xFFFF_FFFD, END, *[FREE] * 126]
    for sector, following in chain.items():
        table[sector] = following
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return (
        head + struct.pack("<108I", *[FREE] * 108)
        + struct.pack("<128I", *table) + directory + bytes(SECTOR * 8)
    )  # fmt: skip


def entry(
    name: str,
    kind: int,
    *,
    left: int = FREE,
    right: int = FREE,
    child: int = FREE,
    start: int = END,
    size: int = 0,
) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (
        coded.ljust(64, b"\0") + struct.pack("<H2B3I", len(coded), kind, 1, left, right, child)
        + bytes(36) + struct.pack("<IQ", start, size)
    )  # fmt: skip


PROPERTIES, BODY = "__properties_version1.0", "__substg1.0_1000001F"


def message(body: bytes, *more: bytes, right: int = 2) -> list[bytes]:
    """Return the directory of a message: its root, its properties and its body."""
    return [entry("Root Entry", 5, child=1), entry(PROPERTIES, 2, right=right), body, *more]


@hostile("NoText")
def msg_directory_that_loops() -> bytes:
    """Let the entries be each other's neighbours, and an attachment hold the whole."""
    body = entry(BODY, 2, left=1, right=3, start=2, size=5_000)
    return compound({}, message(body, entry("__attach_version1.0_#00000000", 1, left=2, right=2, child=0)))


@hostile("NoText")
def msg_attachment_that_holds_itself() -> bytes:
    """Have an attachment be a message whose attachment it is."""
    body = entry(BODY, 2, right=3)
    attached = entry("__attach_version1.0_#00000000", 1, child=3)
    return compound({}, message(body, attached))


@hostile("NoText")
def msg_directory_of_sectors_that_loop() -> bytes:
    return compound({1: 1}, message(entry(BODY, 2, start=2, size=5_000)))


@hostile("OverLimits")
def msg_body_of_sectors_that_loop() -> bytes:
    return compound({2: 3, 3: 2}, message(entry(BODY, 2, start=2, size=2**31 - 1)))


@hostile("NoText")
def msg_sectors_beyond_its_end() -> bytes:
    return compound({2: 10**9}, message(entry(BODY, 2, start=2, size=5_000)))


@hostile("Damaged")
def msg_cut_short() -> bytes:
    return compound({}, message(entry(BODY, 2, start=2, size=5_000)))[:700]
