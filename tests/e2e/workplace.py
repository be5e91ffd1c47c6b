"""The whole product on servers of its own with the demonstration in it, and people who prepare what pages show."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests

from lexai import embedded
from tests.faults.conftest import CHECKOUT, Product, _processes_of

API = "/api/v1/"
STARTING_SECONDS = 180
READING_SECONDS = 120
ANSWERING_SECONDS = 30
SETTLED = {"ready", "refused"}
VARIABLES = {
    "LEASE_SECONDS": "30",  # an answer that a test dictates takes its time
    "API_REQUESTS_A_MINUTE": "100000",
    "SIGN_INS_A_MINUTE": "1000",
    "FREE_QUESTIONS_A_DAY": "1000",
}


class Workplace(Product):
    """A running product with people of two firms: dora, ana and ben of one, ngozi and emil of another."""

    people: dict[str, "Person"]
    clients: dict[str, str]
    ids: dict[str, object]

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **variables: str) -> dict[str, str]:
        return super().environment(**{**VARIABLES, **variables})

    def seed(self) -> None:
        """Make the fictional firms, and wait until their papers are read."""
        made = self.manage("seed-demo", "--json")
        assert made.returncode == 0, made.stderr
        seeded = json.loads(made.stdout.splitlines()[-1])
        self.people = {
            account["email"].partition("@")[0]: Person(self.root, account["email"], account["password"])
            for account in seeded["accounts"]
        }
        self.clients = {client["name"]: client["id"] for client in seeded["clients"]}
        for person, name in (("ana", "Jane Smith"), ("ana", "Harbour Bakery Ltd"), ("emil", "Marcus Vale")):
            self.people[person].await_papers(self.clients[name])

    def mails(self) -> list[str]:
        """Return what was mailed, the newest last."""
        files = sorted((self.home / "mail").glob("*"), key=lambda path: path.stat().st_mtime)
        return [path.read_text() for path in files]

    def without_answers(self) -> AbstractContextManager[None]:
        """Keep the worker that answers questions from doing so, for whoever answers in its place."""
        return self._without("answers@")

    def without_reading(self) -> AbstractContextManager[None]:
        """Keep the worker that reads papers from going on."""
        return self._without("--queues=celery")

    @contextmanager
    def _without(self, word: str) -> Iterator[None]:
        """Stop the one process whose command line holds a word, for as long as this lasts."""
        (pid,) = self.processes(word)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def without_table(self, table: str) -> Iterator[None]:
        """Break the product: what needs this table of the database fails, for as long as this lasts."""
        self.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            yield
        finally:
            self.execute(f"ALTER TABLE {table}_away RENAME TO {table}")

    def execute(self, statement: str) -> None:
        """Have the database do something that answers with no rows."""
        with psycopg.connect(embedded.database_url(self.home)) as connection:
            connection.execute(statement)

    @contextmanager
    def dictating(self, client_id: str, *, answers: int = 1) -> Iterator["Dictation"]:
        """Answer the next questions about a client with what the test says, when it says it."""
        command = [sys.executable, "-m", "tests.e2e.dictation", client_id, str(answers)]
        with (
            self.without_answers(),
            subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            try:
                dictation = Dictation(process)
                dictation.await_word("listening")
                yield dictation
            finally:
                dictation.end()


@dataclass
class Dictation:
    """Answers under way that say what they are told to."""

    process: subprocess.Popen[str]

    def await_word(self, word: str) -> None:
        """Wait for what the answering process tells of itself: "listening", then "begun" and "over" for each answer."""
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == word

    def say(self, text: str) -> None:
        """Add to the answer."""
        self._send(text=text)

    def quote(self, n: int, document_id: int, start: int, text: str) -> None:
        """Claim that a document says so from an offset on."""
        self._send(n=n, document_id=document_id, start=start, end=start + len(text), text=text)

    def over(self) -> None:
        """Let this answer be complete, or be over where it was stopped, and wait until it is settled."""
        self._send(over=True)
        self.await_word("over")

    def end(self) -> None:
        """Let the last answer be complete."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
            self.process.wait(ANSWERING_SECONDS)

    def _send(self, **spoken: str | int) -> None:
        assert self.process.stdin
        print(json.dumps(spoken), file=self.process.stdin, flush=True)


