import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import clients.models
import lexai.database
import lexai.encryption.fields
from lexai.database import foreign_key

TOUCH_ON_UPDATE = """
CREATE FUNCTION touch_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('lexai.resealing', true) = 'on' THEN
        RETURN NEW; -- the same words under a new key: nothing that anybody would see has changed
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER clients_updated_at BEFORE UPDATE ON clients FOR EACH ROW EXECUTE FUNCTION touch_client();
"""
NO_TOUCH = "DROP TRIGGER clients_updated_at ON clients; DROP FUNCTION touch_client();"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=clients.models.new_client_id,
                        editable=False,
                        max_length=50,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "name",
                    models.CharField(error_messages={"blank": "A client needs a name."}, max_length=100),
                ),
                ("case_number", models.CharField(blank=True, max_length=50, null=True)),
                (
                    "email",
                    lexai.encryption.fields.EncryptedTextField(
                        blank=True, max_length=100, null=True, owner="id"
                    ),
                ),
                (
                    "phone",
                    lexai.encryption.fields.EncryptedTextField(
                        blank=True, max_length=20, null=True, owner="id"
                    ),
                ),
                ("case_type", models.CharField(blank=True, max_length=50, null=True)),
                ("notes", lexai.encryption.fields.EncryptedTextField(blank=True, null=True, owner="id")),
                ("is_restricted", models.BooleanField(db_default=False, default=False)),
                ("version", models.IntegerField(db_default=1, default=1)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="accounts.firm",
                    ),
                ),
            ],
            options={
                "db_table": "clients",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="clients.client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "client_members",
            },
        ),
        migrations.AddField(
            model_name="client",
            name="members",
            field=models.ManyToManyField(
                related_name="walled_clients", through="clients.Member", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=lexai.database.Index(fields=["user"], name="ix_client_members_user_id"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                fields=("client", "user"),
                name="ix_client_members_client_user",
                violation_error_message="This user is a member of the client already.",
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=lexai.database.Index(fields=["name"], name="ix_clients_name"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=lexai.database.Index(fields=["case_type"], name="ix_clients_case_type"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=lexai.database.Index(fields=["-updated_at"], name="ix_clients_updated_at"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=lexai.database.Index(fields=["firm", "-updated_at"], name="ix_clients_firm_updated_at"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=lexai.database.Index(
                models.F("firm"),
                lexai.database.SortKey("name"),
                models.F("id"),
                name="ix_clients_firm_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="client_named",
                violation_error_message="A client needs a name.",
            ),
        ),
        foreign_key("fk_clients_firm_id", "clients", "firm_id", "firms", "RESTRICT"),
        foreign_key("fk_client_members_client_id", "client_members", "client_id", "clients", "CASCADE"),
        foreign_key("fk_client_members_user_id", "client_members", "user_id", "users", "CASCADE"),
        migrations.RunSQL(TOUCH_ON_UPDATE, NO_TOUCH),
    ]
