"""Sealed columns: a model says `EncryptedTextField()`, and nothing else in the code knows.

In the database stands what `core.values` makes, bound to table, column, row and owner. A row keeps it sealed
until somebody asks for the words, and saves it untouched when nobody changed them.
"""

import json
import logging
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, cached_property
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import checks
from django.core.validators import MaxLengthValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.expressions import Col, F
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute

from lexai.encryption import keyring
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.encryption.core.values import HEADER_BYTES, Sealed, key_version, padded, seal, unpadded, unseal
from lexai.encryption.errors import KeyErased, SealedFieldMisused, Tampered

OPENED_ROWS = 1000  # whose keys are fetched together: fewer than are held
ERASED = "[erased]"  # what is read where the key has been erased
DAMAGED = "[damaged]"  # what is read within `damage_shown` where a value does not open
logger = logging.getLogger(__name__)
Damage = dict[str, Tampered]  # what does not open, by its place
_damage: ContextVar[Damage | None] = ContextVar("damage", default=None)


@contextmanager
def damage_shown() -> Iterator[Damage]:
    """Have what does not open read as DAMAGED instead of raising Tampered; yield what is found of that.

    For what shows or compares many values: one that is damaged must not hide all others.
    """
    found: Damage = {}
    token = _damage.set(found)
    try:
        yield found
    finally:
        _damage.reset(token)


class SealedNull:
    """NULL on its way into the database, from a row that was saved."""


SEALED_NULL = SealedNull()


class SealedAttribute(DeferredAttribute):
    """The attribute of a row: opens the value when it is first read."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname, self)
        if value is self:
            value = super().__get__(instance, cls)
        if not isinstance(value, Sealed):
            return value
        try:
            words = self.field.unsealed(value, self.field.bound_to(instance), Ciphers())
        except (KeyErased, Tampered) as error:  # the bytes stay: what cannot be read is never saved anew
            return self.field.instead_of(error)
        instance.__dict__[self.field.attname] = words
        return words

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedColumn(Col):
    """A sealed column in an expression: it can be asked whether it is NULL, and nothing else."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        raise SealedFieldMisused(
            f"{self.target} is sealed: the database cannot filter, sort, count or return its words. "
            "Fetch the rows and read the attribute."
        )

    def as_plain_sql(self, compiler: Any, connection: Any) -> Any:
        return super().as_sql(compiler, connection)


class StoredColumn(Col):
    """A sealed column as it stands in the database."""

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []


class AsStored(F):
    """A sealed column as it stands in the database, for a list that opens the values of its page itself."""

    def resolve_expression(self, *args: Any, **options: Any) -> Any:
        column: Any = super().resolve_expression(*args, **options)
        return StoredColumn(column.alias, column.target, models.BinaryField())


