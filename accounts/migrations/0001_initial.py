import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import lexai.database
from lexai.database import foreign_key


class Migration(migrations.Migration):
    initial = True

    dependencies = [("axes", "0010_accessattemptexpiration")]

    operations = [
        migrations.CreateModel(
            name="Firm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(error_messages={"blank": "A firm needs a name."}, max_length=100)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
            options={
                "db_table": "firms",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="firm_named",
                        violation_error_message="A firm needs a name.",
                    ),
                    models.UniqueConstraint(
                        fields=("name",),
                        name="ix_firms_name",
                        violation_error_message="A firm of this name exists already. Choose another name.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(max_length=120)),
                ("password", models.TextField(db_column="password_hash")),
                ("first_name", models.CharField(max_length=50)),
                ("last_name", models.CharField(max_length=50)),
                ("firm_name", models.CharField(blank=True, max_length=100, null=True)),
                (
                    "role",
                    models.CharField(
                        choices=[("user", "User"), ("admin", "Administrator"), ("premium", "Premium user")],
                        db_default="user",
                        default="user",
                        max_length=20,
                    ),
                ),
                ("role_changed_at", models.DateTimeField(blank=True, null=True)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("last_login", models.DateTimeField(blank=True, null=True)),
                ("password_updated_at", models.DateTimeField(blank=True, null=True)),
                ("reset_token", models.CharField(blank=True, max_length=64, null=True)),
                ("reset_token_expires", models.DateTimeField(blank=True, null=True)),
                ("link_requested_at", models.DateTimeField(blank=True, null=True)),
                (
                    "subscription_tier",
                    models.CharField(
                        choices=[("free", "Free"), ("premium", "Premium")],
                        db_default="free",
                        default="free",
                        max_length=20,
                        null=True,
                    ),
                ),
                ("subscription_expires", models.DateTimeField(blank=True, null=True)),
                ("has_shortcuts", models.BooleanField(db_default=True, default=True)),
                (
                    "firm",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.firm",
                    ),
                ),
            ],
            options={
                "db_table": "users",
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(error_messages={"blank": "A token needs a name."}, max_length=100)),
                ("prefix", models.CharField(max_length=16)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "scope",
                    models.CharField(
                        choices=[("read", "Read only"), ("full", "Full")],
                        db_default="read",
                        default="read",
                        max_length=20,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("user", "User"), ("admin", "Administrator"), ("premium", "Premium user")],
                        max_length=20,
                    ),
                ),
                ("ends_with_password", models.BooleanField(db_default=True, default=True)),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "db_table": "api_tokens",
                "indexes": [lexai.database.Index(fields=["user"], name="ix_api_tokens_user_id")],
                "constraints": [
                    models.UniqueConstraint(fields=("sha256",), name="ix_api_tokens_sha256"),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["read", "full"])),
                        name="api_token_scope_known",
                        violation_error_message="The scope must be read or full.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("reference", models.CharField(max_length=32)),
                ("started_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "sessions",
                "indexes": [lexai.database.Index(fields=["user"], name="ix_sessions_user_id")],
            },
        ),
        migrations.CreateModel(
            name="Lockout",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("axes.accessattempt",),
        ),
        migrations.AddIndex(
            model_name="user",
            index=lexai.database.Index(fields=["firm"], name="ix_users_firm_id"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=lexai.database.Index(fields=["role"], name="ix_users_role"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=lexai.database.Index(fields=["is_active"], name="ix_users_is_active"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=lexai.database.Index(fields=["is_active", "role"], name="ix_users_active_role"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=lexai.database.Index(
                condition=models.Q(("link_requested_at__isnull", False)),
                fields=["link_requested_at"],
                name="ix_users_link_requested_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("email",),
                name="ix_users_email",
                violation_error_code="unique",
                violation_error_message="A user with this e-mail address exists already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["user", "admin", "premium"])),
                name="user_role_known",
                violation_error_message="The role must be user, admin or premium.",
            ),
        ),
        foreign_key("fk_users_firm_id", "users", "firm_id", "firms", "RESTRICT"),
        foreign_key("fk_api_tokens_user_id", "api_tokens", "user_id", "users", "CASCADE"),
        foreign_key("fk_sessions_user_id", "sessions", "user_id", "users", "CASCADE"),
    ]
