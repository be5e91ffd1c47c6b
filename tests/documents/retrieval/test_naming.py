"""Which papers a question names."""

import pytest

from documents.retrieval.naming import papers_named

NAMES = {
    1: "01-WOMENSGOLF-Endorsement-Agreement.pdf",
    2: "SmartRxSystemsInc-Distributor-Agreement.pdf",
    3: "VISIUM-DISTRIBUTOR-AGREEMENT.pdf",
    4: "Lease Mill Lane 4.pdf",
    5: "Lease Quay Street.docx",
    6: "Rent receipts 2023.xlsx",
    7: "TRICITYBANK-Hosting.pdf",
}


@pytest.mark.parametrize(
    ("question", "named"),
    [
        (
            "What is the governing law of the distributor agreement with SmartRx?",
            {2: {"smartrx", "distributor"}},
        ),
        ("Which law governs the Womens contract?", {1: {"women"}}),
        ("What rent does the Mill Lane lease ask for?", {4: {"mill", "lane", "leas"}}),
        ("What was paid in 2023?", {6: {"2023"}}),
        ("Who signed for Visium and for Womens?", {1: {"women"}, 3: {"visium"}}),
        ("Who plays in the women's golf contract?", {1: {"woman", "s", "golf"}}),  # written together
        ("When does the TriCity contract end?", {7: {"triciti"}}),  # whose stem is no beginning of it
    ],
)
def test_a_paper_is_named_by_what_tells_its_file_from_others(question, named):
    assert papers_named(question, NAMES) == named


@pytest.mark.parametrize(
    "question",
    [
        "What is the rent?",
        "Which distributor is meant?",
        "Lease: how long?",
        "Who is Rowe?",
        "",
    ],
)
def test_what_a_question_is_about_names_no_paper(question):
    assert papers_named(question, NAMES) == {}


def test_a_name_that_all_papers_bear_tells_none_from_another():
    assert papers_named("What does Rowe owe?", {1: "Rowe lease.pdf", 2: "Rowe letter.pdf"}) == {}
    assert papers_named("What does Rowe owe?", {1: "Rowe lease.pdf"}) == {}
