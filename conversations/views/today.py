"""What the day begins with: the clients somebody works on, the papers on their way, the last questions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from clients.models import Client, changes_by
from conversations.models import Message
from conversations.views.rows import Papers, papers_of
from documents.models import Document, DocumentQuerySet
from lexai import audit
from lexai.encryption import keyring
from lexai.web.damage import shows_damage

CLIENTS_SHOWN, QUESTIONS_SHOWN, PAPERS_SHOWN = 8, 8, 10
QUESTIONS_LOOKED_AT, CANDIDATES = 200, 24  # clients that may not be seen any more are left out
REFUSED_FOR = timedelta(days=30)
COLUMNS = [
    "filename",
    "status",
    "pages_read",
    "pages_to_read",
    "refusal_message",
    "upload_date",
    "client__name",
]


@dataclass(frozen=True)
class Recent:
    """A client that whoever looks has worked on lately."""

    client: Client
    address: str
    at: datetime
    papers: Papers


@dataclass(frozen=True)
class Paper:
    """A document that is being read, or was refused."""

    document: Document
    address: str


@dataclass(frozen=True)
class Question:
    """A question of whoever looks, with the thread in which it stands."""

    message: Message
    address: str


@require_safe
@login_required
@shows_damage
def today(request: Any) -> HttpResponse:
    """Show what the day begins with; with htmx, how far the papers are."""
    papers = _papers(request.user)
    shown = [one.document for one in (*papers["reading"], *papers["refused"])]
    papers["seen"] = _mark(shown, by=request.user)
    if request.htmx:
        if request.GET.get("seen") != papers["seen"]:  # else nothing is shown that the page did not show
            _record(shown, set(), by=request.user)
        return render(request, "conversations/_today_papers.html", {**papers, "is_part": True})
    recent, questions = _recent(request.user), _questions(request.user)
    _record([*shown, *(one.message for one in questions)], {one.client.pk for one in recent}, by=request.user)
    words = {**papers, "recent": recent, "questions": questions, "view_place": "Today"}
    return render(request, "conversations/today.html", words)


def _record(rows: list[Any], client_ids: set[str], *, by: Any) -> None:
    touched = client_ids | {row.client_id for row in rows}
    audit.record_read("client.listed", by=by, client_ids=sorted(touched), rows=len(rows) + len(client_ids))


def _mark(documents: list[Document], *, by: Any) -> str:
    """Return what proves that this person was shown these documents: it is given out with them alone."""
    ids = sorted(document.pk for document in documents)
    return salted_hmac("conversations.today", f"{by.pk} {ids}", algorithm="sha256").hexdigest()[:32]


def _recent(by: Any) -> list[Recent]:
    """Return the clients that somebody last changed or asked about."""
    latest = changes_by(by)
    mine = Message.objects.visible_to(by).questions().filter(asked_by=by.pk).order_by("-timestamp", "-pk")
    for client_id, at in mine.values_list("client_id", "timestamp")[:QUESTIONS_LOOKED_AT]:
        latest[client_id] = max(at, latest.get(client_id, at))
    candidates = sorted(latest, key=lambda client_id: latest[client_id], reverse=True)[:CANDIDATES]
    visible = {client.pk: client for client in Client.objects.visible_to(by).filter(pk__in=candidates)}
    shown = [visible[client_id] for client_id in candidates if client_id in visible][:CLIENTS_SHOWN]
    papers = papers_of([client.pk for client in shown], by=by)
    return [
        Recent(client, reverse("ask", args=[client.pk]), latest[client.pk], papers[client.pk])
        for client in shown
    ]


def _questions(by: Any) -> list[Question]:
    """Return what somebody last asked."""
    mine = Message.objects.visible_to(by).questions().filter(asked_by=by.pk, thread__isnull=False)
    last = list(mine.select_related("client").order_by("-timestamp", "-pk")[:QUESTIONS_SHOWN])
    keyring.load({message.client_id for message in last})  # else each would ask for its own
    return [
        Question(message, reverse("thread", args=[message.client_id, message.thread_id])) for message in last
    ]


def _papers(by: Any) -> dict[str, Any]:
    """Return what is being read and what was refused lately, the own uploads first."""
    visible: DocumentQuerySet = Document.objects.visible_to(by)
    waiting = visible.awaiting_text()
    refused = visible.refused().filter(upload_date__gte=timezone.now() - REFUSED_FOR)
    return {
        "waiting": waiting.count(),
        "reading": _own_first(waiting, "upload_date", "pk", by=by),
        "refused": _own_first(refused, "-upload_date", "-pk", by=by),
    }


def _own_first(documents: QuerySet[Document], *order: str, by: Any) -> list[Paper]:
    own = Case(When(uploaded_by=by.pk, then=Value(0)), default=Value(1))
    rows = documents.select_related("client").only(*COLUMNS, "client_id").order_by(own, *order)
    return [
        Paper(row, f"{reverse('papers', args=[row.client_id])}#paper-{row.pk}") for row in rows[:PAPERS_SHOWN]
    ]
