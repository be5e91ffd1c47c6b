"""What was done with a client and its papers, in plain words."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from clients.models import Client
from clients.views.head import client_words, visible_client
from lexai import audit
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.audit.words import READS, Names, documents_in, entries, people_in
from lexai.web.numbers import whole_number

ENTRIES_A_PAGE = 50
KINDS = {"": "Changes and questions", "reads": "Reading", "refused": "Refusals", "all": "Everything"}


@require_safe
@login_required
def activity(request: Any, client_id: str) -> HttpResponse:
    """Show what was done with a client, the newest first; each page goes on below the last one's oldest event."""
    client = visible_client(request, client_id)
    events = list(_asked_for(request, client)[: ENTRIES_A_PAGE + 1])
    shown, older = events[:ENTRIES_A_PAGE], events[ENTRIES_A_PAGE:]
    audit.record_read("audit.listed", by=request.user, client_ids=[client.pk], target=client, rows=len(shown))
    words = {
        **client_words(client, tab="Activity"),
        "entries": list(entries(shown, _names(shown, client, by=request.user))),
        "older": shown[-1].pk if older else None,
        "is_newest": not _before(request),
        "kind": _kind(request),
        "kinds": KINDS.items(),
    }
    return render(request, "clients/activity.html", words)


def _asked_for(request: HttpRequest, client: Client) -> Any:
    events: Any = client.deeds()
    if before := _before(request):
        events = events.filter(pk__lt=before)
    match _kind(request):
        case "":
            return events.exclude(verb__in=[*READS, Verb.ACCESS_REFUSED])
        case "reads":
            return events.filter(verb__in=READS)
        case "refused":
            return events.filter(verb=Verb.ACCESS_REFUSED)
    return events


def _kind(request: HttpRequest) -> str:
    given = request.GET.get("kind", "")
    return given if given in KINDS else ""


def _before(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("before", ""))


def _names(events: Sequence[AuditEvent], client: Client, *, by: Any) -> Names:
    """Return what the people and the documents are called whom events name."""
    people = User.objects.visible_to(by).filter(pk__in=people_in(events))
    documents = client.documents.filter(pk__in=documents_in(events)).values_list("pk", "filename")
    return Names({one.pk: one.display_name for one in people}, dict(documents))
