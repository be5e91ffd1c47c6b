"""Who may do what in a firm."""

from typing import Any


def can_create_firm(user: Any) -> bool:
    return user.is_system


def can_manage_users(user: Any, firm_id: int) -> bool:
    return user.is_system or (user.is_staff and user.firm_id == firm_id)


def can_open_back_office(user: Any) -> bool:
    return user.is_active and user.is_staff
