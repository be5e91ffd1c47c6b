import random
import re

import pytest

from conversations.assistant.verification import pages_of, verify

PAPER = (
    "The Tenant shall pay $1,850 to the Landlord on the first day of each month.\n"
    'The Landlord’s consent is "not unreasonably withheld"; the indem-\nnity survives.\f'
    "The Landlord shall return the deposit of $2,775 within 21 days."
)
OTHER_PAPER = PAPER.replace("Tenant", "Lessee").replace("1,850", "1,950")
RENT = "The Tenant shall pay $1,850 to the Landlord on the first day of each month."
CONSENT = 'The Landlord’s consent is "not unreasonably withheld"; the indem-\nnity survives.'


def place(stretch, text=PAPER):
    return text.index(stretch), text.index(stretch) + len(stretch)


def test_an_exact_quotation_is_verified():
    assert verify(RENT, *place(RENT), PAPER)


@pytest.mark.parametrize(
    "quotation",
    [
        CONSENT.replace("\n", " \n\t").replace("indem- \n\tnity", "indem-\nnity"),
        CONSENT.replace("’", "'").replace('"', "“"),
        CONSENT.replace("indem-\nnity", "indemnity"),
        f"  {CONSENT}\n",
        "\u00a0".join(CONSENT.replace("indem-\nnity", "indemnity").split(" ")),
    ],
)
def test_white_space_quote_marks_and_hyphens_at_line_ends_do_not_matter(quotation):
    assert verify(quotation, *place(CONSENT), PAPER)


@pytest.mark.parametrize(
    "quotation",
    [
        RENT.replace("1,850", "1,950"),
        RENT.replace("1,850", "1850"),
        RENT.replace("Tenant", "Landlord").replace("to the Landlord", "to the Tenant"),
        RENT.replace("first", "First"),
        RENT.replace("shall", "shall not"),
        RENT.replace("shall", "sha11"),
        RENT[:-1],
        RENT.replace("each month", "each  moneth"),
        RENT.replace(" ", ""),
        "The Tenant may keep a dog.",
        "",
        " \n ",
    ],
)
def test_a_changed_or_invented_quotation_is_not_verified(quotation):
    assert not verify(quotation, *place(RENT), PAPER)


def test_a_true_sentence_is_not_verified_at_the_place_of_another():
    deposit = "The Landlord shall return the deposit of $2,775 within 21 days."

    assert not verify(RENT, *place(deposit), PAPER)
    assert not verify(deposit, *place(RENT), PAPER)


def test_a_quotation_of_another_paper_is_not_verified():
    assert not verify(RENT, *place(RENT), OTHER_PAPER)


def test_a_hyphen_inside_a_line_stays():
    assert not verify("noncompete", 0, 11, "non-compete")


@pytest.mark.parametrize(
    ("start", "end"),
    [(1, len(RENT)), (0, len(RENT) - 1), (-1, 5), (5, 5), (9, 2), (0, len(PAPER) + 1), (10**9, 10**9 + 5)],
)
def test_a_place_that_is_shifted_reversed_or_outside_is_not_verified(start, end):
    assert not verify(RENT, start, end, PAPER)


def test_a_place_of_white_space_verifies_nothing():
    assert not verify("", 0, 3, "   ")


@pytest.mark.parametrize(
    ("paper", "quotation", "start"),
    [
        ("The fee is 10-\n20 dollars", "The fee is 1020 dollars", 0),
        ("Section 2024-\n25 applies", "Section 202425 applies", 0),
        ("The price is 1,500,000 dollars", "500,000 dollars", 15),
        ("The price is 1,500,000 dollars", "The price is 1", 0),
        ("The rate is 4.75 percent", "75 percent", 14),
        ("The wall is 6' high", 'The wall is 6" high', 0),
        ("The nonpayment of rent", "payment of rent", 7),
        ("A payment of rentals", "A payment of rent", 0),
    ],
)
def test_what_changes_a_number_or_cuts_through_one_or_through_a_word_is_not_verified(paper, quotation, start):
    places = range(len(quotation), len(paper) - start + 1)

    assert not any(verify(quotation, start, start + length, paper) for length in places)
    assert verify(paper, 0, len(paper), paper)


@pytest.mark.parametrize("seed", range(50))
def test_any_stretch_is_verified_as_it_stands_and_not_with_one_letter_changed(seed):
    source = random.Random(seed)
    words = [found.span() for found in re.finditer(r"\S+", PAPER)]
    first = source.randrange(len(words) - 8)
    start, end = words[first][0], words[first + source.randrange(3, 8)][1]
    quotation = PAPER[start:end]
    letters = [offset for offset, letter in enumerate(quotation) if letter.isalnum()]
    changed = source.choice(letters)

    assert verify(quotation, start, end, PAPER)
    assert not verify(f"{quotation[:changed]}#{quotation[changed + 1 :]}", start, end, PAPER)
    assert not verify(quotation[:changed] + quotation[changed + 1 :], start, end, PAPER)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 10, (1, 1)),
        (5, 100, (1, 1)),
        (5, 101, (1, 2)),
        (100, 101, (2, 2)),
        (0, 500, (1, 3)),
        (250, 900, (3, 3)),
    ],
)
def test_pages_follow_from_offsets(start, end, expected):
    assert pages_of(start, end, [0, 100, 200]) == expected


def test_a_document_without_pages_names_none():
    with pytest.raises(ValueError, match="without pages"):
        pages_of(0, 5, [])
