"""Office files: a ZIP of XML parts, opened within limits and read as a stream of elements."""

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from typing import IO, TypeAlias

from lxml import etree

from documents.extraction import limits
from documents.extraction.manuscript import Manuscript
from documents.extraction.refusals import Bomb, Damaged, OverLimits, PasswordProtected, Unsupported

# zipfile meets damaged names and offsets with a bare ValueError.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
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
_CONTENT_TYPES = "[Content_Types].xml"
_PACKAGE = frozenset(
    [
        "http://schemas.openxmlformats.org/package/2006/content-types",
        "http://schemas.openxmlformats.org/package/2006/relationships",
    ]
)
_PROPERTIES = frozenset(
    [
        "http://purl.org/dc/elements/1.1/",
        "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    ]
)
_PROPERTY_PARTS = ("docProps/core.xml", "meta.xml")
# Not the title, which the text shows, nor the description, which programs write.
_FILLED_IN_BY_HAND = {"subject": "Subject", "keywords": "Keywords", "keyword": "Keywords"}
_RELATIONSHIP_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_FALSE = frozenset(["0", "false", "off", "none"])
_INTEGER_LIMIT = 2**31

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml names the class of its elements so
Event: TypeAlias = tuple[
    bool, str, Element
]  # does it open?, local name or "" of a foreign namespace, the element


class Kind(StrEnum):
    """What a ZIP file is; each value is its media type."""

    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ARCHIVE = "application/zip"


# Of the main part, by what its content type says: templates, slide shows and macros are read as their kin.
_MAIN_PARTS = {
    "wordprocessingml.": Kind.DOCX,
    "ms-word.": Kind.DOCX,
    "spreadsheetml.": Kind.XLSX,
    "ms-excel.": Kind.XLSX,
    "presentationml.": Kind.PPTX,
    "ms-powerpoint.": Kind.PPTX,
}
_USUAL_PLACES = {
    Kind.DOCX: "word/document.xml",
    Kind.XLSX: "xl/workbook.xml",
    Kind.PPTX: "ppt/presentation.xml",
    Kind.ODT: "content.xml",
}
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."
_MIME_LIMIT_BYTES = 200


@dataclass(frozen=True, slots=True)
class Relation:
    """That one part of a package uses another: `kind` is the last word of its type, such as "header"."""

    identifier: str
    kind: str
    part: str


def kind(content: bytes) -> Kind:
    """Tell by its parts what a ZIP file is; raise Damaged, OverLimits, or Unsupported for other office files."""
    package = Package(content)
    mime = package.beginning("mimetype", _MIME_LIMIT_BYTES).strip()
    if mime.startswith(_OPENDOCUMENT):
        return _opendocument(mime)
    declared = _declared(package)
    if declared is not None:
        return declared
    for found in (Kind.DOCX, Kind.XLSX, Kind.PPTX):
        if _USUAL_PLACES[found] in package:
            return found
    if _CONTENT_TYPES in package:
        raise Unsupported
    return Kind.ARCHIVE


def _opendocument(mime: bytes) -> Kind:
    if mime.startswith(Kind.ODT.encode()):
        return Kind.ODT
    raise Unsupported


def _declared(package: "Package") -> Kind | None:
    for opens, name, element in package.elements(_CONTENT_TYPES, _PACKAGE):
        content_type = element.get("ContentType", "")
        if opens and name == "Override" and content_type.endswith(".main+xml"):
            for words, found in _MAIN_PARTS.items():
                if words in content_type:
                    return found
    return None


class Package:
    """An office file whose parts are read within the limits, whatever its directory says of their size."""

    def __init__(self, content: bytes) -> None:
        """Open the ZIP; raise Damaged or OverLimits."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
        except BROKEN:
            raise Damaged from None
        members = self._archive.infolist()
        if len(members) > limits.MEMBER_LIMIT:
            raise OverLimits
        self._members = {_part_name(member.filename): member for member in members}
        self.left_bytes = limits.WHOLE_LIMIT_BYTES
        self._left_elements = limits.ELEMENT_LIMIT

    def __contains__(self, part: str) -> bool:
        """Tell whether a part is there; names of parts know no case."""
        return _part_name(part) in self._members

    def parts(self) -> list[str]:
        """Return the names of all parts, in lower case, in the order of the file."""
        return list(self._members)

    def main_part(self, office_kind: Kind) -> str:
        """Return the name of the part that begins the document; raise Damaged where there is none."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument":
                return relation.part
        usual = _USUAL_PLACES[office_kind]
        if usual not in self:
            raise Damaged
        return usual

    def relations(self, part: str) -> list[Relation]:
        """Return what a part uses inside this file, each part once for each name; "" is the package itself."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[tuple[str, str, str], Relation] = {}
        for opens, tag, element in self.elements(listed, _PACKAGE):
            if not opens or tag != "Relationship" or element.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/")
            if target in self:
                identifier, category = element.get("Id", ""), element.get("Type", "").rpartition("/")[2]
                found[identifier, category, _part_name(target)] = Relation(identifier, category, target)
        return list(found.values())

    def related(self, part: str, *kinds: str) -> list[str]:
        """Return the parts that a part uses as one of these kinds, each once, in the order of their numbers."""
        parts = {relation.part for relation in self.relations(part) if relation.kind in kinds}
        return sorted(parts, key=lambda name: (len(name), name))

    def beginning(self, part: str, size_bytes: int) -> bytes:
        """Return the first bytes of a part; none where it is missing or sealed by a password."""
        member = self._members.get(_part_name(part))
        if member is None or member.flag_bits & 1:
            return b""
        try:
            with self._archive.open(member) as stream:
                return stream.read(size_bytes)
        except BROKEN:
            raise Damaged from None

    def elements(self, part: str, namespaces: frozenset[str]) -> Iterator[Event]:
        """Give each element of a part as it opens and as it closes, and forget those that are done.

        When an element closes, its own attributes and text are there; of its children only the last one is, for the
        text after it. Nothing is given where the part is missing. Raise PasswordProtected, Damaged or OverLimits.
        """
        member = self._members.get(_part_name(part))
        if member is None:
            return
        if member.flag_bits & 1:
            raise PasswordProtected
        try:
            with self._archive.open(member) as stream:
                yield from self._events(_Capped(stream, self), namespaces)
        except BROKEN as error:
            # Not chained: messages of the XML parser quote the document.
            raise (OverLimits if getattr(error, "code", None) in _EXHAUSTED else Damaged) from None

    def _events(self, stream: "_Capped", namespaces: frozenset[str]) -> Iterator[Event]:
        """Give the elements; of those that closed, the last one stays, with the text after it for mixed contents."""
        name, is_checked = _names(namespaces), False
        for event, element in _parsed(stream):
            if not is_checked:
                _refuse_entities(element)
                is_checked = True
            if event == "start":
                self._left_elements -= 1
                if self._left_elements < 0:
                    raise OverLimits
                yield True, name(element.tag), element
                continue
            yield False, name(element.tag), element
            while (before := element.getprevious()) is not None:
                element.getparent().remove(before)


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


class _Capped:
    """A stream that refuses to expand past the limits; what the archive declares may be a lie."""

    def __init__(self, stream: IO[bytes], package: Package) -> None:
        self._stream = stream
        self._package = package
        self._left_bytes = limits.PART_LIMIT_BYTES

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._left_bytes -= len(chunk)
        self._package.left_bytes -= len(chunk)
        if self._left_bytes < 0 or self._package.left_bytes < 0:
            raise OverLimits
        return chunk


def _parsed(stream: "_Capped") -> Iterator[tuple[str, Element]]:
    events: Iterator[tuple[str, Element]] = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return events


def _refuse_entities(root: Element) -> None:
    """Raise Bomb where entities are declared: no office program does so; a bomb does."""
    types = root.getroottree().docinfo.internalDTD
    if types is not None and next(types.iterentities(), None) is not None:
        raise Bomb


def _names(namespaces: frozenset[str]) -> Callable[[str], str]:
    """Return what gives the local name of a tag in these namespaces, and nothing for one in others."""

    @lru_cache(maxsize=1_024)
    def name(tag: str) -> str:
        namespace, _, local = tag[1:].partition("}")
        return local if namespace in namespaces else ""

    return name


def add_properties(package: Package, manuscript: Manuscript) -> None:
    """Add what the author filled in about a document, where it holds text: its subject and its keywords."""
    if not manuscript.has_lines:
        return
    manuscript.section()
    for name, texts in _properties(package).items():
        manuscript.line(f"{name}: {', '.join(texts)}", ("Properties",))


def _properties(package: Package) -> dict[str, list[str]]:
    """Return what was filled in; the text of a document is worth reading without it."""
    found: dict[str, list[str]] = {}
    with suppress(Damaged):
        for part in _PROPERTY_PARTS:
            for opens, name, element in package.elements(part, _PROPERTIES):
                text = (
                    "" if opens or name not in _FILLED_IN_BY_HAND else " ".join(text_at_end(element).split())
                )
                if text:
                    found.setdefault(_FILLED_IN_BY_HAND[name], []).append(text)
    return found


def text_before(element: Element) -> str:
    """Return the text between an element that opens and whatever stands before it in its parent."""
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        return before.tail or ""
    return (parent.text or "") if parent is not None else ""


def text_at_end(element: Element) -> str:
    """Return the text of an element that closes which follows the last of its children, or all if it has none."""
    return (element[-1].tail if len(element) else element.text) or ""


def value(element: Element, name: str = "val", default: str = "") -> str:
    """Return an attribute of the element's own namespace, or of none."""
    found = element.get(element.tag.partition("}")[0] + "}" + name)
    return str(element.get(name, default) if found is None else found)


def integer(text: str, default: int = 0) -> int:
    """Return a number that an attribute holds, or the default where it is none or beyond 32 bits."""
    if not text.lstrip("+-").isdecimal() or len(text) > len(str(_INTEGER_LIMIT)):
        return default
    try:
        number = int(text)
    except ValueError:  # two signs
        return default
    return number if abs(number) < _INTEGER_LIMIT else default


def is_on(element: Element, name: str = "val") -> bool:
    """Tell whether a switch is on; without a value it is."""
    return value(element, name, "1").lower() not in _FALSE


def relationship_id(element: Element) -> str:
    """Return the identifier of the relation that an element names, or nothing."""
    return next((found for name in _RELATIONSHIP_ID if (found := element.get(name))), "")
