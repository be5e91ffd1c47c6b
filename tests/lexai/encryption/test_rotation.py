"""New keys while the system serves: what is sealed anew, what may be cut off, what is left of the old keys."""

import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
import requests
from django.db import connections
from django.utils import timezone

from clients.models import Client
from clients.services import change_client
from lexai.audit.models import AuditEvent
from lexai.encryption import erasure, keyring, root_rotation, rotation, startup, stored, tasks
from lexai.encryption.core import keys, root, values
from lexai.encryption.core.keys import Purpose
from lexai.encryption.errors import KeyErased, Tampered
from lexai.encryption.models import DataKey
from lexai.errors import Gone, NotAllowed
from lexai.system import SYSTEM
from tests import factories
from tests.callers import key_of
from tests.conftest import CHECKOUT, environment, manage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return factories.cast()


@pytest.fixture
def case(cast):
    """Return a client with every sealed field filled, a paper that was read, and nothing to do with walls."""
    client = factories.client(
        cast.ana, "Moss", notes="She fears the hearing.", email="moss@mail.example", phone="+1 555 0100"
    )
    factories.ready_document(client, "The monthly fee is $900.", by=cast.ana)
    return client


def rotate(client, by=SYSTEM):
    rotation.renew_key(client, by=by)
    return sum(rotation.reseal(client, by=by))


def later(client, **time):
    """Let some time, and a second, pass for the old keys of a client."""
    DataKey.objects.of(client.pk).exclude(retired_at=None).update(
        retired_at=timezone.now() - timedelta(seconds=1, **time)
    )


def versions(column, keys_of_rows):
    return {values.key_version(column.read(key)) for key in keys_of_rows}


def as_seen(client):
    found = Client.objects.get(pk=client.pk)
    return [found.notes, found.email, found.phone, found.version, found.updated_at]


def test_everything_of_the_client_is_sealed_anew_and_nobody_sees_a_difference(case, notes, emails):
    before = as_seen(case)

    resealed = rotate(case)

    assert (versions(notes, [case.pk]), versions(emails, [case.pk])) == ({2}, {2})
    assert resealed > 3  # the three fields, and what the paper left
    assert rotation.remaining(case) == 0
    keyring.forget_keys()
    assert as_seen(case) == before
    assert list(case.documents.values_list("status", flat=True)) == ["ready"]


def test_other_clients_keep_their_keys(cast, case):
    rotate(case)

    assert keyring.versions(case.pk) == [1, 2]
    assert keyring.versions(cast.open.pk) == [1]


def test_a_backup_from_before_a_rotation_opens_with_todays_key_store(case, notes):
    old = notes.read(case.pk)
    rotate(case)
    later(case, days=1)
    rotation.finish_rotations(by=SYSTEM)

    notes.write(case.pk, old)
    keyring.forget_keys()

    assert (Client.objects.get(pk=case.pk).notes, keyring.versions(case.pk)) == (
        "She fears the hearing.",
        [1, 2],
    )


def test_what_nobody_sealed_anew_is_done_by_the_clock(case, notes):
    rotation.renew_key(case, by=SYSTEM)  # and whoever did it was killed

    tasks.finish_rotations()

    assert (versions(notes, [case.pk]), rotation.remaining(case)) == ({2}, 0)


def test_what_was_sealed_late_is_found_for_a_day(case, notes):
    old = notes.read(case.pk)
    rotate(case)
    notes.write(case.pk, old)
    later(case, hours=23)

    assert (rotation.finish_rotations(by=SYSTEM), versions(notes, [case.pk])) == (1, {2})


def test_the_clock_that_comes_while_it_is_still_at_it_leaves_it_at_that(case):
    rotation.renew_key(case, by=SYSTEM)
    found = []
    with rotation._alone() as is_alone:
        other = threading.Thread(
            target=lambda: (found.append(rotation.finish_rotations(by=SYSTEM)), connections.close_all())
        )
        other.start()
        other.join()

    assert (is_alone, found) == (True, [0])
    assert rotation.finish_rotations(by=SYSTEM) > 3


def test_a_day_after_a_rotation_nobody_looks_for_what_is_left(case, notes):
    old = notes.read(case.pk)
    rotate(case)
    notes.write(case.pk, old)
    later(case, days=1)

    assert rotation.finish_rotations(by=SYSTEM) == 0
    assert (rotation.remaining(case), Client.objects.get(pk=case.pk).notes) == (1, "She fears the hearing.")


