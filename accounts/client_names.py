"""What clients are called, for pages of the firm that name them: accounts know of no clients."""

from collections.abc import Collection
from typing import Protocol

from accounts.models import User


class NamesOf(Protocol):
    """What returns the names of those clients that somebody may see, by their ids."""

    def __call__(self, client_ids: Collection[str], *, by: User) -> dict[str, str]: ...


NAMED: list[NamesOf] = []  # the app above adds it when it is ready


def names_of_clients(client_ids: Collection[str], *, by: User) -> dict[str, str]:
    """Return the names of the clients among these that may be seen, by their ids."""
    return {client_id: name for names_of in NAMED for client_id, name in names_of(client_ids, by=by).items()}
