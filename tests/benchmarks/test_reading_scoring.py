import json
import subprocess
import sys
import time

import pytest

from documents.extraction import Damaged, Extracted, OverLimits, PasswordProtected
from tests.benchmarks.reading import scoring
from tests.benchmarks.reading.clock import processor_seconds
from tests.benchmarks.reading.corpus import papers
from tests.benchmarks.reading.outcomes import Outcome
from tests.benchmarks.reading.scoring import Score


def test_words_are_letters_digits_and_marks_in_their_compatible_form():
    assert scoring.words("The ﬁne\u00a0print: 12,5 % ② (ＧＨＱ)") == [
        "The",
        "fine",
        "print",
        "12",
        "5",
        "2",
        "GHQ",
    ]
    assert scoring.words("بِلُغة") == ["بِلُغة"]


def test_words_are_compared_as_bags():
    score = scoring.score("one two two three", "three two one four")

    assert score == Score(recall=3 / 4, precision=3 / 4)


def test_a_word_read_too_often_costs_precision_alone():
    assert scoring.score("a a a a", "a") == Score(recall=1.0, precision=0.25)


def test_f1_is_the_harmonic_mean():
    assert Score(recall=1.0, precision=0.25).f1 == pytest.approx(0.4)


@pytest.mark.parametrize("pair", [("", "a"), ("a", ""), ("", "")])
def test_nothing_read_or_nothing_to_read_scores_nothing(pair):
    assert scoring.score(*pair).f1 == 0.0


def test_markdown_counts_for_its_words():
    markdown = "## A **bold** _one_\n<!-- image -->\n| B | [C](https://d.example) |\n| - | - |\n1. F &amp; ![G](h.png)"

    assert scoring.words(scoring.unmarked(markdown)) == ["A", "bold", "one", "B", "C", "1", "F", "G"]


def test_a_snippet_is_found_whatever_the_white_space_and_the_form_of_its_letters():
    text = "Row 1\tCol\u00a01\nＧＨＱ"

    assert scoring.found(["Row 1 Col 1 GHQ", "row 1", "Col 2"], text) == [True, False, False]


def test_folding_leaves_letters_and_digits_without_case_and_accents():
    assert scoring.folded("Größe-É²!") == "grossee2"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("word", "word", True),
        ("word", "ward", True),
        ("word", "words", True),
        ("word", "wrd", True),
        ("word", "wrod", False),
        ("word", "ords", False),
        ("a", "", True),
        ("ab", "", False),
        ("abc", "bcdab", False),
    ],
)
def test_one_edit_is_told_from_two(one, other, expected):
    assert scoring.is_within(1, one, other) is expected


def test_a_table_has_its_first_column_to_the_left():
    assert (
        scoring.table(["a", "b"], [["word", "1"], ["w", "100"]]) == "   a       b\n   word    1\n   w     100"
    )


@pytest.fixture
def paper(tmp_path):
    def paper(outcome):
        entry = {"file": "a.txt", "type": "txt", "expected_outcome": outcome, "truth_file": "a.md"}
        (tmp_path / "manifest.json").write_text(json.dumps({"files_list": [entry]}))
        (tmp_path / "a.md").write_text("[one](two) <!-- three -->")
        return next(papers(tmp_path))

    return paper


def test_a_truth_in_markdown_is_read_without_its_markup(paper):
    assert scoring.words(paper("text").truth) == ["one"]


TEXT = {"read": Extracted("one", [], "text/plain", []), "text": "one"}


@pytest.mark.parametrize(
    ("asked", "came", "expected"),
    [
        ("text", TEXT, True),
        ("text", {"refusal": Damaged()}, False),
        ("text", {"fault": "KeyError"}, False),
        ("error:corrupt", {"refusal": Damaged()}, True),
        ("error:corrupt", {"refusal": OverLimits()}, False),
        ("error:corrupt", TEXT, False),
        ("error:password", {"refusal": PasswordProtected()}, True),
        ("text-or-error:corrupt", TEXT, True),
        ("text-or-error:corrupt", {"refusal": OverLimits()}, True),
        ("text-or-error:corrupt", {"fault": "KeyError"}, False),
    ],
)
def test_an_outcome_is_met_by_what_the_manifest_asks_for_alone(paper, asked, came, expected):
    assert Outcome(paper(asked), seconds=0, **came).is_met is expected


@pytest.mark.parametrize(
    ("text", "warnings", "expected"),
    [(" ", [], True), (" ", ["Nothing was found."], False), ("one", [], False)],
)
def test_an_empty_success_is_one_without_a_word_and_without_a_warning(paper, text, warnings, expected):
    read = Extracted(text, [], "text/plain", warnings)

    assert Outcome(paper("text"), seconds=0, read=read, text=text).is_empty_success is expected


def test_the_processor_s_clock_counts_what_a_running_child_uses():
    command = [sys.executable, "-c", "sum(range(10**7)); print(flush=True); input()"]
    before = processor_seconds(), time.process_time()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        after = processor_seconds(), time.process_time()
        child.stdin.close()

    of_all, own = (later - earlier for earlier, later in zip(before, after, strict=True))
    assert of_all - own > 0.03
