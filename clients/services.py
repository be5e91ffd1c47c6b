"""What happens when a client's file is opened, walled or deleted."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from clients import policies
from clients.models import Client, Member
from lexai import audit
from lexai.database import insert, locked, require_version
from lexai.errors import DomainError, WrongState, is_storable, require, require_valid
from lexai.system import SystemUser

CHANGEABLE = {"name", "case_number", "email", "phone", "case_type", "notes"}


class MemberOfAnotherFirm(WrongState):
    """Only an active user of the client's own firm can become its member."""


class AlreadyMember(WrongState):
    """This user is a member of the client already."""


class NoMember(WrongState):
    """This user is no member of the client."""


class LastMember(WrongState):
    """A restricted client needs a member. Add another one first, or lift the restriction."""


class AlreadyRestricted(WrongState):
    """This client is restricted already. Add or remove members instead."""


class NotRestricted(WrongState):
    """This client is not restricted."""


class UnknownClient(DomainError):
    """There is no such client, or you may not see it. Give its id, its case number or its exact name."""

    status = 404


class AmbiguousClient(WrongState):
    """Several clients are known by this. Give the id of the one that you mean."""


def find_client(known_as: str, *, by: User | SystemUser) -> Client:
    """Return the one visible client with this id, case number or name; raise UnknownClient, AmbiguousClient."""
    if not is_storable(known_as):
        raise UnknownClient
    found = list(Client.objects.visible_to(by).known_as(known_as)[:2])
    if not found:
        raise UnknownClient
    if len(found) > 1:
        raise AmbiguousClient
    return found[0]


@transaction.atomic
def open_client(client: Client, *, by: User | SystemUser) -> Client:
    """Open a client's file; raise NotAcceptable in the model's own sentences."""
    require(policies.can_open_client(by, client.firm_id))
    insert(client)
    audit.record("client.opened", client, by=by)
    return client


@transaction.atomic
def change_client(
    client: Client, *, by: User | SystemUser, changed: Collection[str], version: int | None = None
) -> Client:
    """Save the fields of `client` that `changed` names; raise NotAcceptable in the model's own sentences.

    Raises StaleVersion when `version` is given and the row has another one: somebody else was first.
    """
    row = locked(client)
    require(policies.can_change_client(by, row))
    require_version(row, version)
    for field in set(changed) & CHANGEABLE:
        setattr(row, field, getattr(client, field))
    require_valid(row)
    _save_raising_version(row, *set(changed) & CHANGEABLE)
    audit.record("client.changed", row, by=by, fields=sorted(set(changed) & CHANGEABLE))
    return row


@transaction.atomic
def restrict_client(client: Client, *, by: User | SystemUser, members: list[User]) -> Client:
    """Wall a client off, so that only its members see it; whoever does it is one of them.

    Raises AlreadyRestricted; MemberOfAnotherFirm; LastMember when there would be no member at all.
    """
    client = locked(client)
    require(policies.can_manage_members(by, client))
    if client.is_restricted:
        raise AlreadyRestricted
    chosen = {user.pk: user for user in members}
    if isinstance(by, User):
        chosen[by.pk] = by
    if not chosen:
        raise LastMember
    client.is_restricted = True
    _save_raising_version(client, "is_restricted")
    audit.record("client.restricted", client, by=by)
    known = set(Member.objects.filter(client=client).values_list("user_id", flat=True))
    for user in chosen.values():
        if user.pk not in known:
            _add_member(client, user, by=by)
    return client


@transaction.atomic
def unrestrict_client(client: Client, *, by: User | SystemUser) -> Client:
    """Take the wall down: the whole firm sees the client again. Raises NotRestricted."""
    client = locked(client)
    require(policies.can_manage_members(by, client))
    if not client.is_restricted:
        raise NotRestricted
    client.is_restricted = False
    _save_raising_version(client, "is_restricted")
    audit.record("client.unrestricted", client, by=by)
    return client


@transaction.atomic
def add_member(client: Client, user: User, *, by: User | SystemUser) -> Member:
    """Let a user through the wall; raise MemberOfAnotherFirm or AlreadyMember."""
    client = locked(client)
    require(policies.can_manage_members(by, client))
    if Member.objects.filter(client=client, user=user).exists():
        raise AlreadyMember
    return _add_member(client, user, by=by)


@transaction.atomic
def remove_member(client: Client, user: User, *, by: User | SystemUser) -> None:
    """Shut the wall to a user; raise NoMember, or LastMember when nobody would be left behind it."""
    client = locked(client)
    require(policies.can_manage_members(by, client))
    members = Member.objects.filter(client=client)
    member = members.filter(user=user).first()
    if member is None:
        raise NoMember
    if client.is_restricted and members.count() == 1:
        raise LastMember
    audit.record("member.removed", member, by=by, user_id=user.pk)
    member.delete()


def _save_raising_version(client: Client, *fields: str) -> None:
    client.version += 1
    client.save(update_fields=[*fields, "version", "updated_at"])


def _add_member(client: Client, user: User, *, by: User | SystemUser) -> Member:
    if not policies.can_become_member(user, client):
        raise MemberOfAnotherFirm
    member = Member(client=client, user=user)
    insert(member)
    audit.record("member.added", member, by=by, user_id=user.pk)
    return member
