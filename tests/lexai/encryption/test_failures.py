"""What every door says of what does not open, of erased keys, and of a key store that is away."""

import pytest

from clients.models import Client
from clients.services import change_client
from conversations import services
from conversations.models import Message
from lexai.audit.models import AuditEvent
from lexai.encryption import keyring
from lexai.encryption.errors import KeysUnavailable, Tampered
from lexai.encryption.models import DataKey
from lexai.errors import sentence_of
from lexai.operations import health
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import office
from tests.callers import PROBLEM, file, signed_in
from tests.conftest import manage
from tests.lexai.encryption.conftest import Column

pytestmark = pytest.mark.django_db(transaction=True)
NOTES, EMAIL = "She fears the hearing.", "moss@mail.example"
PAPER = "1. Fees\n\nThe Tenant pays a monthly rent of $900 to the Landlord on the first day of each month."


@pytest.fixture
def cast(transactional_db):
    return factories.cast()


@pytest.fixture
def case(cast):
    return factories.client(cast.ana, "Moss", notes=NOTES, email=EMAIL)


def read(case):
    return Client.objects.get(pk=case.pk)


def broken():
    """Return the one row that the audit has of a broken seal, without its time."""
    event = AuditEvent.objects.get(verb="seal.broken")
    return {name: getattr(event, name) for name in ("actor", "client_ids", "facts")}


# A value that does not open


def test_a_flipped_bit_is_tampering_wherever_the_field_is_read(case, notes):
    notes.flip(case.pk)
    found = read(case)

    for _again in range(2):
        with pytest.raises(Tampered):
            found.notes  # noqa: B018 - reading opens it
    assert (found.email, found.name) == (EMAIL, "Moss")


def test_a_value_of_another_row_or_column_is_tampering(cast, case, notes, emails):
    other = factories.client(cast.ana, "Other", notes="Other words.", email="other@mail.example")
    notes.write(case.pk, notes.read(other.pk))
    with pytest.raises(Tampered):
        read(case).notes  # noqa: B018 - reading opens it

    notes.write(case.pk, emails.read(case.pk))
    with pytest.raises(Tampered):
        read(case).notes  # noqa: B018 - as above


@pytest.mark.parametrize("length", [1, 2, 3, 14, 15, 31, 60])
def test_a_value_that_was_cut_off_is_tampering(case, notes, length):
    notes.write(case.pk, notes.read(case.pk)[:length])

    with pytest.raises(Tampered):
        read(case).notes  # noqa: B018 - reading opens it


def test_other_changes_leave_a_tampered_value_as_it_stands(case, notes):
    flipped = notes.flip(case.pk)
    row = read(case)
    row.name = "Moss & Sons"
    row.save()

    assert (notes.read(case.pk), read(case).name) == (flipped, "Moss & Sons")
    row.email = "new@mail.example"
    change_client(row, by=SYSTEM, changed=["email"])
    assert (notes.read(case.pk), read(case).email) == (flipped, "new@mail.example")


def test_a_tampered_value_is_a_problem_over_the_api_and_its_place_is_in_the_audit(cast, case, notes):
    notes.flip(case.pk)

    answer = signed_in(cast.ana).get(f"/api/v1/clients/{case.pk}/")

    assert (answer.status_code, answer["Content-Type"]) == (409, PROBLEM)
    assert (answer.json()["type"], answer.json()["detail"]) == (
        "urn:lexai:problem:tampered",
        sentence_of(Tampered.__doc__),
    )
    assert broken() == {
        "actor": cast.ana.email,
        "client_ids": [case.pk],
        "facts": {
            "refusal": "Tampered",
            "door": "api ClientViewSet",
            "place": f"clients.notes of {case.pk}",
        },
    }


def test_a_tampered_value_is_a_page_of_the_back_office_with_its_sentence(cast, case, notes):
    notes.flip(case.pk)

    page = signed_in(cast.dora).get(office(Client, "change", case.pk))

    assert (page.status_code, "Nothing of it is shown." in page.content.decode()) == (409, True)
    assert (EMAIL in page.content.decode(), NOTES in page.content.decode()) == (False, False)
    assert broken()["facts"] == {"refusal": "Tampered", "door": "web", "place": f"clients.notes of {case.pk}"}


def test_a_tampered_answer_ends_its_stream_with_a_problem(cast, case):
    factories.ready_document(case, PAPER)
    answer = services.ask(Message(client=case, content="What is the monthly rent?"), by=cast.ana)
    Column("conversations", "content").flip(answer.pk)

    response = signed_in(cast.ana).get(f"/api/v1/conversations/{answer.pk}/events/")
    first, told = b"".join(response.streaming_content).decode().split("\n\n", 1)

    assert (first, told.startswith('event: problem\ndata: {"type":"urn:lexai:problem:tampered",')) == (
        "retry: 1000",
        True,
    )
    assert broken()["facts"]["place"] == f"conversations.content of {answer.pk}"


