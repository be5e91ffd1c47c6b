"""The list of clients, in CPU: against REST framework as it comes, no framework, no audit row, and nothing sealed."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from unittest import mock

import orjson
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken, Firm, User
from accounts.services import create_firm, create_token
from clients.models import Client
from clients.services import open_client, restrict_client
from lexai import audit
from lexai.system import SYSTEM
from tests.benchmarks.contestants import PAGE_SIZE, BareApplication, plain_clients

CLIENTS = 400
ROUNDS, REQUESTS_A_ROUND = 100, 5
CHEAPER_GOAL, AUDIT_GOAL, SEALING_GOAL = 2.5, 0.25, 1.25


@dataclass
class Contestant:
    """A way to list clients, with the milliseconds of CPU that it took in each round: here, and in PostgreSQL."""

    name: str
    ask: Callable[[], bytes]
    here: list[float] = field(default_factory=list)
    there: list[float] = field(default_factory=list)

    def run(self, backends: list[Path]) -> None:
        here, there = time.process_time(), _seconds(backends)
        for _ in range(REQUESTS_A_ROUND):
            self.ask()
        self.here.append((time.process_time() - here) * 1000 / REQUESTS_A_ROUND)
        self.there.append((_seconds(backends) - there) * 1000 / REQUESTS_A_ROUND)

    @property
    def both(self) -> list[float]:
        return [sum(one) for one in zip(self.here, self.there, strict=True)]


def measure() -> None:
    """Ask for the same page of clients in turns, and print what it costs."""
    application, secret = _filled()
    with plain_clients():
        _report(*_raced(_contestants(application, secret)))


def _raced(contestants: list[Contestant]) -> list[Contestant]:
    """Let each answer in turns, after a look at what they answer."""
    answers = [orjson.loads(one.ask()) for one in contestants]
    assert all(one["results"] == answers[0]["results"] for one in answers), "the contestants differ"
    assert (len(answers[0]["results"]), answers[0]["count"]) == (PAGE_SIZE, CLIENTS)
    backends = _backends()
    for turn in range(ROUNDS):
        first = turn % len(contestants)
        for one in contestants[first:] + contestants[:first]:
            one.run(backends)
    return contestants


def _filled() -> tuple[Callable, str]:
    """Return the application with its clients, and the secret of a token."""
    call_command("migrate", verbosity=0)
    settings.ROOT_URLCONF = "tests.benchmarks.contestants"
    return get_wsgi_application(), fill()


def _contestants(application: Callable, secret: str) -> list[Contestant]:
    bare = BareApplication()

    def ours() -> bytes:
        return ask(application, "/api/v1/clients/", secret)

    def unaudited() -> bytes:
        with mock.patch.object(audit, "record_read", _nothing):
            return ours()

    return [
        Contestant("LexAI", ours),
        Contestant("the same without its audit row", unaudited),
        Contestant("the same of rows in the open", lambda: ask(application, "/api/plain/", secret)),
        Contestant("stock ModelViewSet", lambda: ask(application, "/api/stock/", secret)),
        Contestant("bare WSGI with psycopg", lambda: ask(bare, "/", secret)),
    ]


def fill() -> str:
    """Make a firm with its clients, every tenth of them restricted; return the secret of a token."""
    person = User(email="bench@x.example", first_name="B", last_name="N")
    firm, _password = create_firm(Firm(name="Bench"), person, by=SYSTEM)
    for number in range(CLIENTS):
        client = Client(firm=firm, name=f"Client {number}", case_number=f"2026-{number:04}")
        client.email, client.phone, client.case_type = f"{number}@x.example", f"+49 30 {number:06}", "tenancy"
        client = open_client(client, by=person)
        if number % 10 == 0:
            restrict_client(client, by=person, members=[])
    expires_at = timezone.now() + timedelta(days=1)
    return create_token(ApiToken(name="bench", expires_at=expires_at), by=person)[1]


def ask(application: Callable, path: str, secret: str) -> bytes:
    """Send a GET through WSGI, as the web server would; return the body of the answer."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "*/*",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    answer = application(environ, lambda status, _headers: statuses.append(status))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    assert statuses == ["200 OK"], (path, statuses, body)
    return body


def _nothing(*_arguments, **_keywords) -> None:
    """Stand where a read is recorded."""


def _backends() -> list[Path]:
    """Return where the kernel counts the time of our connections' processes: nowhere if on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        counters = [Path(f"/proc/{pid}/schedstat") for (pid,) in cursor.fetchall()]
    return counters if all(path.exists() for path in counters) else []


def _seconds(backends: list[Path]) -> float:
    return sum(int(path.read_text().split()[0]) for path in backends) / 1e9


def _report(
    ours: Contestant, unaudited: Contestant, plain: Contestant, stock: Contestant, bare: Contestant
) -> None:
    print(
        f"A page of {PAGE_SIZE} of {CLIENTS} clients, in milliseconds of CPU, median of {ROUNDS} rounds in turns\n"
        "LexAI: token, limit, walls, filters, audit. Stock: token and middleware of LexAI; no limit, walls, filters\n"
        "or audit. Bare: a pool, two statements, orjson; no sign-in or seal. The second adds PostgreSQL's own."
    )
    for one in (ours, unaudited, plain, stock, bare):
        print(f"  {one.name:32}{median(one.here):6.2f}{median(one.both):8.2f}")
    print(
        f"a. stock / LexAI: {_ratio(stock, ours)}; the goal is {CHEAPER_GOAL}. LexAI / bare: {_ratio(ours, bare)}"
    )
    print(
        f"b. without the audit row / LexAI: {_ratio(unaudited, ours)}; the goal is {1 - AUDIT_GOAL} or more"
    )
    print(
        f"   LexAI / the same of rows in the open, no field of which is sealed: {_ratio(ours, plain)}; the goal is"
        f" {SEALING_GOAL} or less"
    )


def _ratio(one: Contestant, other: Contestant) -> str:
    """Return the median of the rounds' ratios, here and with PostgreSQL."""
    here, both = (
        median(a / b for a, b in zip(first, second, strict=True))
        for first, second in ((one.here, other.here), (one.both, other.both))
    )
    return f"{here:.2f} ({both:.2f})"