class SealedIsNull(IsNull):
    """Whether there is a value at all."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        column = lhs or self.lhs
        if isinstance(column, SealedColumn):
            return column.as_plain_sql(compiler, connection)
        return super().process_lhs(compiler, connection, lhs)


class EncryptedTextField(models.TextField):
    """Text that is sealed at rest under the key of its owner.

    `owner` names the column with the id of the client, or of the firm, that the row belongs to. The row needs
    its primary key before it is inserted: `lexai.database.insert` and `insert_all` see to that. `bound` names
    columns beside it that are written once, with the words: if one is changed, those do not open any more.
    """

    descriptor_class = SealedAttribute

    def __init__(
        self, *args: Any, owner: str = "client_id", bound: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.owner, self.bound = owner, tuple(bound)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        binding = {"owner": self.owner, **({"bound": self.bound} if self.bound else {})}
        return name, path, args, {**options, **binding}

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        return [
            *super().check(**options),
            *self._check_owner(),
            *self._check_rules(),
            *self._check_django(),
        ]

    def _check_owner(self) -> list[checks.CheckMessage]:
        columns = {column.attname for column in self.model._meta.concrete_fields}
        return [
            checks.Error(
                f"A sealed field needs the column {name} beside it, which it is bound to.",
                hint="Give the table a client_id or firm_id of its own; name that in `owner`, others in `bound`.",
                obj=self,
                id="lexai.E010",
            )
            for name in (self.owner, *self.bound)
            if name not in columns
        ]

    def _check_rules(self) -> list[checks.CheckMessage]:
        """Demand that the database looks at the words for no constraint and no index."""
        rules: list[Any] = [*self.model._meta.constraints, *self.model._meta.indexes]
        return [
            checks.Error(
                f"The database cannot read a sealed field, and {rule.name} asks it to.",
                hint="Let the service look at the words.",
                obj=self,
                id="lexai.E011",
            )
            for rule in rules
            if self.name in _named_by(rule)
        ]

    def _check_django(self) -> list[checks.CheckMessage]:
        """Demand that Django still asks `get_col` as it was read: whole rows are served, expressions are not."""
        rows: models.QuerySet[Any, Any] = models.QuerySet(self.model)
        if _is_served(rows) and not _is_served(rows.values(self.attname)):
            return []
        return [
            checks.Error(
                "Django no longer asks for the columns of whole rows as EncryptedTextField.get_col expects.",
                hint="Read SQLCompiler.get_default_columns of the installed release, and mend get_col.",
                obj=self,
                id="lexai.E012",
            )
        ]

    def get_internal_type(self) -> str:
        return "BinaryField"

    def formfield(self, **options: Any) -> Any:
        """Return a field that takes an empty line for NULL where it may, as one of plain text does."""
        if self.null and self.max_length is not None:
            options = {"empty_value": None, **options}
        return super().formfield(**options)

    def bound_to(self, row: Any) -> "Bound":
        """Return what this field of a row is bound to."""
        beside = [getattr(row, column) for column in self.bound]
        return bound(row.pk, scope_of(self.owner, getattr(row, self.owner)), beside)

    def opened(self, sealed: bytes, row: "Bound", ciphers: "Ciphers") -> Any:
        """Return the value, or what is read `instead_of` it; raise Tampered, KeysUnavailable."""
        try:
            return self.unsealed(sealed, row, ciphers)
        except (KeyErased, Tampered) as error:
            return self.instead_of(error)

    def instead_of(self, error: KeyErased | Tampered) -> Any:
        """Return what is read where a value does not open; raise Tampered outside `damage_shown`."""
        if isinstance(error, KeyErased):
            return self.from_mark(ERASED)
        found = _damage.get()
        if found is None:
            raise error
        found[error.facts["place"]] = error
        return self.from_mark(DAMAGED)

    def unsealed(self, sealed: bytes, row: "Bound", ciphers: "Ciphers") -> Any:
        """Return the value; raise KeyErased, Tampered, KeysUnavailable."""
        try:
            content = unseal(ciphers[row.scope, sealed[:HEADER_BYTES]], sealed, self._context + row.context)
        except TamperError:
            raise Tampered(f"{self._place} of {row.row_id}", row.scope) from None
        return self.from_content(unpadded(content))

    def sealed(self, value: Any, row: "Bound") -> Sealed:
        """Return what stands for a value in the database; raise KeyErased, KeysUnavailable."""
        content = padded(self.to_content(value))
        version, cipher = keyring.sealing_cipher(row.scope, Purpose.FIELD)
        return Sealed(seal(cipher, version, content, self._context + row.context))

    def to_content(self, value: Any) -> bytes:
        """Return a value as the bytes that are sealed."""
        return str(value).encode()

    def from_content(self, content: bytes) -> Any:
        """Return the value that `to_content` took."""
        return content.decode()

    def from_mark(self, mark: str) -> Any:
        """Return the mark of what cannot be read, in the shape of a value."""
        return mark

    @cached_property
    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    @cached_property
    def _context(self) -> bytes:
        return self._place.encode()

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        kept = model_instance.__dict__.get(self.attname)
        if isinstance(kept, Sealed):
            return kept
        value = getattr(model_instance, self.attname)
        if value is None:
            return SEALED_NULL
        if model_instance.pk is None:
            raise SealedFieldMisused(
                "A row with sealed fields needs its id before it is saved: use insert()."
            )
        return self.sealed(value, self.bound_to(model_instance))

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is SEALED_NULL:
            return None
        if isinstance(value, Sealed):
            return bytes(value)
        raise SealedFieldMisused(f"{self} is sealed: only a row that is saved can change it, not a query.")

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else Sealed(value)

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        """Return the column as it is for a whole row, and one that refuses to be used for an expression.

        Django asks for both alike; only who asks tells them apart.
        """
        if sys._getframe(1).f_code.co_name == "get_default_columns":  # noqa: SLF001 - see above
            return super().get_col(alias, output_field)
        return SealedColumn(alias, self, output_field or self)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return SealedIsNull
        raise SealedFieldMisused(f"{self} is sealed: the database cannot compare it ({lookup_name}).")

    def get_transform(self, lookup_name: str) -> Any:
        raise SealedFieldMisused(f"{self} is sealed: the database cannot compute with it ({lookup_name}).")


class EncryptedJSONField(EncryptedTextField):
    """A list of JSON that is sealed at rest."""

    _pyi_private_set_type: Any  # what the type checker takes and gives for it
    _pyi_private_get_type: Any

    def to_content(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False).encode()

    def from_content(self, content: bytes) -> Any:
        return json.loads(content)

    def from_mark(self, mark: str) -> Any:
        return [mark]

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedBytesField(EncryptedTextField):
    """Bytes that are sealed at rest; what cannot be read reads as none."""

    _pyi_private_set_type: Any  # what the type checker takes and gives for it
    _pyi_private_get_type: Any
    empty_values = [None, b""]

    def to_content(self, value: Any) -> bytes:
        return bytes(value)

    def from_content(self, content: bytes) -> Any:
        return content

    def from_mark(self, mark: str) -> Any:
        return b""

    def to_python(self, value: Any) -> Any:
        return value


class Bound(NamedTuple):
    """What a sealed value is bound to beside its column: the row, the scope of the key, and other columns."""

    row_id: Any
    scope: str
    context: bytes


def bound(row_id: Any, scope: str, beside: Sequence[Any] = ()) -> Bound:
    """Return what a value of a row is bound to, with the values of the columns that its field names beside it."""
    columns = f"|{json.dumps(beside)}" if beside else ""
    return Bound(row_id, scope, f"|{row_id}|{scope}{columns}".encode())


class Ciphers(dict[tuple[str, bytes], AESGCM]):
    """The ciphers that a page of values needs, by scope and header; each is looked for once."""

    def __init__(self, scopes: Iterable[str] = ()) -> None:
        """Fetch the keys of these scopes in few questions; raise KeysUnavailable."""
        self._owned = keyring.load(scopes)

    def __missing__(self, name: tuple[str, bytes]) -> AESGCM:
        scope, version = name[0], key_version(name[1])
        owned = self._owned.get(scope)
        if owned and version in owned.data_keys:
            cipher = owned.cipher(version, Purpose.FIELD)
        else:
            cipher = keyring.opening_cipher(scope, Purpose.FIELD, version)
        self[name] = cipher
        return cipher


class SealedColumns:
    """The sealed ones among the columns of a page of plain rows, which were fetched `AsStored`."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        """Take the columns in the order in which the rows have them; key and owner must be among them.

        A field with bound columns is none of those: rows of such a model are fetched whole.
        """
        self._row_id = columns.index(model._meta.pk.attname)
        self._fields: defaultdict[str, list[tuple[int, EncryptedTextField]]] = defaultdict(list)
        for field in sealed_fields(model):
            if field.attname in columns:
                self._fields[field.owner].append((columns.index(field.attname), field))
        self._owners = {owner: columns.index(owner) for owner in self._fields}

    def opened(self, rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """Return the rows with their words; raise Tampered, KeysUnavailable."""
        found = [list(row) for row in rows]
        for owner, place in self._owners.items():
            scopes = [scope_of(owner, row[place]) for row in found]
            ciphers = Ciphers(scopes)
            for row, scope in zip(found, scopes, strict=True):
                self._open(row, bound(row[self._row_id], scope), self._fields[owner], ciphers)
        return list(found)

    @staticmethod
    def _open(
        row: list[Any], to: Bound, fields: list[tuple[int, EncryptedTextField]], ciphers: Ciphers
    ) -> None:
        for column, field in fields:
            if row[column] is not None:
                row[column] = field.opened(row[column], to, ciphers)


def opened_column(rows: models.QuerySet[Any], name: str) -> Iterator[tuple[Any, Any]]:
    """Yield the key and the value of every row where a sealed column holds one that opens; raise KeysUnavailable.

    What is erased or damaged is passed over, and the damage told to `damage_shown`, or to the log.
    """
    field: Any = rows.model._meta.get_field(name)
    stored = list(stored_values(field, rows.order_by()))
    for start in range(0, len(stored), OPENED_ROWS):
        page = stored[start : start + OPENED_ROWS]
        ciphers = Ciphers(row.scope for row, _sealed in page)
        for row, sealed in page:
            with suppress(KeyErased), _damage_passed_over():
                yield row.row_id, field.unsealed(sealed, row, ciphers)


def stored_values(field: EncryptedTextField, rows: models.QuerySet[Any]) -> Iterator[tuple["Bound", bytes]]:
    """Yield each value of a column as it stands in the database, and what it is bound to; NULL is none."""
    held = rows.filter(**{f"{field.name}__isnull": False})
    columns = held.values_list("pk", field.owner, AsStored(field.name), *field.bound)
    for key, number, sealed, *beside in columns:
        yield bound(key, scope_of(field.owner, number), beside), sealed


@contextmanager
def _damage_passed_over() -> Iterator[None]:
    """Go on behind a value that does not open, once that is told: to `damage_shown`, or else to the log."""
    try:
        yield
    except Tampered as error:
        found = _damage.get()
        if found is None:
            logger.warning("passed over: %s does not open", error.facts["place"])
        else:
            found[error.facts["place"]] = error


def scope_of(owner: str, number: Any) -> str:
    """Return the scope of a client's key, which is its id, or that of a firm's."""
    return f"firm_{number}" if owner == "firm_id" else str(number)


def _is_served(rows: models.QuerySet[Any, Any]) -> bool:
    try:
        rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except SealedFieldMisused:
        return False
    return True


@cache
def sealed_fields(model: type[models.Model]) -> tuple[EncryptedTextField, ...]:
    """Return the sealed fields of a model."""
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField))


def _named_by(rule: Any) -> set[str]:
    """Return the names of the fields that a constraint or an index looks at."""
    seen = [getattr(rule, "condition", None), *getattr(rule, "expressions", ())]
    references_of: Any = models.Model._get_expr_references  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's own checks
    references = [names for each in seen if each for names in references_of(each)]
    return {*getattr(rule, "fields", ()), *(names[0] for names in references)}
