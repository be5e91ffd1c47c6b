"""What the schema needs and Django does not offer."""

from django.db import migrations, models


class Index(models.Index):
    """An index whose name may be as long as PostgreSQL allows; Django stops at 30 for Oracle's sake."""

    max_name_length = 63


def foreign_key(name: str, table: str, column: str, references: str, on_delete: str) -> migrations.RunSQL:
    """Return the migration step that adds a foreign key with a fixed name and the database's own cascade.

    The model's field says `db_constraint=False`, so that no later migration replaces it.
    """
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) "
        f"REFERENCES {references} (id) ON DELETE {on_delete}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
