"""Progress: in the document, and as a stream of events."""

import threading

import pytest
from django.db import connection

from documents import services
from documents.models import Document
from lexai import wakeups
from lexai.api import streams
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories, papers
from tests.callers import faults, program, signed_in
from tests.callers import unlimited as unlimited
from tests.conversations.following import parsed

NOTE = "The fee is $900."


def events(caller, client):
    answer = caller.get(f"/api/v1/clients/{client.pk}/documents/events/")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "text/event-stream",
        "no-store",
    )
    lines = b"".join(answer.streaming_content).decode().splitlines()
    return [(event.name, event.payload) for event in parsed(lines)]


def under_way(document, pages_read):
    Document.objects.filter(pk=document.pk).update(
        status="extracting", attempts=1, pages_read=pages_read, pages_to_read=8
    )


def test_a_document_tells_how_far_it_is_read_while_it_is(cast):
    document = factories.document(cast.open, NOTE)
    ana, address = program(cast.ana), f"/api/v1/documents/{document.pk}/"
    told = [ana.get(address).json()["progress"]]
    under_way(document, 3)
    told.append(ana.get(address).json()["progress"])
    Document.objects.filter(pk=document.pk).update(status="queued")
    services.read_document(document, by=SYSTEM)
    told.append(ana.get(address).json()["progress"])

    assert told == [None, {"pages_read": 3, "pages": 8}, None]


def test_reading_tells_its_progress_with_the_lease(cast, monkeypatch):
    monkeypatch.setattr(services.reading, "PROGRESS_SECONDS", 0)
    document = factories.document(cast.open, papers.pdf(["One.", "Two.", "Three."]))
    real, seen = services.reading._renew_lease, []

    def observed(claimed):
        real(claimed)
        row = Document.objects.get(pk=claimed.pk)
        seen.append((row.progress or {}).get("pages_read"))

    monkeypatch.setattr(services.reading, "_renew_lease", observed)
    services.read_document(document, by=SYSTEM)

    told = [one for one in seen if one]
    assert told == sorted(told)
    assert told[-1] == 3


def test_a_reader_who_lost_the_claim_tells_no_progress(cast):
    document = factories.document(cast.open, NOTE)
    claimed = services.reading._claim(document, by=SYSTEM)
    Document.objects.filter(pk=document.pk).update(claims=2)

    with pytest.raises(services.ClaimLost):
        services.reading._renew_lease(claimed)


def test_with_nothing_under_way_the_stream_says_so_and_ends(cast):
    factories.ready_document(cast.restricted, NOTE)

    assert events(program(cast.ben), cast.restricted) == [("idle", {})]
    event = AuditEvent.objects.get(verb="document.listed")
    assert (event.actor, event.client_ids) == ("ben@hart.example", [cast.restricted.pk])


@pytest.mark.django_db(transaction=True)
def test_each_change_of_each_document_is_told_until_all_are_settled(monkeypatch):
    monkeypatch.setattr(wakeups, "HEARING_SECONDS", 0.01)  # rows are changed past the services
    cast = factories.cast()
    factories.ready_document(cast.restricted, "Settled before.")
    first, second = factories.document(cast.restricted, NOTE), factories.document(cast.restricted, b"\x7fELF")
    answer = program(cast.ben).get(f"/api/v1/clients/{cast.restricted.pk}/documents/events/")
    told = parsed(line.decode() for part in answer.streaming_content for line in part.splitlines())

    def state(document, status, progress=None, refusal=""):
        return {"id": document.pk, "status": status, "progress": progress, "refusal": refusal}

    assert [next(told).payload for _ in range(2)] == [state(first, "queued"), state(second, "queued")]
    under_way(first, 3)
    assert next(told).payload == state(first, "extracting", {"pages_read": 3, "pages": 8})
    Document.objects.filter(pk=first.pk).update(status="queued")
    elsewhere = threading.Thread(target=_read, args=(first, second))
    elsewhere.start()
    rest = [(event.name, event.payload) for event in told]
    elsewhere.join()

    assert ("document", state(first, "ready")) in rest
    assert ("document", state(second, "refused", refusal="unsupported")) in rest
    assert rest[-1] == ("idle", {})


def _read(*documents):
    for document in documents:
        services.read_document(document, by=SYSTEM)
    connection.close()


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_nobody_follows_papers_behind_a_wall(cast, who):
    factories.document(cast.restricted, NOTE)
    caller = signed_in(getattr(cast, who))
    hidden, absent = (
        caller.get(f"/api/v1/clients/{client}/documents/events/")
        for client in (cast.restricted.pk, "client_0000000000")
    )

    assert faults(hidden, 404) == {}
    assert hidden.content == absent.content


def test_a_stream_ends_when_the_client_may_no_longer_be_seen(cast):
    factories.document(cast.restricted, NOTE)
    answer = program(cast.ben).get(f"/api/v1/clients/{cast.restricted.pk}/documents/events/")
    told = iter(answer.streaming_content)
    assert next(told).startswith(b"retry:")
    cast.restricted.member_set.filter(user=cast.ben).delete()

    assert list(told) == []


def test_a_fifth_stream_is_refused(cast):
    factories.document(cast.open, NOTE)
    ana = program(cast.ana)
    address = f"/api/v1/clients/{cast.open.pk}/documents/events/"
    held = [ana.get(address) for _ in range(streams.STREAMS_OF_ONE_USER)]

    assert {one.status_code for one in held} == {200}
    assert faults(ana.get(address), 429) == {}
    assert ana.head(address).status_code == 200
