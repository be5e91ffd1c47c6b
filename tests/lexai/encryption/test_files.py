"""Sealed files: readable from any place, and not at all when a byte of them is not what was sealed."""

import io
import os

import pypdfium2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from lexai.encryption.core import files
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.files import CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES
from tests import papers

CIPHER = AESGCM(bytes(range(32)))
CONTEXT = b"lexai-1|client_a"
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5]


class Raw(io.BytesIO):
    """A file in storage: it survives its writer, and remembers how much was read of it."""

    def __init__(self, content=b""):
        super().__init__(content)
        self.lengths = []

    def read(self, size=-1):
        found = super().read(size)
        self.lengths.append(len(found))
        return found

    def close(self):
        """Stay open for the test to look at."""


def content_of(size):
    return os.urandom(size)


def sealed(content, *, context=CONTEXT, cipher=CIPHER, key_version=1, step=100_000):
    raw = Raw()
    writer = files.SealingWriter(raw, cipher, key_version, context)
    for start in range(0, len(content), step):
        assert writer.write(content[start : start + step]) == len(content[start : start + step])
    writer.close()
    return raw.getvalue()


def reader(stored, *, context=CONTEXT, cipher=CIPHER):
    raw = stored if isinstance(stored, Raw) else Raw(stored)
    return files.SealedReader(raw, lambda _version: cipher, context)


def chunks_of(stored):
    body = stored[HEADER_BYTES:]
    return [body[start : start + SEALED_CHUNK_BYTES] for start in range(0, len(body), SEALED_CHUNK_BYTES)]


def put_together(stored, chunks):
    return stored[:HEADER_BYTES] + b"".join(chunks)


# What goes in comes out


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [10_000, CHUNK_BYTES, 1_048_576])
def test_what_was_written_is_read_and_the_size_is_known(size, step):
    content = content_of(size)
    stored = sealed(content, step=step)
    opened = reader(stored)

    assert len(stored) == files.sealed_size(size)
    assert (opened.size, opened.read(), opened.read()) == (size, content, b"")


def test_nothing_of_the_content_stands_in_what_is_stored():
    content = b"The fee is $900. " * 20_000

    assert b"The fee is" not in sealed(content)
    assert sealed(content) != sealed(content)


def test_the_header_names_version_and_key():
    stored = sealed(b"x", key_version=258)
    asked = []
    files.SealedReader(Raw(stored), lambda version: asked.append(version) or CIPHER, CONTEXT)

    assert (stored[:3], files.key_version(stored), asked) == (b"\x01\x01\x02", 258, [258])


FILE = content_of(2 * CHUNK_BYTES + 777)
STORED = sealed(FILE)
PLACES = st.one_of(
    st.integers(0, len(FILE) + 100),
    st.sampled_from([CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, len(FILE)]),
)
STEPS = st.one_of(
    st.tuples(st.just("seek"), PLACES, st.just(io.SEEK_SET)),
    st.tuples(st.just("seek"), PLACES.map(lambda place: -min(place, len(FILE))), st.just(io.SEEK_END)),
    st.tuples(st.just("seek"), PLACES, st.just(io.SEEK_CUR)),
    st.tuples(st.just("read"), st.one_of(st.just(-1), st.integers(0, 100), PLACES)),
    st.tuples(st.just("readline")),
    st.tuples(st.just("tell")),
)


@given(st.lists(STEPS, max_size=12))
def test_it_reads_as_any_file_in_memory_does(steps):
    plain, opened = io.BytesIO(FILE), reader(STORED)

    for name, *arguments in steps:
        assert getattr(opened, name)(*arguments) == getattr(plain, name)(*arguments)


@given(st.lists(st.integers(0, 2 * CHUNK_BYTES), max_size=8))
def test_however_it_is_written_it_reads_the_same(lengths):
    content = content_of(sum(lengths))
    raw, start = Raw(), 0
    writer = files.SealingWriter(raw, CIPHER, 1, CONTEXT)
    for length in lengths:
        writer.write(memoryview(content)[start : start + length])
        start += length
    writer.close()

    assert reader(raw).read() == content


def test_a_buffered_reader_takes_it():
    assert io.BufferedReader(reader(STORED), 10_000).read() == FILE


def test_before_the_start_there_is_nothing():
    opened = reader(STORED)

    with pytest.raises(ValueError, match="before the start"):
        opened.seek(-1)
    with pytest.raises(ValueError, match="before the start"):
        opened.seek(-len(FILE) - 1, io.SEEK_END)
    assert opened.tell() == 0


def test_a_closed_file_gives_nothing_that_it_had_read():
    opened = reader(STORED)
    assert opened.read(10) == FILE[:10]
    opened.close()

    for reading in (lambda: opened.read(10), lambda: opened.readinto(bytearray(10)), opened.read):
        with pytest.raises(ValueError, match="closed"):
            reading()


# Only what is asked for is fetched


def test_a_read_fetches_the_chunks_that_it_needs():
    stored = Raw(sealed(content_of(100 * CHUNK_BYTES)))
    opened = reader(stored)
    assert stored.lengths == [HEADER_BYTES, SEALED_CHUNK_BYTES]

    opened.seek(50 * CHUNK_BYTES + 10)
    opened.read(100)
    opened.seek(50 * CHUNK_BYTES + 5)
    opened.read(200)

    assert stored.lengths == [HEADER_BYTES, SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES]


