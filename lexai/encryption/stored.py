"""What stands sealed in the tables of clients and firms: asked in SQL, without opening it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection

from lexai.encryption.core.values import VERSION
from lexai.encryption.errors import Tampered
from lexai.encryption.fields import EncryptedTextField, scope_of, sealed_fields

FIRM_OWNER = "firm_id"
HIGHEST_VERSION = 32_767  # a small number of PostgreSQL's
LARGE_TABLE_BYTES = 64 * 1024 * 1024  # read in well under a second; no start waits for more
NEWEST = """
    SELECT owner, max(256 * get_byte(header, 1) + get_byte(header, 2)) FROM (
        SELECT {owner} AS owner, substring({column} FROM 1 FOR 3) AS header FROM {table}
        WHERE {which} AND octet_length({column}) > 2 AND substring({column} FROM 1 FOR 1) = %s
    ) AS headers
    GROUP BY owner HAVING max(256 * get_byte(header, 1) + get_byte(header, 2)) > 1
"""


def fields_of(scope: str) -> Iterator[EncryptedTextField]:
    """Yield every sealed field that belongs to owners of this kind."""
    yield from (field for field in _all_fields() if (field.owner == FIRM_OWNER) == _is_firm(scope))


def owner_in(field: EncryptedTextField, scope: str) -> Any:
    """Return what the owner's column of a sealed field holds for this scope."""
    return int(scope.rpartition("_")[2]) if field.owner == FIRM_OWNER else scope


def has_rows(scope: str) -> bool:
    """Say whether any row, sealed or empty, still belongs to this owner."""
    owned = {(field.model, field.owner): owner_in(field, scope) for field in fields_of(scope)}
    return any(
        model._base_manager.filter(**{owner: value}).exists()  # noqa: SLF001 - every row, whatever the manager hides
        for (model, owner), value in owned.items()
    )


def newest_version(scope: str) -> int:
    """Return the highest version of a key that any value of an owner names, 0 for none above the first.

    Raises Tampered when that leaves no version for a next key.
    """
    found = [
        version
        for field in fields_of(scope)
        for _owner, version in _newest(field, "{owner} = %s", owner_in(field, scope))
    ]
    newest = max(found, default=0)
    if newest >= HIGHEST_VERSION:
        raise Tampered(f"the versions of what is sealed for {scope}", scope)
    return newest


def newest_versions() -> Iterator[tuple[str, int]]:
    """Yield for each column the scopes with values above version 1, and the highest; large tables are left out."""
    for field in _all_fields():
        if not _is_large(field):
            yield from ((scope_of(field.owner, owner), version) for owner, version in _newest(field))


def on(field: EncryptedTextField, question: str) -> str:
    """Return a question about the column of a field; every name in it is our own."""
    options = field.model._meta
    owner = next(column for column in options.concrete_fields if column.attname == field.owner)
    names = {
        "table": options.db_table,
        "key": options.pk.column,
        "column": field.column,
        "owner": owner.column,
    }
    return question.format(**{word: connection.ops.quote_name(str(name)) for word, name in names.items()})


def _is_firm(scope: str) -> bool:
    start, number = scope_of(FIRM_OWNER, ""), scope.rpartition("_")[2]
    return scope.startswith(start) and number.isdecimal()


def _all_fields() -> Iterator[EncryptedTextField]:
    for model in apps.get_models():
        if not model._meta.proxy:
            yield from sealed_fields(model)


def _newest(field: EncryptedTextField, which: str = "TRUE", *owner: Any) -> list[tuple[Any, int]]:
    """Return the owners and the highest version that a column names of each; headers stand in `core.values`."""
    with connection.cursor() as cursor:
        cursor.execute(on(field, NEWEST.replace("{which}", which)), [*owner, VERSION])
        rows: list[tuple[Any, int]] = cursor.fetchall()
    return rows


def _is_large(field: EncryptedTextField) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [field.model._meta.db_table])
        size: int = cursor.fetchone()[0]
    return size > LARGE_TABLE_BYTES