def test_a_rotation_under_way_is_gone_on_with(case):
    assert rotation.renew_key(case, by=SYSTEM) == (2, True)
    assert rotation.renew_key(case, by=SYSTEM) == (2, False)
    rotate(case)
    assert rotation.renew_key(case, by=SYSTEM) == (2, False)
    later(case, hours=1)

    assert rotation.renew_key(case, by=SYSTEM) == (3, True)


def test_an_older_key_store_makes_no_version_a_second_time(case, notes):
    rotate(case)
    DataKey.objects.of(case.pk).filter(version=2).delete()
    DataKey.objects.of(case.pk).update(retired_at=None)

    assert rotation.renew_key(case, by=SYSTEM) == (3, True)
    assert versions(notes, [case.pk]) == {2}


def test_a_version_that_leaves_no_next_one_is_tampering(case, notes):
    notes.write(case.pk, b"\x01\xff\xff" + notes.read(case.pk)[3:])

    with pytest.raises(Tampered):
        rotation.renew_key(case, by=SYSTEM)
    assert keyring.versions(case.pk) == [1]


def test_a_value_that_does_not_open_stays_as_it_is_with_its_key(case, notes, emails, caplog):
    flipped = notes.flip(case.pk)
    rotate(case)

    assert rotation.finish_rotations(by=SYSTEM) == 0
    assert (notes.read(case.pk), versions(emails, [case.pk])) == (flipped, {2})
    assert (rotation.remaining(case), keyring.versions(case.pk)) == (1, [1, 2])
    assert f"clients.notes of {case.pk} does not open" in caplog.text


def test_a_value_that_changes_meanwhile_is_left_to_whoever_changed_it(case, notes):
    field = Client._meta.get_field("notes")
    rotation.renew_key(case, by=SYSTEM)
    stale = notes.read(case.pk)
    case.notes = "Settled."
    change_client(case, by=SYSTEM, changed=["notes"])
    newer = notes.read(case.pk)
    with rotation.resealing(), connections["default"].cursor() as cursor:
        cursor.execute(stored.on(field, rotation.SWAP), [stale, case.pk, stale])

    assert notes.read(case.pk) == newer


def test_a_straggler_of_another_process_is_sealed_anew_by_the_clock(case, notes):
    rotate(case)
    context = f"clients.notes|{case.pk}|{case.pk}".encode()
    cipher = keyring.opening_cipher(case.pk, Purpose.FIELD, 1)
    notes.write(case.pk, values.seal(cipher, 1, values.padded(b"Written late."), context))
    assert rotation.remaining(case) == 1

    rotation.finish_rotations(by=SYSTEM)

    assert (versions(notes, [case.pk]), Client.objects.get(pk=case.pk).notes) == ({2}, "Written late.")


@pytest.mark.slow
def test_threads_read_and_write_while_the_keys_change(case, notes):
    faults, written = [], []
    is_over = threading.Event()

    def repeat(work):
        try:
            while not is_over.is_set():
                work()
        except Exception as error:  # noqa: BLE001 - the test tells them all
            faults.append(error)
        finally:
            connections.close_all()

    def read():
        keyring.forget(case.pk)
        assert Client.objects.get(pk=case.pk).email == "moss@mail.example"

    def write():
        row = Client.objects.get(pk=case.pk)
        row.notes = f"Note {len(written)}"
        written.append(change_client(row, by=SYSTEM, changed=["notes"]).notes)

    threads = [threading.Thread(target=repeat, args=[work]) for work in (read, read, read, write)]
    for thread in threads:
        thread.start()
    for _turn in range(5):
        rotate(case)
        later(case, days=1)
        rotation.finish_rotations(by=SYSTEM)
    is_over.set()
    for thread in threads:
        thread.join()

    assert faults == []
    assert len(written) > 5
    assert Client.objects.get(pk=case.pk).notes == written[-1]
    assert keyring.versions(case.pk)[-1] == 6


# Who may


