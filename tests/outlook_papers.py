"""Make the compound files of older programs (MS-CFB), and mails as Outlook saves them (MSG)."""

import struct
from typing import Any

Folder = dict[str, "bytes | Folder"]

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4_096
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NO_ENTRY = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
TEXT, BINARY, OBJECT = 0x001F, 0x0102, 0x000D


def compound(root: Folder) -> bytes:
    """Write a compound file; a folder is a dict, a stream bytes."""
    entries: list[list[Any]] = [["Root Entry", ROOT, NO_ENTRY, NO_ENTRY, b""]]
    _enter(root, entries, 0)
    mini = b"".join(_padded(entry[4], MINI_SECTOR) for entry in entries if _is_small(entry))
    large = [entry for entry in entries if entry[1] == STREAM and not _is_small(entry)]
    chains = [_padded(entry[4], SECTOR) for entry in large]
    directory_sectors = -(-len(entries) * 128 // SECTOR)
    bodies = [b"\0" * directory_sectors * SECTOR, _mini_table(entries), _padded(mini, SECTOR), *chains]
    fat, starts = [], []
    for body in bodies:
        count = len(body) // SECTOR
        starts.append(len(fat) if count else END)
        fat += [*range(len(fat) + 1, len(fat) + count), END] if count else []
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    fat_start = len(fat)
    fat += [FAT_SECTOR] * fat_sectors
    fat += [FREE] * (fat_sectors * SECTOR // 4 - len(fat))
    bodies[0] = _directory(entries, starts, len(mini))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, starts[0], 0, CUTOFF,
        starts[1], len(bodies[1]) // SECTOR, END, 0,
    )  # fmt: skip
    places = [fat_start + index for index in range(fat_sectors)]
    head += struct.pack("<109I", *places, *[FREE] * (109 - fat_sectors))
    return head + b"".join(bodies) + struct.pack(f"<{len(fat)}I", *fat)


def _enter(folder: Folder, entries: list[list[Any]], parent: int) -> None:
    """Add what a folder holds: a chain of siblings to the right, hung below their parent."""
    before = None
    for name, content in folder.items():
        is_folder = isinstance(content, dict)
        entry = [name, STORAGE if is_folder else STREAM, NO_ENTRY, NO_ENTRY, b"" if is_folder else content]
        entries.append(entry)
        index = len(entries) - 1
        if before is None:
            entries[parent][3] = index
        else:
            entries[before][2] = index
        before = index
        if is_folder:
            _enter(content, entries, index)


def _is_small(entry: list[Any]) -> bool:
    return entry[1] == STREAM and len(entry[4]) < CUTOFF


def _padded(content: bytes, size: int) -> bytes:
    return content + b"\0" * (-len(content) % size)


def _mini_table(entries: list[list[Any]]) -> bytes:
    table: list[int] = []
    for entry in entries:
        count = -(-len(entry[4]) // MINI_SECTOR) if _is_small(entry) else 0
        table += [*range(len(table) + 1, len(table) + count), END] if count else []
    packed = struct.pack(f"<{len(table)}I", *table)
    return packed + b"\xff" * (-len(packed) % SECTOR)


def _directory(entries: list[list[Any]], starts: list[int], mini_size: int) -> bytes:
    written, mini, large = b"", 0, iter(starts[3:])
    for name, kind, right, child, content in entries:
        start, size = 0, len(content)
        if kind == ROOT:
            start, size = starts[2], mini_size
        elif kind == STREAM and size < CUTOFF:
            start = mini if size else END
            mini += -(-size // MINI_SECTOR)
        elif kind == STREAM:
            start = next(large)
        wide = name.encode("utf-16-le")
        written += struct.pack(
            "<64sHBBIII16xI16xIQ", wide, len(wide) + 2, kind, 1, NO_ENTRY, right, child, 0, start, size
        )
    return _padded(written, SECTOR)


def properties(
    *, head: int, texts: dict[int, str] | None = None, binaries: dict[int, bytes] | None = None,
    fixed: dict[int, int] | None = None,
) -> Folder:  # fmt: skip
    """Write the properties of a message, a recipient or an attachment; `head` is the length of their own head."""
    folder: Folder = {}
    table = b"\0" * head
    for number, text in (texts or {}).items():
        folder[f"__substg1.0_{number:04X}{TEXT:04X}"] = text.encode("utf-16-le")
        table += struct.pack("<HHII4x", TEXT, number, 6, 2 * len(text) + 2)
    for number, content in (binaries or {}).items():
        folder[f"__substg1.0_{number:04X}{BINARY:04X}"] = content
        table += struct.pack("<HHII4x", BINARY, number, 6, len(content))
    for number, value in (fixed or {}).items():
        table += struct.pack("<HHIQ", 3, number, 6, value)
    return {"__properties_version1.0": table, **folder}


def message(
    *, subject: str = "Subject", body: str = "", html: bytes = b"", rich: bytes = b"",
    recipients: list[tuple[int, str, str]] | None = None, attachments: list[Folder] | None = None,
    head: int = 32, fixed: dict[int, int] | None = None, kind: str = "IPM.Note",
) -> Folder:  # fmt: skip
    """Write a message from Ana; recipients are (1 To, 2 Cc or 3 Bcc, name, address)."""
    texts = {0x001A: kind, 0x0037: subject, 0x0C1A: "Ana Adler", 0x5D01: "ana@example.org"}
    binaries = {}
    if body:
        texts[0x1000] = body
    if html:
        binaries[0x1013] = html
    if rich:
        binaries[0x1009] = rich
    folder = properties(head=head, texts=texts, binaries=binaries, fixed=fixed)
    for index, (kind_of, name, address) in enumerate(recipients or []):
        folder[f"__recip_version1.0_#{index:08X}"] = properties(
            head=8, texts={0x3001: name, 0x39FE: address}, fixed={0x0C15: kind_of}
        )
    for index, attachment in enumerate(attachments or []):
        folder[f"__attach_version1.0_#{index:08X}"] = attachment
    return folder


def attached(name: str, content: bytes, *, media_type: str = "", identity: str = "") -> Folder:
    """Write an attachment by value."""
    texts = {0x3707: name, 0x370E: media_type, 0x3712: identity}
    return properties(
        head=8,
        texts={key: text for key, text in texts.items() if text},
        binaries={0x3701: content},
        fixed={0x3705: 1},
    )


def attached_message(inner: Folder) -> Folder:
    """Write a message that is attached to another; make it with `head=24`."""
    folder = properties(head=8, texts={0x3001: "A mail"}, fixed={0x3705: 5})
    return {**folder, f"__substg1.0_3701{OBJECT:04X}": inner}
