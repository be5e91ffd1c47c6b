"""The keys at work: the root of this machine, the key store, and what of both is kept in memory.

A scope is the owner of a data key: the id of a client, or `firm_<id>`.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import Error, IntegrityError, connections, transaction

from lexai.database import KEY_STORE
from lexai.encryption.core import keys, root
from lexai.encryption.core.cache import ByteCache
from lexai.encryption.core.errors import TamperError, UnusableRoot
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import KeyErased, KeysUnavailable, Tampered
from lexai.encryption.models import DataKey

KEYS_LIMIT_BYTES = 96 * 1024 * 1024  # some 12,000 owners: an exact match opens every client of a firm
KEYS_LIFE_SECONDS = 300  # how long an erased key may still open something in a process that held it
KEYS_BYTES_EACH = 4096  # what one owner's keys and ciphers take, roughly
STORE_ROWS = 500  # SQLite takes so many ids in one question
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


@dataclass
class OwnedKeys:
    """The data keys of one owner by version, and the ciphers derived from them so far.

    `newest` is the highest version that the key store has; a damaged key is left out of `data_keys`.
    """

    scope: str
    newest: int = 0
    data_keys: dict[int, bytes] = field(default_factory=dict)
    ciphers: dict[tuple[int, Purpose], AESGCM] = field(default_factory=dict)

    def sealing_version(self) -> int:
        """Return the newest version; raise Tampered when its key is damaged, lest an older one takes its place."""
        if self.newest not in self.data_keys:
            raise Tampered(f"data_keys.wrapped of {self.scope}", self.scope)
        return self.newest

    def cipher(self, version: int, purpose: Purpose) -> AESGCM:
        """Return the cipher of a purpose; raise KeyError when there is no key of this version."""
        found = self.ciphers.get((version, purpose))
        if found is None:
            found = self.ciphers[version, purpose] = keys.cipher(self.data_keys[version], purpose)
        return found


_held: ByteCache[OwnedKeys] = ByteCache(KEYS_LIMIT_BYTES, KEYS_LIFE_SECONDS)


class _Changes:
    """How often this process has changed keys: what was read before a change is not held after it."""

    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()


_changes = _Changes()


def sealing_cipher(scope: str, purpose: Purpose) -> tuple[int, AESGCM]:
    """Return the version of an owner's newest key and its cipher; raise KeyErased, KeysUnavailable, Tampered."""
    owned = _owned(scope)
    version = owned.sealing_version()
    return version, owned.cipher(version, purpose)


def opening_cipher(scope: str, purpose: Purpose, version: int) -> AESGCM:
    """Return the cipher that opens what was sealed under this version.

    Raises KeyErased when the owner has no key at all, TamperError when there never was such a version or its key
    is damaged, and KeysUnavailable.
    """
    owned = _owned(scope)
    if version not in owned.data_keys:  # another process may have made it since
        forget(scope)
        owned = _owned(scope)
    if version not in owned.data_keys:
        raise TamperError
    return owned.cipher(version, purpose)


def load(scopes: Iterable[str]) -> dict[str, OwnedKeys]:
    """Return the keys of many owners, fetched in few questions; owners without keys are left out.

    Raises KeysUnavailable.
    """
    found = {scope: _held.get(scope) for scope in scopes}
    missing = [scope for scope, owned in found.items() if owned is None]
    for start in range(0, len(missing), STORE_ROWS):
        found.update(_fetch(missing[start : start + STORE_ROWS]))
    return {scope: owned for scope, owned in found.items() if owned is not None}


def make_key(scope: str) -> None:
    """Make the first data key of an owner, unless there is one; raise KeysUnavailable."""
    if not _fetch([scope]):
        add_key(scope, 1)


def add_key(scope: str, version: int) -> None:
    """Store a new data key of an owner, or leave that to whoever was first; raise KeysUnavailable."""
    try:
        in_key_store(lambda: _insert(scope, version))
    except IntegrityError:
        logger.info("data key %s of %s was made by another process", version, scope)
    forget(scope)


