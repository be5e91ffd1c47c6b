import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import lexai.database
import lexai.encryption.fields
from lexai.database import foreign_key

# Whatever deletes a paper: what was quoted of it goes, and the citation stays to say so.
FORGETTING = """
CREATE FUNCTION forget_quoted_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM citations WHERE document_id = OLD.id AND kind = 'see_also';
    UPDATE citations SET document_id = NULL, page = NULL, page_end = NULL, start = NULL, "end" = NULL,
        quote = NULL, is_verified = FALSE WHERE document_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER documents_forgotten BEFORE DELETE ON documents
    FOR EACH ROW EXECUTE FUNCTION forget_quoted_words();
"""
REMEMBERING = "DROP TRIGGER documents_forgotten ON documents; DROP FUNCTION forget_quoted_words();"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clients", "0001_initial"),
        ("documents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    lexai.encryption.fields.EncryptedTextField(max_length=200, owner="client_id"),
                ),
                (
                    "created_at",
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
                        related_name="threads",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "threads",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(choices=[("user", "User"), ("assistant", "Assistant")], max_length=20),
                ),
                ("content", lexai.encryption.fields.EncryptedTextField(blank=True, owner="client_id")),
                (
                    "timestamp",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("complete", "Complete"),
                            ("incomplete", "Incomplete"),
                        ],
                        db_default="complete",
                        default="complete",
                        max_length=20,
                    ),
                ),
                ("engine", models.CharField(blank=True, db_default="", default="", max_length=50)),
                ("is_supported", models.BooleanField(blank=True, null=True)),
                ("support", models.FloatField(blank=True, null=True)),
                (
                    "document_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "passage_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("sent_as", models.UUIDField(blank=True, null=True)),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "lease_expires_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="clients.client",
                    ),
                ),
                (
                    "reply_to",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.message",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.thread",
                    ),
                ),
            ],
            options={
                "db_table": "conversations",
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("quotation", "Quotation"), ("see_also", "See also")],
                        default="quotation",
                        max_length=20,
                    ),
                ),
                ("n", models.IntegerField()),
                ("page", models.IntegerField(blank=True, null=True)),
                ("page_end", models.IntegerField(blank=True, null=True)),
                ("start", models.IntegerField(blank=True, null=True)),
                ("end", models.IntegerField(blank=True, null=True)),
                (
                    "quote",
                    lexai.encryption.fields.EncryptedTextField(
                        bound=(
                            "document_id",
                            "page",
                            "page_end",
                            "start",
                            "end",
                            "is_verified",
                            "kind",
                            "message_id",
                        ),
                        null=True,
                        owner="client_id",
                    ),
                ),
                ("is_verified", models.BooleanField()),
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="documents.document",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="citations",
                        to="conversations.message",
                    ),
                ),
            ],
            options={
                "db_table": "citations",
                "indexes": [
                    lexai.database.Index(fields=["document"], name="ix_citations_document_id"),
                    lexai.database.Index(fields=["client"], name="ix_citations_client_id"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "kind", "n"), name="ix_citations_message_kind_n"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_verified", False),
                            models.Q(("document__isnull", False), ("page__isnull", False)),
                            _connector="OR",
                        ),
                        name="citation_verified_in_a_document",
                        violation_error_message="A verified citation names the document and the page it was found on.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("clients.client",),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=lexai.database.Index(fields=["client", "-created_at"], name="ix_threads_client_created_at"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(fields=["client"], name="ix_conversations_client_id"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(fields=["timestamp"], name="ix_conversations_timestamp"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(fields=["role"], name="ix_conversations_role"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(
                fields=["client", "-timestamp"], name="ix_conversations_client_timestamp"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(
                fields=["asked_by", "timestamp"], name="ix_conversations_asked_by_timestamp"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(
                condition=models.Q(("status", "pending")),
                fields=["lease_expires_at"],
                name="ix_conversations_pending",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(fields=["thread"], name="ix_conversations_thread_id"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=lexai.database.Index(fields=["reply_to"], name="ix_conversations_reply_to_id"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["user", "assistant"])),
                name="message_role_known",
                violation_error_message="The role must be user or assistant.",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "complete", "incomplete"])),
                name="message_status_known",
                violation_error_message="The status must be pending, complete or incomplete.",
            ),
        ),
        foreign_key("fk_threads_client_id", "threads", "client_id", "clients", "CASCADE"),
        foreign_key("fk_conversations_client_id", "conversations", "client_id", "clients", "CASCADE"),
        foreign_key("fk_conversations_thread_id", "conversations", "thread_id", "threads", "CASCADE"),
        foreign_key("fk_conversations_asked_by_id", "conversations", "asked_by_id", "users", "SET NULL"),
        foreign_key(
            "fk_conversations_reply_to_id", "conversations", "reply_to_id", "conversations", "CASCADE"
        ),
        foreign_key("fk_citations_client_id", "citations", "client_id", "clients", "CASCADE"),
        foreign_key("fk_citations_message_id", "citations", "message_id", "conversations", "CASCADE"),
        foreign_key("fk_citations_document_id", "citations", "document_id", "documents", "CASCADE"),
        migrations.RunSQL(FORGETTING, REMEMBERING),
    ]
