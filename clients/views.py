"""The pages of a client: the case, its members, and what was done."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from clients.models import Client


@dataclass(frozen=True)
class Tab:
    """A view of one client."""

    name: str
    address: str
    count: int | None = None


def client_words(client: Client, *, tab: str) -> dict[str, Any]:
    """Return what the head of every page of a client shows."""
    tabs = [
        Tab("Ask", reverse("ask", args=[client.pk])),
        Tab("Documents", reverse("papers", args=[client.pk]), client.documents.count()),
        Tab("Case", reverse("case", args=[client.pk])),
        Tab("Activity", reverse("activity", args=[client.pk])),
    ]
    return {"client": client, "tabs": tabs, "view_tab": tab, "view_place": "Clients"}
