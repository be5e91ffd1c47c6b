import pytest

from tests.benchmarks import contracts_scoring as scoring
from tests.benchmarks.contracts_scoring import Asked

TEXT = (
    "1. Term. This Agreement begins on May 1 and ends on June 30 of the next year.\n"
    "2. Law. The law of Delaware governs."
)


def asked(gold, citations=(), *, supported=True, support=0.9):
    return Asked(
        gold=gold, document_text=TEXT, citations=list(citations), supported=supported, support=support
    )


def test_gold_is_found_whatever_its_case_white_space_and_punctuation():
    located = scoring.locate(["the LAW of\n   Delaware, governs"], TEXT)

    assert [TEXT[start:end] for start, end in located.spans] == ["The law of Delaware governs"]
    assert (located.whole, located.pieces, located.missing) == (1, 0, 0)


def test_gold_that_the_text_interrupts_is_found_in_pieces():
    gold = "This Agreement begins on May 1 and ends on June 30 of the next year. Source: Form 10-K"

    located = scoring.locate([gold], TEXT)

    assert (located.whole, located.pieces, located.missing) == (0, 1, 0)
    assert (
        TEXT[slice(*located.spans[0])]
        == "This Agreement begins on May 1 and ends on June 30 of the next year"
    )


def test_gold_that_is_not_in_the_text_is_counted_as_missing():
    located = scoring.locate(["The rent is due on Monday."], TEXT)

    assert (located.spans, located.missing) == ([], 1)


def test_spans_that_touch_become_one():
    assert scoring.union([(8, 9), (0, 3), (3, 5), (1, 2)]) == [(0, 5), (8, 9)]


def test_a_brush_with_gold_of_less_than_twenty_characters_is_no_overlap():
    assert not scoring.hits((0, 30), [(11, 90)])
    assert scoring.hits((0, 31), [(11, 90)])
    assert scoring.hits((0, 30), [(25, 28)])


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        ([2, 3], [0, 1], 1.0),
        ([0], [1], 0.0),
        ([1, 1], [1], 0.5),
        ([1, 0], [0, 1], 0.5),
        ([1, 1, 0], [0, 0, 1], 2 / 3),
    ],
)
def test_the_auc_counts_ties_as_half(positive, negative, expected):
    assert scoring.auc(positive, negative) == pytest.approx(expected)


def test_the_auc_of_nothing_is_refused():
    with pytest.raises(ValueError, match="both"):
        scoring.auc([1.0], [])


def test_the_report_gives_the_figures_of_a_run():
    law = TEXT.index("The law")
    questions = [
        asked(["The law of Delaware governs."], [(law, len(TEXT)), (0, 10)]),
        asked(["This Agreement begins on May 1"], [(law, len(TEXT))], supported=False, support=0.4),
        asked(["Nowhere in the text"], [(0, 5)], support=0.6),
        asked([], [], supported=False, support=0.5),
        asked([], [(0, 5)], support=0.2),
    ]

    figures = scoring.report(questions)

    assert (figures.answered, figures.unanswered, figures.gold_missing, figures.unlocated_questions) == (
        3,
        2,
        1,
        1,
    )
    assert (figures.overlapping, figures.overlapping_and_supported, figures.first_overlapping) == (
        0.5,
        0.5,
        0.5,
    )
    assert figures.first_precision == pytest.approx(0.5 * 27 / 28)
    assert figures.characters == pytest.approx((28 + 10 + 28) / 2)
    assert figures.supported_auc == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert figures.support_auc == pytest.approx(5 / 6)
    assert "a. a quotation overlaps gold: 0.500" in str(figures)


def test_a_run_without_unanswered_questions_is_refused():
    with pytest.raises(ValueError, match="unanswered"):
        scoring.report([asked(["The law of Delaware governs."])])
