"""What the day begins with: the clients somebody works on, the papers on their way, the last questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from clients.models import Client, changes_by
from conversations.models import Message, MessageQuerySet
from conversations.views.rows import opened_messages
from documents.models import Document, DocumentQuerySet
from documents.tallies import Tally, tallies
from lexai import audit
from lexai.queries import BuiltQuery, OneOf, Row, Total, kept
from lexai.web.damage import shows_damage

CLIENTS_SHOWN, QUESTIONS_SHOWN, PAPERS_SHOWN = 8, 8, 10
QUESTIONS_LOOKED_AT, CANDIDATES = 200, 24  # clients that may not be seen any more are left out
REFUSED_FOR = timedelta(days=30)
COLUMNS = (
    "id",
    "client_id",
    "filename",
    "status",
    "pages_read",
    "pages_to_read",
    "refusal_message",
    "upload_date",
)


@dataclass(frozen=True)
class Recent:
    """A client that whoever looks has worked on lately."""

    client_id: str
    address: str
    name: str
    case_number: str | None
    case_type: str | None
    at: datetime
    papers: Tally


@dataclass(frozen=True)
class Paper:
    """A document that is being read, or was refused."""

    document: Document
    client_id: str
    client_name: str
    address: str


@dataclass(frozen=True)
class Question:
    """A question of whoever looks, with the thread in which it stands."""

    words: str
    at: datetime
    client_id: str
    client_name: str
    address: str


@require_safe
@login_required
@shows_damage
def today(request: Any) -> HttpResponse:
    """Show what the day begins with; with htmx, how far the papers are."""
    papers = _papers(request.user)
    shown = [*papers["reading"], *papers["refused"]]
    papers["seen"] = _mark(shown, by=request.user)
    if request.htmx:
        if request.GET.get("seen") != papers["seen"]:  # else nothing is shown that the page did not show
            _record(shown, set(), by=request.user)
        return render(request, "conversations/_today_papers.html", {**papers, "is_part": True})
    recent, questions = list(_recent(request.user)), _questions(request.user)
    _record([*shown, *questions], {one.client_id for one in recent}, by=request.user)
    words = {**papers, "recent": recent, "questions": questions, "view_place": "Today"}
    return render(request, "conversations/today.html", words)


def _record(rows: Sequence[Paper | Question], client_ids: set[str], *, by: Any) -> None:
    touched = client_ids | {row.client_id for row in rows}
    audit.record_read("client.listed", by=by, client_ids=sorted(touched), rows=len(rows) + len(client_ids))


def _mark(papers: list[Paper], *, by: Any) -> str:
    """Return what proves that this person was shown these documents: it is given out with them alone."""
    ids = sorted(paper.document.pk for paper in papers)
    return salted_hmac("conversations.today", f"{by.pk} {ids}", algorithm="sha256").hexdigest()[:32]


def _recent(by: Any) -> Iterator[Recent]:
    """Yield the clients that somebody last changed or asked about."""
    latest = changes_by(by)
    for client_id, at in _asked_about(by, limit=QUESTIONS_LOOKED_AT):
        latest[client_id] = max(at, latest.get(client_id, at))
    candidates = sorted(latest, key=lambda client_id: latest[client_id], reverse=True)[:CANDIDATES]
    visible = {row[0]: row for row in _clients(by, limit=CANDIDATES, client_ids=candidates)}
    shown = [client_id for client_id in candidates if client_id in visible][:CLIENTS_SHOWN]
    papers = tallies(shown, by=by)
    for one in shown:
        _key, name, case_number, case_type = visible[one]
        yield Recent(one, reverse("ask", args=[one]), name, case_number, case_type, latest[one], papers[one])


def _questions(by: Any) -> list[Question]:
    """Return what somebody last asked."""
    return [
        Question(words, at, client_id, name, reverse("thread", args=[client_id, thread_id]))
        for _message_id, client_id, words, at, name, thread_id in _asked(by, limit=QUESTIONS_SHOWN)
    ]


def _papers(by: Any) -> dict[str, Any]:
    """Return what is being read and what was refused lately, the own uploads first."""
    waiting, refused = _waiting(by, limit=PAPERS_SHOWN), _refused(by, limit=PAPERS_SHOWN)
    count = waiting[0][-1] if waiting else 0
    return {"waiting": count, "reading": _shown(waiting), "refused": _shown(refused)}


def _shown(rows: list[Row]) -> list[Paper]:
    return [
        Paper(
            Document(**dict(zip(COLUMNS, row, strict=False))),
            row[1],
            row[len(COLUMNS)],
            f"{reverse('papers', args=[row[1]])}#paper-{row[0]}",
        )
        for row in rows
    ]


# The queries, built once


@kept
def _asked_about(by: Any) -> BuiltQuery:
    return BuiltQuery(_own_questions(by).values_list("client_id", "timestamp"))


@kept
def _asked(by: Any) -> BuiltQuery:
    in_threads = _own_questions(by).filter(thread__isnull=False)
    return opened_messages(in_threads, "timestamp", "client__name", "thread_id")


def _own_questions(by: Any) -> MessageQuerySet:
    mine: MessageQuerySet = Message.objects.visible_to(by).questions().filter(asked_by=by.pk)
    return mine.order_by("-timestamp", "-pk")


@kept
def _clients(by: Any) -> BuiltQuery:
    chosen = Client.objects.visible_to(by).filter(OneOf("pk", "client_ids"))
    return BuiltQuery(chosen.values_list("pk", "name", "case_number", "case_type"))


@kept
def _waiting(by: Any) -> BuiltQuery:
    waiting = Document.objects.visible_to(by).awaiting_text()
    rows = _own_first(waiting, "upload_date", "pk", by=by)
    return BuiltQuery(rows.values_list(*COLUMNS, "client__name", Total(waiting.order_by().values("pk"))))


@kept
def _refused(by: Any) -> BuiltQuery:
    refused = Document.objects.visible_to(by).refused().filter(upload_date__gte=Now() - REFUSED_FOR)
    rows = _own_first(refused, "-upload_date", "-pk", by=by)
    return BuiltQuery(rows.values_list(*COLUMNS, "client__name"))


def _own_first(documents: DocumentQuerySet, *order: str, by: Any) -> QuerySet[Document]:
    own = Case(When(uploaded_by=by.pk, then=Value(0)), default=Value(1))
    return documents.order_by(own, *order)
