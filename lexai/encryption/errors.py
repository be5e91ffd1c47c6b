"""What users are told when something sealed cannot be opened."""

from lexai.errors import DomainError, Unavailable


class KeysUnavailable(Unavailable):
    """The keys of this installation cannot be used. Tell whoever runs the machine: LexAI's log says why."""


class KeyErased(DomainError):
    """The key of this client has been erased: what was sealed under it can never be read again."""

    status = 410


class Tampered(DomainError):
    """What is stored here does not open: it was changed outside LexAI, or it is damaged.

    Nothing of it is shown. Tell your administrator, who finds the place in the audit.
    """

    status = 409
    verb = "seal.broken"

    def __init__(self, place: str, scope: str = "") -> None:
        """Name the column or file, and the client or firm that it belongs to."""
        super().__init__()
        self.facts = {"place": place}
        self.client_ids = [scope] if scope.startswith("client_") else []


class SealedFieldMisused(TypeError):
    """A sealed field was used in a way that the database would have to read it for."""
