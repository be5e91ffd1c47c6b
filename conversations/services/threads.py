"""What happens to threads: a question begins one, and people name it."""

from django.db import transaction

from accounts.models import User
from clients.models import Client
from conversations import policies
from conversations.models import Thread
from lexai import audit
from lexai.characters import CONTROL, storable
from lexai.database import insert_all, locked
from lexai.errors import DomainError, require_valid, require_visible
from lexai.system import SystemUser

TITLE_CHARACTERS = 60  # of a title made of a question; people may write up to 200


class ThreadUnnamed(DomainError):
    """A thread needs a title."""


def begin_thread(client: Client, question: str, *, by: User | SystemUser) -> Thread:
    """Begin a thread whose title is the first words of its first question; return it. Runs in a transaction."""
    require_visible(policies.can_ask(by, client))
    thread = Thread(client=client, title=_first_words(question))
    insert_all([thread])
    return thread


@transaction.atomic
def rename_thread(thread: Thread, title: str, *, by: User) -> Thread:
    """Give a thread another title; raise ThreadUnnamed, and NotAcceptable for one that is too long or no text."""
    thread = locked(thread)
    require_visible(policies.can_rename_thread(by, thread))
    thread.title = title.strip()
    if not thread.title:
        raise ThreadUnnamed
    require_valid(thread)
    thread.save(update_fields=["title"])
    audit.record("thread.renamed", thread, by=by)
    return thread


def _first_words(question: str) -> str:
    """Return the beginning of a question on one line, cut between two words where there are any."""
    line = " ".join(CONTROL.sub(" ", storable(question)).split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    words, _, _ = line[:TITLE_CHARACTERS].rpartition(" ")
    return f"{words or line[: TITLE_CHARACTERS - 1]}…"
