"""What the schema needs and Django does not offer."""

import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import (
    DEFAULT_DB_ALIAS,
    IntegrityError,
    connection,
    connections,
    migrations,
    models,
    transaction,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.models.lookups import IContains

from lexai import addresses
from lexai.errors import Gone, NotAcceptable, StaleVersion, require_valid

Row = TypeVar("Row", bound=models.Model)
KEY_STORE, KEY_STORE_APP = "keys", "encryption"  # the database of the keys, and the only app that it serves
INSERT_ROWS = 1000
DRAW_IDS = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"


class Index(models.Index):
    """An index whose name may be as long as PostgreSQL allows; Django stops at 30 for Oracle's sake."""

    max_name_length = 63


class SortKey(models.Func):
    """What a name is sorted by, as people do it: capitals and accents make no difference.

    The database knows no rules of a language, and sorts by code points: É would come after z.
    """

    template = r"regexp_replace(normalize(lower(%(expressions)s), NFD), '[\u0300-\u036f]', '', 'g')"
    output_field = models.TextField()


@models.CharField.register_lookup
class Holds(IContains):
    """Whether a text holds another, `filename__holds`: whatever the case, and however both have their accents written.

    Texts are kept as they were sent. Words that are the same in both of Unicode's normal forms, as most are, cost
    no more than `icontains`.
    """

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition; words that are given only when the query runs are compared in one form."""
        if self.rhs_is_direct_value():
            forms = dict.fromkeys(unicodedata.normalize(form, self.rhs) for form in ("NFC", "NFD"))
            either = [IContains(self.lhs, form) for form in forms]
        else:
            either = [IContains(_composed(self.lhs), _composed(self.rhs))]
        conditions, values = zip(*map(compiler.compile, either), strict=True)
        return f"({' OR '.join(conditions)})", [value for some in values for value in some]


def _composed(text: Any) -> models.Func:
    return models.Func(text, function="normalize", output_field=models.TextField())


def foreign_key(name: str, table: str, column: str, references: str, on_delete: str) -> migrations.RunSQL:
    """Return the migration step that adds a foreign key with a fixed name and the database's own cascade.

    The model's field says `db_constraint=False`, so that no later migration replaces it.
    """
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) "
        f"REFERENCES {references} (id) ON DELETE {on_delete}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def key_store_file() -> Path | None:
    """Return the file of a key store in SQLite, whether it is there or not; None for a server's."""
    store = connections[KEY_STORE]
    return addresses.sqlite_file(str(store.settings_dict["NAME"])) if store.vendor == "sqlite" else None


def is_schema_current(*aliases: str) -> bool:
    """Say whether every migration has been applied to these databases; without any, to both."""
    return all(map(_is_current, aliases or (DEFAULT_DB_ALIAS, KEY_STORE)))


def _is_current(alias: str) -> bool:
    file = key_store_file() if alias == KEY_STORE else None
    if file and not file.exists():
        return False
    executor = MigrationExecutor(connections[alias])
    apps = [KEY_STORE_APP] if alias == KEY_STORE else executor.loader.migrated_apps
    return not executor.migration_plan(
        [node for app in apps for node in executor.loader.graph.leaf_nodes(app)]
    )


def locked(row: Row) -> Row:
    """Lock a row until the transaction ends and return it as it stands now; raise Gone when it was deleted."""
    model = row.__class__  # not type(): the user of a request is wrapped in another until somebody asks
    now: Row | None = model._default_manager.select_for_update().filter(pk=row.pk).first()
    if now is None:
        raise Gone
    return now


def locked_all(rows: Collection[Row]) -> list[Row]:
    """Lock rows of one table and return each once, as it stands now; raise Gone when one was deleted.

    They are locked in the order of their keys, so that two who lock the same rows do not wait for each other.
    Rows that only point at these need not wait. Whoever locks people and a client locks the people first.
    """
    keys = list(dict.fromkeys(row.pk for row in rows))
    if not keys:
        return []
    model = next(iter(rows)).__class__
    query = model._default_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    now: dict[Any, Row] = {row.pk: row for row in query}
    if len(now) < len(keys):
        raise Gone
    return [now[key] for key in keys]


def require_version(row: Any, version: int | None) -> None:
    """Raise StaleVersion unless the row still has this version; None demands nothing."""
    if version is not None and row.version != version:
        raise StaleVersion


def insert(row: Row, *others: Row) -> None:
    """Validate and insert a row; raise NotAcceptable in the model's sentences, also when another came first.

    `others` of its table go in with it, by one statement; they need no validation.
    """
    require_valid(row, is_inserted=True)
    try:
        with transaction.atomic():
            insert_all([row, *others])
    except IntegrityError as error:
        raise _refused(row, error) from error


def insert_all(rows: Sequence[Row]) -> None:
    """Insert rows of one table that need no validation, a thousand at a time."""
    if rows:
        _draw_ids(rows)
        type(rows[0])._default_manager.bulk_create(rows, batch_size=INSERT_ROWS)


def _draw_ids(rows: Sequence[models.Model]) -> None:
    """Give new rows their ids before they are inserted: what is sealed in a row is bound to its id."""
    waiting = [row for row in rows if row.pk is None]
    if not waiting:
        return
    table, column = waiting[0]._meta.db_table, waiting[0]._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(DRAW_IDS, [table, column, len(waiting)])
        for row, (drawn,) in zip(waiting, cursor.fetchall(), strict=True):
            row.pk = drawn


def _refused(row: models.Model, error: IntegrityError) -> Exception:
    """Return NotAcceptable with the sentence of the violated constraint, or Gone for a missing parent.

    The sentence stands at a field where Django's validation puts it there.
    """
    violated: Any = getattr(error.__cause__, "diag", None)
    name = violated and violated.constraint_name
    rule: Any = next((rule for rule in row._meta.constraints if rule.name == name), None)
    if rule is None:
        return Gone()
    fields: tuple[str, ...] = getattr(rule, "fields", ())
    is_of_field = len(fields) == 1 and rule.violation_error_code == "unique"
    field = fields[0] if is_of_field else NON_FIELD_ERRORS
    return NotAcceptable(errors={field: [str(rule.violation_error_message)]})
