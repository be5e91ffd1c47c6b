"""Papers that came in others: what goes with them, and how one comes to stand by itself."""

from documents.models import Document


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
