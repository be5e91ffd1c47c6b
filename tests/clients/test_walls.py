"""Walls that shut nobody out for good, and what an attempt at one leaves in the audit."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import deactivate_user, reactivate_user
from clients import services
from clients.models import Client, Member
from conversations.models import Conversation
from documents.models import Document
from lexai.audit.models import AuditEvent
from lexai.errors import Gone, StaleVersion
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import at_once, office
from tests.callers import faults, program, signed_in
from tests.callers import unlimited as unlimited
from tests.conftest import manage

CLIENTS = "/api/v1/clients/"


def at(client, rest=""):
    return f"{CLIENTS}{client.pk}/{rest}"


def members(client):
    return set(Member.objects.filter(client=client).values_list("user__email", flat=True))


def refusals(**which):
    return list(AuditEvent.objects.filter(verb="access.refused", **which).order_by("pk"))


# Nobody is shut out for good


def test_a_deactivated_member_does_not_count_as_the_one_left_behind(cast):
    deactivate_user(cast.ben, by=cast.dora)

    with pytest.raises(services.LastMember):
        services.remove_member(cast.restricted, cast.ana, by=cast.ana)
    services.remove_member(cast.restricted, cast.ben, by=cast.ana)

    assert members(cast.restricted) == {"ana@hart.example"}


def test_the_last_active_member_is_not_deactivated_until_another_is_added(cast):
    services.remove_member(cast.restricted, cast.ben, by=cast.ana)
    dora, path = signed_in(cast.dora), f"/api/v1/users/{cast.ana.pk}/deactivate/"

    refused = dora.post(path)
    assert faults(refused, 409) == {}
    assert "add another member first" in refused.json()["detail"]
    assert cast.restricted.pk not in refused.content.decode()
    (refusal,) = refusals()
    assert (refusal.client_ids, refusal.target_type, refusal.target_id) == (
        [cast.restricted.pk],
        "user",
        str(cast.ana.pk),
    )

    services.add_member(cast.restricted, cast.cleo, by=cast.ana)
    assert dora.post(path).status_code == 200
    assert set(Client.objects.visible_to(cast.cleo)) == {cast.restricted, cast.open}


def test_a_wall_that_stands_no_more_keeps_nobody(cast):
    services.remove_member(cast.restricted, cast.ben, by=cast.ana)
    services.unrestrict_client(cast.restricted, by=cast.ana)

    assert not deactivate_user(cast.ana, by=cast.dora).is_active


def test_who_is_deactivated_meanwhile_does_not_become_a_member(cast):
    services.add_member(cast.open, cast.cleo, by=cast.ana)
    fetched = type(cast.cleo).objects.get(pk=cast.cleo.pk)
    deactivate_user(cast.cleo, by=cast.dora)

    for deed in (
        lambda: services.add_member(cast.restricted, fetched, by=cast.ana),
        lambda: services.restrict_client(cast.open, by=SYSTEM, members=[fetched]),
    ):
        with pytest.raises(services.MemberOfAnotherFirm):
            deed()
    assert not Client.objects.get(pk=cast.open.pk).is_restricted


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_members_who_leave_at_once_one_stays():
    cast = factories.cast()
    dora, ana = program(cast.dora), program(cast.ana)
    for _ in range(5):
        left, removed = at_once(
            lambda: dora.post(f"/api/v1/users/{cast.ben.pk}/deactivate/"),
            lambda: ana.delete(at(cast.restricted, f"members/{cast.ana.pk}/")),
        )
        assert {left.status_code, removed.status_code} in ({200, 409}, {204, 409})
        assert Member.objects.filter(client=cast.restricted).active().exists()
        if left.status_code == 200:
            reactivate_user(cast.ben, by=cast.dora)
        else:
            services.add_member(cast.restricted, cast.ana, by=cast.ben)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whoever_runs_the_machine_opens_a_client_that_nobody_can_see():
    cast = factories.cast()
    type(cast.ana).objects.filter(pk__in=[cast.ana.pk, cast.ben.pk]).update(is_active=False)

    done = manage("unrestrict-client", cast.restricted.pk, "--json")
    again = manage("unrestrict-client", cast.restricted.pk)
    hidden = manage("unrestrict-client", cast.foreign.pk, "--as", cast.dora.email)

    assert json.loads(done.stdout) == {"id": cast.restricted.pk, "is_restricted": False}
    assert (again.returncode, again.stderr) == (1, "CommandError: This client is not restricted.\n")
    assert hidden.stderr == f"CommandError: {services.UnknownClient()}\n"
    assert cast.restricted in Client.objects.visible_to(cast.cleo)
    events = AuditEvent.objects.visible_to(cast.dora).filter(actor="system", client_ids=[cast.restricted.pk])
    assert sorted(events.values_list("verb", flat=True)) == [
        "client.unrestricted",
        "member.removed",
        "member.removed",
    ]


# A wall is forgotten with its members


def test_a_new_wall_does_not_bring_the_members_of_the_old_one_back(cast):
    services.unrestrict_client(cast.restricted, by=cast.ana)
    services.restrict_client(cast.restricted, by=cast.ana, members=[])

    assert members(cast.restricted) == {"ana@hart.example"}
    assert cast.restricted not in Client.objects.visible_to(cast.ben)
    removed = AuditEvent.objects.filter(verb="member.removed", client_ids=[cast.restricted.pk])
    assert {event.facts["user_id"] for event in removed} == {cast.ana.pk, cast.ben.pk}


def test_a_wall_is_moved_in_the_version_that_was_seen_only(cast):
    ana = signed_in(cast.ana)
    ana.patch(at(cast.open), {"phone": "1"})

    stale = ana.post(at(cast.open, "restrict/"), {}, headers={"If-Match": '"1"'})
    assert faults(stale, 412) == {}
    built = ana.post(at(cast.open, "restrict/"), {}, headers={"If-Match": '"2"'})
    assert (built.status_code, built["ETag"]) == (200, '"3"')
    assert faults(ana.post(at(cast.open, "unrestrict/"), headers={"If-Match": '"2"'}), 412) == {}
    assert ana.post(at(cast.open, "unrestrict/"), headers={"If-Match": '"3"'}).status_code == 200
    with pytest.raises(StaleVersion):
        services.restrict_client(cast.open, by=cast.ana, members=[], version=1)


def test_who_is_shut_out_meanwhile_finds_the_client_gone(cast):
    fetched = Client.objects.get(pk=cast.open.pk)
    services.restrict_client(cast.open, by=cast.ana, members=[])

    for deed in (
        lambda: services.change_client(fetched, by=cast.cleo, changed=["notes"]),
        lambda: services.restrict_client(fetched, by=cast.cleo, members=[]),
        lambda: services.unrestrict_client(fetched, by=cast.cleo),
        lambda: services.add_member(fetched, cast.cleo, by=cast.cleo),
        lambda: services.remove_member(fetched, cast.ana, by=cast.cleo),
    ):
        with pytest.raises(Gone):
            deed()
    assert members(cast.open) == {"ana@hart.example"}


# What is sent in vain is refused


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "client_mine"),
        ("version", 9),
        ("version", True),
        ("version", "1"),
        ("version", None),
        ("is_restricted", True),
        ("is_restricted", 0),
        ("is_restricted", "false"),
        ("created_at", "2001-01-01T00:00:00Z"),
        ("updated_at", {"x": [1]}),
    ],
)
def test_what_only_the_practice_sets_is_refused_by_name(cast, name, value):
    ana = signed_in(cast.ana)
    before = Client.objects.count()

    for answer in (
        ana.post(CLIENTS, {"name": "New", name: value}),
        ana.patch(at(cast.open), {"name": "Renamed", name: value}),
        ana.put(at(cast.open), {"name": "Renamed", name: value}),
    ):
        assert faults(answer) == {name: "This cannot be set here."}
    row = Client.objects.get(pk=cast.open.pk)
    assert (row.name, row.version, Client.objects.count()) == ("Harbour Bakery", 1, before)


def test_a_body_that_was_fetched_is_edited_and_sent_back_whole(cast):
    ana = signed_in(cast.ana)
    fetched = ana.get(at(cast.open))
    edited = {**fetched.json(), "notes": "Edited."}

    answer = ana.put(at(cast.open), edited, headers={"If-Match": fetched["ETag"]})
    assert (answer.status_code, answer.json()["notes"], answer["ETag"]) == (200, "Edited.", '"2"')
    assert [event.facts for event in AuditEvent.objects.filter(verb="client.changed")] == [
        {"fields": ["notes"]}
    ]

    stale = ana.put(at(cast.open), edited, headers={"If-Match": fetched["ETag"]})
    assert faults(stale, 412) == {}
    assert sorted(faults(ana.put(at(cast.open), edited))) == ["updated_at", "version"]


def test_what_cannot_be_set_may_be_sent_as_it_is_where_it_is_nothing_too(cast):
    dora, path = signed_in(cast.dora), f"/api/v1/users/{cast.ana.pk}/"
    fetched = dora.get(path).json()

    assert fetched["last_login"] is None
    assert dora.patch(path, {**fetched, "first_name": "Anna"}).json()["first_name"] == "Anna"
    assert list(faults(dora.patch(path, {"last_login": 0, "email": None}))) == ["email", "last_login"]


@pytest.mark.parametrize("body", [{}, {"name": "Harbour Bakery"}, {"is_restricted": False, "phone": None}])
def test_a_change_of_nothing_is_a_read(cast, body):
    before = AuditEvent.objects.latest("pk").pk

    answer = signed_in(cast.ana).patch(at(cast.open), body)

    row = Client.objects.get(pk=cast.open.pk)
    assert (answer.status_code, answer["ETag"], row.version) == (200, '"1"', 1)
    assert row.updated_at == cast.open.updated_at
    events = AuditEvent.objects.filter(pk__gt=before).exclude(verb="session.started")
    assert list(events.values_list("verb", "client_ids")) == [("client.viewed", [cast.open.pk])]


# What a refusal was about


def asks_of_a_client(pk):
    return [
        ("get", f"{CLIENTS}{pk}/", {}),
        ("patch", f"{CLIENTS}{pk}/", {"name": "x"}),
        ("post", f"{CLIENTS}{pk}/restrict/", {}),
        ("get", f"{CLIENTS}{pk}/members/", {}),
        ("delete", f"{CLIENTS}{pk}/members/1/", {}),
        ("get", f"{CLIENTS}{pk}/documents/", {}),
        ("post", f"{CLIENTS}{pk}/conversations/", {"content": "Who pays?"}),
        ("get", f"/api/v1/search/?q=rent&client={pk}", {}),
    ]


def test_a_refusal_names_the_walled_client_and_administrators_find_it(cast):
    cleo, asked = signed_in(cast.cleo), asks_of_a_client(cast.restricted.pk)
    for method, path, body in asked:
        assert getattr(cleo, method)(path, body or None).status_code == 404

    found = refusals(client_ids=[cast.restricted.pk], target_id=cast.restricted.pk, target_type="client")
    assert len(found) == len(asked)
    told = signed_in(cast.dora).get(f"/api/v1/audit/?client={cast.restricted.pk}&verb=access.refused").json()
    assert told["count"] == len(asked)


def test_a_refusal_names_the_walled_paper_and_its_client(cast):
    paper = factories.document(cast.restricted, "A note.")
    cleo = signed_in(cast.cleo)
    for path in ("", "file/", "text/"):
        assert cleo.get(f"/api/v1/documents/{paper.pk}/{path}").status_code == 404

    told = [(one.target_type, one.target_id, one.client_ids) for one in refusals()]
    assert told == [("document", str(paper.pk), [cast.restricted.pk])] * 3


@pytest.mark.parametrize("key", ["client_0000000000", "Jane Smith", "%ED%A0%80", "9" * 60, "x" * 300])
def test_a_refusal_names_nothing_that_is_not_a_row_of_the_firm(cast, key):
    cleo = signed_in(cast.cleo)
    for method, path, body in asks_of_a_client(key) + asks_of_a_client(cast.foreign.pk):
        assert getattr(cleo, method)(path, body or None).status_code in {400, 404}
    for number in (factories.document(cast.foreign, "A note.").pk, 999999999, "9" * 30):
        assert cleo.get(f"/api/v1/documents/{number}/").status_code == 404

    assert {(one.target_type, one.target_id, *one.client_ids) for one in refusals()} == {("", "")}


def test_a_token_that_reads_only_is_refused_by_the_name_of_what_it_tried(cast):
    reader = program(cast.ana, scope="read")
    for client in (cast.open, cast.foreign):
        assert faults(reader.patch(at(client), {"name": "x"}), 403) == {}

    assert [one.client_ids for one in refusals()] == [[cast.open.pk], []]


def test_the_back_office_names_what_was_tried(cast, client):
    client.force_login(cast.dora)
    paper = factories.document(cast.restricted, "A note.")
    for address in (
        office(Client, "change", cast.restricted.pk),
        office(Client, "delete", cast.restricted.pk),
        office(Document, "change", paper.pk),
        office(Conversation, "history", cast.restricted.pk),
        office(Client, "change", cast.foreign.pk),
        office(Document, "change", "abc"),
    ):
        assert client.get(address).status_code == 404

    assert [(one.target_type, one.client_ids) for one in refusals(facts__door="web")] == [
        ("client", [cast.restricted.pk]),
        ("client", [cast.restricted.pk]),
        ("document", [cast.restricted.pk]),
        ("client", [cast.restricted.pk]),
        ("", []),
        ("", []),
    ]


def test_to_name_it_costs_one_query_whatever_was_tried(cast):
    cleo = signed_in(cast.cleo)
    cleo.get(CLIENTS)  # a session that has been used already
    counts = []
    for client_id in (cast.restricted.pk, cast.foreign.pk, "client_0000000000"):
        with CaptureQueriesContext(connection) as queries:
            cleo.get(f"{CLIENTS}{client_id}/")
        counts.append(len(queries))

    paper = factories.document(cast.restricted, "A note.")
    for key in (paper.pk, 999999999):
        with CaptureQueriesContext(connection) as queries:
            cleo.get(f"/api/v1/documents/{key}/")
        counts.append(len(queries))

    assert len(set(counts)) == 1, counts
