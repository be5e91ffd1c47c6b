"""What stands at the head of every page of a client."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from clients.models import Client


@dataclass(frozen=True)
class Tab:
    """A view of one client."""

    name: str
    address: str
    count: int | None = None


def client_words(client: Client, *, tab: str, paper_count: int | None = None) -> dict[str, Any]:
    """Return what the head of every page of a client shows; whoever has counted its papers says how many there are."""
    count = client.documents.count() if paper_count is None else paper_count
    tabs = [
        Tab("Ask", reverse("ask", args=[client.pk])),
        Tab("Documents", reverse("papers", args=[client.pk]), count),
        Tab("Case", reverse("case", args=[client.pk])),
        Tab("Activity", reverse("activity", args=[client.pk])),
    ]
    return {"client": client, "tabs": tabs, "view_tab": tab, "view_place": "Clients"}


def visible_client(request: HttpRequest, client_id: str) -> Client:
    """Return the client in the address; raise Http404 for one that is not there or may not be seen."""
    return get_object_or_404(Client.objects.visible_to(_by(request)), pk=client_id)


def was_refused(request: HttpRequest) -> bool:
    """Say whether the page is made once more, to show a refusal."""
    return getattr(request, "refusal", None) is not None


def _by(request: HttpRequest) -> Any:
    return request.user
