import pytest
from django.db import DatabaseError, connection, transaction

from lexai import audit
from lexai.audit.models import AppendOnly, AuditEvent
from tests import factories


def test_a_deed_is_recorded_with_who_what_and_which_client(cast):
    event = AuditEvent.objects.filter(verb="client.opened", target_id=cast.open.pk).get()

    assert (event.actor, event.actor_id, event.firm_id) == ("ana@hart.example", cast.ana.pk, cast.firm.pk)
    assert (event.target_type, event.client_ids, event.facts) == ("client", [cast.open.pk], {})


def test_an_unknown_verb_is_an_error(cast):
    with pytest.raises(ValueError, match="imagined"):
        audit.record("client.imagined", cast.open, by=cast.ana)


def test_events_cannot_be_changed_in_python(cast):
    event = AuditEvent.objects.earliest("pk")
    for deed in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(AppendOnly):
            deed()
    with pytest.raises(AppendOnly):
        AuditEvent.objects.update(actor="nobody")


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"])
def test_events_cannot_be_changed_in_the_database(cast, statement):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_audit_cannot_be_truncated_where_the_trigger_stands(cast):
    with connection.cursor() as cursor:  # the suite drops it, because Django's flush truncates
        cursor.execute(
            "CREATE TRIGGER audit_events_untruncated BEFORE TRUNCATE ON audit_events "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute("TRUNCATE audit_events")


def test_a_refused_deed_leaves_no_row_of_its_own(cast):
    before = AuditEvent.objects.count()
    with pytest.raises(Exception, match="needs a name"):
        factories.client(cast.ana, "")

    assert AuditEvent.objects.count() == before


def test_the_firms_administrator_reads_the_firms_audit_and_nobody_elses(cast):
    seen = AuditEvent.objects.visible_to(cast.dora)

    assert set(seen.values_list("firm_id", flat=True)) == {cast.firm.pk}
    assert not AuditEvent.objects.visible_to(cast.ana).exists()
    assert set(AuditEvent.objects.visible_to(cast.emil).values_list("firm_id", flat=True)) == {
        cast.other_firm.pk
    }


# Over REST and in the back office

API = "/api/v1/audit/"


def asked(browser, user, **query):
    browser.force_login(user)
    return browser.get(API, query)


def test_an_administrator_reads_the_firms_audit_over_rest_newest_first(cast, client):
    answer = asked(client, cast.dora, page_size=3)

    body = answer.json()
    newest = list(AuditEvent.objects.visible_to(cast.dora).exclude(verb="audit.listed").order_by("-pk")[:3])
    assert [row["id"] for row in body["results"]] == [event.pk for event in newest]
    assert body["results"][0] == {
        "id": newest[0].pk,
        "occurred_at": newest[0].occurred_at.isoformat().replace("+00:00", "Z"),
        "actor": "ana@hart.example",
        "actor_id": cast.ana.pk,
        "verb": "client.opened",
        "target_type": "client",
        "target_id": cast.open.pk,
        "client_ids": [cast.open.pk],
        "facts": {},
    }
    assert body["count"] > 3


@pytest.mark.parametrize("who", ["ana", "ben", "cleo"])
@pytest.mark.parametrize("path", [API, f"{API}export/"])
def test_nobody_else_reads_the_audit(cast, client, who, path):
    client.force_login(getattr(cast, who))

    assert client.get(path).status_code == 403
    assert AuditEvent.objects.filter(verb="access.refused", actor=f"{who}@hart.example").count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"verb": "client.restricted"}, ["client.restricted"]),
        ({"verb": "member.added", "actor": "ana@hart.example"}, ["member.added", "member.added"]),
        ({"actor": "nobody@hart.example"}, []),
        (
            {"target_type": "client", "verb": "client.opened", "ordering": "occurred_at"},
            ["client.opened"] * 2,
        ),
        ({"since": "2999-01-01T00:00:00Z"}, []),
        ({"until": "1999-01-01T00:00:00Z"}, []),
        ({"client": "client_0000000000"}, []),
    ],
)
def test_the_audit_is_narrowed(cast, client, query, found):
    assert [row["verb"] for row in asked(client, cast.dora, **query).json()["results"]] == found


def test_the_audit_of_one_client_is_found_by_its_id(cast, client):
    answer = asked(client, cast.dora, client=cast.open.pk)
    other = asked(client, cast.dora, client=cast.foreign.pk)

    assert [row["client_ids"] for row in answer.json()["results"]] == [[cast.open.pk]]
    assert other.json()["results"] == []


@pytest.mark.parametrize(
    "query", [{"verb": "nonsense"}, {"since": "yesterday"}, {"page": "0"}, {"ordering": "actor"}, {"x": "1"}]
)
def test_a_filter_that_makes_no_sense_is_named(cast, client, query):
    answer = asked(client, cast.dora, **query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


def test_reading_and_exporting_the_audit_is_audited(cast, client):
    asked(client, cast.dora, verb="client.opened")
    b"".join(client.get(f"{API}export/?verb=client.opened").streaming_content)
    client.get("/admin/audit/auditevent/?verb=client.opened")
    b"".join(client.get("/admin/audit/auditevent/export/?verb=client.opened").streaming_content)

    events = AuditEvent.objects.filter(verb__startswith="audit.").order_by("pk")
    assert list(events.values_list("verb", "facts")) == [
        ("audit.listed", {"rows": 2}),
        ("audit.exported", {"filters": ["verb"]}),
        ("audit.listed", {"rows": 2}),
        ("audit.exported", {"filters": ["verb"]}),
    ]


def test_the_export_holds_all_that_the_filters_leave_and_is_given_to_whatever_is_accepted(cast, client):
    client.force_login(cast.dora)
    for accepted in ("text/csv", "application/json", "*/*", "image/png"):
        answer = client.get(f"{API}export/?verb=client.opened", headers={"Accept": accepted})
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert answer.status_code == 200
        assert [line.split(",")[5] for line in lines[1:]] == [f'"{cast.open.pk}"', f'"{cast.restricted.pk}"']


@pytest.mark.parametrize("page", ["", "export/"])
def test_the_back_office_finds_events_by_verb_person_client_and_row(cast, client, page):
    client.force_login(cast.dora)
    path = f"/admin/audit/auditevent/{page}"

    def found(query):
        answer = client.get(path + query)
        if page:
            return [line.split(b",")[3].strip(b'"').decode() for line in b"".join(answer).splitlines()[1:]]
        return [event.verb for event in answer.context["cl"].result_list]

    assert found("?verb=client.restricted") == ["client.restricted"]
    assert found(f"?client={cast.open.pk}") == ["client.opened"]
    assert found(f"?target=user+{cast.cleo.pk}") == ["user.added"]
    assert found("?actor=nobody@hart.example") == []
    assert found("?occurred_at__gte=2999-01-01+00:00:00%2B00:00") == []
