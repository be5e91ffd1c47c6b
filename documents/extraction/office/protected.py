"""Open office files that a password protects: DOCX, XLSX and PPTX in a compound file, and older DOC (MS-OFFCRYPTO)."""

import struct
from collections.abc import Callable
from io import BytesIO
from xml.parsers.expat import ExpatError

import msoffcrypto
from msoffcrypto import exceptions

from documents.extraction import compound, limits
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.refusals import Damaged, OverLimits, PasswordProtected, Unsupported, WrongPassword

PACKAGE, KEYS = "EncryptedPackage", "EncryptionInfo"
_KEYS_LIMIT_BYTES = 100_000
_SIZE = struct.Struct("<Q")
_BROKEN = (*compound.BROKEN, struct.error, ExpatError, AssertionError)


def opened(content: bytes, password: str) -> bytes:
    """Return the file within; raise PasswordProtected without a password, WrongPassword, Damaged or OverLimits.

    Raise Unsupported where it is protected in another way, such as by rights that a server grants.
    """
    if not password:
        raise PasswordProtected
    _require_small(content)
    try:
        return _decrypted(content, password)
    except exceptions.InvalidKeyError:
        raise WrongPassword from None
    except (exceptions.FileFormatError, exceptions.DecryptionError, exceptions.ParseError):
        raise Unsupported from None
    except _BROKEN:
        raise Damaged from None


def _require_small(content: bytes) -> None:
    """Refuse what pretends to be larger than it can be, before anything is decrypted."""
    with compound.opened(content) as file:
        if file.exists(PACKAGE):
            if file.get_size(KEYS) > _KEYS_LIMIT_BYTES:  # an XML document, which is read whole
                raise OverLimits
            (size,) = _SIZE.unpack(file.openstream(PACKAGE).read(_SIZE.size).ljust(_SIZE.size, b"\0"))
            if size > min(limits.PART_LIMIT_BYTES, 2 * len(content)):
                raise OverLimits


def _decrypted(content: bytes, password: str) -> bytes:
    within = BytesIO()
    file = msoffcrypto.OfficeFile(BytesIO(content))
    file.load_key(password=password, verify_password=True)
    file.decrypt(within)
    return within.getvalue()


def reader(within: Callable[[bytes], Callable[[bytes, Job], Extracted]]) -> Callable[[bytes, Job], Extracted]:
    """Return a reader that opens a protected file and reads what it holds with the reader that `within` tells."""

    def read(content: bytes, job: Job) -> Extracted:
        opened_content = opened(content, job.password)
        return within(opened_content)(opened_content, job)

    return read
