"""The pages of a large firm: what each asks of the database, and what it takes against bare Django."""

import io
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client as Browser
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, Firm, Session, User
from accounts.services import create_firm
from clients.models import Client, Member
from clients.services import open_client
from conversations.models import Message, Thread
from conversations.services import ask
from documents.extraction import layout
from documents.models import Document, Page, Passage
from documents.services import index_client, search_papers
from documents.storage import new_key
from lexai.audit.models import AuditEvent
from lexai.celery import app
from lexai.database import insert, insert_all
from lexai.system import SYSTEM
from tests import factories, papers
from tests.benchmarks import bare_pages
from tests.benchmarks.synthetic import Author

CLIENTS, DOCUMENTS = 10_000, 1_000
FEW = 3
ROUNDS = 30
TIMES_GOAL = 3
SEED = 6
QUESTION = "What does the tenant owe when the lease ends?"
PAPER = [
    "# Lease\n\n"
    + "\n\n".join(f"{n}. The tenant owes {n} dollars when the lease ends." for n in range(1, 30))
]


@dataclass
class Practice:
    """A firm, its administrator, and one client with all the papers."""

    person: User
    client: Client
    paper: Document
    cookie: str = ""

    def __post_init__(self) -> None:
        browser = Browser()
        browser.force_login(self.person)
        session = browser.session
        session["started_at"] = session["seen_at"] = timezone.now().timestamp()
        session.save()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@dataclass(frozen=True)
class Measured:
    """A page, and the rows that it shows as a bare view would fetch them."""

    name: str
    address: str
    rows: Callable[[Practice], bare_pages.Rows]