def test_administrators_rotate_the_keys_of_their_own_firm(cast):
    assert rotation.renew_key(cast.open, by=cast.dora) == (2, True)
    for stranger in (cast.ana, cast.emil):
        with pytest.raises(NotAllowed):
            rotation.renew_key(cast.open, by=stranger)
        with pytest.raises(NotAllowed):
            list(rotation.reseal(cast.open, by=stranger))
    with pytest.raises(NotAllowed):
        rotation.finish_rotations(by=cast.dora)
    with pytest.raises(NotAllowed):
        root_rotation.rotate_root(by=cast.dora)
    event = AuditEvent.objects.get(verb="key.rotated")
    assert (event.actor, event.client_ids, event.facts) == (cast.dora.email, [cast.open.pk], {"version": 2})


def test_an_erased_client_gets_no_new_key(cast):
    DataKey.objects.of(cast.open.pk).delete()
    with pytest.raises(KeyErased):
        rotation.renew_key(cast.open, by=SYSTEM)
    Client.objects.filter(pk=cast.open.pk).delete()
    with pytest.raises(Gone):
        rotation.renew_key(cast.open, by=SYSTEM)
    assert keyring.versions(cast.open.pk) == []


def test_a_firm_has_a_key_like_a_client(cast):
    erasure.erase_key(f"firm_{cast.other_firm.pk}")

    assert rotation.with_keys([cast.firm, cast.other_firm]) == [cast.firm]
    assert (rotation.renew_key(cast.firm, by=cast.dora).version, rotate(cast.firm)) == (2, 0)
    assert AuditEvent.objects.get(verb="key.rotated").target_id == str(cast.firm.pk)


# The command


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["--root", "--all"], ["--client", "Moss", "--all"]])
def test_exactly_one_of_the_three_is_demanded(cast, arguments):
    done = manage("rotate-keys", *arguments)

    assert (done.returncode, done.stdout, "--root" in done.stderr) == (1, "", True)


