"""What a row says of a client: how its papers stand, and what was last asked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from conversations.models import Message
from documents.models import Document
from lexai.encryption import keyring


@dataclass
class Papers:
    """How many of a client's documents stand where."""

    ready: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def settled(self) -> int:
        return self.ready + self.refused

    @property
    def total(self) -> int:
        return self.settled + self.waiting


def papers_of(client_ids: Collection[str], *, by: Any) -> dict[str, Papers]:
    """Return how the papers of each client stand, in one query."""
    found = {client_id: Papers() for client_id in client_ids}
    for client_id, status, count in Document.objects.visible_to(by).tallied(client_ids):
        match status:
            case Document.Status.READY:
                found[client_id].ready += count
            case Document.Status.REFUSED:
                found[client_id].refused += count
            case _:
                found[client_id].waiting += count
    return found


def last_questions(client_ids: Collection[str], *, by: Any) -> dict[str, str]:
    """Return the last question about each client, in one query, and one for the keys that open them."""
    messages = list(Message.objects.visible_to(by).last_of_each(client_ids).only("client_id", "content"))
    keyring.load({message.client_id for message in messages})  # else each row would ask for its own
    return {message.client_id: message.content for message in messages}
