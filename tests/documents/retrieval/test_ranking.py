import pytest

from documents.retrieval.index import Index, best
from documents.retrieval.ranking import LEAST_RARITY, Query, Statistics, score, tokens

ROWS = [
    (7, "7. Relocation", "A parent who moves gives notice in good time."),
    (8, "8. Costs", "Each parent bears the costs. No party may assign this agreement without consent."),
    (9, "Consent of a parent", "The M\u00fcller estate is divided among the heirs."),
    (10, "", "The tenants keep the garden, and the garden keeps the tenants."),
    (11, "", "Telephone calls to a parent's home aren't allowed, with consent, in the evening."),
]
QUESTIONS = [
    "parent",
    "Is there an anti-assignment clause?",
    "M\u00fcller garden consent costs",
    "aren't",
    "zebra",
    "?",
]


def index_of(rows):
    index = Index()
    index.add(rows)
    return index


def pairs(hits):
    return [(hit.passage_id, hit.score) for hit in hits]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_formula_scores_as_the_index_does_to_the_last_digit(question):
    query = Query.of(question)
    with index_of(ROWS) as index:
        hits = index.search(question, 10)
        statistics = index.statistics(query)
    rows = {number: (heading, text) for number, heading, text in ROWS}

    for hit in hits:
        heading, text = rows[hit.passage_id]
        assert score(query, statistics, heading=heading, text=text) == hit.score


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_statistics_of_two_halves_are_those_of_the_whole(question):
    query = Query.of(question)
    with index_of(ROWS) as whole, index_of(ROWS[:2]) as first, index_of(ROWS[2:]) as second:
        together = Statistics.together([first.statistics(query), second.statistics(query)])
        expected = whole.statistics(query)

    assert (together.passage_count, together.token_count) == (expected.passage_count, expected.token_count)
    assert dict(together.frequency) == dict(expected.frequency)


def test_a_word_that_most_passages_hold_still_counts_a_little():
    statistics = Statistics(4, 40, {"parent": 3, "consent": 2, "cost": 1})

    assert (statistics.rarity("parent"), statistics.rarity("consent")) == (LEAST_RARITY, LEAST_RARITY)
    assert statistics.rarity("cost") > 0.5


def test_the_older_passage_comes_first_where_two_fit_as_well():
    assert pairs(best([(3, 1.0), (2, 2.0), (1, 1.0)], 2)) == [(2, 2.0), (1, 1.0)]


def test_a_token_is_a_stem_of_letters_and_digits():
    assert tokens("At ten o'clock the 2nd co-owner") == ["at", "ten", "oclock", "the", "2nd", "co", "owner"]
