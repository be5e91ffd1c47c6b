"""Search in sealed indexes, against FTS5 in the open: how fast, and whether it finds the same."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from django.db import connection, transaction

from accounts.models import Firm, User
from accounts.services import create_firm
from clients.models import Client
from clients.services import open_client
from documents import services
from documents.models import Document, Passage
from documents.retrieval.ranking import Query
from documents.search import search_client
from documents.search.reading import Shelf, open_parts, shelves
from documents.storage import new_key
from lexai.celery import app
from lexai.database import insert, insert_all
from lexai.encryption import keyring
from lexai.system import SYSTEM
from tests.benchmarks.plain_index import PlainIndex
from tests.benchmarks.synthetic import Author
from tests.benchmarks.turns import ratio

SIZES, ROUNDS = (160, 2_000, 20_000), 40
MANY_CLIENTS, PASSAGES_OF_EACH = 1_000, 10
LIMIT, SEED = 20, 4
WARM_GOAL, COLD_GOAL = 2, 4.5
Timed = Callable[[str], float]


def measure() -> None:
    """Print how long a search takes in clients of several sizes, and in all clients of a firm."""
    author = Author(SEED)
    person = User(email="search@x.example", first_name="Se", last_name="Arch")
    firm, _password = create_firm(Firm(name="Search"), person, by=SYSTEM)
    print(
        f"A search, in milliseconds, median of {ROUNDS} questions in turns. Index: CPU to open and ask the sealed one\n"
        "(cold: decrypted first; warm: held open); beside it FTS5 in the open, in memory, with the same stems.\n"
        f"Service: all of it, with waiting and fetching {LIMIT} passages; cold without any key in memory"
    )
    for count in SIZES:
        client = _client_of(firm, f"{count} passages", author.passages(count))
        _tell_the_planner()
        _measure_client(client, count, author.questions(ROUNDS))
    _measure_everywhere(author)
    app.control.purge()  # nobody reads these papers


@transaction.atomic  # one commit
def _client_of(firm: Firm, name: str, passages: Iterator[tuple[str, str]]) -> Client:
    """Open a client with one paper that was read and indexed."""
    client = open_client(Client(firm=firm, name=name), by=SYSTEM)
    document = Document(client=client, filename="papers.txt", storage_key=new_key(), size_bytes=1)
    document.sha256, document.status, document.text = "0" * 64, Document.Status.READY, "as its passages"
    insert(document)
    places = {"client": client, "document": document, "end": 1, "page": 1, "page_end": 1}
    insert_all(
        [
            Passage(start=number, heading=heading, text=text, **places)
            for number, (heading, text) in enumerate(passages)
        ]
    )
    services.index_client(client, by=SYSTEM)
    return client


def _tell_the_planner() -> None:
    """Have PostgreSQL count its rows, as it does by itself some time after many have come."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clients, documents, passages, search_indexes")


def _measure_client(client: Client, count: int, questions: list[str]) -> None:
    plain = _plain_index([client])
    contestants: list[Timed] = [
        lambda question: _seconds(time.process_time, lambda: plain.search(question, LIMIT)),
        lambda question: _asked_of_index(client, question, cold=False),
        lambda question: _asked_of_index(client, question, cold=True),
        lambda question: _asked_of_service(client, question, cold=False),
        lambda question: _asked_of_service(client, question, cold=True),
    ]
    open_ones, warm, cold, service_warm, service_cold = _raced(contestants, questions)
    print(
        f"   {count:6} passages: in the open {_milliseconds(open_ones)}; index warm {_milliseconds(warm)}, ratio"
        f" {ratio(warm, open_ones):.2f} (goal {WARM_GOAL}), cold {_milliseconds(cold)}, ratio"
        f" {ratio(cold, open_ones):.2f} (goal {COLD_GOAL}); service warm {_milliseconds(service_warm)},"
        f" cold {_milliseconds(service_cold)}"
    )


def _plain_index(clients: Sequence[Client]) -> PlainIndex:
    rows = Passage.objects.filter(client__in=clients).order_by("pk")
    return PlainIndex((passage.pk, passage.heading, passage.text) for passage in rows.iterator())


def _raced(contestants: Sequence[Timed], questions: Sequence[str]) -> list[list[float]]:
    """Put each question to each contestant, another one first each time; return their seconds."""
    seconds: list[list[float]] = [[] for _ in contestants]
    for turn, question in enumerate(questions):
        first = turn % len(contestants)
        for place in (*range(first, len(contestants)), *range(first)):
            seconds[place].append(contestants[place](question))
    return seconds


