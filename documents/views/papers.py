"""The list of a client's papers: what comes in, how far it is read, what is tried again, what goes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from clients.models import Client
from clients.views import client_words
from clients.views.head import visible_client
from documents import services, standing
from documents.forms import RetryForm
from documents.models import Document
from documents.tallies import Tally
from documents.uploads import MEGABYTE, FileTooLarge, accepts_files
from documents.views.rows import going_told, papers_at
from lexai.errors import DomainError
from lexai.web.damage import shows_damage
from lexai.web.forms import asks_or_sends
from lexai.web.reads import record_look
from lexai.web.refusals import about, refusal_told, shows_refusals

PAPERS_SHOWN = 50
PLAIN_TEXT = "text/plain; charset=utf-8"
ADDED = "added"
KNOWN = "was among the papers already"


# a form is read only once it is known who sends it: nobody stores a file at a client he cannot see
@accepts_files
@csrf_exempt  # `_added` demands the token
@asks_or_sends
@login_required
@shows_damage
@shows_refusals
def papers(request: Any, client_id: str) -> HttpResponse:
    """List the papers of a client; add those that are sent, each by itself."""
    client = visible_client(request, client_id)
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
        return _told(request, *_add(request, client, uploads[0]))
    for upload in uploads:
        with refusal_told(request, upload.filename, row=client):
            _document, word = _add(request, client, upload)
            messages.success(request, f"{upload.filename} {word}.")
    if not uploads:
        messages.error(request, "No file was chosen. Choose one or several, then add them.")
    return redirect("papers", client.pk)


def _add(request: Any, client: Client, upload: Any) -> tuple[Document, str]:
    """Add a file; return the paper that holds it, and what is told of that."""
    new = Document(client=client)
    added = services.add_document(new, upload, by=request.user)
    if added is new:
        return added, ADDED
    return added, KNOWN if added.filename == upload.filename else f"{KNOWN}, as {added.filename}"


def _told(request: Any, document: Document, word: str) -> HttpResponse:
    """Answer the script with a word, and, of a paper that was there, with where it stands."""
    if word == ADDED:
        return HttpResponse(word, content_type=PLAIN_TEXT, status=201)
    place = {"Content-Location": _row_address(request, document.client, document.pk)}
    return HttpResponse(word, content_type=PLAIN_TEXT, headers=place)


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
        refusal = refusal or str(form.errors["password"][0])
        return _listed(request, document.client, refusal=refusal, at=document)
    if request.method == "POST":  # else it is the address of a refused form, entered again
        services.retry_document(document, by=request.user, password=form.cleaned_data["password"])
    if form.cleaned_data["in_viewer"]:
        return redirect("document", document.pk)
    return redirect(_row_address(request, document.client, document.pk))


@asks_or_sends
@csrf_protect
@login_required
@about(Document)
def delete(request: Any, pk: int) -> HttpResponse:
    """Ask whether a paper shall go with all that came in it, and delete it."""
    document = _document(request, pk)
    places = _places(_in_list_order(request, document.client))
    if request.method == "POST":
        services.delete_document(document, by=request.user)
        messages.success(request, f"{document.filename} was deleted.")
        return redirect(_row_address(request, document.client, standing.beside(pk, places)))
    inside = next((place.inside for place in places if place.pk == document.pk), 0)
    record_look("document.viewed", request, client_ids=[document.client_id], target=document)
    words = client_words(document.client, tab="Documents") | {"document": document}
    words["going"] = going_told(inside)
    return render(request, "documents/delete.html", words)


def _document(request: Any, pk: int) -> Document:
    documents = Document.objects.visible_to(request.user).select_related("client")
    document: Document = get_object_or_404(documents, pk=pk)
    return document


def _in_list_order(request: Any, client: Client) -> list[tuple[int, int | None, str]]:
    """Return id, parent and status of each paper, the newest first."""
    documents = Document.objects.visible_to(request.user).filter(client=client)
    return list(documents.order_by("-upload_date", "-pk").values_list("pk", "parent_id", "status"))


def _places(rows: Iterable[tuple[int, int | None, str]]) -> list[standing.Place]:
    return standing.in_order((pk, parent) for pk, parent, _status in rows)


def _page_of(pk: int, places: Sequence[standing.Place]) -> int:
    """Return the number of the page of the list on which a paper stands, the first where it is gone."""
    above = next((number for number, place in enumerate(places) if place.pk == pk), 0)
    return above // PAPERS_SHOWN + 1


def _row_address(request: Any, client: Client, pk: int | None) -> str:
    """Return where the list shows a paper; without one, where the list is."""
    papers_address = reverse("papers", args=[client.pk])
    if pk is None:
        return papers_address
    number = _page_of(pk, _places(_in_list_order(request, client)))
    return f"{papers_address}?page={number}#paper-{pk}"


def _listed(
    request: Any,
    client: Client,
    *,
    refusal: DomainError | str | None = None,
    at: Document | None = None,
) -> HttpResponse:
    """Show a page of the papers, with a refusal above them, or `at` the paper that it is about; record the read."""
    rows = _in_list_order(request, client)
    places = _places(rows)
    page = Paginator(places, PAPERS_SHOWN).get_page(
        _page_of(at.pk, places) if at else request.GET.get("page")
    )
    shown = papers_at(list(page.object_list), by=request.user)
    record_look(
        "document.listed", request, client_ids=[client.pk], target=client, page=page.number, rows=len(shown)
    )
    words = _list_words(page, Tally.of(status for _pk, _parent, status in rows))
    words |= {"papers": shown, "client": client, "refusal": refusal, "refused": at}
    if request.htmx and not refusal:
        return render(request, "documents/_papers.html", words)
    words |= client_words(client, tab="Documents", paper_count=len(rows)) | _upload_words()
    return render(request, "documents/papers.html", words, status=400 if refusal else 200)


def _list_words(page: Page, counted: Tally) -> dict[str, Any]:
    parts = [(counted.ready, "ready"), (counted.waiting, "to be read"), (counted.refused, "refused")]
    return {
        "page": page,
        "is_live": bool(counted.waiting),
        "told": ", ".join(f"{number:,} {word}" for number, word in parts if number),
    }


def _upload_words() -> dict[str, Any]:
    return {
        "limit_bytes": settings.UPLOAD_LIMIT_MB * MEGABYTE,
        "limit_mb": settings.UPLOAD_LIMIT_MB,
        "too_large": str(FileTooLarge()),
    }
