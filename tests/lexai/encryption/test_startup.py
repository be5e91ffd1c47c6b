"""Nothing starts with keys that do not open what is stored: real processes, and what they leave behind."""

import sqlite3
import stat
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings as current
from django.db import connections

from lexai import addresses
from lexai.database import KEY_STORE, key_store_file
from lexai.encryption import rotation, startup, stored
from lexai.encryption.models import DataKey
from lexai.system import SYSTEM
from tests import factories
from tests.conftest import CHECKOUT, environment, manage

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY = "The key store is empty, and there are clients whose data it must open."
MISSING = "The key store is missing, and there are clients whose data it must open."
COMMANDS = [("run", "--port", "8999"), ("search", "fee"), ("import-documents", "Jane", "README.md")]


@pytest.fixture
def cast(transactional_db):
    return factories.cast()


def files_beside(path):
    return sorted(found.name for found in path.parent.iterdir())


def keys_there():
    return sorted(DataKey.objects.values_list("scope", "version", "root"))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_missing_key_store_stops_every_command_and_none_is_made(cast, tmp_path, command):
    absent = tmp_path / "keys.sqlite3"

    done = manage(*command, KEYS_DATABASE_URL=f"sqlite://{absent}")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"CommandError: {MISSING} Restore its newest backup")
    assert not absent.exists()


@pytest.mark.slow
def test_a_key_store_that_is_damaged_stops_every_command_and_stays(cast, tmp_path):
    damaged = tmp_path / "keys.sqlite3"
    damaged.write_bytes(b"no database at all" * 99)

    done = manage("search", "fee", KEYS_DATABASE_URL=f"sqlite://{damaged}")

    assert (done.returncode, done.stdout, damaged.read_bytes()) == (1, "", b"no database at all" * 99)
    assert done.stderr.startswith("CommandError: The key store cannot be used: file is not a database.")


@pytest.mark.slow
def test_a_key_store_that_cannot_be_made_is_a_sentence(transactional_db, tmp_path):
    done = manage("migrate", KEYS_DATABASE_URL=f"sqlite://{tmp_path}/absent/keys.sqlite3")

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "The key store cannot be made (No such file or directory)." in done.stderr


@pytest.mark.slow
def test_migrating_makes_no_key_store_in_the_place_of_a_lost_one(cast, tmp_path):
    absent = tmp_path / "keys.sqlite3"

    done = manage("migrate", KEYS_DATABASE_URL=f"sqlite://{absent}")

    assert (done.returncode, MISSING in done.stderr, absent.exists()) == (1, True, False)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_empty_key_store_stops_every_command_and_stays_empty(cast, command):
    DataKey.objects.all().delete()

    done = manage(*command)

    assert (done.returncode, done.stdout, keys_there()) == (1, "", [])
    assert done.stderr.startswith(f"CommandError: {EMPTY} Restore its newest backup")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The root key file cannot be read (No such file or directory)."),
        (b"x" * 31, "The root key file must hold 32 bytes; it holds 31."),
        (b"x" * 33, "The root key file must hold 32 bytes; it holds 33."),
        (b"", "The root key file must hold 32 bytes; it holds 0."),
        (b"x" * 32, "The root key file is not the one that the key store was made with."),
    ],
)
def test_a_root_that_does_not_fit_stops_every_command_and_none_is_made(cast, own_root, content, sentence):
    before = keys_there()
    own_root.unlink()
    if content is not None:
        own_root.write_bytes(content)

    done = manage("run", "--port", "8999")

    assert (done.returncode, done.stdout, keys_there()) == (1, "", before)
    assert done.stderr.startswith(f"CommandError: {sentence} Put the root key of this installation at")
    assert (own_root.read_bytes() if own_root.exists() else None) == content
    assert files_beside(own_root) == ([] if content is None else [own_root.name])


@pytest.mark.slow
def test_a_new_installation_gets_a_root_that_only_its_owner_reads(transactional_db, own_root):
    own_root.unlink()

    done = manage("create-firm", "Hart Law", "--admin", "dora@hart.example")

    assert (done.returncode, done.stderr) == (0, "")
    assert (len(own_root.read_bytes()), stat.S_IMODE(own_root.stat().st_mode)) == (32, 0o400)
    assert files_beside(own_root) == [own_root.name]


