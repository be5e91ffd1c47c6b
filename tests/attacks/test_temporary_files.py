"""No clear byte of a paper reaches a disk: what the servers have open and keep is watched while one goes through."""

import io
import os
import stat
import tempfile
import threading
import time
from pathlib import Path

import pytest
import requests
from django.conf import settings

from documents.models import Document
from tests import factories, papers
from tests.callers import key_of

MARKER = b"zebra quince seven thousand and forty-one. "
LOOKED_AT_BYTES = 300_000
PAPER_BYTES = 50_000_000


class Watcher(threading.Thread):
    """Looks without rest at the files in some folders, and at those that this process's descendants hold open.

    A file without a name is seen by who holds it; the marker stands everywhere in the paper, so that a look at the
    beginning and the end of a file is enough.
    """

    def __init__(self, *folders):
        super().__init__(daemon=True)
        self.folders = folders
        self.seen, self.guilty = set(), set()
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.is_set():
            for folder in self.folders:
                for path in Path(folder).rglob("*"):
                    self.look(path, str(path))
            for process in descendants():
                for path, name in held_open(process):
                    self.look(path, name)

    def look(self, path, name):
        try:
            with path.open("rb") as file:
                start = file.read(LOOKED_AT_BYTES)
                file.seek(max(file.seek(0, os.SEEK_END) - LOOKED_AT_BYTES, 0))
                end = file.read()
        except OSError:
            return
        self.seen.add(name)
        if MARKER in start or MARKER in end:
            self.guilty.add(name)


def descendants():
    """Yield the processes that this one started, and those that they started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    for process, parent in parents.items():
        ancestor = parent
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if ancestor == os.getpid():
            yield process


def held_open(process):
    """Yield the ordinary files that a process has open, named or not, with what they are to be called."""
    try:
        descriptors = list(Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return
    for descriptor in descriptors:
        try:
            if stat.S_ISREG(descriptor.stat().st_mode):
                yield descriptor, f"{process}: {descriptor.readlink()}"
        except OSError:
            continue


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Let the servers of this test have a folder for temporary files of their own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def watcher(temporary):
    watching = Watcher(temporary, settings.STORAGES["default"]["OPTIONS"]["location"])
    watching.start()
    yield watching
    watching.is_over.set()
    watching.join(10)


def paper():
    """Return a PDF of 50 MB with the marker on its pages and everywhere between them."""
    content = papers.pdf([f"{MARKER.decode()} Page {page}." for page in range(5)])
    end = content[content.rindex(b"startxref") - 1 :]
    return content + b"%" + MARKER * (PAPER_BYTES // len(MARKER)) + end


def awaited(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was awaited did not come"
        time.sleep(0.1)


@pytest.mark.slow
def test_the_watcher_sees_a_file_with_a_name_and_one_without(watcher, temporary):
    (temporary / "named").write_bytes(MARKER)
    awaited(lambda: str(temporary / "named") in watcher.guilty, 10)

    with tempfile.TemporaryFile(dir=temporary) as nameless:
        nameless.write(MARKER)
        nameless.flush()
        if not (child := os.fork()):
            time.sleep(60)
            os._exit(0)
        try:
            awaited(lambda: any(name.startswith(f"{child}: ") for name in watcher.guilty), 10)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_large_paper_goes_in_is_read_and_comes_back_without_a_clear_byte_on_disk(watcher, web, worker):
    cast = factories.cast()
    content = paper()
    headers = key_of(cast.ana)
    files = {"file": ("paper.pdf", io.BytesIO(content), "application/pdf")}

    answer = requests.post(
        f"{web}/api/v1/clients/{cast.open.pk}/documents/", files=files, headers=headers, timeout=60
    )
    document = Document.objects.get(pk=answer.json()["id"])
    awaited(lambda: Document.objects.get(pk=document.pk).is_settled, 60)
    back = requests.get(f"{web}/api/v1/documents/{document.pk}/file/", headers=headers, timeout=60)

    document = Document.objects.defer(None).get(pk=document.pk)
    assert (document.status, document.page_count, MARKER.decode() in document.text) == ("ready", 5, True)
    assert back.content == content
    assert any(name.endswith(document.storage_key) for name in watcher.seen)
    assert watcher.guilty == set()
