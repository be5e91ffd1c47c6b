"""Who may do what in a firm."""

from accounts.models import ApiToken
from lexai.system import Actor


def can_create_firm(user: Actor) -> bool:
    return user.is_system


def can_manage_users(user: Actor, firm_id: int) -> bool:
    return user.is_system or (user.is_staff and user.firm_id == firm_id)


def can_open_back_office(user: Actor) -> bool:
    return user.is_active and user.is_staff


def can_revoke_token(user: Actor, token: ApiToken) -> bool:
    return user.is_system or user.pk == token.user_id