@pytest.mark.slow
def test_the_command_rotates_one_client_and_says_what_becomes_of_the_old_key(case, notes):
    done = manage("rotate-keys", "--client", "Moss")
    again = manage("rotate-keys", "--client", case.pk)
    as_json = manage("rotate-keys", "--client", case.pk, "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert "stay in the key store" in done.stdout
    assert done.stdout.startswith("Clients and firms with new keys: 1; ")
    assert again.stdout.splitlines()[:2] == [
        "Clients and firms with new keys: 0; values, files and indexes sealed anew: 0.",
        "For 1 the rotation of the last hour was gone on with: they got no other key.",
    ]
    assert (as_json.returncode, as_json.stdout) == (
        0,
        '{"owners": 1, "new_keys": 0, "resealed": 0, "left": 0}\n',
    )
    assert AuditEvent.objects.filter(verb="key.rotated", client_ids=[case.pk]).count() == 1
    keyring.forget_keys()
    assert (versions(notes, [case.pk]), as_seen(case)[0]) == ({2}, "She fears the hearing.")


@pytest.mark.slow
def test_the_command_rotates_only_what_whoever_acts_may(case, cast):
    refused = manage("rotate-keys", "--client", "Moss", "--as", cast.ana.email)
    unknown = manage("rotate-keys", "--client", "Jane Smith", "--as", cast.dora.email)
    done = manage("rotate-keys", "--all", "--as", cast.dora.email, "--json")

    assert (refused.returncode, refused.stderr) == (1, f"{case.pk}: You may not do this.\n")
    assert (unknown.returncode, "There is no such client" in unknown.stderr) == (1, True)
    assert (done.returncode, done.stdout.startswith('{"owners": 3,')) == (0, True)
    rotated = {pk for pk in Client.objects.values_list("pk", flat=True) if len(keyring.versions(pk)) == 2}
    assert rotated == {case.pk, cast.open.pk}  # neither the walled one nor the other firm's


@pytest.mark.slow
def test_a_command_that_is_killed_is_gone_on_with_by_the_next(cast, notes):
    clients = [factories.client(cast.ana, f"Client {n}", notes=f"Note {n}").pk for n in range(120)]
    command = subprocess.Popen(
        [sys.executable, "manage.py", "rotate-keys", "--all"],
        cwd=CHECKOUT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while versions(notes, clients) == {1}:
        time.sleep(0.005)
    command.send_signal(signal.SIGKILL)
    command.wait()
    assert versions(notes, clients) == {1, 2}

    done = manage("rotate-keys", "--all")

    assert (done.returncode, versions(notes, clients)) == (0, {2})
    keyring.forget_keys()
    assert [Client.objects.get(pk=pk).notes for pk in clients] == [f"Note {n}" for n in range(120)]
    assert {tuple(keyring.versions(pk)) for pk in clients} == {(1, 2)}
    assert AuditEvent.objects.filter(verb="key.rotated", client_ids__0__in=clients).count() == 120


# The root


def roots():
    return {key.root for key in DataKey.objects.all()}


def names(path):
    return sorted(found.name for found in path.parent.iterdir())


@pytest.fixture
def old(own_root):
    return keys.fingerprint(own_root.read_bytes())


def test_a_new_root_wraps_every_key_and_the_old_one_is_kept(case, own_root, old):
    before = as_seen(case)

    kept = root_rotation.rotate_root(by=SYSTEM)

    new = keys.fingerprint(own_root.read_bytes())
    assert (roots(), names(own_root)) == ({new}, ["root_key", f"root_key.{old}"])
    assert keys.fingerprint(kept.read_bytes()) == old != new
    kept.unlink()
    keyring.forget_keys()
    assert as_seen(case) == before
    startup.demand_keys()
    assert AuditEvent.objects.get(verb="root.rotated").facts == {"root": new}


@pytest.mark.parametrize("step", ["next made", "keys wrapped", "old one kept"])
def test_a_change_of_root_that_was_cut_off_opens_and_is_completed(case, own_root, old, step):
    before = as_seen(case)
    new = root.make_root(root.next_to(own_root))
    if step != "next made":
        root_rotation._wrap_all(new)
    if step == "old one kept":
        root.kept_beside(own_root, old).hardlink_to(own_root)
    keyring.forget_keys()
    startup.demand_keys()
    keyring.make_key("client_opened_meanwhile")
    assert as_seen(case) == before

    root_rotation.rotate_root(by=SYSTEM)

    assert (own_root.read_bytes(), roots()) == (new, {keys.fingerprint(new)})
    assert names(own_root) == ["root_key", f"root_key.{old}"]
    keyring.forget_keys()
    assert as_seen(case) == before


def test_a_backup_of_the_key_store_opens_while_its_root_is_kept(case, own_root):
    backup = list(DataKey.objects.values())
    kept = root_rotation.rotate_root(by=SYSTEM)
    for row in backup:
        DataKey.objects.filter(pk=row["id"]).update(root=row["root"], wrapped=row["wrapped"])
    keyring.forget_keys()

    assert as_seen(case)[0] == "She fears the hearing."
    startup.demand_keys()
    kept.unlink()
    with pytest.raises(startup.UnfitKeys):
        startup.demand_keys()


def test_a_new_root_before_the_first_key_would_change_nothing(transactional_db, own_root):
    with pytest.raises(root_rotation.NothingWrapped):
        root_rotation.rotate_root(by=SYSTEM)
    assert names(own_root) == ["root_key"]


def test_a_folder_that_cannot_be_written_is_a_sentence_and_changes_nothing(case, settings):
    settings.ROOT_KEY_FILE = settings.BASE_DIR / "manage.py" / "root_key"
    before = roots()

    with pytest.raises(
        root_rotation.RootUnwritable, match="run this command where that folder can be written"
    ):
        root_rotation.rotate_root(by=SYSTEM)
    assert roots() == before


@pytest.mark.slow
def test_running_processes_take_the_new_root_up(cast, own_root, web):
    case = factories.client(cast.ana, "Moss", notes="She fears the hearing.")
    key = key_of(cast.ana)

    def notes_of(pk):
        return requests.get(f"{web}/api/v1/clients/{pk}/", headers=key, timeout=10).json()["notes"]

    def opened(name):
        answer = requests.post(
            f"{web}/api/v1/clients/", json={"name": name, "notes": name}, headers=key, timeout=10
        )
        assert answer.status_code == 201
        return answer.json()["id"]

    first = opened("Before")
    assert (notes_of(first), notes_of(case.pk)) == ("Before", "She fears the hearing.")
    done = manage("rotate-keys", "--root")
    assert (done.returncode, done.stderr, "Delete it once they are gone." in done.stdout) == (0, "", True)
    for path in own_root.parent.glob("root_key.*"):
        path.unlink()

    made = [opened(f"After {number}") for number in range(8)]  # each of its processes opens some

    assert [notes_of(pk) for pk in made] == [f"After {number}" for number in range(8)]
    assert (notes_of(first), notes_of(case.pk)) == ("Before", "She fears the hearing.")
    assert roots() == {keys.fingerprint(own_root.read_bytes())}
    startup.demand_keys()
