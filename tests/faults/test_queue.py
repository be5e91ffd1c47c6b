"""The row is the queue: kill the worker, flush the broker, cut it off; every document still ends well, once."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from lexai import embedded
from tests import papers

pytestmark = pytest.mark.slow
PAPERS = 12
PAGES = 30
LONG_PAGES = 150  # so many that a look meets a paper being read
SETTLED = "SELECT count(*) FROM documents WHERE status IN ('ready', 'refused') AND filename LIKE 'paper-%'"


@pytest.fixture
def files(tmp_path):
    return written(tmp_path, PAGES)


@pytest.fixture
def long_files(tmp_path):
    return written(tmp_path, LONG_PAGES)


def written(folder, pages):
    paths = [folder / f"paper-{number}.pdf" for number in range(PAPERS)]
    for path in paths:
        clauses = [f"{page}. Clause {page}\n\n{path.stem}, fee ${page}." for page in range(1, pages + 1)]
        path.write_bytes(papers.pdf(clauses))
    return [str(path) for path in paths]


def settled(product):
    return product.rows(SETTLED)[0][0]


def reading(product):
    return product.rows("SELECT count(*) FROM documents WHERE status = 'extracting'")[0][0]


def assert_each_was_read_once(product, pages=PAGES):
    product.await_true(lambda: settled(product) == PAPERS, 90)
    counts = product.rows(
        """SELECT d.status, d.page_count,
              (SELECT count(*) FROM pages WHERE document_id = d.id),
              (SELECT count(*) FROM audit_events WHERE verb = 'document.read' AND target_id = d.id::text)
           FROM documents d WHERE filename LIKE 'paper-%'"""
    )
    assert counts == [("ready", pages, pages, 1)] * PAPERS
    twice = product.rows("SELECT document_id, start FROM passages GROUP BY 1, 2 HAVING count(*) > 1")
    assert twice == []


def test_kill_9_on_the_worker_in_the_middle_of_12_documents(product, long_files):
    client = product.client_id()
    product.start()

    with ThreadPoolExecutor(1) as beside:  # papers may be read before the last of them is imported
        importing = beside.submit(product.manage, "import-documents", client, *long_files)
        for wanted in (2, 5):
            product.await_true(lambda wanted=wanted: settled(product) >= wanted and reading(product), 60)
            for pid in product.processes("worker --pool"):
                os.kill(pid, signal.SIGKILL)

    assert importing.result().returncode == 0
    assert_each_was_read_once(product, LONG_PAGES)
    assert product.rows("SELECT max(attempts) FROM documents")[0][0] in {2, 3}


def test_a_flushed_broker_with_documents_queued(product, files):
    client = product.client_id()
    with embedded.hold(product.home):
        assert product.manage("import-documents", client, *files).returncode == 0
        assert product.valkey().llen("celery") > 0
        product.valkey().flushall()
        assert settled(product) == 0

        product.start()

        assert_each_was_read_once(product)


def test_the_broker_flushed_again_and_again_while_documents_are_read(product, long_files):
    client = product.client_id()
    product.start()
    assert product.manage("import-documents", client, *long_files).returncode == 0

    while settled(product) < PAPERS // 2:
        product.valkey().flushall()

    assert_each_was_read_once(product, LONG_PAGES)


def test_the_broker_down_at_upload(product, files):
    client = product.client_id()
    product.start()

    done = product.manage("import-documents", client, *files, REDIS_URL="redis://127.0.0.1:1/0")

    assert done.returncode == 0
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == ["queued"] * PAPERS
    assert_each_was_read_once(product)


def test_the_broker_killed_while_documents_are_read(product, long_files):
    client = product.client_id()
    product.start()
    assert product.manage("import-documents", client, *long_files).returncode == 0

    product.await_true(lambda: settled(product) >= 2, 60)
    for pid in product.processes("valkey"):
        os.kill(pid, signal.SIGKILL)

    assert_each_was_read_once(product, LONG_PAGES)
    product.await_true(product.is_ready, 60)


def test_the_database_killed_while_documents_are_read(product, long_files):
    client = product.client_id()
    product.start()
    assert product.manage("import-documents", client, *long_files).returncode == 0

    product.await_true(lambda: settled(product) >= 2, 60)
    for pid in product.processes("postgres", "-D"):
        os.kill(pid, signal.SIGKILL)
    product.await_true(product.is_ready, 60)

    assert_each_was_read_once(product, LONG_PAGES)


def test_a_message_delivered_many_times_has_one_effect(product, files):
    client = product.client_id()
    with embedded.hold(product.home):
        assert product.manage("import-documents", client, *files).returncode == 0
        messages = product.valkey().lrange("celery", 0, -1)
        assert len(messages) >= PAPERS
        for message in messages * 5:
            product.valkey().rpush("celery", message)

        product.start()

        assert_each_was_read_once(product)
