import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import lexai.database

APPEND_ONLY = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are appended and never changed or deleted';
END $$;
CREATE TRIGGER audit_events_unchanged BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_events_untruncated BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""
# Where one role owns the tables and another serves, the roles are given rights on every new table: too many here.
READ_AND_APPENDED = """
DO $$
DECLARE role regrole;
BEGIN
    FOR role IN SELECT DISTINCT given.grantee FROM pg_class AS audit, aclexplode(audit.relacl) AS given
        WHERE audit.oid = 'audit_events'::regclass AND given.grantee NOT IN (0, audit.relowner)
    LOOP
        EXECUTE format('REVOKE ALL ON audit_events FROM %s', role);
        EXECUTE format('GRANT SELECT, INSERT ON audit_events TO %s', role);
    END LOOP;
END $$;
"""
CHANGEABLE = """
DROP TRIGGER audit_events_unchanged ON audit_events;
DROP TRIGGER audit_events_untruncated ON audit_events;
DROP FUNCTION refuse_audit_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("firm_id", models.BigIntegerField(null=True)),
                ("actor", models.CharField(max_length=120)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("verb", models.CharField(max_length=50)),
                ("target_type", models.CharField(blank=True, max_length=50)),
                ("target_id", models.CharField(blank=True, max_length=50)),
                (
                    "client_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), default=list, size=None
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                (
                    "occurred_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
            options={
                "db_table": "audit_events",
                "indexes": [
                    lexai.database.Index(fields=["firm_id", "-id"], name="ix_audit_events_firm"),
                    lexai.database.Index(
                        fields=["actor_id", "verb", "occurred_at"], name="ix_audit_events_actor"
                    ),
                    lexai.database.Index(
                        fields=["firm_id", "target_type", "target_id"], name="ix_audit_events_target"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["client_ids"], name="ix_audit_events_clients"
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(READ_AND_APPENDED, migrations.RunSQL.noop),
    ]
