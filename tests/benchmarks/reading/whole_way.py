"""The whole way of a paper, from the upload until it is ready, against reading the same file with PDFium alone."""

import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

import requests
from django.utils import timezone

from accounts.models import ApiToken, Firm, User
from accounts.services import create_firm, create_token
from clients.models import Client
from clients.services import open_client
from documents.models import Document
from lexai.system import SYSTEM
from tests.benchmarks import storm
from tests.benchmarks.reading import rivals
from tests.benchmarks.reading.corpus import Paper
from tests.benchmarks.turns import in_turns, ratio

ROUNDS, GOAL = 7, 0.20
POLL_SECONDS, LIMIT_SECONDS = 0.01, 120


def measure(papers: Sequence[Paper]) -> None:
    """Print how fast the running product takes and reads the born-digital PDFs, with one worker."""
    contents = [paper.path.read_bytes() for paper in papers if paper.is_born_digital]
    if not contents:
        return
    with storm.serving() as root, requests.Session() as session:
        office = _Office(root, session)

        def bare() -> int:
            return sum(len(rivals.plain_pdfium(content)) for content in contents)

        office.import_all(contents)  # the first start of the worker's child is not measured
        plain, ours = in_turns(ROUNDS, bare, lambda: office.import_all(contents))
    count = bare()
    print(
        f"The whole way (upload, queue, reading, sealing, passages, index, ready) of the same {len(contents)} files,"
        f" one worker, pages a second, median of {ROUNDS} rounds in turns:\n   {count / median(ours):.0f},"
        f" plain pypdfium2 {count / median(plain):.0f}: ratio {ratio(plain, ours):.2f}; the goal is {GOAL:.2f} or more"
    )


class _Office:
    """A firm that uploads papers through the API, for another client each time: no file is known from before."""

    def __init__(self, root: str, session: requests.Session) -> None:
        self._root, self._session = root, session
        self._person = User(
            email=f"reading-{secrets.token_hex(4)}@x.example", first_name="Re", last_name="Ading"
        )
        self._firm, _password = create_firm(Firm(name="Reading"), self._person, by=SYSTEM)
        expires_at = timezone.now() + timedelta(days=1)
        token = ApiToken(name="reading", scope=ApiToken.Scope.FULL, expires_at=expires_at)
        session.headers["Authorization"] = f"Bearer {create_token(token, by=self._person)[1]}"

    def import_all(self, contents: Sequence[bytes]) -> None:
        """Upload the files one after the other; return when all are ready."""
        client = open_client(Client(firm=self._firm, name="Reading"), by=self._person)
        address = f"{self._root}clients/{client.pk}/documents/"
        for number, content in enumerate(contents):
            answer = self._session.post(
                address, files={"file": (f"{number}.pdf", content)}, timeout=LIMIT_SECONDS
            )
            answer.raise_for_status()
        _await_ready(client, len(contents))


def _await_ready(client: Client, count: int) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while Document.objects.filter(client=client, status=Document.Status.READY).count() < count:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_SECONDS)
