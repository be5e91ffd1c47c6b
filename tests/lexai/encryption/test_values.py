import pytest

from lexai.encryption.core import keys, values
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose

CIPHER = keys.cipher(bytes(32), Purpose.FIELD)
OTHER = keys.cipher(bytes(31) + b"\x01", Purpose.FIELD)
HERE = b"clients.notes|client_a|client_a"


def sealed(content=b"words", version=1):
    return values.seal(CIPHER, version, content, HERE)


def test_a_value_is_as_long_as_its_format_says():
    assert len(sealed(b"")) == 1 + 2 + 12 + 16
    assert len(sealed(b"x" * 1000)) == 1 + 2 + 12 + 1000 + 16


def test_a_value_opens_where_it_was_sealed():
    assert values.unseal(CIPHER, sealed(), HERE) == b"words"


@pytest.mark.parametrize("version", [1, 2, 255, 256, 65535])
def test_a_value_names_the_version_of_its_key(version):
    assert values.key_version(sealed(version=version)) == version


@pytest.mark.parametrize(
    "elsewhere",
    [
        b"clients.email|client_a|client_a",
        b"clients.notes|client_b|client_b",
        b"clients.notes|client_a|client_b",
    ],
)
def test_a_value_opens_in_no_other_column_row_or_owner(elsewhere):
    with pytest.raises(TamperError):
        values.unseal(CIPHER, sealed(), elsewhere)


def test_a_value_opens_under_no_other_key():
    with pytest.raises(TamperError):
        values.unseal(OTHER, sealed(), HERE)


def test_no_bit_of_a_value_can_be_changed():
    whole = sealed()
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(TamperError):
                values.unseal(CIPHER, bytes(changed), HERE)


def test_no_byte_of_a_value_can_be_cut_off_or_added():
    whole = sealed()
    for length in range(len(whole)):
        with pytest.raises(TamperError):
            values.unseal(CIPHER, whole[:length], HERE)
    with pytest.raises(TamperError):
        values.unseal(CIPHER, whole + b"\0", HERE)


@pytest.mark.parametrize(
    "foreign", [b"", b"\x01", b"\x01\x01", b"\x02" + bytes(40), b"plain text, never sealed"]
)
def test_what_is_no_sealed_value_has_no_version(foreign):
    with pytest.raises(TamperError):
        values.key_version(foreign)


def test_the_same_words_are_never_sealed_alike():
    assert len({sealed() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text", ["", "a", "ends in zeros 000", "x" * 63, "x" * 64, "ä" * 40, "\x80", "Zeile\n", "😀" * 16]
)
def test_padding_gives_every_text_back(text):
    assert values.unpadded(values.padded(text.encode())) == text.encode()


def test_short_texts_are_of_one_length():
    assert {len(values.padded(text)) for text in (b"", b"a", b"no", b"ana@hart.example", b"x" * 63)} == {64}
    assert len(values.padded(b"x" * 64)) == 65
