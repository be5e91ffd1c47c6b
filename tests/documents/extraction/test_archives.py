import hashlib
import hmac
import stat
import struct
import tracemalloc
import zipfile
import zlib
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from documents import extraction
from documents.extraction import limits
from tests import papers
from tests.documents.extraction.reading import extract, read_with_parts
from tests.hostile import deflated, zips


def archive(members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """Pack members in this order; names may repeat."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return file.getvalue()


def sealed_with_aes(name: str, content: bytes, password: str) -> bytes:
    """Pack one member sealed with AES-256 (WinZip's AE-2), block by block."""
    salt, deflater = b"s" * 16, zlib.compressobj(wbits=-15)
    packed = deflater.compress(content) + deflater.flush()
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1_000, 66)
    block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()  # noqa: S305 - it only makes the key stream
    sealed = b""
    for number, place in enumerate(range(0, len(packed), 16), 1):
        stream = block.update(number.to_bytes(16, "little"))
        sealed += bytes(a ^ b for a, b in zip(packed[place : place + 16], stream, strict=False))
    body = salt + keys[64:] + sealed + hmac.digest(keys[32:64], sealed, "sha1")[:10]
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)
    return raw_archive(name, body, size=len(content), method=99, flags=1, extra=extra)


def sealed_with_the_old_cipher(name: str, content: bytes, password: bytes) -> bytes:
    """Pack one stored member sealed as PKZIP 2 did (APPNOTE 6.1)."""
    table = [_crc_step(byte) for byte in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134_775_813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 0xFF]

    for byte in password:
        update(byte)
    check = zlib.crc32(content)
    sealed = b""
    for byte in b"x" * 11 + bytes([check >> 24]) + content:
        mask = keys[2] | 2
        sealed += bytes([byte ^ (mask * (mask ^ 1) >> 8 & 0xFF)])
        update(byte)
    return raw_archive(name, sealed, size=len(content), method=0, flags=1, check=check)


def _crc_step(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value


def raw_archive(
    name: str, body: bytes, *, size: int, method: int, flags: int, extra: bytes = b"", check: int = 0
) -> bytes:
    shared = struct.pack(
        "<HHHHHIIIHH", 20, flags, method, 0, 33, check, len(body), size, len(name), len(extra)
    )
    local = b"PK\x03\x04" + shared + name.encode() + extra + body
    entry = b"PK\x01\x02\x14\x00" + shared + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode() + extra
    return local + entry + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local), 0)


def test_each_member_is_handed_on_and_the_text_lists_them():
    content = archive([("lease/plan.txt", b"x" * 2_500), ("lease/", b""), ("letter.txt", b"Dear Ben")])

    extracted, parts = read_with_parts(content)

    assert parts == [("plan.txt", b"x" * 2_500), ("letter.txt", b"Dear Ben")]
    assert extracted.text == "lease/plan.txt (2 kB)\nletter.txt (8 bytes)"
    assert [extracted.text[p.start : p.end] for p in extracted.paragraphs] == extracted.text.split("\n")
    assert extracted.media_type == "application/zip"
    assert extracted.warnings == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"),
        ("x" * 300 + ".docx", "x" * 195 + ".docx"),
        ("..", "member"),
        ("Räumung.txt", "Räumung.txt"),
        ('a<b>"c|d?.txt', "a_b__c_d_.txt"),
    ],
)
def test_names_are_made_harmless(name, given):
    _, parts = read_with_parts(archive([(name, b"Words")]))

    assert [name for name, _ in parts] == [given]


def test_names_that_do_not_say_that_they_are_utf_8_are_read_as_such():
    content = archive([("Raeumung.txt", b"Words")]).replace(b"Raeumung", "Räumung".encode())

    assert extract(content).text == "Räumung.txt (5 bytes)"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_get_numbers():
    content = archive(
        [("a/Plan.txt", b"1"), ("b/plan.txt", b"2"), ("c/plan (2).txt", b"3"), ("plan.txt", b"4")]
    )

    _, parts = read_with_parts(content)

    assert parts == [
        ("Plan.txt", b"1"),
        ("plan (2).txt", b"2"),
        ("plan (2) (2).txt", b"3"),
        ("plan (3).txt", b"4"),
    ]


def test_what_file_managers_leave_behind_is_no_member():
    left = ["__MACOSX/._plan.txt", ".DS_Store", "a/Thumbs.db", "a/desktop.ini", "a/._b.txt"]

    extracted, parts = read_with_parts(archive([*[(name, b"x") for name in left], ("plan.txt", b"Words")]))

    assert [name for name, _ in parts] == ["plan.txt"]
    assert extracted.text == "plan.txt (5 bytes)"


def test_links_and_empty_members_are_left_out_with_a_warning():
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    extracted, parts = read_with_parts(
        archive([(link, b"/etc/passwd"), ("empty.txt", b""), ("plan.txt", b"Words")])
    )

    assert parts == [("plan.txt", b"Words")]
    assert extracted.warnings == [
        "Left out, because it holds nothing: “empty.txt”.",
        "Left out, because they are links to other files: “link.txt”.",
    ]


def test_a_damaged_member_is_left_out_with_a_warning():
    content = archive([("a.txt", b"first words"), ("plan.txt", b"Words")])

    extracted, parts = read_with_parts(
        content.replace(zlib.compress(b"first words", wbits=-15), b"\xff" * 13)
    )

    assert parts == [("plan.txt", b"Words")]
    assert extracted.warnings == ["Left out, because they are damaged: “a.txt”."]


