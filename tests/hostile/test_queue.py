"""The worst of the catalogue in the queue of a real worker: it lives on, and a sound paper behind them is read."""

import sys
import time

import pytest

from documents.extraction import limits
from documents.models import Document
from tests import factories, papers
from tests.hostile import archives, images, mails, markup, observed, offices, pdfs, sheets

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory and processes are looked up in /proc"),
]
WORST = [
    pdfs.pdf_flate_of_one_gigabyte,
    pdfs.pdf_forms_that_multiply,
    pdfs.pdf_picture_of_60000_by_60000,
    offices.docx_of_two_gigabytes,
    offices.docx_billion_laughs,
    sheets.xlsx_shared_string_said_often,
    archives.zip_of_members_that_overlap,
    images.png_of_60000_by_60000,
    markup.html_a_million_deep,
    mails.mail_of_mails_that_multiply,
]
READING_LIMIT_SECONDS = 4
READY_WITHIN_SECONDS = len(WORST) * READING_LIMIT_SECONDS / 2 + 15  # two are read at a time
WORKER_LIMIT_MB = 400


@pytest.fixture
def hurried(monkeypatch):
    """Give the worker a few seconds for each paper."""
    monkeypatch.setenv("READING_LIMIT_SECONDS", str(READING_LIMIT_SECONDS))


def test_behind_ten_of_the_worst_a_sound_paper_is_ready_on_time_and_no_worker_dies(hurried, worker):
    cast = factories.cast()
    begun = time.monotonic()
    hostile = [factories.document(cast.open, make()).pk for make in WORST]
    sound = factories.document(cast.open, papers.lines_pdf(["The fee is 900 dollars."]))
    most = {"worker": 0.0, "child": 0.0}

    while not is_settled(sound.pk):
        assert time.monotonic() - begun < READY_WITHIN_SECONDS, "the sound paper was not read in time"
        watch(worker.pid, most)
    while not all(map(is_settled, hostile)):
        assert time.monotonic() - begun < 2 * READY_WITHIN_SECONDS, "a hostile paper keeps the worker"
        watch(worker.pid, most)

    sound.refresh_from_db()
    assert (sound.status, sound.page_count) == ("ready", 1)
    assert worker.poll() is None
    assert most["worker"] < WORKER_LIMIT_MB
    assert 0 < most["child"] <= limits.CHILD_MEMORY_LIMIT_MB
    for document in Document.objects.filter(pk__in=hostile):
        assert (document.status == "refused") == bool(document.refusal_message)
        assert document.attempts == 1


def is_settled(pk):
    return Document.objects.get(pk=pk).is_settled


def watch(pid, most):
    most["worker"] = max(most["worker"], observed.memory_mb(pid, "VmRSS"))
    for child in observed.sandboxes_of(pid):
        most["child"] = max(most["child"], resident(child))
    time.sleep(0.1)


def resident(pid):
    try:
        return observed.memory_mb(pid, "VmRSS")
    except OSError:  # it ended meanwhile
        return 0.0
