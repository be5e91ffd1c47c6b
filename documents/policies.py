"""Who may do what with a client's documents."""

from clients.models import Client
from clients.policies import can_view_client
from documents.models import Document
from lexai.system import Actor


def can_search_client(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_rebuild_index(user: Actor, client: Client) -> bool:
    return user.is_system or (user.is_staff and can_view_client(user, client))


def can_add_document(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_view_document(user: Actor, document: Document) -> bool:
    """Say the same of one document as `visible_to` says of many."""
    return can_view_client(user, document.client)


def can_retry_document(user: Actor, document: Document) -> bool:
    return can_view_client(user, document.client)


def can_delete_document(user: Actor, document: Document) -> bool:
    return can_view_client(user, document.client)


def can_read_for_the_queue(user: Actor) -> bool:
    return user.is_system
