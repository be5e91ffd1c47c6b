"""Bring the schemas up to date: Django's own command, which knows one database at a time."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from lexai.database import KEY_STORE, KEY_STORE_APP, key_store_file
from lexai.encryption.startup import UnfitKeys, demand_key_store


class Command(migrate.Command):
    """Migrate the key store too, when a person means everything."""

    def handle(self, *args: Any, **options: Any) -> None:
        is_for_tests = options["run_syncdb"]  # the test runner makes each database in turn
        if not is_for_tests:
            _demand_key_store()
            _make_key_store_private()
        super().handle(*args, **options)
        if options["database"] == DEFAULT_DB_ALIAS and not options["app_label"] and not is_for_tests:
            super().handle(*args, **{**options, "database": KEY_STORE, "app_label": KEY_STORE_APP})


def _demand_key_store() -> None:
    """Make no new key store in the place of one that is lost."""
    try:
        demand_key_store()
    except UnfitKeys as error:
        raise CommandError(str(error)) from error


def _make_key_store_private() -> None:
    """Make the file of a key store in SQLite: SQLite would let others read it, and may make none."""
    file = key_store_file()
    if not file:
        return
    try:
        file.touch(mode=0o600)
    except OSError as error:
        raise CommandError(
            f"The key store cannot be made ({error.strerror}). KEYS_DATABASE_URL says where it is to lie."
        ) from error
