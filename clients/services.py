"""What happens when a client's file is opened, walled or deleted."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from clients import policies
from clients.models import Client, Member
from lexai import audit
from lexai.characters import is_storable
from lexai.database import insert, locked, locked_all, require_version
from lexai.encryption.fields import damage_shown
from lexai.encryption.keyring import make_key
from lexai.errors import DomainError, WrongState, require, require_valid, require_visible
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


class LastInside(WrongState):
    """This user is the last active member of a restricted client, which nobody could see any more.

    Have the user add another member first or lift the restriction; without the user, whoever runs the machine
    lifts it with `manage.py unrestrict-client`. The audit of this refusal names the client.
    """


class AlreadyRestricted(WrongState):
    """This client is restricted already. Add or remove members instead."""


class NotRestricted(WrongState):
    """This client is not restricted."""


class UnknownClient(DomainError):
    """There is no such client, or you may not see it.

    Give its id, its case number, its e-mail address or its exact name.
    """

    status = 404


class AmbiguousClient(WrongState):
    """Several clients are known by this. Give the id of the one that you mean."""


def find_client(known_as: str, *, by: User | SystemUser) -> Client:
    """Return the one visible client with this id, case number, name or e-mail address.

    Raises UnknownClient, AmbiguousClient.
    """
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
    client.version, client.is_restricted = 1, False
    make_key(client.pk)
    insert(client)
    audit.record("client.opened", client, by=by)
    return client


@transaction.atomic
def change_client(
    client: Client, *, by: User | SystemUser, changed: Collection[str], version: int | None = None
) -> Client:
    """Save the fields of `client` that `changed` names; raise NotAcceptable in the model's own sentences.

    Values that the row has already change nothing: it keeps its version, and there is no deed to record.
    Raises StaleVersion when `version` is given and the row has another one: somebody else was first.
    """
    row = locked(client)
    require_visible(policies.can_change_client(by, row))
    require_version(row, version)
    with damage_shown():  # which differs from whatever mends it
        fields = sorted(
            field for field in set(changed) & CHANGEABLE if getattr(row, field) != getattr(client, field)
        )
    if not fields:
        return row
    for field in fields:
        setattr(row, field, getattr(client, field))
    require_valid(row)
    _save_raising_version(row, *fields)
    audit.record("client.changed", row, by=by, fields=fields)
    return row


@transaction.atomic
def restrict_client(
    client: Client, *, by: User | SystemUser, members: list[User], version: int | None = None
) -> Client:
    """Wall a client off, so that only its members see it; whoever does it is one of them.

    Raises AlreadyRestricted; MemberOfAnotherFirm; LastMember when there would be no member at all; StaleVersion
    when `version` is given and the client has another one.
    """
    chosen = locked_all([*members, by] if isinstance(by, User) else members)
    client = locked(client)
    require_visible(policies.can_manage_members(by, client))
    require_version(client, version)
    if client.is_restricted:
        raise AlreadyRestricted
    if not chosen:
        raise LastMember
    _demand_joinable(client, chosen)
    client.is_restricted = True
    _save_raising_version(client, "is_restricted")
    audit.record("client.restricted", client, by=by)
    known = set(Member.objects.filter(client=client).values_list("user_id", flat=True))
    for user in chosen:
        if user.pk not in known:
            _add_member(client, user, by=by)
    return client


@transaction.atomic
def unrestrict_client(client: Client, *, by: User | SystemUser, version: int | None = None) -> Client:
    """Take the wall down: the whole firm sees the client again, and who was inside is forgotten.

    Raises NotRestricted, and StaleVersion when `version` is given and the client has another one.
    """
    client = locked(client)
    require_visible(policies.can_manage_members(by, client))
    require_version(client, version)
    if not client.is_restricted:
        raise NotRestricted
    client.is_restricted = False
    _save_raising_version(client, "is_restricted")
    audit.record("client.unrestricted", client, by=by)
    for member in Member.objects.filter(client=client).select_related("client").order_by("pk"):
        _remove_member(member, by=by)
    return client


@transaction.atomic
def add_member(client: Client, user: User, *, by: User | SystemUser) -> Member:
    """Let a user through the wall; raise MemberOfAnotherFirm or AlreadyMember."""
    (user,) = locked_all([user])
    client = locked(client)
    require_visible(policies.can_manage_members(by, client))
    if Member.objects.filter(client=client, user=user).exists():
        raise AlreadyMember
    _demand_joinable(client, [user])
    return _add_member(client, user, by=by)


@transaction.atomic
def remove_member(client: Client, user: User, *, by: User | SystemUser) -> None:
    """Shut the wall to a user; raise NoMember, or LastMember when no active user would be left behind it."""
    client = locked(client)
    require_visible(policies.can_manage_members(by, client))
    members = Member.objects.filter(client=client).select_related("client")
    member = members.filter(user=user).first()
    if member is None:
        raise NoMember
    if client.is_restricted and not members.exclude(pk=member.pk).active().exists():
        raise LastMember
    _remove_member(member, by=by)


def demand_nobody_shut_out(user: User) -> None:
    """Raise LastInside when restricted clients would have no active member without this user.

    For whoever is about to deactivate them, in that transaction: the clients are locked, so that no other
    member leaves meanwhile.
    """
    walled = Client.objects.filter(is_restricted=True, member__user=user.pk)
    mine = list(walled.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    others = Member.objects.filter(client__in=mine).exclude(user=user.pk).active()
    orphaned = sorted(set(mine) - set(others.values_list("client_id", flat=True)))
    if orphaned:
        refusal = LastInside()
        refusal.client_ids = orphaned
        raise refusal


def _save_raising_version(client: Client, *fields: str) -> None:
    client.version += 1
    client.save(update_fields=[*fields, "version", "updated_at"])


def _demand_joinable(client: Client, users: Collection[User]) -> None:
    if not all(policies.can_become_member(user, client) for user in users):
        raise MemberOfAnotherFirm


def _add_member(client: Client, user: User, *, by: User | SystemUser) -> Member:
    member = Member(client=client, user=user)
    insert(member)
    audit.record("member.added", member, by=by, user_id=user.pk)
    return member


def _remove_member(member: Member, *, by: User | SystemUser) -> None:
    audit.record("member.removed", member, by=by, user_id=member.user_id)
    member.delete()