def versions(scope: str) -> list[int]:
    """Return the versions of an owner's keys as the store has them now, the newest last; raise KeysUnavailable."""
    return in_key_store(lambda: list(DataKey.objects.of(scope).values_list("version", flat=True)))


def delete_keys(scope: str) -> None:
    """Delete the keys of an owner from the store, for good; raise KeysUnavailable."""
    in_key_store(lambda: DataKey.objects.of(scope).delete())
    forget(scope)


def forget(scope: str) -> None:
    """Read the keys of an owner again at their next use."""
    with _changes.lock:
        _changes.count += 1
        _held.discard(scope)


def forget_keys() -> None:
    """Read every key, the root too, again at its next use."""
    with _changes.lock:
        _changes.count += 1
        _held.clear()
    _root_in.cache_clear()


def in_key_store(work: Callable[[], Result]) -> Result:
    """Return what some work in the key store returns; raise KeysUnavailable when the store cannot be used."""
    try:
        return work()
    except IntegrityError:
        raise
    except Error as error:
        logger.error("the key store cannot be used: %s", type(error).__name__)  # noqa: TRY400 - no rows in logs
        raise KeysUnavailable from error


def lock_store() -> None:
    """Let nobody else change the key store until the transaction ends; SQLite has one writer anyway."""
    store = connections[KEY_STORE]
    if store.vendor == "postgresql":
        with store.cursor() as cursor:
            cursor.execute("LOCK TABLE data_keys IN SHARE ROW EXCLUSIVE MODE")


def root_named(name: str) -> bytes:
    """Return the root with this fingerprint; raise KeysUnavailable."""
    try:
        return _root_in(settings.ROOT_KEY_FILE, name)
    except UnusableRoot as error:
        logger.error("%s", error)  # noqa: TRY400 - the sentence is all there is to say
        raise KeysUnavailable from error


@lru_cache(maxsize=2)  # the old root and the new one, while they change
def _root_in(path: Path, name: str) -> bytes:
    return root.find_root(path, name)


def _insert(scope: str, version: int) -> None:
    with transaction.atomic(using=KEY_STORE):
        lock_store()
        key = DataKey(scope=scope, version=version, root=_root_in_use())
        key.wrapped = keys.wrap(root_named(key.root), keys.new_key(), key.name)
        key.save(force_insert=True)


def _root_in_use() -> str:
    """Return the fingerprint of the root that wraps every key; of an empty store, the file's own."""
    wrapping = DataKey.objects.values_list("root", flat=True).first()
    if wrapping is not None:
        return wrapping
    try:
        return keys.fingerprint(root.read_root(settings.ROOT_KEY_FILE))
    except UnusableRoot as error:
        logger.error("%s", error)  # noqa: TRY400 - the sentence is all there is to say
        raise KeysUnavailable from error


def _owned(scope: str) -> OwnedKeys:
    owned = _held.get(scope) or _fetch([scope]).get(scope)
    if owned is None:
        raise KeyErased
    return owned


def _fetch(scopes: list[str]) -> dict[str, OwnedKeys]:
    """Return the keys of these owners from the store, and hold them; owners without keys are left out."""
    changes = _changes.count
    rows = in_key_store(lambda: list(DataKey.objects.filter(scope__in=scopes)))
    found: dict[str, OwnedKeys] = {}
    for row in rows:
        owned = found.setdefault(row.scope, OwnedKeys(row.scope))
        owned.newest = max(owned.newest, row.version)
        try:
            owned.data_keys[row.version] = keys.unwrap(root_named(row.root), bytes(row.wrapped), row.name)
        except TamperError:
            logger.error("%s is damaged", row)  # noqa: TRY400 - there is no more to tell
    with _changes.lock:
        for scope, owned in found.items() if changes == _changes.count else ():
            _held.put(scope, owned, KEYS_BYTES_EACH * (1 + len(owned.data_keys)))
    return found
