"""Who may do what with a client's documents."""

from typing import Any

from clients.models import Client
from clients.policies import can_view_client
from documents.models import Document


def can_search_client(user: Any, client: Client) -> bool:
    return can_view_client(user, client)


def can_add_document(user: Any, client: Client) -> bool:
    return can_view_client(user, client)


def can_view_document(user: Any, document: Document) -> bool:
    """Say the same of one document as `visible_to` says of many."""
    return can_view_client(user, document.client)


def can_delete_document(user: Any, document: Document) -> bool:
    return can_view_client(user, document.client)


def can_read_for_the_queue(user: Any) -> bool:
    return user.is_system
