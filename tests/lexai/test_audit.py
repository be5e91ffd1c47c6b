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
