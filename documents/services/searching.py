"""What happens when papers are searched, and how their indexes are kept."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from clients.models import Client
from documents import policies, search, tasks
from documents.models import Document
from lexai import audit
from lexai.celery import nudge
from lexai.characters import storable
from lexai.encryption.errors import KeyErased, Tampered
from lexai.errors import DomainError, WrongState, require, require_visible
from lexai.system import SystemUser

SEARCH_SECONDS = 2.0  # how long one part of a search in all papers may take
NAMES_SHOWN = 50
QUESTION_CHARACTERS_MOST = 1000


class NothingToSearchFor(DomainError):
    """A search needs words. Write what you are looking for."""


@dataclass(frozen=True)
class PapersFound:
    """What a search found: in each client its best passages, and, by their names, clients and documents.

    `counts` says of each client, by its id, how many passages fit at all. `searched` of `total` clients are done;
    where there are more, the search goes on at `next`. `unreadable` are the ids of those clients of which something
    does not open, and is left out.
    """

    found: list[tuple[Client, list[search.Found]]]
    counts: dict[str, int]
    clients: list[Client]
    documents: list[Document]
    unreadable: list[str]
    searched: int
    total: int
    next: search.Place | None


def search_papers(
    question: str,
    *,
    by: User | SystemUser,
    client: Client | None = None,
    limit: int,
    cursor: str = "",
    seconds: float | None = None,
    passages: int = search.PASSAGES_A_PART,
) -> PapersFound:
    """Search one client's papers, or a part of those of every visible client; record the read.

    A part takes about so many seconds, SEARCH_SECONDS unless said, and ends when it has so many passages; the cursor
    is the `next` of the part before.
    Names are looked for with the first part. Each client shows its best `limit` passages; scores do not compare
    between clients. Raises NothingToSearchFor, BrokenCursor.
    """
    question = storable(question.strip())
    if not question:
        raise NothingToSearchFor
    after = search.Place.of(cursor) if cursor else None
    if client and after:
        raise search.BrokenCursor.of("cursor")
    if client:
        part = search.search_one(client, question, by=by, limit=limit)
    else:
        budget = SEARCH_SECONDS if seconds is None else seconds
        part = search.search_everywhere(
            question, by=by, limit=limit, after=after, seconds=budget, passages=passages
        )
    clients, documents = ([], []) if after else _named(question, client, by=by)
    papers = PapersFound(
        part.found,
        part.counts,
        clients,
        documents,
        [one.pk for one, _fault in part.broken],
        part.searched,
        part.total,
        part.next,
    )
    _record_search(papers, part.broken, client or by, by=by)
    return papers


def _record_search(
    papers: PapersFound,
    broken: list[tuple[Client, Tampered]],
    target: Client | User | SystemUser,
    *,
    by: User | SystemUser,
) -> None:
    """Record a search with every client that it told something of, and what was found broken on the way."""
    touched = [one.pk for one, _passages in papers.found] + [one.pk for one in papers.clients]
    touched += [document.client_id for document in papers.documents]
    audit.record("passages.searched", target, by=by, client_ids=list(dict.fromkeys(touched)))
    for one, fault in broken:
        audit.record(fault.verb, one, by=by, **fault.facts)


def _named(
    words: str, client: Client | None, *, by: User | SystemUser
) -> tuple[list[Client], list[Document]]:
    """Return the clients and the documents whose names hold these words, the newest first."""
    clients, documents = Client.objects.visible_to(by), Document.objects.visible_to(by)
    if client:
        clients, documents = clients.filter(pk=client.pk), documents.filter(client=client)
    named = clients.filter(Q(name__holds=words) | Q(case_number__holds=words))
    titled = documents.filter(filename__holds=words)
    return (
        list(named.order_by("-created_at", "pk")[:NAMES_SHOWN]),
        list(titled.select_related("client").order_by("-upload_date", "-pk")[:NAMES_SHOWN]),
    )


class PapersOnTheirWay(WrongState):
    """Papers of this client are still on their way; the last one writes the index."""


class NothingToIndex(WrongState):
    """The key of this client has been erased: there is nothing left to index."""


@transaction.atomic
def index_client(client: Client, *, by: SystemUser) -> None:
    """Bring a client's index up to date.

    Raises PapersOnTheirWay while the last one is still to be settled; NothingToIndex.
    """
    require(policies.can_read_for_the_queue(by))
    if client.documents.awaiting_text().exists():
        raise PapersOnTheirWay
    try:
        search.update_index(client)
    except KeyErased as error:
        raise NothingToIndex from error


@transaction.atomic
def rebuild_index(client: Client, *, by: User | SystemUser) -> None:
    """Write a client's whole index anew; raise NothingToIndex."""
    require_visible(policies.can_rebuild_index(by, client))
    try:
        search.rebuild_index(client)
    except KeyErased as error:
        raise NothingToIndex from error
    audit.record("index.rebuilt", client, by=by)


@transaction.atomic
def dispatch_stale_indexes(*, by: SystemUser) -> int:
    """Nudge the queue for every client whose index the queue has forgotten; return how many."""
    require(policies.can_read_for_the_queue(by))
    stale = search.stale_clients()
    for client_id in stale:
        nudge(tasks.index_client, client_id=client_id)
    return len(stale)
