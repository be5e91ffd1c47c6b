import pytest

from lexai.encryption.core import keys
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose

ROOT, OTHER_ROOT = bytes(32), bytes(31) + b"\x01"
KEY = bytes(range(32))
NONCE = bytes(12)


def test_a_wrapped_key_opens_under_its_root_and_its_name():
    wrapped = keys.wrap(ROOT, KEY, "client_a/1")

    assert (len(wrapped), keys.unwrap(ROOT, wrapped, "client_a/1")) == (12 + 32 + 16, KEY)
    assert KEY not in wrapped


@pytest.mark.parametrize(
    ("root", "name"), [(OTHER_ROOT, "client_a/1"), (ROOT, "client_b/1"), (ROOT, "client_a/2")]
)
def test_a_wrapped_key_opens_nowhere_else(root, name):
    with pytest.raises(TamperError):
        keys.unwrap(root, keys.wrap(ROOT, KEY, "client_a/1"), name)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, 59])
def test_a_wrapped_key_that_was_cut_off_is_no_key(length):
    with pytest.raises(TamperError):
        keys.unwrap(ROOT, keys.wrap(ROOT, KEY, "client_a/1")[:length], "client_a/1")


@pytest.mark.parametrize("place", [0, 11, 12, 43, 44, 59])
def test_a_wrapped_key_of_which_one_bit_changed_is_no_key(place):
    wrapped = bytearray(keys.wrap(ROOT, KEY, "client_a/1"))
    wrapped[place] ^= 1

    with pytest.raises(TamperError):
        keys.unwrap(ROOT, bytes(wrapped), "client_a/1")


def test_the_same_key_is_never_wrapped_alike():
    assert keys.wrap(ROOT, KEY, "client_a/1") != keys.wrap(ROOT, KEY, "client_a/1")


def test_each_purpose_has_a_key_of_its_own():
    sealed = {keys.cipher(KEY, purpose).encrypt(NONCE, b"words", None) for purpose in Purpose}

    assert len(sealed) == len(Purpose) == 3


def test_a_fingerprint_tells_roots_apart_and_is_fixed():
    assert keys.fingerprint(ROOT) == keys.fingerprint(ROOT) != keys.fingerprint(OTHER_ROOT)
    assert len(keys.fingerprint(ROOT)) == 16


def test_new_keys_differ():
    assert len({keys.new_key() for _ in range(100)}) == 100
