import hashlib
from io import BytesIO

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from documents import extraction
from documents.extraction import limits
from documents.extraction.office.protected import KEYS, PACKAGE
from tests import papers
from tests.documents.extraction.reading import read_with_parts
from tests.outlook_papers import compound

LEASE = ["The lease", *(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))]


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """Make a Word document that opens with the password "geheim é" only."""
    within = BytesIO()
    # msoffcrypto misplaces what is smaller than 4 kB when it encrypts.
    OOXMLFile(BytesIO(papers.docx(LEASE))).encrypt("geheim é", within)
    return within.getvalue()


def test_a_protected_document_is_read_with_its_password(sealed):
    extracted, _ = read_with_parts(sealed, password="geheim é")

    assert extracted.text == "\n".join(LEASE)
    assert extracted.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_without_its_password_it_is_refused_as_protected(sealed):
    with pytest.raises(extraction.PasswordProtected) as refused:
        read_with_parts(sealed)

    assert type(refused.value) is extraction.PasswordProtected


def test_a_wrong_password_is_refused_as_such(sealed):
    with pytest.raises(extraction.WrongPassword):
        read_with_parts(sealed, password="wrong")


@pytest.mark.parametrize(
    ("streams", "refusal"),
    [
        ({PACKAGE: b"x" * 5_000, KEYS: b"\x04\0\x04\0" + b"\0" * 4 + b"<keys/>"}, extraction.Damaged),
        ({PACKAGE: b"x" * 5_000, KEYS: b"\x04\0\x04\0" + b"\0" * 4 + b"no keys"}, extraction.Damaged),
        ({PACKAGE: b"x" * 5_000, KEYS: b"\x04\0\x03\0" + b"\0" * 40}, extraction.Unsupported),
        ({PACKAGE: b"x" * 5_000}, extraction.Damaged),
        ({PACKAGE: b"", KEYS: b""}, extraction.Damaged),
    ],
    ids=["other keys", "no XML", "rights of a server", "no keys", "nothing"],
)
def test_what_cannot_be_opened_is_refused_by_name(streams, refusal):
    streams = {name: content.replace(b"x" * 5_000, b"\0" * 5_000) for name, content in streams.items()}

    with pytest.raises(refusal):
        read_with_parts(compound(streams), password="geheim")


def test_keys_that_would_turn_for_hours_are_refused(sealed):
    content = sealed.replace(b'spinCount="100000"', b'spinCount="9999999999"'[:18])

    assert content != sealed
    with pytest.raises(extraction.Refusal):
        read_with_parts(content, password="geheim é")


def test_a_file_that_pretends_to_be_larger_than_it_can_be_is_refused(sealed, monkeypatch):
    monkeypatch.setattr(limits, "PART_LIMIT_BYTES", 500)

    with pytest.raises(extraction.OverLimits):
        read_with_parts(sealed, password="geheim é")
