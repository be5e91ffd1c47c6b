"""Erasing an owner's keys: what was sealed under them can never be read again, in no backup of the database."""

import logging

from django.db import transaction

from lexai.encryption.keyring import delete_keys
from lexai.encryption.models import KeyErasure
from lexai.encryption.stored import has_rows

logger = logging.getLogger(__name__)


def erase_key(scope: str) -> None:
    """Delete an owner's keys with the caller's transaction: promised in it, done after it.

    What cannot be done now, or is lost with this process, `finish_erasures` does.
    """
    KeyErasure.objects.get_or_create(scope=scope)
    transaction.on_commit(lambda: _finish_erasure(scope), robust=True)


def finish_erasures() -> int:
    """Delete every key whose erasure was promised and not done yet; return how many owners lost theirs.

    An owner of whom any row is left keeps its key: whoever wrote that promise was not LexAI. Raises
    KeysUnavailable; the rest then waits for the next time.
    """
    return sum(map(_finish_erasure, list(KeyErasure.objects.values_list("scope", flat=True))))


def _finish_erasure(scope: str) -> bool:
    """Delete the keys of an owner who is gone; say whether that was done."""
    if has_rows(scope):
        logger.error("the key of %s is not erased, though that was promised: rows of it are left", scope)
        return False
    delete_keys(scope)
    KeyErasure.objects.filter(scope=scope).delete()
    return True
