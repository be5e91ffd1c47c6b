import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import lexai.database
import lexai.encryption.fields
from lexai.database import foreign_key


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clients", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("part", models.IntegerField(db_default=1, default=1)),
                ("version", models.IntegerField(db_default=0, default=0)),
                (
                    "document_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("passage_count", models.IntegerField(db_default=0, default=0)),
                ("content", models.BinaryField(default=bytes)),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name_plural": "search indexes",
                "db_table": "search_indexes",
                "constraints": [
                    models.UniqueConstraint(fields=("client", "part"), name="ix_search_indexes_client_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "filename",
                    models.CharField(
                        error_messages={
                            "blank": "A document needs a file name.",
                            "max_length": "The file name is longer than 255 characters. Shorten it.",
                        },
                        max_length=255,
                    ),
                ),
                (
                    "text",
                    lexai.encryption.fields.EncryptedTextField(blank=True, null=True, owner="client_id"),
                ),
                (
                    "paragraphs",
                    lexai.encryption.fields.EncryptedJSONField(blank=True, default=list, owner="client_id"),
                ),
                ("depth", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "upload_date",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("storage_key", models.CharField(max_length=40, unique=True)),
                (
                    "sha256",
                    lexai.encryption.fields.EncryptedTextField(max_length=64, owner="client_id"),
                ),
                ("size_bytes", models.BigIntegerField()),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("page_count", models.IntegerField(blank=True, null=True)),
                ("pages_read", models.IntegerField(db_default=0, default=0)),
                ("pages_to_read", models.IntegerField(db_default=0, default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("extracting", "Being read"),
                            ("ready", "Ready"),
                            ("refused", "Refused"),
                        ],
                        db_default="queued",
                        default="queued",
                        max_length=20,
                    ),
                ),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("claims", models.IntegerField(db_default=0, default=0)),
                (
                    "lease_expires_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=20)),
                ("refusal_message", models.CharField(blank=True, max_length=300)),
                (
                    "warnings",
                    lexai.encryption.fields.EncryptedJSONField(blank=True, default=list, owner="client_id"),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="clients.client",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="documents.document",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "documents",
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("start", models.IntegerField()),
                ("end", models.IntegerField()),
                ("width", models.FloatField()),
                ("height", models.FloatField()),
                (
                    "layout",
                    lexai.encryption.fields.EncryptedBytesField(
                        blank=True,
                        bound=("document_id", "number", "start", "end", "width", "height"),
                        default=bytes,
                        owner="client_id",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pages",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "db_table": "pages",
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.IntegerField()),
                ("end", models.IntegerField()),
                ("page", models.IntegerField()),
                ("page_end", models.IntegerField()),
                (
                    "heading",
                    lexai.encryption.fields.EncryptedTextField(
                        blank=True,
                        bound=("document_id", "start", "end", "page", "page_end"),
                        max_length=200,
                        owner="client_id",
                    ),
                ),
                (
                    "text",
                    lexai.encryption.fields.EncryptedTextField(
                        bound=("document_id", "start", "end", "page", "page_end"), owner="client_id"
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
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "db_table": "passages",
            },
        ),
        migrations.AddIndex(
            model_name="document",
            index=lexai.database.Index(fields=["client"], name="ix_documents_client_id"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=lexai.database.Index(fields=["upload_date"], name="ix_documents_upload_date"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=lexai.database.Index(fields=["filename"], name="ix_documents_filename"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=lexai.database.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent"],
                name="ix_documents_parent_id",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=lexai.database.Index(
                condition=models.Q(("status__in", ["queued", "extracting"])),
                fields=["lease_expires_at"],
                name="ix_documents_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("filename", ""), _negated=True),
                name="document_named",
                violation_error_message="A document needs a file name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("size_bytes__gt", 0)),
                name="document_not_empty",
                violation_error_message="The file is empty. Choose the file that holds the document.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["queued", "extracting", "ready", "refused"])),
                name="document_status_known",
                violation_error_message="The status must be queued, extracting, ready or refused.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "refused"), ("refusal", ""), _connector="XOR"),
                name="document_refused_for_a_reason",
                violation_error_message="A refused document names its reason, and no other does.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("depth__gte", 0), ("depth__lte", 3)),
                name="document_not_too_deep",
                violation_error_message="This lies too deep in other files. Take it out of them and add it by itself.",
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=lexai.database.Index(fields=["client"], name="ix_pages_client_id"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                fields=("document", "number"), name="ix_pages_document_number"
            ),
        ),
        migrations.AddIndex(
            model_name="passage",
            index=lexai.database.Index(fields=["client"], name="ix_passages_client_id"),
        ),
        migrations.AddConstraint(
            model_name="passage",
            constraint=models.UniqueConstraint(
                fields=("document", "start"), name="ix_passages_document_start"
            ),
        ),
        foreign_key("fk_documents_client_id", "documents", "client_id", "clients", "CASCADE"),
        foreign_key("fk_documents_uploaded_by_id", "documents", "uploaded_by_id", "users", "SET NULL"),
        foreign_key("fk_documents_parent_id", "documents", "parent_id", "documents", "CASCADE"),
        foreign_key("fk_pages_client_id", "pages", "client_id", "clients", "CASCADE"),
        foreign_key("fk_pages_document_id", "pages", "document_id", "documents", "CASCADE"),
        foreign_key("fk_passages_client_id", "passages", "client_id", "clients", "CASCADE"),
        foreign_key("fk_passages_document_id", "passages", "document_id", "documents", "CASCADE"),
        foreign_key("fk_search_indexes_client_id", "search_indexes", "client_id", "clients", "CASCADE"),
    ]
