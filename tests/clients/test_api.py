"""Clients and members over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client, Member
from clients.serializers import ClientSummary
from clients.services import add_member, change_client
from lexai.api.bodies import JSONRenderer
from lexai.audit.models import AuditEvent
from lexai.encryption.fields import DAMAGED
from tests import factories
from tests.callers import UNLIMITED, faults, program, signed_in

CLIENTS = "/api/v1/clients/"
NOT_HERE = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is nothing here that you may see.",
}


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.API_RATE = UNLIMITED


def at(client):
    return f"{CLIENTS}{client.pk}/"


def names(answer):
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "actor"))


# What is shown, and to whom


def test_each_sees_the_clients_of_the_firm_and_walled_ones_as_a_member_only(cast):
    seen = {
        name: sorted(names(signed_in(getattr(cast, name)).get(CLIENTS)))
        for name in ("ana", "ben", "cleo", "dora", "emil")
    }

    assert seen == {
        "ana": ["Harbour Bakery", "Jane Smith"],
        "ben": ["Harbour Bakery", "Jane Smith"],
        "cleo": ["Harbour Bakery"],
        "dora": ["Harbour Bakery"],
        "emil": ["Marcus Vale"],
    }


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("put", ""),
        ("patch", ""),
        ("delete", ""),
        ("post", "restrict/"),
        ("post", "unrestrict/"),
        ("get", "members/"),
        ("post", "members/"),
        ("delete", "members/1/"),
    ],
)
def test_a_walled_client_and_one_that_is_not_there_are_the_same_answer(cast, who, method, path):
    outsider = signed_in(getattr(cast, who))
    body = {} if method == "get" else {"name": "x"}
    hidden = getattr(outsider, method)(f"{at(cast.restricted)}{path}", body)
    absent = getattr(outsider, method)(f"{CLIENTS}client_0000000000/{path}", body)

    assert (hidden.status_code, hidden.json()) == (404, NOT_HERE)
    assert hidden.content == absent.content
    assert hidden.headers == absent.headers
    assert Client.objects.get(pk=cast.restricted.pk).version == cast.restricted.version


def test_nobody_is_asked_to_sign_in(cast):
    answer = signed_in(cast.ana).__class__().get(CLIENTS)

    assert faults(answer, 401) == {}
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_client_is_shown_with_notes_and_version_and_the_read_is_recorded(cast):
    client = factories.client(cast.ana, "Noted", notes="Confidential.", email="noted@example.com")
    answer = signed_in(cast.ben).get(at(client))

    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert answer.json() == {
        "id": client.pk,
        "name": "Noted",
        "case_number": None,
        "case_type": None,
        "email": "noted@example.com",
        "phone": None,
        "is_restricted": False,
        "version": 1,
        "created_at": client.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": client.updated_at.isoformat().replace("+00:00", "Z"),
        "notes": "Confidential.",
    }
    event = AuditEvent.objects.get(verb="client.viewed")
    assert (event.actor, event.client_ids, event.target_id) == ("ben@hart.example", [client.pk], client.pk)


def test_a_list_says_what_the_shape_says_and_is_one_row_in_the_audit(cast):
    factories.client(cast.ana, "Half filled", phone="+1 555 0100", case_type="Lease")
    answer = signed_in(cast.ana).get(CLIENTS)

    rows = Client.objects.visible_to(cast.ana).newest_first()
    assert answer.json()["count"] == 3
    assert answer.content.partition(b'"results":')[2][:-1] == JSONRenderer().render(
        ClientSummary(rows, many=True).data
    )
    event = AuditEvent.objects.get(verb="client.listed")
    assert (event.client_ids, event.facts) == (sorted(row.pk for row in rows), {"rows": 3})


@pytest.mark.parametrize("path", [CLIENTS, "members/"])
def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(cast, path):
    path = path if path == CLIENTS else f"{at(cast.restricted)}{path}"
    Member.objects.filter(client=cast.restricted, user=cast.ben).delete()
    Client.objects.filter(pk=cast.open.pk).delete()
    ana = signed_in(cast.ana)
    ana.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert ana.get(path).json()["count"] == 1
    for person in (cast.ben, cast.cleo):
        add_member(cast.restricted, person, by=cast.ana)
        factories.client(cast.ana, person.email)
    with CaptureQueriesContext(connection) as three:
        assert ana.get(path).json()["count"] == 3

    assert len(one) == len(three)


# Finding


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=harbour", ["Harbour Bakery"]),
        ("search=2024-FAM", ["Case"]),
        ("search=%25", ["100% Sure"]),
        ("search=_", []),
        ("case_number=2024-FAM-001", ["Case"]),
        ("case_type=Lease", ["100% Sure"]),
        ("is_restricted=true", ["Jane Smith"]),
        ("is_restricted=False&search=case", ["Case"]),
        ("ordering=name", ["100% Sure", "Case", "Harbour Bakery", "Jane Smith"]),
        ("ordering=-name", ["Jane Smith", "Harbour Bakery", "Case", "100% Sure"]),
        ("ordering=case_number&page_size=1&page=1", ["Case"]),
        ("updated_after=2000-01-01T00:00:00Z&search=Jane", ["Jane Smith"]),
        ("updated_after=2999-01-01T00:00:00%2B02:00", []),
        ("updated_after=0001-01-01T00:00:00%2B14:00&search=Jane", ["Jane Smith"]),
        ("updated_after=9999-12-31T23:59:59-14:00", []),
        ("page=2&page_size=3&ordering=name", ["Jane Smith"]),
    ],
)
def test_a_list_is_narrowed_searched_ordered_and_paged(cast, query, found):
    factories.client(cast.ana, "Case", case_number="2024-FAM-001")
    factories.client(cast.ana, "100% Sure", case_type="Lease")

    assert names(signed_in(cast.ana).get(f"{CLIENTS}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("firm=1", "firm"),
        ("notes__icontains=a", "notes__icontains"),
        ("ordering=notes", "ordering"),
        ("ordering=%3F", "ordering"),
        ("is_restricted=maybe", "is_restricted"),
        ("is_restricted=", "is_restricted"),
        ("updated_after=yesterday", "updated_after"),
        ("page=0", "page"),
        ("page=1.5", "page"),
        ("page=%D9%A1", "page"),
        ("page_size=201", "page_size"),
        ("page_size=" + "9" * 3000, "page_size"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(cast, query, field):
    assert list(faults(signed_in(cast.ana).get(f"{CLIENTS}?{query}"))) == [field]


def test_pages_tile_the_list_also_where_rows_are_equal(cast):
    for number in range(7):
        factories.client(cast.ana, f"Equal {number}", case_type="Lease")
    ana = signed_in(cast.ana)

    first = ana.get(f"{CLIENTS}?case_type=Lease&ordering=case_number&page_size=3").json()
    pages = [first]
    while pages[-1]["next"]:
        pages.append(ana.get(pages[-1]["next"]).json())

    assert (first["count"], first["previous"], len(pages)) == (7, None, 3)
    assert len({row["id"] for page in pages for row in page["results"]}) == 7


def test_beyond_the_last_page_there_is_nothing(cast):
    assert faults(signed_in(cast.ana).get(f"{CLIENTS}?page=9"), 404) == {}


def test_head_and_options_say_what_the_address_can_do_and_show_nothing(cast):
    ana = signed_in(cast.ana)
    for path, methods in {
        CLIENTS: "GET, POST, HEAD, OPTIONS",
        at(cast.open): "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
        f"{at(cast.open)}members/": "GET, POST, HEAD, OPTIONS",
    }.items():
        head, options = ana.head(path), ana.options(path)
        assert (head.status_code, head.content, head["Allow"]) == (200, b"", methods)
        assert (options.status_code, options.content, options["Allow"]) == (200, b"", methods)
        assert faults(signed_in(cast.ana).__class__().options(path), 401) == {}


# Writing


def test_a_client_is_opened(cast):
    answer = signed_in(cast.cleo).post(CLIENTS, {"name": " New Client ", "notes": "First call."})

    client = Client.objects.get(name="New Client")
    assert (answer.status_code, answer.json()["id"], answer["ETag"]) == (201, client.pk, '"1"')
    assert (client.firm, client.notes) == (cast.firm, "First call.")
    assert verbs()[-1] == ("client.opened", "cleo@hart.example")


@pytest.mark.parametrize("method", ["post", "put", "patch"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": {"x": 1}}, "name"),
        ({"name": True}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "x", "case_number": 2024}, "case_number"),
        ({"name": "x", "phone": "p" * 21}, "phone"),
        ({"name": "x", "phone": "555\t0100"}, "phone"),
        ({"name": "x", "email": "a\0@b.example"}, "email"),
        ({"name": "x", "notes": 1.5}, "notes"),
        ({"name": "x", "firm": 2}, "firm"),
        ({"name": "x", "colour": "red"}, "colour"),
        ([], "body"),
    ],
)
def test_a_bad_entry_is_refused_by_name_and_nothing_changes(cast, method, body, field):
    path = CLIENTS if method == "post" else at(cast.open)
    answer = getattr(signed_in(cast.ana), method)(path, body)

    assert list(faults(answer)) == [field]
    assert Client.objects.visible_to(cast.ana).count() == 2
    assert Client.objects.get(pk=cast.open.pk).version == 1


def test_a_change_names_the_changed_fields_in_the_audit_and_not_what_they_say(cast):
    answer = signed_in(cast.ben).patch(at(cast.restricted), {"notes": "secret-marker", "phone": "555"})

    assert (answer.status_code, answer.json()["phone"], answer["ETag"]) == (200, "555", '"3"')
    event = AuditEvent.objects.get(verb="client.changed")
    assert event.facts == {"fields": ["notes", "phone"]}


def test_a_deleted_client_is_gone(cast):
    ana = signed_in(cast.ana)

    assert ana.delete(at(cast.open)).status_code == 204
    assert faults(ana.get(at(cast.open)), 404) == faults(ana.delete(at(cast.open)), 404) == {}
    assert not Client.objects.filter(pk=cast.open.pk).exists()


def test_a_token_that_reads_only_changes_nothing(cast):
    reader = program(cast.ana, scope="read")

    assert names(reader.get(f"{CLIENTS}?search=Harbour")) == ["Harbour Bakery"]
    for method, path in [("post", CLIENTS), ("patch", at(cast.open)), ("delete", at(cast.open))]:
        assert faults(getattr(reader, method)(path, {"name": "x"}), 403) == {}
    assert Client.objects.visible_to(cast.ana).count() == 2


# The wall


def test_a_wall_is_built_and_taken_down(cast):
    ana, cleo = signed_in(cast.ana), signed_in(cast.cleo)

    built = ana.post(f"{at(cast.open)}restrict/", {"members": ["BEN@hart.example", "ben@hart.example"]})
    assert (built.status_code, built.json()["is_restricted"], built["ETag"]) == (200, True, '"2"')
    assert cleo.get(at(cast.open)).status_code == 404
    assert signed_in(cast.ben).get(at(cast.open)).status_code == 200
    assert faults(ana.post(f"{at(cast.open)}restrict/", {}), 409) == {}

    down = ana.post(f"{at(cast.open)}unrestrict/")
    assert (down.status_code, down.json()["is_restricted"]) == (200, False)
    assert cleo.get(at(cast.open)).status_code == 200
    assert faults(ana.post(f"{at(cast.open)}unrestrict/"), 409) == {}


@pytest.mark.parametrize(
    "members", ["ben@hart.example", [5], [None], [["ben@hart.example"]], ["x"] * 201, {"a": 1}, None]
)
def test_members_of_another_kind_are_refused_by_name(cast, members):
    answer = signed_in(cast.ana).post(f"{at(cast.open)}restrict/", {"members": members})

    assert {field.partition(".")[0] for field in faults(answer)} == {"members"}
    assert not Client.objects.get(pk=cast.open.pk).is_restricted


@pytest.mark.parametrize(
    "email", ["emil@partners.example", "nobody@hart.example", "x", "nul\ud7ff@hart.example"]
)
def test_only_a_colleague_becomes_a_member(cast, email):
    ana = signed_in(cast.ana)
    sentence = "There is nobody with this e-mail address in your firm."

    assert faults(ana.post(f"{at(cast.open)}restrict/", {"members": [email]})) == {"members": sentence}
    assert faults(ana.post(f"{at(cast.restricted)}members/", {"email": email})) == {"email": sentence}
    assert Member.objects.filter(client=cast.restricted).count() == 2


def test_members_come_and_go(cast):
    ana = signed_in(cast.ana)
    path = f"{at(cast.restricted)}members/"

    added = ana.post(path, {"email": "cleo@hart.example"})
    assert (added.status_code, added.json()["id"]) == (201, cast.cleo.pk)
    assert faults(ana.post(path, {"email": "cleo@hart.example"}), 409) == {}
    listed = ana.get(path).json()["results"]
    assert [row["email"] for row in listed] == ["ben@hart.example", "ana@hart.example", "cleo@hart.example"]
    assert listed[2] == added.json()

    assert ana.delete(f"{path}{cast.cleo.pk}/").status_code == 204
    assert faults(ana.delete(f"{path}{cast.cleo.pk}/"), 409) == {}
    assert faults(ana.delete(f"{path}{cast.emil.pk}/"), 404) == {}
    assert faults(ana.delete(f"{path}999999999999999999999999/"), 404) == {}
    assert ana.delete(f"{path}{cast.ben.pk}/").status_code == 204
    assert faults(ana.delete(f"{path}{cast.ana.pk}/"), 409) == {}, "somebody must be left behind the wall"


def test_a_member_who_removes_himself_sees_the_client_no_more(cast):
    ben = signed_in(cast.ben)

    assert ben.delete(f"{at(cast.restricted)}members/{cast.ben.pk}/").status_code == 204
    assert ben.get(at(cast.restricted)).status_code == 404


def test_the_members_of_one_client_are_not_those_of_another(cast):
    other = factories.client(cast.ana, "Other")
    add_member(other, cast.cleo, by=cast.ana)
    rows = signed_in(cast.ana).get(f"{at(cast.restricted)}members/").json()["results"]

    assert {row["email"] for row in rows} == {"ana@hart.example", "ben@hart.example"}


def test_a_refusal_is_recorded_after_the_rollback(cast):
    signed_in(cast.cleo).patch(at(cast.restricted), {"name": "x"})

    event = AuditEvent.objects.get(verb="access.refused")
    assert (event.actor, event.facts["door"], event.client_ids) == (
        "cleo@hart.example",
        "api ClientViewSet",
        [cast.restricted.pk],
    )


def test_a_change_by_another_door_is_seen_at_once(cast):
    cast.open.name = "Renamed"
    change_client(cast.open, by=cast.ben, changed=["name"])

    assert signed_in(cast.ana).get(at(cast.open)).json()["name"] == "Renamed"


# What is damaged


@pytest.fixture
def damaged(cast):
    """Return a client whose e-mail address does not open any more."""
    client = factories.client(cast.ana, "Jane Moss", email="jane@moss.example", phone="+1 555 0100")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients SET email = 'garbage'::bytea WHERE id = %s", [client.pk])
    return client


def email_stored(client):
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM clients WHERE id = %s", [client.pk])
        return cursor.fetchone()[0]


def test_a_damaged_address_is_overwritten(cast, damaged):
    ana = signed_in(cast.ana)

    answer = ana.patch(at(damaged), {"email": "new@moss.example"})

    assert (answer.status_code, answer.json()["email"]) == (200, "new@moss.example")
    assert ana.get(at(damaged)).json()["email"] == "new@moss.example"
    assert verbs()[-2:] == [("client.changed", cast.ana.email), ("client.viewed", cast.ana.email)]


@pytest.mark.parametrize(
    "entry", [{"name": "Jane Hill"}, {"phone": "556"}, {"name": "Hill", "email": DAMAGED}]
)
def test_beside_a_damaged_address_all_else_is_changed(cast, damaged, entry):
    answer = signed_in(cast.ana).patch(at(damaged), entry)

    told = answer.json()
    assert (answer.status_code, told["version"]) == (200, 2)
    assert {name: told[name] for name in ("email", *entry)} == {"email": DAMAGED, **entry}
    assert email_stored(damaged) == b"garbage"
    assert verbs()[-2:] == [("client.changed", cast.ana.email), ("seal.broken", cast.ana.email)]


def test_a_client_with_a_damaged_address_is_restricted_and_opened_again(cast, damaged):
    ana = signed_in(cast.ana)
    restricted = ana.post(f"{at(damaged)}restrict/", {"members": [cast.ben.email]})
    unrestricted = ana.post(f"{at(damaged)}unrestrict/")

    answers = [(one.status_code, one.json()["is_restricted"]) for one in (restricted, unrestricted)]
    assert answers == [(200, True), (200, False)]
    assert email_stored(damaged) == b"garbage"


def test_a_row_of_a_list_is_edited_and_sent_back_around_what_is_damaged(cast, damaged):
    ana = signed_in(cast.ana)
    (row,) = ana.get(CLIENTS, {"search": "Moss"}).json()["results"]

    answer = ana.put(at(damaged), {**row, "name": "Jane Hill"})

    assert (answer.status_code, answer.json()["name"], answer.json()["email"]) == (200, "Jane Hill", DAMAGED)
    assert email_stored(damaged) == b"garbage"
