"""Who may do what in a firm."""

from collections.abc import Collection

from accounts.models import ApiToken, Session, User
from lexai.system import Actor

OWN = {"first_name", "last_name", "has_shortcuts"}  # what people change of themselves


def can_create_firm(user: Actor) -> bool:
    return user.is_system


def can_give_password(user: Actor) -> bool:
    """Nobody chooses another's password; whoever runs the machine hands out generated ones."""
    return user.is_system


def can_dispatch(user: Actor) -> bool:
    return user.is_system


def can_manage_users(user: Actor, firm_id: int | None) -> bool:
    return user.is_system or (user.is_staff and user.firm_id == firm_id)


def can_change_user(user: Actor, person: User, fields: Collection[str]) -> bool:
    """Administrators change the people of their firm; everybody else the own names and preferences alone."""
    is_own = user.is_active and user.pk == person.pk and set(fields) <= OWN
    return can_manage_users(user, person.firm_id) or is_own


def can_change_password(user: Actor, person: User) -> bool:
    return user.is_active and bool(user.pk == person.pk)


def can_sign_out(user: Actor, person: User) -> bool:
    return bool(user.pk == person.pk)


def can_end_session(user: Actor, session: Session) -> bool:
    return bool(user.pk == session.user_id)


def can_open_back_office(user: Actor) -> bool:
    return user.is_active and user.is_staff


def can_read_audit(user: Actor) -> bool:
    """Say the same of the firm's audit as `visible_to` does of its events."""
    return user.is_active and (user.is_system or user.is_staff)


def can_create_token(user: Actor) -> bool:
    return user.is_active and not user.is_system


def can_revoke_token(user: Actor, token: ApiToken) -> bool:
    return user.is_system or user.pk == token.user_id
