"""Who may ask about a client."""

from typing import Any

from clients.models import Client
from clients.policies import can_view_client


def can_ask(user: Any, client: Client) -> bool:
    return can_view_client(user, client)