@dataclass
class Person:
    """Somebody with an account, who prepares over the API what a page shall show."""

    root: str
    email: str
    password: str
    session: requests.Session = field(default_factory=requests.Session)

    def cookies(self) -> list[dict[str, Any]]:
        """Sign in once; return the cookies as a browser keeps them."""
        if "session" not in self.session.cookies:
            self.sign_in()
        return [
            {"name": name, "value": value, "url": self.root}
            for name, value in self.session.cookies.get_dict().items()
        ]

    def sign_in(self) -> None:
        self.send("POST", "auth/login/", json={"email": self.email, "password": self.password})

    def get(self, path: str, **query: str) -> Any:
        self.cookies()
        answer = self.session.get(f"{self.root}{API}{path}", params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        self.cookies()
        return self.send("POST", path, json=body)

    def send(self, method: str, path: str, **options: Any) -> Any:
        headers = {"X-CSRFToken": self._csrf(), "Referer": self.root}
        address = f"{self.root}{API}{path}"
        answer = self.session.request(method, address, headers=headers, timeout=60, **options)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def submit(self, address: str, **fields: str) -> None:
        """Send the form of a page."""
        fields["csrfmiddlewaretoken"] = self._csrf()
        answer = self.session.post(f"{self.root}{address}", fields, timeout=60)
        assert answer.ok, answer.text

    def _csrf(self) -> str:
        return str(self.session.get(f"{self.root}{API}auth/csrf/", timeout=60).json()["csrf_token"])

    def opens(self, name: str, **details: str) -> str:
        """Open a client; return its id."""
        return str(self.post("clients/", name=name, **details)["id"])

    def adds(self, client_id: str, filename: str, content: bytes) -> int:
        """Add a paper to a client; return its id."""
        self.cookies()
        path = f"clients/{client_id}/documents/"
        return int(self.send("POST", path, files={"file": (filename, content)})["id"])

    def asks(self, client_id: str, question: str) -> dict[str, Any]:
        """Ask about a client, and wait for the answer."""
        answer: dict[str, Any] = self.post(f"clients/{client_id}/conversations/", content=question)
        return answer

    def begins(self, client_id: str, question: str) -> int:
        """Ask in a thread of its own, and leave the answer to the worker; return the thread."""
        self.cookies()
        self.submit(f"/clients/{client_id}/ask/", content=question)
        return max(self.threads(client_id))

    def newest(self, client_id: str) -> dict[str, Any]:
        """Return the newest message about a client."""
        told: list[dict[str, Any]] = self.get(f"clients/{client_id}/conversations/", page_size="200")[
            "results"
        ]
        return max(told, key=lambda one: int(one["id"]))

    def papers(self, client_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"clients/{client_id}/documents/")["results"]
        return found

    def await_papers(self, client_id: str) -> None:
        """Wait until every paper of a client is read or refused."""
        deadline = time.monotonic() + READING_SECONDS
        while {paper["status"] for paper in self.papers(client_id)} - SETTLED:
            assert time.monotonic() < deadline, self.papers(client_id)
            time.sleep(0.1)

    def threads(self, client_id: str) -> list[int]:
        """Return the ids of a client's threads: no answer of the API names them, the page links to each."""
        self.cookies()
        page = self.session.get(f"{self.root}/clients/{client_id}/ask/", timeout=60).text
        return [int(found) for found in re.findall(rf"/clients/{client_id}/ask/(\d+)/", page)]

    def paper(self, client_id: str, filename: str) -> int:
        return next(int(one["id"]) for one in self.papers(client_id) if one["filename"] == filename)


@contextmanager
def opened() -> Iterator[Workplace]:
    """Start the product in a home of its own, with the demonstration in it; nothing of it is left at the end."""
    with tempfile.TemporaryDirectory(prefix="lexai-") as folder:
        Path(folder).chmod(0o755)  # the servers' user must get through
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = Workplace(Path(folder) / "home", port, patience_seconds=STARTING_SECONDS)
        try:
            with _telling(Path(folder) / "product.log"):
                made.start()
                made.seed()
            yield made
        finally:
            if made.process:
                made.process.send_signal(signal.SIGTERM)
                made.process.wait(60)
            made.await_true(lambda: not _processes_of(made.home), 30)


@contextmanager
def _telling(log: Path) -> Iterator[None]:
    """Say with a failure what the product had logged."""
    try:
        yield
    except AssertionError as error:
        error.add_note(log.read_text()[-3000:])
        raise
