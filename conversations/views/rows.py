"""What a row says of a client beside its papers: what was last asked."""

from collections.abc import Collection
from typing import Any

from clients.models import Client
from conversations.models import Message
from lexai.encryption.fields import AsStored, SealedColumns
from lexai.queries import BuiltQuery, OneOf, kept


def last_questions(client_ids: Collection[str], *, by: Any) -> dict[str, str]:
    """Return the last question about each client, in one query, and one for the keys that open them."""
    questions = _last_of_each(by, limit=len(client_ids), client_ids=list(client_ids))
    return {client_id: content for _message_id, client_id, content in questions}


def opened_messages(messages: Any, *beside: str) -> BuiltQuery:
    """Return the query of key, client and words of messages, and of the columns `beside`."""
    opened = SealedColumns(Message, ["id", "client_id", "content"]).opened
    return BuiltQuery(messages.values_list("id", "client_id", AsStored("content"), *beside), opened=opened)


@kept
def _last_of_each(by: Any) -> BuiltQuery:
    clients = Client.objects.visible_to(by).filter(OneOf("pk", "client_ids"))
    return opened_messages(Message.objects.visible_to(by).last_of_each(clients))