def test_a_whole_file_is_fetched_in_pieces_of_a_megabyte():
    stored = Raw(sealed(content_of(100 * CHUNK_BYTES)))
    opened = reader(stored)
    opened.read()

    assert max(stored.lengths) == files.FETCHED_CHUNKS * SEALED_CHUNK_BYTES
    assert len(stored.lengths) == 2 + 7
    assert len(opened._kept) <= files.KEPT_CHUNKS


@pytest.mark.slow
def test_one_page_of_five_hundred_takes_a_few_chunks():
    pages = [f"## {page}. Fees\n\n" + f"The fee of month {page} is ${page * 7}. " * 40 for page in range(500)]
    content = papers.pdf(pages)
    content += b"%" + os.urandom(4_000_000).replace(b"\n", b".") + content[content.rindex(b"startxref") - 1 :]
    stored = Raw(sealed(content))
    with pypdfium2.PdfDocument(io.BufferedReader(reader(stored), 4096)) as pdf:
        shown = pdf[250].get_textpage().get_text_range()

    assert "The fee of month 250 is $1750." in shown
    assert sum(stored.lengths) < len(stored.getvalue()) / 10


# What was changed is refused


@pytest.mark.parametrize(
    "length",
    [
        0,
        2,
        HEADER_BYTES,
        HEADER_BYTES + 5,
        HEADER_BYTES + 16,
        *(HEADER_BYTES + border * SEALED_CHUNK_BYTES + by for border in (1, 2) for by in (-1, 0, 1, 16)),
        len(STORED) - 17,
        len(STORED) - 1,
    ],
)
def test_a_file_that_was_cut_off_is_refused_before_its_first_byte(length):
    with pytest.raises(TamperError):
        reader(STORED[:length])


@pytest.mark.parametrize("more", [b"\0", bytes(16), bytes(SEALED_CHUNK_BYTES), chunks_of(STORED)[-1]])
def test_a_file_that_was_extended_is_refused_before_its_first_byte(more):
    with pytest.raises(TamperError):
        reader(STORED + more)


@pytest.mark.parametrize(
    "order", [(1, 0, 2), (0, 0, 2), (1, 1, 2), (0, 2), (1, 2), (2,), (0, 1), (0, 1, 1, 2)]
)
def test_chunks_that_were_swapped_repeated_or_taken_out_are_refused(order):
    chunks = chunks_of(STORED)

    with pytest.raises(TamperError):
        reader(put_together(STORED, [chunks[number] for number in order])).read()


def test_chunks_of_another_file_of_the_same_owner_are_refused():
    other = sealed(content_of(len(FILE)))
    mixed = [chunks_of(STORED)[0], chunks_of(other)[1], chunks_of(STORED)[2]]

    with pytest.raises(TamperError):
        reader(put_together(STORED, mixed)).read()
    with pytest.raises(TamperError):
        reader(other[:HEADER_BYTES] + STORED[HEADER_BYTES:])


@given(st.integers(0, len(STORED) - 1), st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused(place, bit):
    changed = bytearray(STORED)
    changed[place] ^= 1 << bit

    with pytest.raises(TamperError):
        reader(bytes(changed)).read()


def test_what_stands_before_a_changed_chunk_is_read_and_nothing_of_that_chunk():
    changed = bytearray(STORED)
    changed[HEADER_BYTES + SEALED_CHUNK_BYTES + 40_000] ^= 1
    opened = reader(bytes(changed))

    assert opened.read(CHUNK_BYTES) == FILE[:CHUNK_BYTES]
    target = bytearray(10)
    with pytest.raises(TamperError):
        opened.readinto(target)
    assert (bytes(target), opened.tell()) == (bytes(10), CHUNK_BYTES)


def test_another_context_or_another_key_opens_nothing():
    for other in (b"lexai-2|client_a", b"lexai-1|client_b", b""):
        with pytest.raises(TamperError):
            reader(STORED, context=other)
    with pytest.raises(TamperError):
        reader(STORED, cipher=AESGCM(bytes(32)))


def test_a_file_that_was_never_sealed_is_refused():
    for stored in (b"", b"The fee is $900.", b"\x02" + STORED[1:]):
        with pytest.raises(TamperError):
            reader(stored)


def test_what_was_abandoned_cannot_be_opened():
    for size in (0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 1):
        raw = Raw()
        writer = files.SealingWriter(raw, CIPHER, 1, CONTEXT)
        writer.write(content_of(size))
        writer.abandon()
        writer.close()
        with pytest.raises(TamperError):
            reader(raw)


def test_a_file_whose_last_chunk_cannot_be_written_is_not_closed_as_if_it_were_whole():
    class FullAtLast(Raw):
        is_full = is_closed = False

        def write(self, content):
            if self.is_full:
                raise OSError(28, "No space left on device")
            return super().write(content)

        def close(self):
            self.is_closed = True

    raw = FullAtLast()
    writer = files.SealingWriter(raw, CIPHER, 1, CONTEXT)
    writer.write(content_of(10))
    raw.is_full = True
    with pytest.raises(OSError, match="No space left"):
        writer.close()
    assert not raw.is_closed, "closing puts it in its place"

    writer.abandon()
    assert raw.is_closed
