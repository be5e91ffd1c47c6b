"""The page of the search in all papers that somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from clients.models import Client
from documents import services
from documents.forms import SearchForm
from documents.models import Document
from documents.places import place_told
from documents.retrieval.snippets import Marker, Piece
from documents.search import Found
from lexai.system import Actor

FIRST_SECONDS = 0.4  # whoever types sees something soon, and the search goes on by itself
PASSAGES_OF_A_CLIENT = 3
PASSAGES_OF_A_PART = 60  # a part that brings so many waits until somebody has read down to its end
NAMES_OF_A_KIND = 6  # more are there to be unfolded


@dataclass(frozen=True)
class Match:
    """A passage that was found, as the page shows it."""

    document: Document
    address: str
    place: str
    snippet: list[Piece]


@dataclass(frozen=True)
class Group:
    """What was found in one client's papers."""

    client: Client
    matches: list[Match]


@require_safe
@login_required
def search(request: Any) -> HttpResponse:
    """Search in all that whoever asks may see, part by part; a later part is only added to the page."""
    form = SearchForm(request.GET)
    words = {"view_place": "Search", "form": form, "q": request.GET.get("q", "")}
    if not form.is_valid() or not form.cleaned_data["q"]:
        return _answered(request, words)
    asked = form.cleaned_data
    part = services.search_papers(
        asked["q"],
        by=request.user,
        limit=PASSAGES_OF_A_CLIENT,
        cursor=asked["cursor"],
        seconds=None if asked["cursor"] else FIRST_SECONDS,
        passages=PASSAGES_OF_A_PART,
    )
    return _answered(request, words | _part_words(part, asked, by=request.user))


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
    marker = Marker.of(asked["q"])
    found_here = sum(len(passages) for _client, passages in part.found)
    shown = (asked["shown"] or 0) + found_here
    left_out = Client.objects.visible_to(by).filter(pk__in=part.unreadable).order_by("name")
    following = {"q": asked["q"], "cursor": str(part.next), "shown": shown}
    return {
        "part": part,
        "groups": [Group(client, _matches(passages, marker)) for client, passages in part.found],
        "clients": _folded(part.clients),
        "documents": _folded(part.documents),
        "left_out": list(left_out) if part.unreadable else [],
        "is_waiting": found_here >= PASSAGES_OF_A_PART,
        "is_nothing_found": not shown and not part.next,
        "left": part.total - part.searched,
        "next_address": f"{reverse('search')}?{urlencode(following)}" if part.next else "",
        "told": _progress_told(part, shown),
    }


def _matches(passages: Sequence[Found], marker: Marker) -> list[Match]:
    return [_match(found, marker) for found in passages]


def _match(found: Found, marker: Marker) -> Match:
    passage = found.passage
    place = urlencode({"page": passage.page, "start": passage.start, "end": passage.end})
    return Match(
        passage.document,
        f"{reverse('document', args=[passage.document_id])}?{place}",
        place_told(passage.document, passage.page, passage.page_end, passage.heading),
        marker.snippet(passage.text),
    )


def _folded(rows: list[Any]) -> dict[str, list[Any]]:
    return {"first": rows[:NAMES_OF_A_KIND], "further": rows[NAMES_OF_A_KIND:]}


def _progress_told(part: services.PapersFound, shown: int) -> str:
    passages = f"{shown:,} passage{'' if shown == 1 else 's'}" if shown else "nothing"
    if part.next:
        return f"Searched {part.searched:,} of {part.total:,} clients: {passages} so far."
    clients = "1 client" if part.total == 1 else f"all {part.total:,} clients"
    return f"Searched {clients}: {passages} found."
