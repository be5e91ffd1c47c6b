"""The list of a client's papers: what comes in, how far it is read, what is tried again, what goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from clients.models import Client
from clients.views import client_words
from documents import services, standing
from documents.forms import RetryForm
from documents.models import READ_IN_IT, Document
from documents.states import State, kind_of, state_of
from documents.uploads import MEGABYTE, FileTooLarge, accepts_files
from lexai.errors import DomainError
from lexai.web.damage import shows_damage
from lexai.web.reads import record_look
from lexai.web.refusals import about, refusal_told, shows_refusals

PAPERS_SHOWN = 50
PLAIN_TEXT = "text/plain; charset=utf-8"
ADDED = "added"
KNOWN = "was among the papers already"
asks_or_sends = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Paper:
    """A row of the list."""

    document: Document
    state: State
    kind: str
    level: int
    inside: int  # how many papers came in it
    is_below: bool  # what it came in stands in the list above it


# a form is read only once it is known who sends it: nobody stores a file at a client he cannot see
@accepts_files
@csrf_exempt  # `_added` demands the token
@asks_or_sends
@login_required
@shows_damage
@shows_refusals
def papers(request: Any, client_id: str) -> HttpResponse:
    """List the papers of a client; add those that are sent, each by itself."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    refusal = getattr(request, "refusal", None)
    if refusal and request.htmx:
        return HttpResponse(str(refusal), content_type=PLAIN_TEXT)
    if request.method != "POST" or refusal:
        return _listed(request, client, refusal=refusal)
    return _added(request, client)


@csrf_protect
def _added(request: Any, client: Client) -> HttpResponse:
    """Add what was sent: one file of a script, which shows the answer beside its name, or all those of a form."""
    uploads = request.FILES.getlist("file")
    if request.htmx and len(uploads) == 1:
        word, status = _add(request, client, uploads[0])
        return HttpResponse(word, content_type=PLAIN_TEXT, status=status)
    for upload in uploads:
        with refusal_told(request, upload.filename, row=client):
            word, _status = _add(request, client, upload)
            messages.success(request, f"{upload.filename} {word}.")
    if not uploads:
        messages.error(request, "No file was chosen. Choose one or several, then add them.")
    return redirect("papers", client.pk)


def _add(request: Any, client: Client, upload: Any) -> tuple[str, int]:
    new = Document(client=client)
    added = services.add_document(new, upload, by=request.user)
    return (ADDED, 201) if added is new else (KNOWN, 200)


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
@about(Document)
def retry(request: Any, pk: int) -> HttpResponse:
    """Have a paper read again that was refused, with its password where it has one."""
    document = _document(request, pk)
    form = RetryForm(request.POST)
    refusal = getattr(request, "refusal", None)
    if refusal or not form.is_valid():
        return _listed(request, document.client, refusal=refusal or str(form.errors["password"][0]))
    if request.method == "POST":  # else it is the address of a refused form, entered again
        services.retry_document(document, by=request.user, password=form.cleaned_data["password"])
    return redirect("papers", document.client_id)


@asks_or_sends
@csrf_protect
@login_required
@about(Document)
def delete(request: Any, pk: int) -> HttpResponse:
    """Ask whether a paper shall go with all that came in it, and delete it."""
    document = _document(request, pk)
    if request.method == "POST":
        services.delete_document(document, by=request.user)
        messages.success(request, f"{document.filename} was deleted.")
        return redirect("papers", document.client_id)
    places = standing.in_order(_in_list_order(request, document.client))
    inside = next(place.inside for place in places if place.pk == document.pk)
    record_look("document.viewed", request, client_ids=[document.client_id], target=document)
    words = client_words(document.client, tab="Documents") | {"document": document, "inside": inside}
    return render(request, "documents/delete.html", words)


def _document(request: Any, pk: int) -> Document:
    documents = Document.objects.visible_to(request.user).select_related("client")
    document: Document = get_object_or_404(documents, pk=pk)
    return document


def _in_list_order(request: Any, client: Client) -> Any:
    """Return id and parent of each paper, the newest first."""
    documents = Document.objects.visible_to(request.user).filter(client=client)
    return documents.order_by("-upload_date", "-pk").values_list("pk", "parent_id")


def _listed(request: Any, client: Client, *, refusal: DomainError | str | None = None) -> HttpResponse:
    """Show a page of the papers, and record the read."""
    places = Paginator(standing.in_order(_in_list_order(request, client)), PAPERS_SHOWN)
    page = places.get_page(request.GET.get("page"))
    shown = _papers(request, list(page.object_list))
    record_look("document.listed", request, client_ids=[client.pk], target=client, rows=len(shown))
    words = _list_words(request, client, page) | {"papers": shown, "client": client}
    if request.htmx and not refusal:
        return render(request, "documents/_papers.html", words)
    words |= client_words(client, tab="Documents") | {
        "refusal": refusal,
        "limit_bytes": settings.UPLOAD_LIMIT_MB * MEGABYTE,
        "limit_mb": settings.UPLOAD_LIMIT_MB,
        "too_large": str(FileTooLarge()),
    }
    return render(request, "documents/papers.html", words, status=400 if refusal else 200)


def _papers(request: Any, places: Sequence[standing.Place]) -> list[Paper]:
    of_parents = [f"parent__{name}" for name in READ_IN_IT]
    rows = Document.objects.visible_to(request.user).select_related("parent", "uploaded_by")
    found = rows.defer(*READ_IN_IT, *of_parents).in_bulk([place.pk for place in places])
    return [
        Paper(row, state_of(row), kind_of(row), place.level, place.inside, is_below=row.parent_id in found)
        for place in places
        if (row := found.get(place.pk))
    ]


def _list_words(request: Any, client: Client, page: Page) -> dict[str, Any]:
    documents = Document.objects.visible_to(request.user).filter(client=client).order_by()
    counts = dict(documents.values_list("status").annotate(number=Count("pk")))
    reading = counts.get("queued", 0) + counts.get("extracting", 0)
    parts = [
        (counts.get("ready", 0), "ready"),
        (reading, "to be read"),
        (counts.get("refused", 0), "refused"),
    ]
    return {
        "page": page,
        "is_live": bool(reading),
        "told": ", ".join(f"{number:,} {word}" for number, word in parts if number),
    }
