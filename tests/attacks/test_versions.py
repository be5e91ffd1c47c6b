"""Several people at once: no write is lost in silence, and one of many equal ones wins."""

from collections import Counter
from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.db.models import Q

from clients.models import Client, Member
from documents import services, uploads
from documents.models import Document
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import at_once
from tests.callers import faults, file, program, signed_in
from tests.callers import unlimited as unlimited

CLIENTS = "/api/v1/clients/"


def at(client, rest=""):
    return f"{CLIENTS}{client.pk}/{rest}"


def matching(tag):
    return {"headers": {"If-Match": tag}}


# Versions


def test_r21_of_two_edits_of_one_version_the_second_is_refused_and_nothing_is_lost(cast):
    ana, ben = signed_in(cast.ana), signed_in(cast.ben)
    tag = ana.get(at(cast.open))["ETag"]

    first = ana.patch(at(cast.open), {"notes": "Ana's."}, **matching(tag))
    second = ben.patch(at(cast.open), {"notes": "Ben's."}, **matching(tag))

    assert (first.status_code, first["ETag"]) == (200, '"2"')
    assert faults(second, 412) == {}
    assert Client.objects.get(pk=cast.open.pk).notes == "Ana's."
    again = ben.patch(at(cast.open), {"notes": "Both."}, **matching(first["ETag"]))
    assert (again.status_code, again["ETag"]) == (200, '"3"')
    assert AuditEvent.objects.filter(verb="client.changed").count() == 2


@pytest.mark.parametrize(
    "tag",
    ['"0"', '"2"', "", '""', "one", 'W/"one"', '"1", "2"', '"' + "9" * 5000 + '"', '"-1"', '"１"'],
)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_r21_a_version_that_is_not_this_one_is_refused(cast, method, tag):
    answer = getattr(signed_in(cast.ana), method)(
        at(cast.open), {"name": "Renamed"}, headers={"If-Match": tag.encode().decode("latin-1")}
    )

    assert faults(answer, 412) == {}
    assert Client.objects.get(pk=cast.open.pk).version == 1


@pytest.mark.parametrize("headers", [{"If-Match": "*"}, {"If-Match": '"1"'}, {}])
def test_r21_the_right_version_any_version_and_none_let_a_write_through(cast, headers):
    ana = signed_in(cast.ana)

    assert ana.patch(at(cast.open), {"phone": "1"}, headers=headers).status_code == 200
    assert ana.delete(at(cast.open), headers={"If-Match": '"1"'}).status_code == 412
    assert ana.delete(at(cast.open), headers={"If-Match": '"2"'}).status_code == 204


def test_r21_a_wall_raises_the_version_too(cast):
    ana = signed_in(cast.ana)
    tag = ana.get(at(cast.open))["ETag"]
    ana.post(at(cast.open, "restrict/"), {})

    assert faults(ana.patch(at(cast.open), {"phone": "1"}, **matching(tag)), 412) == {}


