"""Who may change keys."""

from lexai.system import Actor


def can_rotate_key(user: Actor, firm_id: int | None) -> bool:
    """Whoever runs the machine and a firm's own administrators give new keys to what is the firm's."""
    return user.is_active and (user.is_system or (user.is_staff and user.firm_id == firm_id))


def can_rotate_root(user: Actor) -> bool:
    return user.is_system


def can_finish_rotations(user: Actor) -> bool:
    return user.is_system
