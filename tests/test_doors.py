"""Each important verb through every door that has it: same result, one audit row, same refusal."""

import json

import pytest
from django.test import Client as Browser

from clients.services import UnknownClient
from conversations import services as conversations
from conversations.models import Message
from documents import services as documents
from documents import tasks
from documents.models import Document
from lexai.audit.models import AuditEvent
from lexai.errors import DomainError
from lexai.system import SYSTEM
from tests import factories
from tests.conftest import manage

NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."
QUESTION = "How much is the monthly fee?"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db):
    return factories.cast()


def added(verb):
    return AuditEvent.objects.filter(verb=verb).values_list("actor", "client_ids")


def assert_refused_in_a_sentence(done):
    """Raise the refusal that a command told: one sentence, nothing else, exit code 1."""
    if done.returncode:
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"CommandError: {UnknownClient()}\n"
        raise UnknownClient


def ask_by_service(client, user):
    answer = conversations.ask(Message(client=client, content=QUESTION), by=user)
    return answer.is_supported, answer.citations.quotations().first().quote


def ask_by_command(client, user):
    done = manage("ask", client.pk, QUESTION, "--json", "--as", user.email)
    assert_refused_in_a_sentence(done)
    answer = json.loads(done.stdout)
    return answer["supported"], answer["citations"][0]["quote"]


@pytest.mark.parametrize("door", [ask_by_service, ask_by_command])
def test_asking_is_the_same_through_every_door(cast, door):
    factories.ready_document(cast.restricted, NOTE)

    assert door(cast.restricted, cast.ben)[0] is True
    assert "$900" in door(cast.restricted, cast.ben)[1]
    assert list(added("question.asked")) == [("ben@hart.example", [cast.restricted.pk])] * 2
    for outsider in (cast.cleo, cast.dora, cast.emil):
        with pytest.raises(DomainError):
            door(cast.restricted, outsider)
    assert len(added("question.asked")) == 2
    assert len(added("access.refused")) == (3 if door is ask_by_command else 0)


def add_by_service(client, user, path):
    factories.document(client, path.read_bytes(), by=user, filename=path.name)


def add_by_command(client, user, path):
    assert_refused_in_a_sentence(manage("import-documents", client.pk, str(path), "--as", user.email))


@pytest.mark.parametrize("door", [add_by_service, add_by_command])
def test_adding_a_paper_is_the_same_through_every_door(cast, door, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(NOTE)

    door(cast.restricted, cast.ben, path)

    document = Document.objects.get()
    assert (document.client, document.uploaded_by, document.status) == (cast.restricted, cast.ben, "queued")
    assert list(added("document.added")) == [("ben@hart.example", [cast.restricted.pk])]
    for outsider in (cast.cleo, cast.dora, cast.emil):
        with pytest.raises(DomainError):
            door(cast.restricted, outsider, path)
    assert Document.objects.count() == 1


def read_by_service(document):
    documents.read_document(document, by=SYSTEM)


def read_by_task(document):
    tasks.read_document(document_id=document.pk, from_a_later_release=True)


@pytest.mark.parametrize("door", [read_by_service, read_by_task])
def test_reading_is_the_same_through_every_door_and_happens_once(cast, door):
    document = factories.document(cast.open, NOTE)

    door(document)
    tasks.read_document(document_id=document.pk)

    document.refresh_from_db()
    assert (document.status, document.attempts, document.passages.count()) == ("ready", 1, 1)
    assert list(added("document.read")) == [("system", [cast.open.pk])]
    assert not added("access.refused").exists()


def test_a_task_for_what_is_gone_does_nothing(cast):
    tasks.read_document(document_id=10**9)
    tasks.index_client(client_id="client_0000000000")

    assert not Document.objects.exists()


def opened(user, path):
    browser = Browser()
    browser.force_login(user)
    return browser.get(path)


def test_the_back_office_shows_what_visible_to_shows(cast):
    hidden = factories.ready_document(cast.restricted, NOTE, filename="hidden-marker.txt")
    shown = factories.ready_document(cast.open, NOTE, filename="shown-marker.txt")

    page = opened(cast.dora, "/admin/documents/document/").content.decode()

    assert "shown-marker.txt" in page
    assert "hidden-marker.txt" not in page
    assert opened(cast.dora, f"/admin/documents/document/{shown.pk}/change/").status_code == 200
    foreign = opened(cast.emil, f"/admin/documents/document/{shown.pk}/change/")
    absent = opened(cast.emil, "/admin/documents/document/999999999/change/")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert opened(cast.dora, f"/admin/documents/document/{hidden.pk}/change/").status_code == 404


@pytest.mark.parametrize("who", ["ana", "ben", "cleo"])
def test_the_back_office_opens_to_administrators_only(cast, who):
    assert opened(getattr(cast, who), "/admin/").status_code == 302
    assert opened(cast.dora, "/admin/").status_code == 200


def test_a_deactivated_administrator_is_out_at_the_next_request(cast):
    browser = Browser()
    browser.force_login(cast.dora)
    assert browser.get("/admin/").status_code == 200
    type(cast.dora).objects.filter(pk=cast.dora.pk).update(is_active=False)

    assert browser.get("/admin/").status_code == 302