@pytest.mark.django_db(transaction=True)
def test_r21_of_ten_edits_of_one_version_at_once_one_is_kept():
    cast = factories.cast()
    callers = [program(cast.ana) for _ in range(10)]
    answers = at_once(
        *[
            lambda caller=caller, number=number: caller.patch(
                at(cast.open), {"notes": f"edit {number}"}, **matching('"1"')
            )
            for number, caller in enumerate(callers)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    kept = next(answer.json() for answer in answers if answer.status_code == 200)
    row = Client.objects.get(pk=cast.open.pk)
    assert (row.version, row.notes) == (2, kept["notes"])


@pytest.mark.django_db(transaction=True)
def test_r21_without_a_version_the_last_write_wins_field_by_field():
    cast = factories.cast()
    callers = [program(cast.ana), program(cast.ben)]
    answers = at_once(
        lambda: callers[0].patch(at(cast.open), {"phone": "1"}),
        lambda: callers[1].patch(at(cast.open), {"email": "b@example.com"}),
    )

    row = Client.objects.get(pk=cast.open.pk)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (row.version, row.phone, row.email) == (3, "1", "b@example.com")


# Deleting


def orphans():
    """Return the stored files that no row names, after the sweep has been."""
    services.sweep_storage(by=SYSTEM)
    stored = set(default_storage.listdir("")[1])
    return stored - set(Document.objects.values_list("storage_key", flat=True))


@pytest.mark.slow
@pytest.mark.parametrize("round_number", range(4))
@pytest.mark.django_db(transaction=True)
def test_r22_deleting_editing_and_sending_at_once_ends_well(monkeypatch, round_number):
    monkeypatch.setattr(services.deleting, "ORPHAN_SECONDS", -60)
    cast = factories.cast()
    for _ in range(3):
        factories.ready_document(cast.open, "A note.")
    callers = [program(cast.ana) for _ in range(8)]
    sends = [
        lambda caller=caller: caller.post(
            at(cast.open, "documents/"), {"file": file(f"note {id(caller)}")}, format="multipart"
        )
        for caller in callers[:4]
    ]
    edits = [
        lambda caller=caller: caller.patch(at(cast.open), {"notes": "edited"}) for caller in callers[4:7]
    ]
    answers = at_once(*sends[:2], *edits, lambda: callers[7].delete(at(cast.open)), *sends[2:])

    assert {answer.status_code for answer in answers[:2] + answers[6:]} <= {201, 404}
    assert {answer.status_code for answer in answers[2:5]} <= {200, 404}
    assert answers[5].status_code == 204
    assert not Client.objects.filter(pk=cast.open.pk).exists()
    assert not Document.objects.filter(client_id=cast.open.pk).exists()
    assert orphans() == set()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_r22_of_twenty_deletes_at_once_one_deletes():
    cast = factories.cast()
    document = factories.ready_document(cast.open, "A note.")
    callers = [program(cast.ana) for _ in range(20)]

    deleted = at_once(*[lambda one=one: one.delete(f"/api/v1/documents/{document.pk}/") for one in callers])
    assert Counter(answer.status_code for answer in deleted) == {204: 1, 404: 19}
    deleted = at_once(*[lambda one=one: one.delete(at(cast.open)) for one in callers])
    assert Counter(answer.status_code for answer in deleted) == {204: 1, 404: 19}
    deeds = Q(verb="client.deleted") | Q(verb="document.deleted")
    assert AuditEvent.objects.filter(deeds).count() == 2
    assert orphans() == set()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_r22_of_ten_retries_at_once_one_queues():
    cast = factories.cast()
    document = factories.ready_document(cast.open, b"\x7fELF" + bytes(64))
    callers = [program(cast.ana) for _ in range(10)]
    answers = at_once(
        *[lambda one=one: one.post(f"/api/v1/documents/{document.pk}/retry/") for one in callers]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 9}
    assert AuditEvent.objects.filter(verb="document.retried").count() == 1


# One key


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_r23_of_fifty_equal_members_at_once_one_is_made():
    cast = factories.cast()
    callers = [program(cast.ana) for _ in range(50)]
    answers = at_once(
        *[
            lambda one=one: one.post(at(cast.restricted, "members/"), {"email": "cleo@hart.example"})
            for one in callers
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    assert Member.objects.filter(client=cast.restricted, user=cast.cleo).count() == 1
    assert AuditEvent.objects.filter(verb="member.added", facts__user_id=cast.cleo.pk).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_r23_of_fifty_walls_at_once_one_is_built():
    cast = factories.cast()
    callers = [program(cast.ana) for _ in range(50)]
    answers = at_once(
        *[
            lambda one=one: one.post(at(cast.open, "restrict/"), {"members": [cast.ben.email]})
            for one in callers
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    assert Member.objects.filter(client=cast.open).count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_r22_a_download_while_the_document_is_deleted_is_whole_or_not_there():
    cast = factories.cast()
    content = b"x" * uploads.MEGABYTE
    for _ in range(5):
        path = f"/api/v1/documents/{factories.document(cast.open, content).pk}/"
        callers = [program(cast.ana) for _ in range(6)]
        reads = [partial(read, one.get, f"{path}file/") for one in callers[1:]]
        *answers, deleted = at_once(*reads, partial(read, callers[0].delete, path))

        assert deleted == (204, b"")
        assert {status for status, _ in answers} <= {200, 404, 503}
        assert {body for status, body in answers if status == 200} <= {content}


def read(call, path):
    answer = call(path)
    return answer.status_code, b"".join(answer) if answer.streaming else answer.content
