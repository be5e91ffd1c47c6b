"""A second, independent reader of PDFs must find the same words in our papers."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from documents import extraction

PAPERS = Path(__file__).resolve().parents[3] / "lexai" / "operations" / "demonstration"
needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs the program pdftotext")


@needs_pdftotext
@pytest.mark.parametrize("paper", sorted(PAPERS.glob("*.pdf")), ids=lambda path: path.name)
def test_poppler_finds_the_same_words_in_the_same_order(paper):
    theirs = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True).stdout
    ours = extraction.extract(io.BytesIO(paper.read_bytes()), filename=paper.name).text

    assert len(ours.split()) > 500
    assert ours.split() == theirs.split()
