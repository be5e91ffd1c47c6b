"""A new root: every data key wrapped anew, while the system serves."""

from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from lexai import audit
from lexai.database import KEY_STORE
from lexai.encryption import keyring, policies
from lexai.encryption.core import keys, root
from lexai.encryption.core.errors import TamperError, UnusableRoot
from lexai.encryption.errors import Tampered
from lexai.encryption.models import DataKey
from lexai.errors import WrongState, require
from lexai.system import SystemUser

ROOT_LOCK = 20240615
READ_ONLY = (
    "{fault} A new root is written beside the old one, in {folder}: run this command where that folder can be "
    "written, and have the other processes see the file that then stands there. Nothing was changed."
)
UNPLACED = (
    "The keys are wrapped by the new root, and it could not take the old one's place ({fault}). Everything goes on "
    "as it is; make {folder} writable and run this again."
)


class NothingWrapped(WrongState):
    """There are no data keys yet, so that a new root would change nothing."""


class RootUnwritable(WrongState):
    """The folder of the root key file cannot be written."""


@transaction.atomic
def rotate_root(*, by: SystemUser) -> Path:
    """Wrap every data key by a new root, which takes the place of the old one; return where that one is kept.

    Cut off anywhere, it leaves keys that open, and is completed by the next call. Raises NothingWrapped,
    RootUnwritable, KeysUnavailable, and Tampered for a key that does not open.
    """
    require(policies.can_rotate_root(by))
    _wait_for_others()
    path = settings.ROOT_KEY_FILE
    if not keyring.in_key_store(DataKey.objects.exists):
        raise NothingWrapped
    try:
        new = root.make_root(root.next_to(path))
    except UnusableRoot as error:
        raise RootUnwritable(READ_ONLY.format(fault=error, folder=path.parent)) from error
    audit.record("root.rotated", by, by=by, root=keys.fingerprint(new))
    keyring.in_key_store(lambda: _wrap_all(new))
    try:
        return root.replace_root(path)
    except OSError as error:
        raise RootUnwritable(UNPLACED.format(fault=error.strerror, folder=path.parent)) from error


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROOT_LOCK])


@transaction.atomic(using=KEY_STORE)
def _wrap_all(new: bytes) -> None:
    """Wrap every key by this root that another one wraps still."""
    keyring.lock_store()
    name = keys.fingerprint(new)
    rows = list(DataKey.objects.exclude(root=name))
    for row in rows:
        row.wrapped = keys.wrap(new, _unwrapped(row), row.name)
        row.root = name
    DataKey.objects.bulk_update(rows, ["wrapped", "root"], batch_size=200)


def _unwrapped(row: DataKey) -> bytes:
    try:
        return keys.unwrap(keyring.root_named(row.root), bytes(row.wrapped), row.name)
    except TamperError:
        raise Tampered(f"data_keys.wrapped of {row.scope}", row.scope) from None
