"""Which database holds what: the data keys stand in one of their own."""

from typing import Any

from django.db.models import Model

from lexai.database import KEY_STORE
from lexai.encryption.models import DataKey


class KeyStoreRouter:
    """Send the data keys to the key store and everything else past it."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        return KEY_STORE if model is DataKey else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool:
        is_key = (app_label, model_name) == (DataKey._meta.app_label, DataKey._meta.model_name)
        return is_key == (db == KEY_STORE)
