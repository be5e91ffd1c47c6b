"""The page of the search in all papers that somebody may see."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from clients.models import Client
from clients.views.head import visible_client
from documents import services
from documents.forms import SearchForm
from documents.models import Document
from documents.places import place_told
from documents.retrieval.snippets import Marker, Piece
from documents.search import Found
from lexai.system import Actor

FIRST_SECONDS = 0.4  # whoever types sees something soon, and the search goes on by itself
PASSAGES_OF_A_CLIENT = 3
PASSAGES_OF_ONE = 50  # where one client alone is searched
PASSAGES_OF_A_PART = 60  # a part that brings so many waits until somebody has read down to its end
NAMES_OF_A_KIND = 6  # more are there to be unfolded


@dataclass(frozen=True)
class Match:
    """A passage that was found, as the page shows it; `is_related` where other words of the subject brought it."""

    document: Document
    address: str
    place: str
    snippet: list[Piece]
    is_related: bool


@dataclass(frozen=True)
class Group:
    """What was found in one client's papers: the best passages, how many fit at all, and where more are shown."""

    client: Client
    matches: list[Match]
    count: int
    further: str

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.matches)

    @property
    def is_all_further(self) -> bool:
        return self.count <= PASSAGES_OF_ONE


@require_safe
@login_required
def search(request: Any) -> HttpResponse:
    """Search in one client's papers, or part by part in all that whoever asks may see; a later part is only added."""
    form = SearchForm(request.GET)
    words = {"view_place": "Search", "form": form, "q": request.GET.get("q", "")}
    if not form.is_valid() or not form.cleaned_data["q"]:
        return _answered(request, words)
    asked = form.cleaned_data
    client = visible_client(request, asked["client"]) if asked["client"] else None
    part = services.search_papers(
        asked["q"],
        by=request.user,
        client=client,
        limit=PASSAGES_OF_ONE if client else PASSAGES_OF_A_CLIENT,
        cursor=asked["cursor"],
        seconds=None if asked["cursor"] else FIRST_SECONDS,
        passages=PASSAGES_OF_A_PART,
    )
    return _answered(request, words | {"only": client} | _part_words(part, asked, by=request.user))


def _answered(request: Any, words: dict[str, Any]) -> HttpResponse:
    """Answer with the page, or with the fragment of it that a script asks for."""
    if not request.htmx:
        return render(request, "documents/search.html", words)
    response = render(request, "documents/_search_answer.html", words)
    if "cursor" in request.GET:
        return response
    address = f"{request.path}?{urlencode({'q': words['q']})}" if words["q"] else request.path
    was_searching = "q=" in (request.htmx.current_url_abs_path or "")
    return (replace_url if was_searching else push_url)(response, address)


def _part_words(part: services.PapersFound, asked: dict[str, Any], *, by: Actor) -> dict[str, Any]:
    shown_here = sum(len(passages) for _client, passages in part.found)
    found = (asked["found"] or 0) + sum(part.counts[client.pk] for client, _passages in part.found)
    left_out = Client.objects.visible_to(by).filter(pk__in=part.unreadable).order_by(Lower("name"), "pk")
    following = {"q": asked["q"], "cursor": str(part.next), "found": found}
    return {
        "part": part,
        "groups": _groups(part, asked),
        "clients": _folded(part.clients),
        "documents": _folded(part.documents),
        "left_out": list(left_out) if part.unreadable else [],
        "is_waiting": shown_here >= PASSAGES_OF_A_PART,
        "is_nothing_found": not found and not part.next,
        "left": part.total - part.searched,
        "next_address": f"{reverse('search')}?{urlencode(following)}" if part.next else "",
        "told": _progress_told(part, found),
    }


def _groups(part: services.PapersFound, asked: dict[str, Any]) -> list[Group]:
    words, marker = asked["q"], Marker.of(asked["q"])
    groups = []
    for client, passages in part.found:
        further = f"{reverse('search')}?{urlencode({'q': words, 'client': client.pk})}"
        matches = [_match(found, words, marker) for found in passages]
        groups.append(Group(client, matches, part.counts[client.pk], "" if asked["client"] else further))
    return groups


def _match(found: Found, words: str, marker: Marker) -> Match:
    passage = found.passage
    place: dict[str, Any] = {
        "start": passage.start,
        "end": passage.end,
        "sought": words,
    }
    snippet = marker.snippet(passage.text)
    return Match(
        passage.document,
        f"{reverse('document', args=[passage.document_id])}?{urlencode(place)}",
        place_told(passage.document, passage.page, passage.page_end, passage.heading),
        snippet,
        marker.is_related(snippet),
    )


def _folded(rows: list[Any]) -> dict[str, list[Any]]:
    return {"first": rows[:NAMES_OF_A_KIND], "further": rows[NAMES_OF_A_KIND:]}


def _progress_told(part: services.PapersFound, found: int) -> str:
    passages = "no passages" if not found else f"{found:,} passage{'' if found == 1 else 's'}"
    if part.next:
        return f"Searched {part.searched:,} of {part.total:,} clients: {passages} so far."
    clients = "1 client" if part.total == 1 else f"all {part.total:,} clients"
    return f"Searched {clients}: {passages} found."
