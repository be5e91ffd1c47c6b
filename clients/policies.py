"""Who may see a client, and who may change its walls."""

from clients.models import Client, Member
from lexai.system import Actor


def can_view_client(user: Actor, client: Client) -> bool:
    """Say the same of one client as `visible_to` says of many."""
    if not user.is_active:
        return False
    if user.is_system:
        return True
    return client.firm_id == user.firm_id and (not client.is_restricted or _is_member(user, client))


def can_open_client(user: Actor, firm_id: int) -> bool:
    return user.is_active and (user.is_system or user.firm_id == firm_id)


def can_change_client(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_delete_client(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_manage_members(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_become_member(user: Actor, client: Client) -> bool:
    return user.is_active and user.firm_id == client.firm_id


def _is_member(user: Actor, client: Client) -> bool:
    return Member.objects.filter(client=client, user=user.pk).exists()
