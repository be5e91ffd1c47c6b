"""The text of a paper, a screen at a time, and the words found in it."""

import unicodedata

import pytest

from documents.extraction import Paragraph
from documents.leaves import MATCHES_MOST, SCREEN_CHARACTERS, Block, Span, found, runs, screens


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("THE TERM", ["The\nterm"]),
        ('"term" ends', []),
        ("its 'end'", ["its ‘end’"]),
        ("mother-in-law", ["mother\u2011in\u2013law"]),
        ("$9.50 (net)", ["$9.50 (net)"]),
        ("   ", []),
        ("strasse", []),
    ],
)
def test_words_are_found_as_people_type_them(words, expected):
    text = "The\nterm: its ‘end’. A mother\u2011in\u2013law paid $9.50 (net), not 9950 net, in the Straße."

    assert [text[start:end] for start, end in found(text, words)] == expected


def test_of_very_many_places_the_first_are_told():
    assert found("a " * (MATCHES_MOST + 5), "a")[-1] == Span(2 * MATCHES_MOST - 2, 2 * MATCHES_MOST - 1)


@pytest.mark.parametrize("written", ["Tiếng", "Tiê\u0301ng", "Tie\u0302\u0301ng"])
def test_several_accents_of_one_letter_are_found_wherever_they_are_parted(written):
    assert found(written, "tiếng") == [Span(0, len(written))]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_accents_are_found_however_they_are_written(form, typed):
    text = unicodedata.normalize(form, "Der Müllerhof")

    places = found(text, unicodedata.normalize(typed, "müller"))

    assert [unicodedata.normalize("NFC", text[place.start : place.end]) for place in places] == ["Müller"]


def test_a_text_without_paragraphs_is_parted_at_its_blank_lines():
    assert screens("One\nline.\n \n\nTwo.\n", []) == [[Block(0, 9), Block(13, 18)]]


def test_an_empty_text_has_one_empty_screen():
    assert screens("", []) == [[]]


def test_a_paragraph_longer_than_a_screen_is_cut_and_nothing_of_it_lost():
    text = "x" * (2 * SCREEN_CHARACTERS + 1)

    assert screens(text, []) == [
        [Block(0, SCREEN_CHARACTERS)],
        [Block(SCREEN_CHARACTERS, 2 * SCREEN_CHARACTERS)],
        [Block(2 * SCREEN_CHARACTERS, 2 * SCREEN_CHARACTERS + 1)],
    ]


def test_a_paragraph_that_others_stand_under_is_a_heading():
    paragraphs = [
        Paragraph(0, 5),
        Paragraph(6, 10, ("Lease",)),
        Paragraph(11, 15, ("Lease", "Rent")),
        Paragraph(16, 20, ("Lease",)),
    ]

    assert screens("x" * 20, paragraphs) == [
        [Block(0, 5, 1), Block(6, 10, 2), Block(11, 15, 0), Block(16, 20, 0)]
    ]


def test_what_was_asked_for_wins_over_what_it_overlaps():
    text = "the fee is due"
    shown = runs(text, Block(0, 14), [Span(4, 7), Span(11, 14)], Span(4, 10))

    assert [(run.text, run.is_marked, run.is_here) for run in shown] == [
        ("the ", False, False),
        ("fee is", True, True),
        (" ", False, False),
        ("due", True, False),
    ]
