"""The documents of a client while they are read, as a stream of server-sent events told from their rows."""

from typing import Any

from django.db.models import Q

from accounts.followers import Admission
from accounts.models import User
from clients.models import Client
from documents.models import Document
from documents.serializers import DocumentStateSerializer
from lexai.api import streams

TOLD = ("status", "refusal", "pages_read", "pages_to_read")
UNSETTLED = Q(status__in=[Document.Status.QUEUED, Document.Status.EXTRACTING])


def looking(client: Client, *, by: User, admitted: Admission) -> streams.Look:
    """Return what tells the documents that are not settled, and those that came or were settled since it first looked.

    Its last event is `idle`, unless the client may no longer be seen.
    """
    told: dict[int, Any] = {}
    newest: int | None = None

    def look() -> tuple[list[bytes], bool]:
        nonlocal newest
        if not Client.objects.visible_to(by).filter(admitted(), pk=client.pk).exists():
            return [], True
        documents = Document.objects.visible_to(by).filter(client=client)
        if newest is None:
            newest = documents.order_by("-pk").values_list("pk", flat=True).first() or 0
        followed = documents.filter(UNSETTLED | Q(pk__in=list(told)) | Q(pk__gt=newest))
        rows = list(followed.only(*TOLD).order_by("pk"))
        events = _changes(rows, told)
        is_idle = all(row.is_settled for row in rows)
        return [*events, streams.event("idle", {})] if is_idle else events, is_idle

    return look


def _changes(rows: list[Document], told: dict[int, Any]) -> list[bytes]:
    """Return an event for each row that is not as it was told, and remember it as told."""
    events = []
    for row in rows:
        state = DocumentStateSerializer(row).data
        if told.get(row.pk) != state:
            told[row.pk] = state
            events.append(streams.event("document", state))
    return events
