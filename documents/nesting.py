"""Papers that came in others: how many may, when they are read, what goes with them, how one stands by itself."""

from django.db import connection

from documents import tasks
from documents.extraction import limits
from documents.models import Document
from lexai.celery import LAST, nudge


def nudge_reader(document: Document) -> None:
    """Have a document read; what came in another waits for all that was uploaded by itself, of whichever firm."""
    nudge(tasks.read_document, priority=LAST if document.depth else 0, document_id=document.pk)


def places_left(document: Document) -> int:
    """Return how many more documents may come in the upload that a document came in, at any depth, as it is now."""
    level, count = [_root(document)], 0
    while level:
        level = list(Document.objects.filter(parent__in=level).values_list("pk", flat=True))
        count += len(level)
    return max(0, limits.ATTACHMENT_LIMIT - count)


def demand_places(document: Document) -> int:
    """Return the places left, and let nobody else take of them until the transaction ends.

    The rows above cannot be locked for that: whoever deletes them locks from above, and would wait for this one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"parts of {_root(document)}"]
        )
    return places_left(document)


def _root(document: Document) -> int:
    key, parent = document.pk, document.parent_id
    while parent:
        key = parent
        parent = Document.objects.filter(pk=key).values_list("parent", flat=True).first()
    return key


def locked_parts(document: Document) -> list[Document]:
    """Lock and return what came in a document, and in that: level by level, as readers add it under these locks."""
    found: list[Document] = []
    level = [document]
    while level:
        parts = Document.objects.select_for_update().filter(parent__in=level)
        level = list(parts.order_by("pk"))
        found += level
    return found


def detach(part: Document, inside: list[Document]) -> None:
    """Let a part stand by itself, so that it stays when what it came in goes; `inside` is what came in it.

    The caller holds the locks of all of them.
    """
    up = part.depth
    for one in inside:
        one.depth -= up
    part.parent, part.depth = None, 0
    part.save(update_fields=["parent", "depth"])
    Document.objects.bulk_update(inside, ["depth"])
