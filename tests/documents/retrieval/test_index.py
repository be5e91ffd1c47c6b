import sqlite3

import pytest

from documents.retrieval.index import Index

ROWS = [
    (7, "7. Relocation", "A parent who moves gives notice in good time."),
    (8, "8. Costs", "Each parent bears the costs. No party may assign this agreement without consent."),
    (9, "", "The Müller estate is divided among the heirs."),
    (10, "", "The tenants keep the garden."),
    (11, "", "Telephone calls are allowed in the evening."),
]


@pytest.fixture
def index():
    with Index() as index:
        index.add(ROWS)
        yield index


def found(index, question):
    return [hit.passage_id for hit in index.search(question, 10)]


def test_a_passage_is_found_by_another_form_of_its_word(index):
    assert found(index, "moving") == [7]


def test_a_passage_is_found_by_its_heading(index):
    assert found(index, "relocation") == [7]


def test_a_passage_is_found_by_the_wording_of_the_subject_asked_for(index):
    assert found(index, "Is there an anti-assignment clause?")[0] == 8


def test_a_word_with_letters_beyond_ascii_is_found(index):
    assert found(index, "MÜLLER") == [9]


def test_hits_come_best_first_and_no_more_than_asked_for(index):
    hits = index.search("parent notice costs garden", 2)

    assert len(hits) == 2
    assert hits[0].score >= hits[1].score > 0


def test_the_questions_own_word_outranks_a_wording_from_the_thesaurus():
    with Index() as index:
        index.add(
            [
                (1, "", "insured goods"),
                (2, "", "policy of goods"),
                *((n, "", "other words") for n in range(3, 9)),
            ]
        )

        assert found(index, "insurance insured")[0] == 1


@pytest.mark.parametrize(
    "question",
    ['"', "NEAR(", "a AND NOT b*", "body:parent^2", "'; DROP TABLE passages", "{heading}: -x", "\x00"],
)
def test_a_question_is_never_query_syntax(index, question):
    assert isinstance(index.search(question, 5), list)
    assert len(index) == len(ROWS)


@pytest.mark.parametrize("question", ["", "?!", "  "])
def test_a_question_without_words_finds_nothing(index, question):
    assert index.search(question, 5) == []


def test_a_question_of_a_thousand_words_is_answered(index):
    assert found(index, " ".join(f"word{n}" for n in range(1000)) + " garden") == [10]


def test_an_index_survives_storage_and_takes_fresh_passages(index):
    with Index.deserialise(index.serialise()) as restored:
        restored.add([(12, "", "A fresh note about the garden.")])

        assert len(restored) == len(ROWS) + 1
        assert sorted(found(restored, "garden")) == [10, 12]


def test_stored_bytes_hold_no_readable_sentence(index):
    assert b"bears the costs" not in index.serialise()


@pytest.mark.parametrize("stored", [b"", b"junk", b"x" * 8192])
def test_bytes_that_are_no_index_are_refused(stored):
    with pytest.raises(sqlite3.DatabaseError):
        Index.deserialise(stored)


def test_the_frequency_of_a_stem_counts_passages(index):
    assert (index.document_frequency("parent"), index.document_frequency("absent")) == (2, 0)


def test_a_failed_addition_leaves_the_index_as_it_was(index):
    def rows():
        yield (20, "", "half a batch")
        raise LookupError

    with pytest.raises(LookupError):
        index.add(rows())

    assert len(index) == len(ROWS)
