"""The places of the rail, for the templates."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts import policies


@dataclass(frozen=True)
class Place:
    """A place that the rail leads to."""

    name: str
    icon: str
    address: str


def places(request: HttpRequest) -> dict[str, Any]:
    """Return the places that whoever looks may go to; a page says as `view_place` in which it stands."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    found = [
        Place("Today", "today", reverse("today")),
        Place("Clients", "clients", reverse("clients")),
        Place("Search", "search", reverse("search")),
    ]
    if policies.can_manage_users(user, user.firm_id):
        found.append(Place("Firm", "firm", reverse("firm")))
    return {"places": found}
