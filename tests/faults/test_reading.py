"""Reading processes are killed, and papers kill them: every paper still ends, once, and the worker goes on."""

import os
import random
import signal
import sys
import time

import pytest

from documents import services
from documents.models import Document, Passage
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories, papers
from tests.hostile import observed
from tests.hostile.pdfs import pdf_flate_of_one_gigabyte

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
]
PAGES = 300
KILLS = 5


def test_r1_kill_9_on_reading_processes_in_the_middle_of_papers(worker):
    cast = factories.cast()
    made = [factories.document(cast.open, long_paper(number)) for number in range(6)]
    killed, chance, deadline = 0, random.Random(1), time.monotonic() + 120

    while unsettled(made):
        assert time.monotonic() < deadline, "not settled within two minutes"
        for child in observed.sandboxes_of(worker.pid):
            if killed < KILLS and is_reading(made):
                os.kill(child, signal.SIGKILL)
                killed += 1
        services.dispatch_due(by=SYSTEM)
        time.sleep(chance.uniform(0.05, 0.3))

    after = factories.document(cast.open, "The fee is 900 dollars.")
    await_settled([after])
    assert (killed > 1, worker.poll(), Document.objects.get(pk=after.pk).status) == (True, None, "ready")
    for document in Document.objects.filter(pk__in=[one.pk for one in made]):
        assert_ended_once(document)


def assert_ended_once(document):
    """A paper is whole, or some of its pages are empty and a warning names them, or it is refused with a reason."""
    deeds = AuditEvent.objects.filter(target_type="document", target_id=str(document.pk))
    ends = deeds.filter(verb__in=["document.read", "document.refused"]).values_list("verb", flat=True)
    starts = list(Passage.objects.filter(document=document).values_list("start", flat=True))
    if document.status == "ready":
        assert (list(ends), document.page_count, document.pages.count()) == (["document.read"], PAGES, PAGES)
    else:
        assert (list(ends), bool(document.refusal_message), starts) == (["document.refused"], True, [])
    assert len(starts) == len(set(starts))
    assert document.attempts <= 3


def test_r2_kill_9_on_the_worker_takes_its_reading_processes_along_and_the_paper_is_read_by_another(worker):
    cast = factories.cast()
    document = factories.document(cast.open, long_paper(1))
    await_true(lambda: is_reading([document]) and observed.sandboxes_of(worker.pid))
    readers = observed.sandboxes_of(worker.pid)

    worker.kill()

    await_true(lambda: not any("documents.extraction.sandbox" in observed.command_of(pid) for pid in readers))
    await_true(lambda: Document.objects.get(pk=document.pk).is_claimable)
    read = services.read_document(document, by=SYSTEM)
    assert (read.status, read.attempts, read.pages.count()) == ("ready", 2, PAGES)


def test_r3_papers_that_kill_their_reader_are_refused_with_a_reason_and_hold_nobody_up(worker):
    cast = factories.cast()
    poison = [
        factories.document(cast.open, pdf_flate_of_one_gigabyte() + bytes(number)) for number in range(3)
    ]
    sound = [factories.document(cast.open, f"The fee is {number} dollars.") for number in range(3)]

    await_settled([*poison, *sound])

    ends = Document.objects.filter(pk__in=[one.pk for one in poison]).values_list("status", "attempts")
    assert list(ends) == [("refused", 1)] * 3
    assert all(one.refusal_message for one in Document.objects.filter(status="refused"))
    assert Document.objects.filter(status="ready").count() == 3
    assert worker.poll() is None


def long_paper(number):
    return papers.lines_pdf(
        [f"Paper {number}, page {page}: the fee is {page} dollars." for page in range(PAGES)]
    )


def unsettled(documents):
    return Document.objects.filter(pk__in=[one.pk for one in documents]).awaiting_text().exists()


def is_reading(documents):
    return Document.objects.filter(pk__in=[one.pk for one in documents], status="extracting").exists()


def await_settled(documents):
    def are_settled():
        services.dispatch_due(by=SYSTEM)
        return not unsettled(documents)

    await_true(are_settled)


def await_true(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "not so within a minute"
        time.sleep(0.05)
