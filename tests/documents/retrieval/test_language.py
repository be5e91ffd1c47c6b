import time
import unicodedata

import pytest

from documents.retrieval import language


def subjects_of(question):
    return [subject.name for subject, _ in language.subjects(question)]


def sentences_of(text):
    return [text[start:end] for start, end in language.sentences(text)]


def test_a_word_broken_at_a_line_end_is_one_word():
    assert language.words("The indem-\nnity and the non-\r\n  compete clause") == [
        "the",
        "indemnity",
        "and",
        "the",
        "noncompete",
        "clause",
    ]


def test_a_hyphen_inside_a_line_parts_words():
    assert language.words("anti-assignment") == ["anti", "assignment"]


def test_accents_that_follow_their_letters_belong_to_the_word():
    text = "Die Kündigungsfrist des Müllerhofs"
    apart = unicodedata.normalize("NFD", text)

    assert language.stems(apart) == language.stems(text)
    places = [apart[start:end] for start, end, _stem in language.word_places(apart)]
    assert unicodedata.normalize("NFC", " ".join(places)) == text


def test_marks_that_no_letter_takes_in_belong_to_the_word_wherever_it_stands():
    text = unicodedata.normalize("NFD", "Ọ̀yọ́ is near.")

    assert next(text[start:end] for start, end, _stem in language.word_places(text)) == text.split()[0]
    assert [stem for *_place, stem in language.word_places(text)] == language.stems(text)
    assert language.stems(text) == language.stems(unicodedata.normalize("NFC", text))


def test_very_many_marks_are_put_in_no_order():
    text = "a" + "\u0301\u0316" * 200_000
    began = time.process_time()

    assert len(list(language.word_places(text))) == len(language.stems(text)) == 1
    assert time.process_time() - began < 1


def test_irregular_forms_meet_their_base_form():
    assert language.stems("He paid; it was sold") == language.stems("He pay; it was sell")


def test_question_words_are_no_search_terms():
    assert language.question_stems("Who keeps the passports of the children?") == [
        "keep",
        "passport",
        "child",
    ]


def test_a_question_of_question_words_only_keeps_them():
    assert language.question_stems("What is it about?") == ["what", "is", "it", "about"]


def test_sentences_end_neither_at_abbreviations_nor_at_numbers():
    text = "Acme Inc. and Mr. J. Doe pay $1.50 under Sec. 4.2 hereof. The rent is due. See Art. 5."

    assert sentences_of(text) == [
        "Acme Inc. and Mr. J. Doe pay $1.50 under Sec. 4.2 hereof.",
        "The rent is due.",
        "See Art. 5.",
    ]


def test_list_items_are_sentences_of_their_own():
    assert sentences_of("The tenant shall:\n(a) pay rent;\n(b) keep order.") == [
        "The tenant shall:",
        "(a) pay rent;",
        "(b) keep order.",
    ]


def test_a_sentence_runs_over_line_ends():
    assert sentences_of("The tenant\npays the rent.") == ["The tenant\npays the rent."]


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Is there an anti-assignment clause?", "assignment"),
        ("Who has custody on weekends?", "parenting time"),
        ("What is the governing law?", "governing law"),
        ("How much notice must a parent give before relocating?", "relocation"),
        ("Where are the children exchanged?", "exchange of the children"),
        ("Who is the executor?", "executor"),
        ("What is the base pay?", "salary"),
        ("When is the trial?", "hearing"),
        ("How long is the lease term?", "term and expiry"),
        ("When does the lease end?", "term and expiry"),
        ("Who is the landlord?", "parties"),
    ],
)
def test_a_question_names_its_subject(question, subject):
    assert subjects_of(question) == [subject]


def test_the_narrower_subject_hides_the_wider_one():
    assert subjects_of("What is the notice period required to terminate the renewal?") == [
        "notice against renewal"
    ]


def test_a_question_without_legal_subject_names_none():
    assert subjects_of("What is the colour of the car?") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("neither party may ever assign it", True),
        ("may a b c d e assign", False),
        ("assign may", False),
        ("may only may one two three four assign", True),
    ],
)
def test_a_phrase_stands_in_order_with_few_words_between(text, expected):
    assert language.holds(text.split(), ("may", "assign")) is expected


def test_wordings_of_the_subject_are_searched_with_less_weight_than_the_questions_own_words():
    terms = language.query_terms("Is there an anti-assignment clause?")

    assert terms["assign"] == 1.0
    assert 0 < terms["consent"] < 1.0


def test_common_words_of_wordings_are_not_searched():
    assert language.query_terms("What is the governing law?").keys().isdisjoint({"the", "of", "by", "be"})
