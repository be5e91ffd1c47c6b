from pathlib import Path

import pytest

from tests import demonstration_papers
from tests.documents.extraction.reading import extract

FOLDER = Path(__file__).resolve().parents[3] / "lexai" / "operations" / "demonstration"
SIZE_LIMIT_BYTES = 60_000


@pytest.mark.parametrize(
    ("name", "pages", "fact"),
    [
        (
            "custody-agreement.pdf",
            5,
            "the other Parent written notice at least sixty (60) days before the move",
        ),
        ("letter-opposing-counsel.docx", 1, "answer by Friday, September 27, 2024"),
        ("intake-note.txt", 1, "Oliver, aged 5, born September 4, 2018"),
        ("bakery-lease.pdf", 2, "The base rent is $5,200 per month in the first two years"),
        ("site-visit-note.txt", 1, "62 sacks of flour at $41 each: $2,542"),
        ("employment-contract.docx", 1, "severance of four (4) months' base salary"),
    ],
)
def test_each_paper_is_read_and_holds_its_fact(name, pages, fact):
    extracted = extract((FOLDER / name).read_bytes())

    assert len(extracted.pages) == pages
    assert " ".join(extracted.text.split()).count(fact) == 1
    assert extracted.warnings == []


def test_the_folder_holds_what_the_sources_say():
    made = demonstration_papers.made()

    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(made)
    assert {name: extract((FOLDER / name).read_bytes()).text for name in made} == {
        name: extract(content).text for name, content in made.items()
    }


def test_the_papers_are_small():
    assert [path.name for path in FOLDER.iterdir() if path.stat().st_size >= SIZE_LIMIT_BYTES] == []
