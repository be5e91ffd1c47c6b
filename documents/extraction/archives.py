"""Read archives (ZIP): each member is handed on as a part, taken in memory and never by its name.

What is declared is judged before anything is expanded: the number of members, their sizes, and whether they overlap, as
those of a bomb do. No member is expanded past what it declares.
"""

import contextlib
import copy
import lzma
import stat
import struct
import zipfile
import zlib
from io import BytesIO

from documents.extraction import ciphers, limits
from documents.extraction.extracted import Extracted, Paragraph, flowing
from documents.extraction.job import Job
from documents.extraction.mail import correspondence
from documents.extraction.parts import Parts, size, visible
from documents.extraction.refusals import Damaged, OverLimits, PasswordProtected, Unsupported, WrongPassword

MEDIA_TYPE = "application/zip"

_ENTRY_MARK, _END_MARK = b"PK\x01\x02", b"PK\x05\x06"
_DIRECTORY_SIZE_AT = 12  # bytes into the record that ends an archive
_SIZE_IS_ELSEWHERE = 0xFFFFFFFF
_LOCAL_HEAD_BYTES = 30
_ENCRYPTED, _UTF_8 = 0x1, 0x800
_UNIX = 3
_NAME_LIMIT = 300
_NAMELESS = "member"
_CHUNK_BYTES = 4_096  # packed, these may hold a hundred megabytes
# What file managers leave behind.
_LEFT_BEHIND = ("thumbs.db", "desktop.ini", ".ds_store")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, IndexError,
)  # fmt: skip

_LINKS = "they are links to other files"
_PACKED = "they are packed in a way that is not read"
_DAMAGED = "they are damaged"


