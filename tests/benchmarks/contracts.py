"""Real contracts through the whole product: import through the queue, ask, compare with what lawyers marked."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from accounts.models import Firm, User
from accounts.services import create_firm
from clients.models import Client
from clients.services import open_client
from conversations import services
from conversations.models import Message
from documents import uploads
from documents.models import Document
from documents.services import add_document
from lexai.operations import health, supervisor
from lexai.system import SYSTEM
from tests.benchmarks.contracts_scoring import Asked, report

POLL_SECONDS = 0.05
LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Question:
    """A question about a contract, with the texts that answer it: none where the contract does not."""

    text: str
    gold: list[str]


@dataclass
class Contract:
    """A contract as the only paper of a client, with the questions to ask."""

    path: Path
    questions: list[Question]
    document: Document | None = None


def measure(folder: Path) -> None:
    """Import the contracts, ask every question, and print what was measured."""
    contracts = list(_contracts(folder))
    call_command("migrate", verbosity=0)
    person = User(email="contracts@x.example", first_name="Con", last_name="Tracts")
    firm, _password = create_firm(Firm(name="Contracts"), person, by=SYSTEM)
    log = settings.LEXAI_HOME / "logs" / "worker.log"
    with log.open("ab") as output, supervisor.running([supervisor.worker()], output):
        _await(health.is_worker_there)
        started = time.monotonic()
        for contract in contracts:
            contract.document = _add(contract.path, firm)
        _await(lambda: not Document.objects.awaiting_text().exists())
        import_seconds = time.monotonic() - started
    started = time.monotonic()
    asked = [_ask(contract, question) for contract in contracts for question in contract.questions]
    answer_seconds = time.monotonic() - started
    print(report(asked))
    print(
        f"import: {len(contracts) / import_seconds:.2f} documents a second, through the queue with one worker"
    )
    print(f"answers: {1000 * answer_seconds / len(asked):.1f} ms each, over {len(asked)} questions")


def _contracts(folder: Path) -> Iterator[Contract]:
    """Yield each contract with its own questions, and those of the others that it does not answer."""
    entries = json.loads((folder / "questions.json").read_text())
    texts = {
        question["category"]: question["question"] for entry in entries for question in entry["questions"]
    }
    for entry in entries:
        answered = {question["category"] for question in entry["questions"]}
        questions = [Question(question["question"], question["gold"]) for question in entry["questions"]]
        questions += [Question(text, []) for category, text in texts.items() if category not in answered]
        yield Contract(folder / "files" / entry["file"], questions)


def _add(path: Path, firm: Firm) -> Document:
    client = open_client(Client(firm=firm, name=path.stem[:100]), by=SYSTEM)
    with path.open("rb") as stream:
        upload = uploads.receive(stream, filename=path.name, client=client)
    return add_document(Document(client=client), upload, by=SYSTEM)


def _ask(contract: Contract, question: Question) -> Asked:
    document = Document.objects.defer(None).get(pk=contract.document.pk)
    answer = services.ask(Message(client=document.client, content=question.text), by=SYSTEM)
    quotations = list(answer.citations.quotations())
    assert all(one.is_verified for one in quotations), "an honest engine's quotation was not found"
    return Asked(
        gold=question.gold,
        document_text=document.text,
        citations=[(one.start, one.end) for one in quotations],
        supported=answer.is_supported,
        support=answer.support,
    )


def _await(condition) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_SECONDS)