def test_an_archive_of_which_nothing_can_be_read_is_refused():
    damaged = archive([("a.txt", b"first words")]).replace(
        zlib.compress(b"first words", wbits=-15), b"\xff" * 13
    )

    with pytest.raises(extraction.Damaged):
        extract(damaged)
    with pytest.raises(extraction.Unsupported):
        extract(raw_archive("a.txt", b"Words", size=5, method=9, flags=0))
    with pytest.raises(extraction.NoText):
        extract(papers.zipped({}))


def test_an_archive_that_was_cut_off_is_damaged():
    with pytest.raises(extraction.Damaged):
        extract(archive([("a.txt", b"Words")])[:-30])


@pytest.mark.parametrize(
    "content",
    [
        sealed_with_aes("plan.txt", b"Words " * 20_000, "geheim é"),
        sealed_with_the_old_cipher("plan.txt", b"Words " * 20_000, "geheim é".encode()),
    ],
    ids=["AES", "the old cipher"],
)
def test_a_sealed_archive_opens_with_its_password_only(content):
    _, parts = read_with_parts(content, password="geheim é")

    assert parts == [("plan.txt", b"Words " * 20_000)]
    with pytest.raises(extraction.WrongPassword):
        read_with_parts(content, password="wrong")
    with pytest.raises(extraction.PasswordProtected) as refused:
        read_with_parts(content)
    assert type(refused.value) is extraction.PasswordProtected


def test_a_sealed_member_that_was_changed_is_refused():
    content = bytearray(sealed_with_aes("plan.txt", b"Words " * 2_000, "geheim"))
    content[80] ^= 1

    with pytest.raises(extraction.Damaged):
        read_with_parts(bytes(content), password="geheim")


def test_members_are_counted_before_they_are_read(monkeypatch):
    content = archive([(f"{number}.txt", b"x") for number in range(4)])

    monkeypatch.setattr(limits, "MEMBER_LIMIT", 4)
    assert len(read_with_parts(content)[1]) == 4
    monkeypatch.setattr(limits, "MEMBER_LIMIT", 3)
    with pytest.raises(extraction.OverLimits):
        extract(content)


@pytest.mark.parametrize(
    ("limit", "most"), [("ATTACHMENT_LIMIT", 2), ("PART_LIMIT_BYTES", 1_000), ("WHOLE_LIMIT_BYTES", 2_000)]
)
def test_an_archive_over_a_limit_is_refused_before_anything_is_handed_on(monkeypatch, limit, most):
    fits = archive([("a.txt", b"x" * 1_000), ("b.txt", b"x" * 1_000)])
    monkeypatch.setattr(limits, limit, most)
    assert len(read_with_parts(fits)[1]) == 2

    taken = []
    job = extraction.Job(part=lambda *part: taken.append(part))
    with pytest.raises(extraction.OverLimits):
        extraction.extract(
            BytesIO(archive([("a.txt", b"x" * 999), ("b.txt", b"x"), ("c.txt", b"x" * 1_001)])),
            filename="",
            job=job,
        )
    assert taken == []


def test_members_that_overlap_are_a_bomb():
    content = archive([("a.txt", b"Words"), ("b.txt", b"Words")])
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    overlapping = content[: second + 42] + b"\0\0\0\0" + content[second + 46 :]

    with pytest.raises(extraction.OverLimits):
        extract(overlapping)


def test_a_member_gives_no_more_than_it_declares():
    content = archive([("a.txt", b"x" * 100_000), ("b.txt", b"Words")])
    lying = content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    extracted, parts = read_with_parts(lying)

    assert parts == [("b.txt", b"Words")]
    assert extracted.warnings == ["Left out, because they are damaged: “a.txt”."]


@pytest.mark.parametrize("checksum", [zlib.crc32(b"x" * 10), 1], ids=["of what it declares", "wrong"])
def test_a_member_is_not_expanded_past_what_it_declares(checksum):
    stream, _size = deflated.repeated(b"x", 100_000_000)
    lying = zips.Member(b"a.txt", stream, 10, checksum, zips.DEFLATED)
    content = zips.archive([lying, zips.stored("b.txt", b"Words")])

    tracemalloc.start()
    extracted, parts = read_with_parts(content)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert parts == [("b.txt", b"Words")]
    assert extracted.warnings == ["Left out, because they are damaged: “a.txt”."]
    assert most_bytes < 10_000_000


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members_are_read_however_they_are_packed(method):
    file, words = BytesIO(), b"Words " * 20_000
    with zipfile.ZipFile(file, "w", method) as packed:
        packed.writestr("a.txt", words)
        packed.writestr("b.txt", b"")

    extracted, parts = read_with_parts(file.getvalue())

    assert parts == [("a.txt", words)]
    assert extracted.warnings == ["Left out, because it holds nothing: “b.txt”."]


def test_a_member_without_a_name_is_handed_on_with_the_others():
    content = zips.archive([zips.stored("fee.txt", b"Words"), zips.stored("", b"More")])

    extracted, parts = read_with_parts(content)

    assert parts == [("fee.txt", b"Words"), ("member", b"More")]
    assert extracted.text == "fee.txt (5 bytes)\nmember (4 bytes)"
