"""New data keys, and what is sealed already sealed anew under them, while the system serves.

What still stands under an older version of its owner's key is what is left to do; nothing else is remembered, so
that whoever is cut off is followed by the next. Other processes may seal under the old key until they read the keys
again: `finish_rotations` sees to that for a day. An old key is retired and never deleted but with its owner: every
backup of the database opens with today's key store.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from lexai import audit
from lexai.database import locked
from lexai.encryption import keyring, policies, stored
from lexai.encryption.errors import KeyErased, Tampered
from lexai.encryption.fields import Bound, Ciphers, EncryptedTextField, scope_of, stored_values
from lexai.encryption.models import DataKey
from lexai.errors import require
from lexai.system import Actor

BATCH_ROWS, BATCH_BYTES = 200, 8 * 1024 * 1024
GONE_ON_WITH = timedelta(hours=1)  # a rotation that is repeated goes on with the last one
WATCHED = timedelta(days=1)  # far longer than keys are held, transactions last and the queue stands still
CLOCK_LOCK = 20240616
OLD_ROWS = """
    SELECT {key}, octet_length({column}) FROM {table}
    WHERE {owner} = %s AND octet_length({column}) > 0 AND substring({column} FROM 2 FOR 2) <> %s
    ORDER BY {key}
"""
SWAP = "UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resealer:
    """One kind of sealed thing.

    `remaining(scope, newest)` returns how many of an owner are sealed under another version than the newest.
    `reseal(scope, newest)` seals them anew outside any transaction, and yields the number of each batch once that
    is stored for good. It is safe to run twice at once, and leaves what does not open as it is.
    """

    remaining: Callable[[str, int], int]
    reseal: Callable[[str, int], Iterator[int]]


class Renewal(NamedTuple):
    """The newest version of an owner's key, and whether it was made just now."""

    version: int
    is_new: bool


def scope_of_owner(owner: Any) -> str:
    """Return the scope of the key of a client or a firm."""
    _firm_id, client_ids = owner.audit_scope()
    return str(owner.pk) if client_ids else scope_of(stored.FIRM_OWNER, owner.pk)


@transaction.atomic
def renew_key(owner: Any, *, by: Actor) -> Renewal:
    """Give a client or a firm a new data key; KeyErased when there was none, Tampered where no version is left.

    Within an hour of the last rotation it goes on with that one. No version is used twice, even where the key
    store is an older copy that does not know of the last ones.
    """
    owner = locked(owner)
    require(policies.can_rotate_key(by, owner.audit_scope()[0]))
    scope = scope_of_owner(owner)
    versions = keyring.versions(scope)
    if not versions:
        raise KeyErased
    if scope in _under_way(GONE_ON_WITH):
        return Renewal(versions[-1], is_new=False)
    newest = 1 + max(versions[-1], stored.newest_version(scope))
    audit.record("key.rotated", owner, by=by, version=newest)
    keyring.add_key(scope, newest)
    return Renewal(newest, is_new=True)


def reseal(owner: Any, *, by: Actor) -> Iterator[int]:
    """Seal anew what a client or a firm has under older keys, and retire those; yield the number of each batch."""
    require(policies.can_rotate_key(by, owner.audit_scope()[0]))
    yield from _reseal(scope_of_owner(owner))


def remaining(owner: Any) -> int:
    """Return how many values, files and indexes of a client or a firm are sealed under older keys."""
    return _remaining(scope_of_owner(owner))


def with_keys(owners: Iterable[Any]) -> list[Any]:
    """Return those clients or firms that have a key."""
    known = set(keyring.in_key_store(lambda: list(DataKey.objects.values_list("scope", flat=True))))
    return [owner for owner in owners if scope_of_owner(owner) in known]


def finish_rotations(*, by: Actor) -> int:
    """Seal anew what came under older keys meanwhile; return how many values, files and indexes that were.

    While another process does that, this one leaves it to it.
    """
    require(policies.can_finish_rotations(by))
    with _alone() as is_alone:
        return sum(sum(_reseal(scope)) for scope in _under_way(WATCHED)) if is_alone else 0


