"""Search in the papers of clients: the only place that knows the index; every query starts from `visible_to`."""

from documents.search.everywhere import (
    PASSAGES_A_PART,
    BrokenCursor,
    Place,
    SearchedPart,
    search_everywhere,
    search_one,
)
from documents.search.reading import Found, Results, search_client
from documents.search.sealing import remaining, reseal
from documents.search.writing import rebuild_index, stale_clients, update_index

__all__ = [
    "PASSAGES_A_PART",
    "BrokenCursor",
    "Found",
    "Place",
    "Results",
    "SearchedPart",
    "rebuild_index",
    "remaining",
    "reseal",
    "search_client",
    "search_everywhere",
    "search_one",
    "stale_clients",
    "update_index",
]
