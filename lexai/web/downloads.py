"""Files that a browser saves."""

import re
from urllib.parse import quote

from lexai.characters import harmless

UNQUOTED = re.compile(r"[^A-Za-z0-9 ._-]")  # what the plain form of a file name in a header cannot carry


def attachment(filename: str) -> str:
    """Return the header that has a browser save a file under its name (RFC 6266), whatever the name holds."""
    name = harmless(filename)
    plain_name = UNQUOTED.sub("_", name)
    return f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