def test_a_tampered_passage_is_no_source_of_an_answer_and_its_place_is_in_the_audit(cast, case):
    factories.ready_document(case, PAPER)
    passage = case.documents.get().passages.get()
    Column("passages", "text").flip(passage.pk)
    answer = services.ask(Message(client=case, content="What is the monthly rent?"), by=cast.ana)

    assert answer.citations.count() == 0
    assert broken()["facts"]["place"] == f"passages.text of {passage.pk}"


@pytest.mark.slow
def test_a_tampered_value_is_one_sentence_of_a_command(cast, case, notes):
    factories.ready_document(case, PAPER)
    DataKey.objects.of(case.pk).update(wrapped=b"damaged")
    keyring.forget_keys()
    done = manage("ask", "Moss", "What is the monthly rent?")

    assert (done.returncode, done.stdout) == (1, "")
    logged, told = done.stderr.splitlines()
    assert logged.endswith(f"data key 1 of {case.pk} is damaged")
    assert told == f"CommandError: {sentence_of(Tampered.__doc__)}"
    assert broken()["actor"] == "system"


# A key that was erased


def test_an_erased_key_leaves_a_field_that_says_so(case, notes):
    sealed = notes.read(case.pk)
    DataKey.objects.of(case.pk).delete()
    keyring.forget_keys()

    row = read(case)
    assert (row.notes, row.email, row.phone, row.name) == ("[erased]", "[erased]", None, "Moss")
    row.name = "Moss & Sons"
    change_client(row, by=SYSTEM, changed=["name"])
    assert (notes.read(case.pk), read(case).name) == (sealed, "Moss & Sons")


def test_an_erased_client_is_shown_as_erased_by_every_door(cast, case):
    DataKey.objects.of(case.pk).delete()
    keyring.forget_keys()
    answer = signed_in(cast.ana).get(f"/api/v1/clients/{case.pk}/")
    page = signed_in(cast.dora).get(office(Client, "change", case.pk))

    assert (answer.status_code, answer.json()["notes"], answer.json()["email"]) == (
        200,
        "[erased]",
        "[erased]",
    )
    assert (page.status_code, "[erased]" in page.content.decode()) == (200, True)


def test_nothing_new_is_sealed_for_an_erased_client(cast, case, notes):
    sealed = notes.read(case.pk)
    DataKey.objects.of(case.pk).delete()
    keyring.forget_keys()

    answer = signed_in(cast.ana).patch(f"/api/v1/clients/{case.pk}/", {"notes": "New words."})

    assert (answer.status_code, answer.json()["type"]) == (410, "urn:lexai:problem:key-erased")
    assert (notes.read(case.pk), keyring.versions(case.pk)) == (sealed, [])


# A key store, or a root, that is away while the system serves


def test_without_its_key_store_the_api_says_so_and_goes_on_when_it_is_back(cast, case, away):
    browser = signed_in(cast.ana)
    keyring.forget_keys()
    with away():
        shown = browser.get(f"/api/v1/clients/{case.pk}/")
        opened = browser.post("/api/v1/clients/", {"name": "New"})
        sent = browser.post(
            f"/api/v1/clients/{case.pk}/documents/", {"file": file(PAPER)}, format="multipart"
        )

    for answer in (shown, opened, sent):
        assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, PROBLEM, "30")
        assert answer.json()["detail"] == sentence_of(KeysUnavailable.__doc__)
    assert not Client.objects.filter(name="New").exists()
    assert browser.get(f"/api/v1/clients/{case.pk}/").json()["notes"] == NOTES


def test_without_its_key_store_the_back_office_shows_a_page_that_says_so(cast, case, away):
    browser = signed_in(cast.dora)
    keyring.forget_keys()
    with away():
        page = browser.get(office(Client, "change", case.pk))

    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "The keys of this installation cannot be used." in page.content.decode()


def test_a_wrong_root_while_the_system_serves_is_the_same(cast, case, own_root):
    own_root.unlink()
    own_root.write_bytes(b"x" * 32)
    keyring.forget_keys()

    answer = signed_in(cast.ana).get(f"/api/v1/clients/{case.pk}/")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:lexai:problem:keys-unavailable")


def test_readiness_tells_of_keys_that_cannot_be_used(cast, case, away, own_root):
    assert health.CHECKS["keys"]() is True
    with away():
        assert health.readiness()["keys"] is False
    root = own_root.read_bytes()
    for content in (b"x" * 32, b"x" * 31):
        own_root.unlink()
        own_root.write_bytes(content)
        assert health.readiness()["keys"] is False
    own_root.unlink()
    assert health.readiness()["keys"] is False
    assert not own_root.exists()
    own_root.write_bytes(root)
    assert health.readiness()["keys"] is True


def test_lists_of_the_back_office_open_without_words_that_are_sealed(cast, case, notes):
    notes.flip(case.pk)

    assert signed_in(cast.dora).get(office(Client)).status_code == 200
