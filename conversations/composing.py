"""What stands where a question is written: the words so far, the papers it is asked of, and where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from clients.models import Client
from conversations.forms import QuestionForm
from conversations.models import Thread
from documents.models import Document

DOCUMENTS_LISTED = 500  # to choose from


@dataclass(frozen=True)
class Papers:
    """How many papers of a client can be asked about, and how many are on their way."""

    ready: int
    awaited: int
    total: int


@dataclass(frozen=True)
class Composer:
    """The form of a question with what its template says around it."""

    form: QuestionForm
    address: str
    papers: Papers
    chosen: Sequence[Document] = ()


def composer(
    client: Client, thread: Thread | None, form: QuestionForm, *, by: User, chosen: Sequence[int] = ()
) -> Composer:
    """Return the composer of a client's thread, or of a new one; `chosen` are the documents it is limited to."""
    documents = Document.objects.visible_to(by).filter(client=client)
    return Composer(
        form,
        reverse("thread", args=[client.pk, thread.pk]) if thread else reverse("ask", args=[client.pk]),
        _papers(client, by=by),
        list(documents.filter(pk__in=chosen).order_by("filename", "pk")) if chosen else [],
    )


def choice(client: Client, *, by: User) -> list[Document]:
    """Return the documents that a question can be limited to, by their names; the first of very many."""
    ready = Document.objects.visible_to(by).ready().filter(client=client)
    return list(ready.only("pk", "filename").order_by("filename", "pk")[:DOCUMENTS_LISTED])


def _papers(client: Client, *, by: User) -> Papers:
    documents = Document.objects.visible_to(by).filter(client=client)
    waiting = Q(status__in=[Document.Status.QUEUED, Document.Status.EXTRACTING])
    counted = documents.aggregate(
        ready=Count("pk", Q(status=Document.Status.READY)), awaited=Count("pk", waiting), total=Count("pk")
    )
    return Papers(**counted)