def _asked_of_index(client: Client, question: str, *, cold: bool) -> float:
    """Return the seconds of CPU that opening and asking the index take, its sealed bytes at hand."""
    _ask_index(client, question)
    if cold:
        open_parts.clear()
    (shelf,) = shelves([client])
    return _seconds(time.process_time, lambda: _hits(shelf, question))


def _ask_index(client: Client, question: str) -> list[int]:
    (shelf,) = shelves([client])
    return _hits(shelf, question)


def _hits(shelf: Shelf, question: str) -> list[int]:
    with shelf.opened() as parts:
        return [hit.passage_id for hit in shelf.hits(parts, Query.of(question), LIMIT, {})]


def _asked_of_service(client: Client, question: str, *, cold: bool) -> float:
    if cold:
        open_parts.clear()
        keyring.forget_keys()
    else:
        search_client(client, question, by=SYSTEM, limit=1)
    return _seconds(time.perf_counter, lambda: search_client(client, question, by=SYSTEM, limit=LIMIT))


def _seconds(clock: Callable[[], float], deed: Callable[[], object]) -> float:
    began = clock()
    deed()
    return clock() - began


def _milliseconds(seconds: list[float]) -> str:
    return f"{1000 * median(seconds):.2f}"


def _measure_everywhere(author: Author) -> None:
    """Search all clients of a firm until the last part, with nothing in memory, and again."""
    reader = User(email="many@x.example", first_name="Ma", last_name="Ny")
    firm, _password = create_firm(Firm(name="Many"), reader, by=SYSTEM)
    for number in range(MANY_CLIENTS):
        _client_of(firm, f"Client {number}", author.passages(PASSAGES_OF_EACH))
    _tell_the_planner()
    (question,) = author.questions(1)
    open_parts.clear()
    keyring.forget_keys()
    for state in ("cold", "warm"):
        first, last, parts = _searched_everywhere(question, reader)
        print(
            f"   {MANY_CLIENTS:,} clients of {PASSAGES_OF_EACH} passages each, {state}: {first:.2f} s to the first part"
            f" of the results, {last:.2f} s to the last of {parts}"
        )


def _searched_everywhere(question: str, reader: User) -> tuple[float, float, int]:
    """Return the seconds to the first and to the last part, and how many there were."""
    began, cursor, ends = time.perf_counter(), "", []
    while cursor or not ends:
        part = services.search_papers(question, by=reader, limit=LIMIT, cursor=cursor)
        cursor = str(part.next) if part.next else ""
        ends.append(time.perf_counter() - began)
    assert part.searched == part.total == MANY_CLIENTS, (part.searched, part.total)
    return ends[0], ends[-1], len(ends)


def compare(folder: Path) -> None:
    """Print in how many searches the results are those of FTS5 in the open, in order.

    The contracts are those that were imported before, each the only paper of a client; here they are copied into
    one client more.
    """
    contracts = [path.name for path in (folder / "files").iterdir()]
    documents = list(Document.objects.filter(filename__in=contracts).order_by("pk"))
    entries = json.loads((folder / "questions.json").read_text())
    questions = [one["question"] for entry in entries for one in entry["questions"]]
    passages = Passage.objects.filter(document__in=documents).order_by("document_id", "start")
    rows = ((passage.heading, passage.text) for passage in passages.iterator())
    together = _client_of(documents[0].client.firm, "All contracts", rows)
    clients = [document.client for document in documents]
    single = [_agreement(client, questions) for client in clients]
    print(
        f"The same results in the same order as FTS5 in the open, the best {LIMIT} to {len(questions)} questions:"
        f"\n   {sum(single)} of {len(clients) * len(questions)} in {len(clients)} clients with one contract each,"
        f" {_agreement(together, questions)} of {len(questions)} in a client with all of them"
    )


def _agreement(client: Client, questions: Sequence[str]) -> int:
    """Return for how many questions the product finds what the index in the open finds, cold and in order."""
    plain, agreed = _plain_index([client]), dict[str, bool]()
    open_parts.clear()
    for question in set(questions):
        found = search_client(client, question, by=SYSTEM, limit=LIMIT).found
        agreed[question] = [one.passage.pk for one in found] == plain.search(question, LIMIT)
    return sum(agreed[question] for question in questions)
