import random
import time
from itertools import pairwise

import pytest

from documents.retrieval import passages

WRAPPED = """7. Relocation. A parent who intends to move more than forty miles away shall give
the other parent ninety days' notice in writing, as described in Section
8 below, and shall wait for the answer.
7.2 Objection. The other parent may object within thirty days.
(a) The objection is made in writing and is delivered to the address that is named above.
8. Costs. Each parent bears the costs of the move.
"""
PARAGRAPHS = (
    "ARTICLE IV – CHILDREN\nSection 4.1 Custody\n" + "The parents share custody of the children. " * 6 + "\n"
    "Section 4.2 Support\n" + "The father pays support on the first day of each month. " * 6 + "\n"
)


def cut(text):
    return [text[clause.start : clause.end] for clause in passages.split(text)]


def headings(text):
    return [clause.heading for clause in passages.split(text)]


def test_a_passage_starts_at_each_numbered_clause_of_hard_wrapped_text():
    starts = [passage.split(".")[0] for passage in cut(WRAPPED)]

    assert starts == [
        "7",
        "7",
        "(a) The objection is made in writing and is delivered to the address that is named above",
        "8",
    ]


def test_a_number_inside_a_wrapped_sentence_starts_nothing():
    assert cut(WRAPPED)[0].endswith("wait for the answer.")


def test_the_heading_is_the_path_of_numbers_and_titles():
    assert headings(WRAPPED) == [
        "7. Relocation",
        "7. Relocation > 7.2 Objection",
        "7. Relocation > 7.2 Objection > (a)",
        "8. Costs",
    ]


def test_articles_and_sections_of_one_paragraph_a_line_make_a_path():
    assert headings(PARAGRAPHS) == [
        "ARTICLE IV – CHILDREN > Section 4.1 Custody",
        "ARTICLE IV – CHILDREN > Section 4.2 Support",
    ]


def test_clauses_inside_one_long_line_are_parted():
    line = "1. Term. " + "The term is one year. " * 10 + "2. Rent. " + "The rent is due monthly. " * 10

    assert headings(line) == ["1. Term", "2. Rent"]


def test_plain_notes_are_gathered_into_passages_of_paragraphs():
    note = "\n\n".join(
        f"The client said on day {day} that the roof leaks and nobody came to mend it." for day in range(12)
    )

    lengths = [len(passage) for passage in cut(note)]

    assert all(300 <= length <= 800 for length in lengths[:-1])


def test_a_long_clause_is_cut_after_a_sentence():
    pieces = cut("1. Duties. " + "The tenant keeps the garden and the gate in order. " * 40)

    assert all(piece.endswith(".") for piece in pieces)
    assert all(piece.startswith("The tenant") for piece in pieces[1:])


@pytest.mark.parametrize(("length", "passage_lengths"), [(800, [800]), (801, [800, 1]), (1600, [800, 800])])
def test_a_word_without_end_is_cut_at_the_limit(length, passage_lengths):
    assert [len(passage) for passage in cut("x" * length)] == passage_lengths


@pytest.mark.parametrize("foot", ["Page 2", "Page 2 of 14", "PAGE 2/14"])
def test_the_number_of_a_page_is_no_heading(foot):
    runs, due = "The lease runs on. " * 40, "The rent is due. " * 40

    assert headings(f"ARTICLE 1. Lease\n\n1.1 {runs}\n\n{foot}\n\n1.2 {due}")[-1] == "ARTICLE 1. Lease > 1.2"


def test_a_heading_never_exceeds_its_limit():
    path = "".join(f"{'.'.join('1' * depth)}. {'Very Long Title Of Rules ' * 3}\n" for depth in range(1, 6))

    assert max(len(heading) for heading in headings(path)) <= passages.HEADING_CHARACTERS


@pytest.mark.parametrize("text", ["", "   \n\n\t\n", "\f\n"])
def test_a_text_without_words_has_no_passages(text):
    assert passages.split(text) == []


@pytest.mark.parametrize("seed", range(40))
def test_passages_hold_every_word_in_order_within_the_limit(seed):
    pieces = [
        "1. ",
        "2.1 Term. ",
        "(a) ",
        "ARTICLE II ",
        "Rent",
        "\n",
        "\n\n",
        " ",
        ".",
        "; ",
        "The tenant pays ",
        "x" * 300,
        "é ",
        "\f",
    ]
    source = random.Random(seed)
    text = "".join(source.choice(pieces) for _ in range(400))

    clauses = passages.split(text)

    assert "".join("".join(text[clause.start : clause.end].split()) for clause in clauses) == "".join(
        text.split()
    )
    assert all(first.end <= second.start for first, second in pairwise(clauses))
    assert all(0 < clause.end - clause.start <= passages.PASSAGE_CHARACTERS for clause in clauses)
    assert all(
        text[clause.start : clause.end] == text[clause.start : clause.end].strip() for clause in clauses
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["a", ".", " ", "\n", "1.", "(a) ", "ARTICLE IV ", "The tenant pays. ", ". " + " " * 60]
)
def test_no_text_takes_more_than_linear_time(unit):
    text = (unit * 1_000_000)[:1_000_000]
    started = time.process_time()

    passages.split(text)

    assert time.process_time() - started < 3
