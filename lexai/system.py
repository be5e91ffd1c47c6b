"""Who acts: a person, the system user when the machine does, or somebody who has not signed in."""

from typing import Any, Protocol


class Actor(Protocol):
    """What the rules ask about whoever acts; users and the system user have it."""

    @property
    def pk(self) -> Any: ...
    @property
    def firm_id(self) -> int | None: ...
    @property
    def email(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_staff(self) -> bool: ...
    @property
    def is_system(self) -> bool: ...


class SystemUser:
    """Stand for background work and for whoever runs `manage.py`: they hold the machine and see every row."""

    pk = None
    firm_id = None
    email = "system"
    is_active = True
    is_staff = False
    is_system = True

    def __str__(self) -> str:
        return self.email

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return no firm and no client: the machine belongs to none."""
        return None, []


class Stranger:
    """Stand for whoever has not signed in: they see nothing, and the audit knows them by their address alone."""

    pk = None
    firm_id = None
    email = "nobody"
    is_active = False
    is_staff = False
    is_system = False

    def __str__(self) -> str:
        return self.email


SYSTEM = SystemUser()
STRANGER = Stranger()
