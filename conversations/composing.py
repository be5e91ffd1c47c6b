"""What stands where a question is written: the words so far, the papers it is asked of, and where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.urls import reverse

from accounts.models import User
from clients.models import Client
from conversations.forms import QuestionForm
from conversations.models import Thread
from documents.models import Document
from documents.tallies import Tally, tally
from lexai.database import SortKey

DOCUMENTS_LISTED = 500  # to choose from


@dataclass(frozen=True)
class Composer:
    """The form of a question with what its template says around it; `sent_as` tells this form from all others."""

    form: QuestionForm
    address: str
    papers: Tally
    chosen: Sequence[Document] = ()
    gone: int = 0  # documents that were chosen, and are there no more
    sent_as: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Choice:
    """The documents that a question can be limited to: those that are chosen, and others by their names.

    `named` is what was looked for; of very many documents `others` are only the first, and `is_cut` says so.
    """

    chosen: Sequence[Document]
    others: Sequence[Document]
    named: str
    is_cut: bool


def composer(
    client: Client, thread: Thread | None, form: QuestionForm, *, by: User, chosen: Sequence[int] = ()
) -> Composer:
    """Return the composer of a client's thread, or of a new one; `chosen` are the documents it is limited to."""
    documents = _chosen(client, chosen, by=by)
    return Composer(
        form,
        reverse("thread", args=[client.pk, thread.pk]) if thread else reverse("ask", args=[client.pk]),
        tally(client.pk, by=by),
        documents,
        len(set(chosen)) - len(documents),
    )


def choice(client: Client, *, by: User, chosen: Sequence[int] = (), named: str = "") -> Choice:
    """Return the documents to choose from: whatever is chosen, ready or not, and others with `named` in their names."""
    ready = Document.objects.visible_to(by).ready().filter(client=client, filename__holds=named)
    others = ready.exclude(pk__in=chosen).only("pk", "filename", "status")
    listed = list(others.order_by(SortKey("filename"), "pk")[: DOCUMENTS_LISTED + 1])
    return Choice(
        _chosen(client, chosen, by=by), listed[:DOCUMENTS_LISTED], named, len(listed) > DOCUMENTS_LISTED
    )


def _chosen(client: Client, chosen: Sequence[int], *, by: User) -> list[Document]:
    if not chosen:
        return []
    documents = Document.objects.visible_to(by).filter(client=client, pk__in=chosen)
    return list(documents.only("pk", "filename", "status").order_by(SortKey("filename"), "pk"))