def measure() -> Practice:
    """Print what pages cost in a large firm; return that firm."""
    with override_settings(ROOT_URLCONF="tests.benchmarks.bare_pages"):
        small, large = _practice("Small", FEW, FEW), _practice("Large", CLIENTS, DOCUMENTS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        application = WSGIHandler()
        with override_settings(MIDDLEWARE=bare_pages.MIDDLEWARE):
            bare = WSGIHandler()
        print(
            f"Pages of a firm of {CLIENTS:,} clients, {DOCUMENTS:,} documents, in milliseconds, median of {ROUNDS} in"
            f" turns;\nthe goal is less than {TIMES_GOAL} times a bare Django view of the same rows, and as many"
            f" queries as with {FEW} of each"
        )
        for page in PAGES:
            _measure_page(page, application, bare, small, large)
    app.control.purge()  # nobody reads these papers
    return large


# What the pages show


def _clients(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        of_firm = Client.objects.filter(firm=user.firm_id)
        yield from of_firm.order_by("case_type").values_list("case_type").distinct()
        yield (of_firm.count(),)
        yield from _rows_of(list(of_firm.order_by("-updated_at", "pk")[:50]))

    return rows


def _rows_of(clients: Sequence[Client]) -> Iterator[tuple[Any, ...]]:
    """Yield each client with its papers by their state, and with what was last asked."""
    papers_of = defaultdict(list)
    states = Document.objects.filter(client__in=clients).order_by().values_list("client", "status")
    for client_id, status, count in states.annotate(Count("pk")):
        papers_of[client_id].append(f"{count} {status}")
    asked = Message.objects.filter(client__in=clients, role="user").order_by("client", "-pk")
    last = {one.client_id: one.content for one in asked.distinct("client")}
    for one in clients:
        yield one.name, one.case_number, one.case_type, one.is_restricted, papers_of[one.pk]
        yield last.get(one.pk, ""), one.updated_at


def _today(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        yield from _rows_of(list(Client.objects.filter(firm=user.firm_id).order_by("-updated_at", "pk")[:8]))
        papers_of_firm = Document.objects.filter(client__firm=user.firm_id)
        for states in (["queued", "extracting"], ["refused"]):
            waiting = papers_of_firm.filter(status__in=states).order_by("-upload_date")
            yield from waiting.values_list("pk", "filename", "status", "client__name")[:10]
        asked = Message.objects.filter(client__firm=user.firm_id, role="user").select_related("client")
        yield from ((one.client.name, one.content, one.timestamp) for one in asked.order_by("-timestamp")[:8])

    return rows


def _messages(practice: Practice) -> bare_pages.Rows:
    """Return the newest thread, its quotations with the passages they stand in, and the titles of all threads."""

    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        yield _client_row(practice)
        threads = list(Thread.objects.filter(client=practice.client).order_by("-pk")[:25])
        yield from ((one.pk, one.title, one.created_at) for one in threads)
        for one in Message.objects.filter(thread=threads[0]).order_by("pk").with_citations():
            yield one.role, one.content, one.timestamp
            for each in one.citations.all():
                passage = Passage.objects.filter(
                    document=each.document, start__lte=each.start, end__gte=each.end
                )
                yield each.n, each.quote, each.page, each.document.filename, passage.first().text

    return rows


def _documents(practice: Practice) -> bare_pages.Rows:
    columns = ("pk", "filename", "status", "size_bytes", "page_count", "upload_date", "parent__filename")
    adder = ("uploaded_by__first_name", "uploaded_by__last_name")

    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        yield _client_row(practice)
        found = Document.objects.filter(client=practice.client).order_by("-upload_date", "-pk")
        yield (found.count(),)
        yield from found.values_list(*columns, *adder)[:50]

    return rows


def _case(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        client = Client.objects.get(pk=practice.client.pk)
        yield client.name, client.case_number, client.email, client.phone, client.notes, client.updated_at
        yield from Member.objects.filter(client=client).values_list("user__email")
        yield (Document.objects.filter(client=client).count(),)
        colleagues = User.objects.filter(firm=user.firm_id, is_active=True)
        yield from colleagues.values_list("pk", "first_name", "last_name", "email")

    return rows


def _deeds_of_client(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        yield _client_row(practice)
        deeds = AuditEvent.objects.filter(client_ids__contains=[practice.client.pk]).order_by("-pk")
        yield from deeds.values_list("occurred_at", "actor", "verb", "target_id")[:50]

    return rows


def _viewer(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        document = Document.objects.defer(None).select_related("client").get(pk=practice.paper.pk)
        yield document.filename, document.page_count, document.client.name
        for page in Page.objects.filter(document=document, number=1):
            yield page.number, page.width, page.height
            sides = {"width": page.width, "height": page.height}
            for word in layout.unpack(page.layout, start=page.start, end=page.end, **sides):
                yield document.text[word.start : word.end], word.left, word.top, word.right, word.bottom

    return rows


def _found(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        part = search_papers("tenant", by=user, limit=10)
        for client, passages in part.found:
            yield from ((client.name, one.passage.document.filename, one.passage.text) for one in passages)

    return rows


def _people(practice: Practice) -> bare_pages.Rows:
    columns = ("email", "first_name", "last_name", "role", "is_active", "last_login")
    return lambda user: User.objects.filter(firm=user.firm_id).values_list(*columns)[:50]


def _deeds(practice: Practice) -> bare_pages.Rows:
    columns = ("occurred_at", "actor", "verb", "target_type", "target_id", "client_ids")

    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        yield from User.objects.filter(firm=user.firm_id).values_list("email", "first_name", "last_name")
        deeds = list(
            AuditEvent.objects.filter(firm_id=user.firm_id).order_by("-pk").values_list(*columns)[:50]
        )
        yield from deeds
        touched = {client_id for deed in deeds for client_id in deed[-1]}
        yield from Client.objects.filter(pk__in=touched).values_list("pk", "name")

    return rows


def _account(practice: Practice) -> bare_pages.Rows:
    def rows(user: User) -> Iterator[tuple[Any, ...]]:
        tokens = ApiToken.objects.filter(user=user)
        yield from tokens.values_list("name", "prefix", "scope", "expires_at", "last_used_at")
        sessions = Session.objects.filter(user=user, expire_date__gt=timezone.now())
        yield from sessions.values_list("reference", "address", "user_agent", "started_at", "seen_at")

    return rows


def _client_row(practice: Practice) -> tuple[Any, ...]:
    return Client.objects.values_list("name", "case_number", "case_type").get(pk=practice.client.pk)


PAGES = [
    Measured("today", "/today/", _today),
    Measured("clients", "/clients/", _clients),
    Measured("ask", "/clients/{client}/ask/", _messages),
    Measured("documents", "/clients/{client}/documents/", _documents),
    Measured("case", "/clients/{client}/case/", _case),
    Measured("activity", "/clients/{client}/activity/", _deeds_of_client),
    Measured("viewer", "/documents/{paper}/", _viewer),
    Measured("search", "/search/?q=tenant", _found),
    Measured("firm", "/firm/", _people),
    Measured("audit", "/firm/audit/", _deeds),
    Measured("account", "/account/", _account),
]


def _measure_page(
    page: Measured, application: WSGIHandler, bare: WSGIHandler, small: Practice, large: Practice
) -> None:
    bare_pages.rows_of[page.name] = page.rows(large)
    address = page.address.format(client=large.client.pk, paper=large.paper.pk)
    deeds = [
        lambda: fetch(application, address, large.cookie),
        lambda: fetch(bare, f"/bare/{page.name}/", large.cookie),
    ]
    queries = [_queries(application, page, practice) for practice in (small, large)]
    ours, theirs = _raced(deeds)
    print(
        f"  {page.name:10}{1000 * ours:8.1f}, bare {1000 * theirs:6.1f}, ratio {ours / theirs:5.2f};"
        f" {queries[1]} queries, with {FEW} of each {queries[0]}"
    )


def _queries(application: WSGIHandler, page: Measured, practice: Practice) -> int:
    address = page.address.format(client=practice.client.pk, paper=practice.paper.pk)
    fetch(application, address, practice.cookie)
    with CaptureQueriesContext(connection) as captured:
        fetch(application, address, practice.cookie)
    return len(captured)


def _raced(deeds: list[Callable[[], object]]) -> list[float]:
    """Do each deed in turns; return the median seconds of each."""
    seconds: list[list[float]] = [[] for _ in deeds]
    for turn in range(ROUNDS):
        for place in range(len(deeds)):
            each = (place + turn) % len(deeds)
            seconds[each].append(_seconds(deeds[each]))
    return [statistics.median(one) for one in seconds]


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def fetch(application: WSGIHandler, address: str, cookie: str) -> bytes:
    """Send a GET through WSGI, as the web server would, with a session."""
    path, _, query = address.partition("?")
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "text/html",
        "HTTP_COOKIE": cookie,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    answer = application(environ, lambda status, _headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"], (address, statuses, body[:500])
    return body


# The firms


def _practice(name: str, clients: int, documents: int) -> Practice:
    person = User(email=f"{name.lower()}@pages.example", first_name="Pa", last_name="Ges")
    firm, _password = create_firm(Firm(name=name), person, by=SYSTEM)
    client = _clients_of(firm, person, clients)[0]
    paper = factories.ready_document(client, papers.pdf(PAPER), by=person, filename="lease.pdf")
    _papers_of(client, documents - 1)
    index_client(client, by=SYSTEM)
    for number in range(FEW):
        ask(Message(client=client, content=f"{QUESTION} {number}"), by=person)
    return Practice(person, client, paper)


@transaction.atomic
def _clients_of(firm: Firm, person: User, count: int) -> list[Client]:
    return [
        open_client(
            Client(firm=firm, name=f"Client {n:05}", case_number=f"2026-{n:05}", case_type="tenancy"),
            by=person,
        )
        for n in range(count)
    ]


@transaction.atomic
def _papers_of(client: Client, count: int) -> None:
    """Add papers that were read, each of one passage."""
    for number, (heading, text) in enumerate(Author(SEED).passages(count)):
        document = Document(
            client=client, filename=f"paper-{number:04}.txt", storage_key=new_key(), size_bytes=1
        )
        document.sha256, document.status, document.text = f"{number:064}", Document.Status.READY, text
        document.page_count = 1
        insert(document)
        places = {
            "client": client,
            "document": document,
            "start": 0,
            "end": len(text),
            "page": 1,
            "page_end": 1,
        }
        insert_all([Passage(heading=heading, text=text, **places)])
        sheet = {"client": client, "document": document, "number": 1, "start": 0, "end": len(text)}
        insert_all([Page(**sheet, width=0, height=0, layout=b"")])
