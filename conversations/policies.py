"""Who may ask about a client."""

from clients.models import Client
from clients.policies import can_view_client
from lexai.system import Actor


def can_ask(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)