def read(content: bytes, job: Job) -> Extracted:
    """Hand on each member; the text is the list of their paths and sizes.

    Raise PasswordProtected, WrongPassword, Damaged, OverLimits, Unsupported where no member can be read, or NoText
    where there is none.
    """
    _require_few(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _Archive(content, archive, job).read()
    except NotImplementedError:
        raise Unsupported from None
    except _BROKEN:
        raise Damaged from None


def _require_few(content: bytes) -> None:
    """Refuse a directory of too many members before it is read: each costs half a kilobyte of memory."""
    end = content.rfind(_END_MARK)
    told = content[end + _DIRECTORY_SIZE_AT : end + _DIRECTORY_SIZE_AT + 4]
    size_bytes = int.from_bytes(told, "little")
    start = 0 if size_bytes == _SIZE_IS_ELSEWHERE else max(0, end - size_bytes)
    if end >= 0 and content.count(_ENTRY_MARK, start, end) > limits.MEMBER_LIMIT:
        raise OverLimits


class _Archive:
    """One archive, while its members are handed on."""

    def __init__(self, content: bytes, archive: zipfile.ZipFile, job: Job) -> None:
        self._content = content
        self._archive = archive
        self._job = job
        self._parts = Parts(job)
        self._links: list[str] = []
        self._packed: list[str] = []
        self._damaged: list[str] = []

    def read(self) -> Extracted:
        members = [member for member in self._archive.infolist() if not _is_of_no_use(member)]
        self._require_limits(members)
        self._require_password(members)
        for member in members:
            self._take(member)
        if members and not self._parts.names:
            raise Damaged if self._damaged else Unsupported
        lines = [f"{path(member)} ({size(member.file_size)})" for member in members]
        return flowing(
            "\n".join(lines), media_type=MEDIA_TYPE, warnings=self._warnings(), paragraphs=_paragraphs(lines)
        )

    def _require_limits(self, members: list[zipfile.ZipInfo]) -> None:
        sizes = [member.file_size for member in members]
        if len(members) > limits.ATTACHMENT_LIMIT or sum(sizes) > limits.WHOLE_LIMIT_BYTES:
            raise OverLimits
        if max(sizes, default=0) > limits.PART_LIMIT_BYTES:
            raise OverLimits
        ends = 0
        for member in sorted(self._archive.infolist(), key=lambda member: member.header_offset):
            if member.header_offset < ends:
                raise OverLimits
            ends = member.header_offset + _LOCAL_HEAD_BYTES + member.compress_size

    def _take(self, member: zipfile.ZipInfo) -> None:
        if member.create_system == _UNIX and stat.S_ISLNK(member.external_attr >> 16):
            self._links.append(path(member))
            return
        try:
            self._parts.add(_name(member), self._expanded(member), otherwise=_NAMELESS)
        except (NotImplementedError, Unsupported):
            self._packed.append(path(member))
        except (*_BROKEN, Damaged):
            self._damaged.append(path(member))

    def _require_password(self, members: list[zipfile.ZipInfo]) -> None:
        """Try the password on the smallest sealed member, before anything is handed on."""
        sealed = [member for member in members if member.flag_bits & _ENCRYPTED]
        if not sealed:
            return
        if not self._job.password:
            raise PasswordProtected
        with contextlib.suppress(NotImplementedError, Unsupported, Damaged):
            self._expanded(min(sealed, key=lambda member: member.file_size))

    def _expanded(self, member: zipfile.ZipInfo) -> bytes:
        if not member.flag_bits & _ENCRYPTED:
            return self._read(member)
        if member.compress_type == ciphers.AES_METHOD:
            return ciphers.opened(self._content, member, self._job.password)
        return self._opened_by_the_old_cipher(member)

    def _read(self, member: zipfile.ZipInfo, password: bytes | None = None) -> bytes:
        """Expand a member to what it declares; raise BadZipFile where it holds less or more.

        One byte more is asked for, and a little at a time: `zipfile` would else expand what it then cuts off.
        """
        asked = copy.copy(member)
        asked.file_size += 1
        pieces, left = [], asked.file_size
        with self._archive.open(asked, pwd=password) as stream:
            while left and (piece := stream.read(min(left, _CHUNK_BYTES))):
                pieces.append(piece)
                left -= len(piece)
        if left != 1:
            raise zipfile.BadZipFile
        return b"".join(pieces)

    def _opened_by_the_old_cipher(self, member: zipfile.ZipInfo) -> bytes:
        try:
            return self._read(member, self._job.password.encode())
        except RuntimeError:
            raise WrongPassword from None
        except (zipfile.BadZipFile, zlib.error):
            # Its check is one byte: a wrong password passes it now and then, and gives rubbish.
            raise WrongPassword from None

    def _warnings(self) -> list[str]:
        return [
            *self._parts.warnings(),
            *correspondence.unread(self._links, _LINKS),
            *correspondence.unread(self._packed, _PACKED),
            *correspondence.unread(self._damaged, _DAMAGED),
        ]


def _is_of_no_use(member: zipfile.ZipInfo) -> bool:
    """Tell folders, and what file managers leave behind, from members that somebody put in."""
    name = path(member)
    last = name.rpartition("/")[2].lower()
    is_folder = member.filename.endswith("/")  # is_dir fails where there is no name
    return is_folder or name.startswith("__MACOSX/") or last in _LEFT_BEHIND or last.startswith("._")


def path(member: zipfile.ZipInfo) -> str:
    """Return the path of a member for people to read: without anything invisible, at most 300 characters."""
    return visible(_name(member)).replace("\\", "/")[:_NAME_LIMIT] or _NAMELESS


def _name(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    return name if member.flag_bits & _UTF_8 else _as_utf_8(name)


def _as_utf_8(name: str) -> str:
    """Read a name as UTF-8 where it can be: many programs write that and do not say so."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _paragraphs(lines: list[str]) -> list[Paragraph]:
    paragraphs, start = [], 0
    for line in lines:
        paragraphs.append(Paragraph(start, start + len(line)))
        start += len(line) + 1
    return paragraphs
