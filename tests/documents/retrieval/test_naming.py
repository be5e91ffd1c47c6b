"""Which papers a question names."""

import time

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
    8: "Letter O\u0308ztu\u0308rk.pdf",  # accents apart from their letters, as a Mac writes them
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
        ("What was paid by the 2023 receipts?", {6: {"2023", "receipt"}}),
        ("What was paid by receipt no. 2023?", {6: {"2023", "receipt"}}),
        ("Who signed the Visium and Womens contracts?", {1: {"women"}, 3: {"visium"}}),
        ("Who plays in the women's golf contract?", {1: {"woman", "s", "golf"}}),  # written together
        ("When does the TriCity contract end?", {7: {"triciti"}}),  # whose stem is no beginning of it
        ("What does the letter from Mrs Öztürk ask for?", {8: {"letter", "öztürk"}}),
        ("WHAT RENT DOES THE MILL LANE LEASE ASK FOR?", {4: {"mill", "lane", "leas"}}),
        ("What does lease quay street.docx say?", {5: {"leas", "quay", "street"}}),  # written out
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
        "What was paid in 2023?",
        "What must Visium pay?",
        "MUST VISIUM SIGN THE LEASE?",
        "Does the lease let Visium sublet?",
        "May Visium terminate the contract?",
        "Is a lease with 4 rooms meant?",
        "",
    ],
)
def test_what_a_question_is_about_names_no_paper(question):
    assert papers_named(question, NAMES) == {}


def test_a_name_that_all_papers_bear_tells_none_from_another():
    assert papers_named("What does the Rowe file ask?", {1: "Rowe lease.pdf", 2: "Rowe letter.pdf"}) == {}
    assert papers_named("What does the Rowe file ask?", {1: "Rowe lease.pdf"}) == {}


def test_the_longest_question_is_compared_with_many_long_names_within_a_second():
    names = {key: "aaaa_" * 49 + f"{key}.pdf" for key in range(500)}
    began = time.process_time()

    papers_named("".join(f"Aaaa{n} " for n in range(500)) + "lease", names)

    assert time.process_time() - began < 1
