"""A web server killed in the middle of an upload, a process that ends before it commits or tells, and a full disk."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from django.conf import settings as configured
from django.core.files.storage import default_storage

from documents import services
from documents.models import Document
from lexai import addresses
from lexai.system import SYSTEM
from tests import factories
from tests.callers import faults, file, key_of, program
from tests.conftest import CHECKOUT, environment
from tests.hostile import observed

pytestmark = pytest.mark.slow
MEGABYTE = 1024 * 1024
FORM = b'--X\r\nContent-Disposition: form-data; name="file"; filename="fee.txt"\r\n\r\n'


def stored_files():
    return sorted(default_storage.listdir("")[1])


def folder():
    return Path(configured.STORAGES["default"]["OPTIONS"]["location"])


def swept():
    """Let the sweep find the files that are there to be a month old; return how many it removed."""
    for path in folder().iterdir():
        os.utime(path, (time.time() - 30 * 86_400,) * 2)
    return services.sweep_storage(by=SYSTEM)


def posted(address, cast, content):
    return requests.post(
        f"{address}/api/v1/clients/{cast.open.pk}/documents/",
        files={"file": ("fee.txt", content)},
        headers=key_of(cast.ana),
        timeout=60,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_r5_kill_9_on_the_web_server_in_the_middle_of_an_upload_leaves_no_paper(web):
    cast = factories.cast()
    kept = posted(web, cast, b"The fee is 900 dollars.").json()["id"]
    host, port = web.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=30) as line:
        token = key_of(cast.ana)["Authorization"]
        line.sendall(
            f"POST /api/v1/clients/{cast.open.pk}/documents/ HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {token}\r\nContent-Type: multipart/form-data; boundary=X\r\n"
            f"Content-Length: {50 * MEGABYTE}\r\n\r\n".encode()
        )
        line.sendall(FORM + b"x" * (20 * MEGABYTE))
        await_true(lambda: len(stored_files()) == 2)
        for pid in web_workers():
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1_000) == b""

    assert list(Document.objects.values_list("pk", flat=True)) == [kept]
    assert (swept(), len(stored_files())) == (1, 1)
    await_true(lambda: requests.get(f"{web}/healthz", timeout=5).ok)
    assert posted(web, cast, b"The term is a year.").status_code == 201


def web_workers():
    masters = [pid for pid in observed.children_of(os.getpid()) if "gunicorn" in observed.command_of(pid)]
    return [worker for master in masters for worker in observed.children_of(master)]


def await_true(condition):
    deadline = time.monotonic() + 30
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, "not so within 30 seconds"
        time.sleep(0.05)


def ended_at(place, client):
    """Add a paper in a process that ends, without a word, where `place` is called."""
    code = f"""
import os, django
django.setup()
import lexai.celery
from documents.services import adding
{place} = lambda *_arguments, **_facts: os._exit(9)
from clients.models import Client
from tests import factories
factories.document(Client.objects.get(pk={client.pk!r}), "The fee is 900 dollars.")
"""
    variables = environment() | {"DJANGO_SETTINGS_MODULE": "lexai.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=variables, timeout=60, check=False)
    assert done.returncode == 9


def test_r5_a_process_that_ends_between_the_file_and_the_commit_leaves_a_file_for_the_sweep(transactional_db):
    cast = factories.cast()
    ended_at("adding.audit.record", cast.open)

    assert (Document.objects.count(), len(stored_files())) == (0, 1)
    assert services.sweep_storage(by=SYSTEM) == 0  # it might still be on its way
    assert (swept(), stored_files()) == (1, [])


def test_r11_a_process_that_ends_before_it_tells_the_queue_leaves_a_paper_that_is_found(worker):
    cast = factories.cast()
    ended_at("lexai.celery._send", cast.open)
    document = Document.objects.get()
    assert (document.status, document.attempts, len(stored_files())) == ("queued", 0, 1)

    def is_read():
        services.dispatch_due(by=SYSTEM)
        return Document.objects.get(pk=document.pk).status == "ready"

    await_true(is_read)


@pytest.fixture
def small_disk(tmp_path, settings):
    """Store documents on a disk of 20 MB."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this user may not mount a small disk")
    settings.STORAGES = {**settings.STORAGES, "default": addresses.storage((tmp_path / "papers").as_uri())}
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a small disk")
def test_r12_a_full_disk_refuses_papers_keeps_none_of_them_and_shows_the_others(small_disk):
    cast = factories.cast()
    ana = program(cast.ana)
    address = f"/api/v1/clients/{cast.open.pk}/documents/"
    kept = ana.post(address, {"file": file("The fee is 900 dollars.")}, format="multipart").json()["id"]
    before = stored_files()
    (small_disk / "filler").write_bytes(bytes(12 * MEGABYTE))

    answer = ana.post(address, {"file": file(b"x" * (15 * MEGABYTE), "large.txt")}, format="multipart")

    assert list(faults(answer, 503)) == []
    assert (stored_files(), Document.objects.count()) == (before, 1)
    assert b"".join(ana.get(f"/api/v1/documents/{kept}/file/")) == b"The fee is 900 dollars."
    (small_disk / "filler").unlink()
    again = ana.post(address, {"file": file(b"x" * (15 * MEGABYTE), "large.txt")}, format="multipart")
    assert again.status_code == 201