@contextmanager
def resealing() -> Iterator[None]:
    """Make the changes of a transaction none that anybody would see: a client keeps its `updated_at`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lexai.resealing', 'on', true)")
        yield


@contextmanager
def _alone() -> Iterator[bool]:
    """Say whether no other process seals anew by the clock, and keep the others out if so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [CLOCK_LOCK])
        is_alone: bool = cursor.fetchone()[0]
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [CLOCK_LOCK])


def _under_way(within: timedelta) -> set[str]:
    """Return the owners with keys that are not retired yet, or were within this time, beside their newest."""
    in_use = DataKey.objects.filter(Q(retired_at=None) | Q(retired_at__gt=timezone.now() - within))
    rows = in_use.values("scope").annotate(versions=Count("version")).filter(versions__gt=1)
    return keyring.in_key_store(lambda: {row["scope"] for row in rows})


def _reseal(scope: str) -> Iterator[int]:
    keyring.forget(scope)
    versions = keyring.versions(scope)
    if not versions:
        return
    for resealer in RESEALERS:
        yield from resealer.reseal(scope, versions[-1])
    older = DataKey.objects.of(scope).filter(version__in=versions[:-1], retired_at=None)
    keyring.in_key_store(lambda: older.update(retired_at=timezone.now()))


def _remaining(scope: str) -> int:
    versions = keyring.versions(scope)
    return sum(resealer.remaining(scope, versions[-1]) for resealer in RESEALERS) if versions else 0


def _reseal_fields(scope: str, newest: int) -> Iterator[int]:
    for field in stored.fields_of(scope):
        for keys in _batches(_old_rows(field, scope, newest)):
            yield _reseal_rows(field, keys)


def _remaining_in_fields(scope: str, newest: int) -> int:
    return sum(len(_old_rows(field, scope, newest)) for field in stored.fields_of(scope))


def _old_rows(field: EncryptedTextField, scope: str, newest: int) -> list[tuple[Any, int]]:
    """Return key and size in bytes of each value under another version; its header says which (`core.values`)."""
    owner = stored.owner_in(field, scope)
    with connection.cursor() as cursor:
        cursor.execute(stored.on(field, OLD_ROWS), [owner, newest.to_bytes(2, "big")])
        rows: list[tuple[Any, int]] = cursor.fetchall()
    return rows


def _batches(rows: Sequence[tuple[Any, int]]) -> Iterator[list[Any]]:
    """Yield the keys in batches that fit into memory."""
    batch: list[Any] = []
    batch_bytes = 0
    for key, size in rows:
        if batch and (len(batch) == BATCH_ROWS or batch_bytes + size > BATCH_BYTES):
            yield batch
            batch, batch_bytes = [], 0
        batch.append(key)
        batch_bytes += size
    if batch:
        yield batch


def _reseal_rows(field: EncryptedTextField, keys: list[Any]) -> int:
    """Seal these values anew, but for those that somebody else changes meanwhile; return how many."""
    rows = field.model._base_manager.filter(pk__in=keys).order_by("pk")  # noqa: SLF001 - every row
    with resealing(), connection.cursor() as cursor:
        swaps = [
            (new, row.row_id, old)
            for row, old in stored_values(field, rows)
            if (new := _resealed(field, old, row)) is not None
        ]
        if swaps:
            cursor.executemany(stored.on(field, SWAP), swaps)
    return len(swaps)


def _resealed(field: EncryptedTextField, old: bytes, row: Bound) -> bytes | None:
    """Return a value under the newest key, or None when it does not open: it stays as it is."""
    try:
        return bytes(field.sealed(field.unsealed(old, row, Ciphers()), row)) if old else None
    except KeyErased:
        return None
    except Tampered as error:
        logger.warning("not sealed anew: %s does not open", error.facts["place"])
        return None


RESEALERS: list[Resealer] = [
    Resealer(_remaining_in_fields, _reseal_fields)
]  # each app adds its own when ready
