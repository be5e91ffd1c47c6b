"""What the schema needs and Django does not offer."""

from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor

from lexai.errors import Gone, NotAcceptable, StaleVersion, require_valid

Row = TypeVar("Row", bound=models.Model)


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


def is_schema_current() -> bool:
    """Say whether every migration has been applied."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def locked(row: Row) -> Row:
    """Lock a row until the transaction ends and return it as it stands now; raise Gone when it was deleted."""
    now: Row | None = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if now is None:
        raise Gone
    return now


def require_version(row: Any, version: int | None) -> None:
    """Raise StaleVersion unless the row still has this version; None demands nothing."""
    if version is not None and row.version != version:
        raise StaleVersion


def insert(row: models.Model) -> None:
    """Validate and insert a row; raise NotAcceptable in the model's sentences, also when another came first."""
    require_valid(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _refused(row, error) from error


def _refused(row: models.Model, error: IntegrityError) -> Exception:
    """Return NotAcceptable with the sentence of the violated constraint, or Gone for a missing parent."""
    violated: Any = getattr(error.__cause__, "diag", None)
    name = violated and violated.constraint_name
    sentences = {rule.name: str(rule.violation_error_message) for rule in row._meta.constraints}
    return NotAcceptable(sentences[name]) if name in sentences else Gone()
