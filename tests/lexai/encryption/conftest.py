"""What the tests of encryption share: a root key of their own, and a look at what stands in the tables."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings as current
from django.db import connection, connections

from lexai.database import KEY_STORE
from lexai.encryption import keyring


@pytest.fixture
def own_root(tmp_path, settings, monkeypatch):
    """Give a test, and the processes that it starts, a copy of the root key which it may break."""
    path = tmp_path / "secrets" / "root_key"
    path.parent.mkdir(mode=0o700)
    shutil.copy(current.ROOT_KEY_FILE, path)
    settings.ROOT_KEY_FILE = path
    monkeypatch.setenv("LEXAI_ROOT_KEY_FILE", str(path))
    keyring.forget_keys()
    return path


@dataclass(frozen=True)
class Column:
    """A column of the database as it stands there."""

    table: str
    name: str

    def read(self, key):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self.name} FROM {self.table} WHERE id = %s", [key])
            return bytes(cursor.fetchone()[0])

    def write(self, key, sealed):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {self.table} SET {self.name} = %s WHERE id = %s", [sealed, key])

    def flip(self, key):
        """Change one bit of the value; return what stands there now."""
        sealed = bytearray(self.read(key))
        sealed[-1] ^= 1
        self.write(key, bytes(sealed))
        return bytes(sealed)


@pytest.fixture
def notes():
    """Return the column of the clients' notes."""
    return Column("clients", "notes")


@pytest.fixture
def emails():
    """Return the column of the clients' e-mail addresses."""
    return Column("clients", "email")


@pytest.fixture
def away():
    """Return a context in which the key store's table is away, as when its file was lost."""

    @contextmanager
    def without_the_table():
        with connections[KEY_STORE].cursor() as cursor:
            cursor.execute("ALTER TABLE data_keys RENAME TO data_keys_away")
            try:
                yield
            finally:
                cursor.execute("ALTER TABLE data_keys_away RENAME TO data_keys")

    return without_the_table
