"""The system user: who acts when the machine does."""


class SystemUser:
    """Stand for background work and for whoever runs `manage.py`: they hold the machine and see every row."""

    pk = None
    firm_id = None
    email = "system"
    is_active = True
    is_system = True

    def __str__(self) -> str:
        return self.email

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return no firm and no client: the machine belongs to none."""
        return None, []


SYSTEM = SystemUser()
