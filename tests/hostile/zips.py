"""ZIP files in which everything may be a lie (PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16)."""

import stat
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
ENCRYPTED, UTF8 = 0x1, 0x800
LINK_MODE = (stat.S_IFLNK | 0o777) << 16
MOST = 0xFFFF_FFFF
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True)
class Member:
    """A member as it is written, whether or not it is true."""

    name: bytes
    payload: bytes = b""
    size: int = 0
    crc: int = 0
    method: int = STORED
    flags: int = UTF8
    attributes: int = 0
    offset: int | None = None  # of the local header; None is where it really stands


def stored(name: str | bytes, content: bytes, **lies: int) -> Member:
    """Return a member that holds its content as it is."""
    coded = name if isinstance(name, bytes) else name.encode()
    return Member(coded, content, len(content), zlib.crc32(content), **lies)


def deflated(name: str, raw: bytes, size: int) -> Member:
    """Return a member of a raw deflate stream, whose checksum is wrong: it is too long to be counted."""
    return Member(name.encode(), raw, size & MOST, method=DEFLATED)


def archive(members: Iterable[Member], *, before: bytes = b"") -> bytes:
    """Write a ZIP file; what stands `before` it is not counted in its offsets."""
    local, central, count = bytearray(), bytearray(), 0
    for member in members:
        place = len(local) if member.offset is None else member.offset
        if member.offset is None:
            local += _local(member)
        central += _directory_entry(member, place)
        count += 1
    shown = min(count, 0xFFFF)
    end = _END.pack(b"PK\x05\x06", 0, 0, shown, shown, len(central), len(local), 0)
    return before + bytes(local + central) + end


def _local(member: Member) -> bytes:
    head = _LOCAL.pack(
        b"PK\x03\x04", 20, member.flags, member.method, 0, 33,
        member.crc, len(member.payload), member.size, len(member.name), 0,
    )  # fmt: skip
    return head + member.name + member.payload


def _directory_entry(member: Member, place: int) -> bytes:
    head = _CENTRAL.pack(
        b"PK\x01\x02", 0x0314, 20, member.flags, member.method, 0, 33,
        member.crc, len(member.payload), member.size, len(member.name), 0, 0, 0, 0, member.attributes, place,
    )  # fmt: skip
    return head + member.name


def nested(content: bytes, levels: int) -> bytes:
    """Pack a paper into a ZIP in a ZIP in a ZIP."""
    for level in range(levels):
        content = archive([stored(f"{level}.zip" if level else "paper.txt", content)])
    return content


def numbered(count: int, content: bytes) -> Iterator[Member]:
    """Yield so many small members."""
    return (stored(f"{number}.txt", content) for number in range(count))
