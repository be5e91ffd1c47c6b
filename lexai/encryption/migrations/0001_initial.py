import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=60)),
                ("version", models.PositiveSmallIntegerField()),
                ("root", models.CharField(max_length=16)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "data_keys",
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "version"), name="ix_data_keys_scope_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyErasure",
            fields=[
                ("scope", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "requested_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
            options={"db_table": "key_erasures"},
        ),
    ]
