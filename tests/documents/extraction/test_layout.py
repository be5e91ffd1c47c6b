import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from documents.extraction import layout
from documents.extraction.layout import Word

WIDTH, HEIGHT = 612.0, 792.0
WORDS = [Word(10, 13, 72.0, 80.0, 90.5, 92.0), Word(14, 15, 95.0, 80.0, 99.0, 92.0)]


def packed(words, *, start=10):
    return layout.pack(words, start=start, width=WIDTH, height=HEIGHT)


def unpacked(content, *, start=10, end=1_000):
    return list(layout.unpack(content, start=start, end=end, width=WIDTH, height=HEIGHT))


def test_words_come_back_with_their_places_and_boxes():
    back = unpacked(packed(WORDS))

    assert [word[:2] for word in back] == [(10, 13), (14, 15)]
    assert [word.confidence for word in back] == [None, None]
    for word, original in zip(back, WORDS, strict=True):
        assert word[2:6] == pytest.approx(original[2:6], abs=HEIGHT / 65_535)


def test_confidence_comes_back_within_a_percentage():
    words = [WORDS[0]._replace(confidence=93), WORDS[1]._replace(confidence=250)]

    assert [word.confidence for word in unpacked(packed(words))] == [93, 100]


def test_a_word_takes_about_ten_bytes():
    assert len(packed(WORDS)) == 1 + 2 * 10


def test_no_words_take_no_bytes():
    assert packed([]) == b""
    assert unpacked(b"") == []


def test_long_words_and_wide_gaps_come_back():
    words = [Word(500, 100_000, 0, 0, 1, 1), Word(100_000, 100_128, 0, 0, 1, 1)]

    assert [word[:2] for word in unpacked(packed(words), end=200_000)] == [(500, 100_000), (100_000, 100_128)]


def test_boxes_beyond_the_page_end_at_its_edge():
    (word,) = unpacked(packed([Word(10, 11, -5.0, 700.0, 9_999.0, math.inf)]))

    assert word[2:5] == pytest.approx((0.0, 700.0, WIDTH), abs=0.01)
    assert word.bottom == 0.0


def test_boxes_that_are_no_numbers_lie_in_the_corner():
    (word,) = unpacked(packed([Word(10, 11, math.nan, math.nan, 5.0, 5.0)]))

    assert word[2:4] == (0.0, 0.0)


def test_a_page_without_a_size_has_words_without_a_box():
    content = layout.pack(WORDS, start=10, width=0, height=0)

    assert [word[2:6] for word in layout.unpack(content, start=10, end=20, width=0, height=0)] == [
        (0, 0, 0, 0)
    ] * 2


@pytest.mark.parametrize("words", [[Word(9, 12, 0, 0, 1, 1)], WORDS[::-1], [Word(12, 11, 0, 0, 1, 1)]])
def test_words_that_do_not_follow_one_another_are_not_packed(words):
    with pytest.raises(ValueError, match="follow one another"):
        packed(words)


@pytest.mark.parametrize("content", [b"\x03", packed(WORDS)[:-1], b"\x01\x00", b"\x01" + b"\xff" * 12])
def test_bytes_of_no_layout_are_refused(content):
    with pytest.raises(layout.BadLayout):
        unpacked(content)


def test_words_beyond_the_end_of_their_page_are_refused():
    with pytest.raises(layout.BadLayout):
        unpacked(packed(WORDS), end=14)


@given(some.binary(max_size=60))
def test_any_bytes_are_words_or_refused(content):
    try:
        words = unpacked(content)
    except layout.BadLayout:
        return

    assert all(10 <= word.start <= word.end <= 1_000 for word in words)
