"""What large uploads, long papers and long lists leave of the memory: each process stays under 400 MB."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat

import pytest
import requests
from django.db import connection

from documents.models import Document
from tests import factories, papers
from tests.callers import key_of
from tests.faults.test_uploads import web_workers
from tests.hostile import observed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc"),
]
LIMIT_MB = 400
UPLOAD_MEGABYTES = 50
BOUNDARY = b"----x"


def test_r30_large_uploads_and_long_lists_leave_the_web_server_small(web):
    cast = factories.cast()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients (id, firm_id, name) SELECT 'client_many' || n, %s, 'Client ' || n"
            " FROM generate_series(1, 10000) AS n",
            [cast.firm.pk],
        )
    headers = key_of(cast.ana)

    def listed(number):
        return requests.get(
            f"{web}/api/v1/clients/?page={number + 1}&page_size=100", headers=headers, timeout=60
        )

    def posted(number):
        body = chain(
            [head(number)], repeat(b"x" * 1_048_576, UPLOAD_MEGABYTES), [b"\r\n--" + BOUNDARY + b"--\r\n"]
        )
        length = len(head(number)) + UPLOAD_MEGABYTES * 1_048_576 + len(BOUNDARY) + 8
        return requests.post(
            f"{web}/api/v1/clients/{cast.open.pk}/documents/",
            data=Sized(body, length),
            headers={**headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
            timeout=120,
        )

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(posted, range(4)), *pool.map(listed, range(8))]

    assert [answer.status_code for answer in answers] == [201] * 4 + [200] * 8
    assert max(observed.memory_mb(pid, "VmHWM") for pid in web_workers()) < LIMIT_MB


def head(number):
    name = f'form-data; name="file"; filename="fee-{number}.txt"'
    return b"--" + BOUNDARY + f"\r\nContent-Disposition: {name}\r\n\r\n{number}".encode()


class Sized:
    """A body of known length, sent piece by piece."""

    def __init__(self, pieces, length):
        self.pieces, self.length = pieces, length

    def __iter__(self):
        return iter(self.pieces)

    def __len__(self):
        return self.length


def test_r30_a_paper_of_a_thousand_pages_leaves_the_worker_small(worker):
    cast = factories.cast()
    lines = "\n".join(f"Clause {line}: the fee is {line} dollars, due on the first." for line in range(40))
    document = factories.document(
        cast.open, papers.lines_pdf([f"Page {page}\n{lines}" for page in range(1_000)])
    )

    deadline = time.monotonic() + 120
    while not (read := Document.objects.get(pk=document.pk)).is_settled:
        assert time.monotonic() < deadline, "not read within two minutes"
        time.sleep(0.2)

    assert (read.status, read.page_count) == ("ready", 1_000)
    assert observed.memory_mb(worker.pid, "VmHWM") < LIMIT_MB
