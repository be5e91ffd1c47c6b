"""ZIP files that expand, overlap, nest, or name their members so that whoever unpacks them writes elsewhere."""

import struct
import zlib

from tests.hostile.catalogue import TEXT, hostile
from tests.hostile.deflated import repeated
from tests.hostile.zips import (
    DEFLATED,
    ENCRYPTED,
    LINK_MODE,
    MOST,
    STORED,
    UTF8,
    Member,
    archive,
    deflated,
    nested,
    numbered,
    stored,
)

GIGABYTE = 1 << 30
PAPER = b"The fee is 900 dollars."
NAMES = {
    "climbs": "../../../../etc/cron.d/fee.txt",
    "absolute": "/etc/cron.d/fee.txt",
    "drive": "C:\\Windows\\System32\\fee.txt",
    "device": "CON.txt",
    "nul": "fee.txt\0.exe",
    "line-end": "fee\r\nSet-Cookie: a=b.txt",
    "turned": "fee\u202etxt.exe",
    "long": "n" * 300 + ".txt",
    "folders": "a/" * 20_000 + "fee.txt",
    "dots": "..",
    "tilde": "~root/.ssh/authorized_keys",
}


@hostile("OverLimits", "Damaged")
def zip_of_four_gigabytes() -> bytes:
    raw, size = repeated(b"The fee is 900 dollars. ", 4 * GIGABYTE)
    return archive([deflated("fee.txt", raw, size)])


@hostile("OverLimits")
def zip_that_claims_four_gigabytes() -> bytes:
    return archive([Member(b"fee.txt", PAPER, MOST, zlib.crc32(PAPER))])


@hostile("OverLimits", "Damaged")
def zip_that_claims_less_than_it_holds() -> bytes:
    raw, _size = repeated(b"a", GIGABYTE)
    return archive([deflated("fee.txt", raw, 10)])


@hostile("OverLimits")
def zip_of_100000_members() -> bytes:
    return archive(numbered(100_000, b"a"))


@hostile("OverLimits")
def zip_of_members_that_overlap() -> bytes:
    """Have ten thousand members share one stream of 100 MB: a terabyte."""
    raw, size = repeated(b"The fee. ", 100_000_000)
    first = deflated("fee-0.txt", raw, size)
    others = (
        Member(b"fee-%d.txt" % number, raw[:0], size, method=DEFLATED, offset=0)
        for number in range(1, 10_000)
    )
    return archive([first, *others])


@hostile(TEXT)
def zip_of_60_levels() -> bytes:
    return nested(PAPER, 60)


@hostile("OverLimits")
def zip_that_holds_itself() -> bytes:
    """Let a member's content be the archive from its own start on."""
    holder = archive([stored("fee.txt", PAPER), Member(b"again.zip", b"", 0, offset=0)])
    return archive(
        [stored("fee.txt", PAPER), Member(b"again.zip", holder, len(holder), zlib.crc32(holder), offset=0)]
    )


@hostile("PasswordProtected")
def zip_locked() -> bytes:
    return archive([Member(b"fee.txt", bytes(12) + PAPER, len(PAPER), 1, flags=ENCRYPTED | UTF8)])


@hostile(TEXT)
def zip_of_links() -> bytes:
    return archive(
        [
            stored("fee.txt", PAPER),
            stored("link.txt", b"/etc/passwd", attributes=LINK_MODE),
            stored("folder/", b""),
        ]
    )


@hostile(TEXT)
def zip_of_names_that_trick() -> bytes:
    return archive([stored(name, PAPER) for name in NAMES.values()])


@hostile(TEXT, "Damaged")
def zip_of_a_member_without_a_name() -> bytes:
    return archive([stored("fee.txt", PAPER), stored("", PAPER)])


@hostile(TEXT, "Damaged")
def zip_of_names_that_are_no_text() -> bytes:
    return archive(
        [
            Member(b"\xff\xfe\xed\xa0\x80.txt", PAPER, len(PAPER), zlib.crc32(PAPER), flags=flags)
            for flags in (0, UTF8)
        ]
    )


@hostile(TEXT)
def zip_of_one_name_a_thousand_times() -> bytes:
    return archive([stored("fee.txt", PAPER)] * 1_000)


@hostile("Damaged")
def zip_methods_that_nobody_knows() -> bytes:
    return archive(
        [Member(b"%d.txt" % method, PAPER, len(PAPER), method=method) for method in (1, 6, 12, 14, 97, 99)]
    )


@hostile("Damaged")
def zip_without_its_directory() -> bytes:
    return archive([stored("fee.txt", PAPER * 1_000)])[:-60]


@hostile("Damaged")
def zip_directory_that_stands_nowhere() -> bytes:
    """Name a directory at the end of four gigabytes, of four gigabytes."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, MOST, MOST, 0)
    return stored_alone() + end


def stored_alone() -> bytes:
    return archive([Member(b"fee.txt", PAPER, len(PAPER), zlib.crc32(PAPER), method=STORED)])[:60]


@hostile("NoText")
def zip_of_nothing() -> bytes:
    return archive([])
