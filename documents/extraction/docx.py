"""Read the text of Word documents (DOCX) as a stream of elements."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from lxml import etree

from documents.extraction import limits
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, flowing
from documents.extraction.job import Job
from documents.extraction.refusals import Damaged, OverLimits, PasswordProtected, Unsupported

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_STORIES = ("document", "footnotes", "endnotes", "header", "footer")
_STORY = re.compile(rf"word/({'|'.join(_STORIES)})(\d*)\.xml")
_COMMENTS = "The comments in this document are not read yet."

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
    "http://schemas.openxmlformats.org/markup-compatibility/2006",
)
# Deleted words, field codes, the older twin of a text box, readings above a line, and formatting.
_SKIPPED = frozenset(
    [
        "del",
        "delText",
        "moveFrom",
        "instrText",
        "delInstrText",
        "Fallback",
        "rt",
        "pPr",
        "rPr",
        "sectPr",
        "tblPr",
        "trPr",
        "tcPr",
        "sdtPr",
    ]
)
_CONTAINERS = frozenset(["p", "tc", "tr", "txbxContent"])
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

# zipfile meets damaged names and offsets with a bare ValueError.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    etree.XMLSyntaxError,
)
_EXHAUSTED = (
    etree.ErrorTypes.ERR_RESOURCE_LIMIT,
    etree.ErrorTypes.ERR_ENTITY_LOOP,
    etree.ErrorTypes.ERR_NO_MEMORY,
)


def read(content: bytes, job: Job) -> Extracted:  # noqa: ARG001 - this format has nothing to tell
    """Read body, notes, headers and footers, in this order.

    Cells are parted by tabs and rows by line breaks; a text box follows the paragraph that holds it.
    Raise PasswordProtected, Damaged, OverLimits, NoText, or Unsupported where the ZIP is no Word document.
    """
    try:
        return _read(content)
    except _BROKEN as error:
        # Not chained: messages of the XML parser quote the document.
        raise (OverLimits if getattr(error, "code", None) in _EXHAUSTED else Damaged) from None


def _read(content: bytes) -> Extracted:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > limits.MEMBER_LIMIT:
            raise OverLimits
        stories = _stories(members)
        if not stories:
            raise Unsupported
        text = _joined(archive, stories)
    warnings = [_COMMENTS] if "word/comments.xml" in archive.namelist() else []
    return flowing(text, media_type=MEDIA_TYPE, warnings=warnings)


def _stories(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Give the members that hold text, in the order of reading; none if there is no body."""
    found = [(match, member) for member in members if (match := _STORY.fullmatch(member.filename))]
    if not any(match[1] == "document" for match, _ in found):
        return []
    found.sort(key=lambda pair: (_STORIES.index(pair[0][1]), int(pair[0][2] or 0)))
    return [member for _, member in found]


def _joined(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str:
    texts: list[str] = []
    for member in members:
        texts.append(clean(_story(archive, member)).strip("\n"))
        if sum(map(len, texts)) > limits.CHARACTER_LIMIT:
            raise OverLimits
    return "\n\n".join(text for text in texts if text.strip())


def _story(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 1:
        raise PasswordProtected
    story = _Story()
    with archive.open(member) as stream:
        for event, element in _elements(stream):
            name = _local_name(element.tag)
            if event == "start":
                story.enter(name)
            else:
                story.leave(name, element.text or "")
    return story.text()


def _elements(stream: IO[bytes]) -> Iterator[tuple[str, etree._Element]]:
    """Give each element as it opens and as it closes, and forget those that are done."""
    events = etree.iterparse(
        _Capped(stream),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in events:
        if element.getparent() is None and element.getroottree().docinfo.internalDTD is not None:
            # No Word document declares entities; a bomb does.
            raise OverLimits
        yield event, element
        if event == "end":
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]


def _local_name(tag: str) -> str:
    namespace, _, name = tag[1:].partition("}")
    return name if namespace in _NAMESPACES else ""


class _Capped:
    """A stream that refuses to expand past the limit; what the archive declares may be a lie."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left_bytes = limits.PART_LIMIT_BYTES

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._left_bytes -= len(chunk)
        if self._left_bytes < 0:
            raise OverLimits
        return chunk


@dataclass
class _Container:
    name: str
    parts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)

    def text(self) -> str:
        if self.name == "tr":
            return "\t".join(self.parts) + "\n"
        text = "".join(self.parts)
        if self.name == "p":
            return text + "\n" + "".join(self.boxes)
        return text.removesuffix("\n") if self.name == "tc" else text


class _Story:
    """The text of one part, which grows as its elements open and close."""

    def __init__(self) -> None:
        self._skipped_depth = 0
        self._open = [_Container("story")]

    def text(self) -> str:
        return self._open[0].text()

    def enter(self, name: str) -> None:
        if name in _SKIPPED:
            self._skipped_depth += 1
        elif name in _CONTAINERS and not self._skipped_depth:
            self._open.append(_Container(name))

    def leave(self, name: str, text: str) -> None:
        if name in _SKIPPED:
            self._skipped_depth -= 1
        elif self._skipped_depth:
            return
        elif name in _CONTAINERS:
            self._settle(self._open.pop())
        elif name == "t":
            self._open[-1].parts.append(text)
        elif name in _MARKS:
            self._open[-1].parts.append(_MARKS[name])

    def _settle(self, container: _Container) -> None:
        around = self._open[-1]
        is_box = container.name == "txbxContent" and around.name == "p"
        (around.boxes if is_box else around.parts).append(container.text())