@pytest.mark.slow
def test_a_new_key_store_is_for_its_owner_alone(transactional_db, tmp_path):
    made = tmp_path / "keys.sqlite3"

    done = manage("migrate", KEYS_DATABASE_URL=f"sqlite://{made}")

    assert (done.returncode, stat.S_IMODE(made.stat().st_mode)) == (0, 0o600)


def test_a_root_is_made_only_while_nothing_is_sealed(transactional_db, own_root):
    own_root.unlink()
    startup.make_first_root()
    first = own_root.read_bytes()
    startup.make_first_root()
    assert own_root.read_bytes() == first

    factories.cast()
    own_root.unlink()
    startup.make_first_root()
    assert not own_root.exists()
    DataKey.objects.all().delete()  # rows alone are enough
    startup.make_first_root()
    assert not own_root.exists()


def test_a_root_that_cannot_be_made_is_a_sentence(transactional_db, settings):
    settings.ROOT_KEY_FILE = current.BASE_DIR / "manage.py" / "root_key"

    with pytest.raises(startup.UnfitKeys, match="Set LEXAI_ROOT_KEY_FILE to a file that LexAI may make"):
        startup.make_first_root()


def test_a_key_store_older_than_what_is_stored_is_told_and_stops_nothing(cast, caplog):
    case = factories.client(cast.ana, "Moss", notes="She fears the hearing.")
    rotation.renew_key(case, by=SYSTEM)
    assert sum(rotation.reseal(case, by=SYSTEM)) == 1
    startup.demand_keys()
    assert caplog.text == ""
    DataKey.objects.of(case.pk).filter(version=2).delete()

    startup.demand_keys()

    assert (
        f"1 clients or firms have values under newer keys than it knows, {case.pk} among them" in caplog.text
    )


def test_a_table_that_takes_long_to_read_is_left_out(cast, monkeypatch):
    case = factories.client(cast.ana, "Moss", notes="She fears the hearing.")
    rotation.renew_key(case, by=SYSTEM)
    list(rotation.reseal(case, by=SYSTEM))
    assert list(stored.newest_versions()) == [(case.pk, 2)]

    monkeypatch.setattr(stored, "LARGE_TABLE_BYTES", 0)

    assert list(stored.newest_versions()) == []


def test_an_erased_owner_is_no_sign_of_an_older_key_store(cast):
    case = factories.client(cast.ana, "Moss", notes="She fears the hearing.")
    rotation.renew_key(case, by=SYSTEM)
    list(rotation.reseal(case, by=SYSTEM))
    DataKey.objects.of(case.pk).delete()

    startup.demand_keys()


def test_a_process_that_serves_makes_no_key_store_and_readiness_names_the_keys_alone(
    transactional_db, tmp_path
):
    absent = tmp_path / "keys.sqlite3"
    asked = "import django; django.setup(); from lexai.operations import health; c = health.CHECKS; print("
    asked += "health._works('database', c['database']), health._works('keys', c['keys']))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True,
        env={**environment(), "DJANGO_SETTINGS_MODULE": "lexai.settings", "KEYS_DATABASE_URL": f"sqlite://{absent}"},
    )  # fmt: skip

    assert (done.stdout, absent.exists()) == ("True False\n", False)


def test_the_file_of_a_key_store_is_opened_and_never_made(tmp_path):
    path = tmp_path / "a folder?" / "keys #1.sqlite3"
    address = addresses.key_store(f"sqlite://{quote(str(path))}")

    assert addresses.sqlite_file(address["NAME"]) == path
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        sqlite3.connect(address["NAME"], uri=True)
    path.parent.mkdir()
    path.touch()
    sqlite3.connect(address["NAME"], uri=True).close()


def test_a_key_store_that_others_may_read_is_made_private(cast):
    file = key_store_file()
    file.chmod(0o644)

    startup.demand_keys()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_that_fit_are_let_through(cast):
    startup.demand_keys()

    assert connections[KEY_STORE].vendor == "sqlite"
    assert len(keys_there()) == 5  # three clients and two firms
