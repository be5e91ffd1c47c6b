"""Queries that are built once and run often: to build one costs Django more than to run it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, IntegerField, Model, QuerySet, Subquery, Value
from psycopg.pq import Format


class Given(Value):
    """A value that is known only when the query runs; until then it stands there under its name."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


class OneOf(Func):
    """Whether a column holds one of the values that are given, under this name, when the query runs."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Given(name))


class Total(Subquery):
    """How many rows a query finds, as a column of another."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Somebody:
    """Any active user of one kind, for `visible_to`: whose ids they are is given when the query runs.

    A rule that asks for anything else about the user finds nothing here, and fails.
    """

    is_staff: bool
    is_active = True
    is_system = False
    pk = Given("user_id")
    firm_id = Given("firm_id")


Row = Sequence[Any]
Opened = Callable[[list[Row]], list[Row]]


class BuiltQuery:
    """The SQL of a query of plain columns, run with other values each time.

    PostgreSQL sends the rows in binary: psycopg reads that in C, while Django reads the text of each moment in
    Python, which takes longer than all the rest of a page.
    """

    def __init__(self, rows: QuerySet[Any, Any], *, opened: Opened | None = None) -> None:
        """Take the query and, where columns come `AsStored`, what opens those of the rows."""
        self._opened = opened
        try:
            self._sql, self._values = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:  # Django knows that nothing can be found
            self._sql, self._values = "", ()

    def demand_lasting(self) -> Self:
        """Return the query, fit to be kept; raise TypeError when the moment of its building stands in it."""
        if any(isinstance(one, date) for one in self._values):
            raise TypeError("A query that is kept asks the database for the time: Now(), not timezone.now().")
        return self

    def fetch(self, *, limit: int, offset: int = 0, **given: Any) -> list[Row]:
        """Return the rows, `limit` at most."""
        if not self._sql:
            return []
        values = [given[one.value] if isinstance(one, Given) else one for one in self._values]
        with connection.cursor() as cursor:
            cursor.cursor.format = Format.BINARY
            cursor.execute(f"{self._sql} LIMIT %s OFFSET %s", [*values, limit, offset])
            found: list[Row] = cursor.fetchall()
        return self._opened(found) if self._opened else found


def kept(build: Callable[[Any], BuiltQuery]) -> Callable[..., list[Row]]:
    """Return what runs the query of what somebody may see: built once for each kind of user, run for whoever asks."""

    @cache
    def built(is_staff: bool) -> BuiltQuery:
        return build(Somebody(is_staff)).demand_lasting()

    @wraps(build)
    def fetch(by: Any, *, limit: int, **given: Any) -> list[Row]:
        query = built(by.is_staff) if by.is_active and not by.is_system else build(by)
        return query.fetch(limit=limit, user_id=by.pk, firm_id=by.firm_id, **given)

    return fetch


@cache
def plain_columns(model: type[Model]) -> tuple[str, ...]:
    """Return the columns of a model whose values need no translation after they left the database."""
    return tuple(
        field.attname for field in model._meta.concrete_fields if not hasattr(field, "from_db_value")
    )
