"""The keys at work, between threads and between processes."""

import logging
import subprocess
import sys
import threading

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connections, transaction

from lexai.database import KEY_STORE
from lexai.encryption import erasure, keyring, stored, tasks
from lexai.encryption.core import keys
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import KeyErased, KeysUnavailable, Tampered
from lexai.encryption.models import DataKey, KeyErasure
from tests import factories
from tests.conftest import CHECKOUT, environment

pytestmark = pytest.mark.django_db(transaction=True)
NONCE = bytes(12)
IN_ANOTHER_PROCESS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "lexai.settings"
import django
django.setup()
from lexai.encryption import keyring
keyring.{call}
"""


def sealed(scope, purpose=Purpose.FIELD):
    version, cipher = keyring.sealing_cipher(scope, purpose)
    return version, cipher.encrypt(NONCE, b"words", None)


def opens(scope, version, words):
    return keyring.opening_cipher(scope, Purpose.FIELD, version).decrypt(NONCE, words, None) == b"words"


def elsewhere(call):
    """Call the keyring in another process, with this test's key store."""
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS.format(call=call)]
    subprocess.run(command, cwd=CHECKOUT, env=environment(), check=True, timeout=60)


def at_once(work, number=12):
    """Do the same in several threads at once; return what each returned."""
    results = []
    start = threading.Barrier(number)

    def run():
        start.wait()
        try:
            results.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_what_is_sealed_under_an_owners_key_opens_under_it_and_no_other():
    keyring.make_key("client_a")
    keyring.make_key("client_b")
    version, words = sealed("client_a")

    assert opens("client_a", version, words)
    with pytest.raises(InvalidTag):
        opens("client_b", version, words)


def test_a_key_is_made_once():
    keyring.make_key("client_a")
    first = sealed("client_a")
    keyring.make_key("client_a")
    keyring.forget_keys()

    assert sealed("client_a") == first
    assert keyring.versions("client_a") == [1]


def test_of_many_threads_that_make_a_key_one_wins_and_all_use_it():
    def work():
        keyring.make_key("client_a")
        return sealed("client_a")

    results = at_once(work)

    assert (len(results), len(set(results))) == (12, 1)
    assert DataKey.objects.count() == 1


def test_many_threads_that_need_a_cold_key_all_get_it():
    keyring.make_key("client_a")
    expected = sealed("client_a")

    def work():
        keyring.forget_keys()
        return sealed("client_a")

    assert at_once(work) == [expected] * 12


def test_an_owner_without_a_key_has_been_erased():
    with pytest.raises(KeyErased):
        keyring.sealing_cipher("client_a", Purpose.FIELD)
    with pytest.raises(KeyErased):
        keyring.opening_cipher("client_a", Purpose.FIELD, 1)


def test_a_version_that_never_was_is_tampering():
    keyring.make_key("client_a")

    with pytest.raises(TamperError):
        keyring.opening_cipher("client_a", Purpose.FIELD, 7)


def test_a_new_version_seals_and_the_old_one_still_opens():
    keyring.make_key("client_a")
    version, words = sealed("client_a")
    keyring.add_key("client_a", 2)

    assert (sealed("client_a")[0], opens("client_a", version, words)) == (2, True)


@pytest.mark.slow
def test_what_another_process_sealed_under_a_newer_key_opens():
    keyring.make_key("client_a")
    sealed("client_a")
    elsewhere("add_key('client_a', 2)")

    assert sealed("client_a")[0] == 1  # held for some minutes
    assert keyring.opening_cipher("client_a", Purpose.FIELD, 2)
    assert sealed("client_a")[0] == 2


@pytest.mark.slow
def test_a_key_that_another_process_erased_is_gone_when_it_is_read_again():
    keyring.make_key("client_a")
    elsewhere("DataKey.objects.all().delete()")
    keyring.forget_keys()

    with pytest.raises(KeyErased):
        sealed("client_a")


def test_many_keys_are_loaded_in_few_questions(django_assert_num_queries):
    scopes = [f"client_{number}" for number in range(20)]
    for scope in scopes:
        keyring.make_key(scope)
    keyring.forget_keys()

    with django_assert_num_queries(1, using=KEY_STORE):
        keyring.load([*scopes, *scopes, "client_without_one"])
        for scope in scopes:
            sealed(scope)


# Erasure


def test_an_erased_key_goes_with_the_transaction_that_promised_it():
    keyring.make_key("client_a")
    with transaction.atomic():
        erasure.erase_key("client_a")
        assert keyring.versions("client_a") == [1]

    assert (keyring.versions("client_a"), KeyErasure.objects.count()) == ([], 0)
    with pytest.raises(KeyErased):
        sealed("client_a")


def test_an_erasure_that_is_rolled_back_leaves_the_key():
    keyring.make_key("client_a")
    with transaction.atomic():
        erasure.erase_key("client_a")
        transaction.set_rollback(True)

    assert (keyring.versions("client_a"), KeyErasure.objects.count()) == ([1], 0)
    assert sealed("client_a")


def test_an_erasure_that_was_lost_is_done_later():
    for scope in ("client_a", "client_b", "client_c"):
        keyring.make_key(scope)
    for scope in ("client_a", "client_b"):
        KeyErasure.objects.create(scope=scope)

    tasks.finish_erasures()

    assert list(DataKey.objects.values_list("scope", flat=True)) == ["client_c"]
    assert (KeyErasure.objects.count(), erasure.finish_erasures()) == (0, 0)


