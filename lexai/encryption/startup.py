"""Do the keys fit what is stored? Asked before anything serves; a new installation gets its root key here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import Error, connection, connections
from django.db.models import Max, Model

from lexai.database import KEY_STORE, key_store_file
from lexai.encryption import stored
from lexai.encryption.core import root
from lexai.encryption.core.errors import UnusableRoot
from lexai.encryption.fields import sealed_fields
from lexai.encryption.models import DataKey

NO_STORE = (
    "The key store is {fault}, and there are clients whose data it must open. Restore its newest backup; "
    "KEYS_DATABASE_URL says where it lies."
)
NO_ROOT = (
    "{fault} Put the root key of this installation at LEXAI_ROOT_KEY_FILE: without it nothing can be read, and a "
    "new one would open nothing."
)
OLDER_STORE = (
    "the key store is older than what is stored, or values are damaged: %s clients or firms have values under newer "
    "keys than it knows, %s among them. Restore its newest backup; KEYS_DATABASE_URL says where it lies."
)
logger = logging.getLogger(__name__)


class UnfitKeys(Exception):
    """The keys do not fit what is stored; the message says how, and what to do."""


def make_first_root() -> None:
    """Make the root key of a new installation; raise UnfitKeys when it cannot be made."""
    if settings.ROOT_KEY_FILE.exists() or DataKey.objects.exists() or is_anything_sealed():
        return
    try:
        root.make_root(settings.ROOT_KEY_FILE)
    except UnusableRoot as error:
        raise UnfitKeys(f"{error} Set LEXAI_ROOT_KEY_FILE to a file that LexAI may make.") from error


def demand_keys() -> None:
    """Raise UnfitKeys unless the keys can be used; log when the key store is older than what is stored."""
    demand_usable_keys()
    _make_private()
    _look_for_older_store()


def demand_usable_keys() -> None:
    """Raise UnfitKeys unless the root key opens the key store, and the key store belongs to what is stored."""
    demand_key_store()
    with _key_store_used():
        names = list(DataKey.objects.values_list("root", flat=True).distinct())
    if not names and is_anything_sealed():
        raise UnfitKeys(NO_STORE.format(fault="empty"))
    try:
        root.read_root(settings.ROOT_KEY_FILE)
        for name in names:
            root.find_root(settings.ROOT_KEY_FILE, name)
    except UnusableRoot as error:
        raise UnfitKeys(NO_ROOT.format(fault=error)) from error


def demand_key_store() -> None:
    """Raise UnfitKeys when something is sealed and there is no key store: making one would hide the loss."""
    if not _has_key_store() and is_anything_sealed():
        raise UnfitKeys(NO_STORE.format(fault="missing"))


def is_anything_sealed() -> bool:
    """Say whether any table with sealed fields holds a row."""
    tables = set(connection.introspection.table_names())
    models = [model for model in apps.get_models() if not model._meta.proxy and sealed_fields(model)]
    return any(_has_rows(model) for model in models if model._meta.db_table in tables)


def _look_for_older_store() -> None:
    """Log that something is sealed under a newer key than its owner has, though the owner has some.

    It stops nothing: one damaged value looks the same, and what such a store cannot open is refused anyway.
    """
    with _key_store_used():
        kept = dict(DataKey.objects.values_list("scope").annotate(Max("version")))
    older = {scope for scope, version in stored.newest_versions() if version > kept.get(scope, version)}
    if older:
        logger.error(OLDER_STORE, len(older), min(older))


def _make_private() -> None:
    """Let nobody else read the file of a key store in SQLite."""
    file = key_store_file()
    if file and file.stat().st_mode & 0o077:
        try:
            file.chmod(0o600)
        except OSError as error:
            logger.warning("others may read the key store: %s", error.strerror)


def _has_rows(model: type[Model]) -> bool:
    return model._base_manager.exists()  # noqa: SLF001 - every row, whatever the manager hides


def _has_key_store() -> bool:
    """Say whether the key store has its table; a SQLite file that is missing is not made by asking."""
    file = key_store_file()
    if file and not file.exists():
        return False
    with _key_store_used():
        return DataKey._meta.db_table in connections[KEY_STORE].introspection.table_names()


@contextmanager
def _key_store_used() -> Iterator[None]:
    """Raise UnfitKeys where the key store itself fails."""
    try:
        yield
    except Error as error:
        raise UnfitKeys(
            f"The key store cannot be used: {error}. KEYS_DATABASE_URL says where it lies."
        ) from error
