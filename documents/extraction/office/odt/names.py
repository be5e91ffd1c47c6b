"""The namespaces of OpenDocument texts."""

_PREFIX = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT = f"{_PREFIX}text:1.0"
STYLE = f"{_PREFIX}style:1.0"
SVG = f"{_PREFIX}svg-compatible:1.0"
OFFICE = f"{_PREFIX}office:1.0"
DC = "http://purl.org/dc/elements/1.1/"
STORY = frozenset([TEXT, STYLE, SVG, DC, OFFICE, f"{_PREFIX}table:1.0", f"{_PREFIX}drawing:1.0"])
_XML = "http://www.w3.org/XML/1998/namespace"

IDENTIFIER = f"{{{_XML}}}id"
HREF = "{http://www.w3.org/1999/xlink}href"