def test_a_promise_that_is_planted_beside_a_living_client_erases_nothing(caplog):
    cast = factories.cast()
    for scope in (cast.open.pk, "client_gone", "firm_none"):
        KeyErasure.objects.create(scope=scope)
    keyring.make_key("client_gone")

    assert erasure.finish_erasures() == 2
    assert list(KeyErasure.objects.values_list("scope", flat=True)) == [cast.open.pk]
    assert (keyring.versions(cast.open.pk), keyring.versions("client_gone")) == ([1], [])
    assert f"the key of {cast.open.pk} is not erased" in caplog.text


def test_every_table_with_sealed_columns_is_asked_for_rows_that_an_owner_left():
    cast = factories.cast()
    tables = {field.model._meta.db_table for field in stored.fields_of(cast.open.pk)}

    assert tables == {"clients", "documents", "pages", "passages", "threads", "conversations", "citations"}
    assert (stored.has_rows(cast.open.pk), stored.has_rows("client_gone")) == (True, False)


def test_the_clock_calls_what_finishes_erasures_and_rotations():
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {tasks.finish_erasures.name, tasks.finish_rotations.name} <= called


def test_an_erasure_while_the_key_store_is_away_is_kept_for_later(away):
    keyring.make_key("client_a")
    with away(), transaction.atomic():
        erasure.erase_key("client_a")
    assert KeyErasure.objects.count() == 1

    with away(), pytest.raises(KeysUnavailable):
        erasure.finish_erasures()
    assert (erasure.finish_erasures(), keyring.versions("client_a")) == (1, [])


def test_a_key_read_while_it_was_erased_is_not_held_afterwards():
    keyring.make_key("client_a")

    def read():
        for _again in range(50):
            keyring.load(["client_a"])

    readers = threading.Thread(target=at_once, args=[read, 4])
    readers.start()
    with transaction.atomic():
        erasure.erase_key("client_a")
    readers.join()

    with pytest.raises(KeyErased):
        sealed("client_a")


# What does not fit


def test_a_key_store_that_is_away_is_said_and_comes_back(away):
    keyring.make_key("client_a")
    expected = sealed("client_a")
    with away():
        assert sealed("client_a") == expected  # held in memory
        keyring.forget_keys()
        with pytest.raises(KeysUnavailable):
            sealed("client_a")
        with pytest.raises(KeysUnavailable):
            keyring.make_key("client_b")

    assert sealed("client_a") == expected


@pytest.mark.parametrize("content", [None, b"x" * 31, b"x" * 32])
def test_a_root_that_does_not_fit_makes_keys_unavailable_and_changes_none(own_root, content):
    keyring.make_key("client_a")
    expected = sealed("client_a")
    whole = own_root.read_bytes()
    own_root.unlink()
    if content:
        own_root.write_bytes(content)
    keyring.forget_keys()

    with pytest.raises(KeysUnavailable):
        sealed("client_a")
    with pytest.raises(KeysUnavailable):
        keyring.make_key("client_b")
    own_root.write_bytes(whole)
    assert (sealed("client_a"), DataKey.objects.count()) == (expected, 1)


def test_a_damaged_key_is_told_from_an_erased_one_and_harms_no_other(caplog):
    keyring.make_key("client_a")
    keyring.make_key("client_b")
    DataKey.objects.of("client_a").update(wrapped=bytes(60))
    keyring.forget_keys()
    keyring.load(["client_a", "client_b"])

    assert sealed("client_b")
    with pytest.raises(Tampered):
        keyring.sealing_cipher("client_a", Purpose.FIELD)
    with pytest.raises(TamperError):
        keyring.opening_cipher("client_a", Purpose.FIELD, 1)
    assert "data key 1 of client_a is damaged" in caplog.text


def test_a_damaged_newest_key_seals_nothing_and_lets_no_older_one_take_its_place():
    keyring.make_key("client_a")
    version, words = sealed("client_a")
    keyring.add_key("client_a", 2)
    DataKey.objects.of("client_a").filter(version=2).update(wrapped=bytes(60))
    keyring.forget_keys()

    with pytest.raises(Tampered):
        keyring.sealing_cipher("client_a", Purpose.FIELD)
    assert opens("client_a", version, words)


def test_a_key_moved_to_another_owner_opens_nothing():
    keyring.make_key("client_a")
    keyring.make_key("client_b")
    moved = DataKey.objects.of("client_a").get().wrapped
    DataKey.objects.of("client_b").update(wrapped=moved)
    keyring.forget_keys()

    with pytest.raises(Tampered):
        keyring.sealing_cipher("client_b", Purpose.FIELD)


@pytest.mark.slow
def test_a_key_made_after_the_root_changed_is_wrapped_by_the_new_root(own_root):
    keyring.make_key("client_a")
    old = keys.fingerprint(own_root.read_bytes())
    elsewhere_root(own_root)
    keyring.make_key("client_b")

    assert {key.root for key in DataKey.objects.all()} == {keys.fingerprint(own_root.read_bytes())} != {old}


def elsewhere_root(own_root):
    """Replace the root as another process would, while this one holds the old."""
    command = [sys.executable, "manage.py", "rotate-keys", "--root"]
    subprocess.run(command, cwd=CHECKOUT, env=environment(), check=True, capture_output=True, timeout=60)


def test_no_log_holds_a_key(caplog, own_root, away):
    caplog.set_level(logging.DEBUG)
    keyring.make_key("client_a")
    with away(), pytest.raises(KeysUnavailable):
        keyring.make_key("client_b")

    assert own_root.read_bytes().hex() not in caplog.text
    assert "the key store cannot be used" in caplog.text
