"""The base of every endpoint and of every shape."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

from django.db.models import F, Model, QuerySet
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from lexai import audit
from lexai.api.bodies import JSONRenderer
from lexai.api.fields import TEXT_MAPPING, Name
from lexai.api.lists import Limited, asks_for_all
from lexai.encryption.fields import AsStored, EncryptedTextField, SealedColumns, damage_shown, sealed_fields
from lexai.errors import StaleVersion
from lexai.queries import BuiltQuery, Somebody, Total, plain_columns

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="the ETag of the version that is to be changed"
)


ETAG = '"([0-9]{1,9})"'
CLIENT_ID = -2  # where a row of a page has the id of its client; the number of all rows follows
TOLD_AS_THEY_ARE = {
    field.to_representation
    for field in (
        serializers.BigIntegerField,
        serializers.BooleanField,
        serializers.CharField,
        serializers.ChoiceField,
        serializers.DateTimeField,
        serializers.IntegerField,
    )
}


class StrictSerializer(serializers.Serializer):
    """A shape that refuses fields it does not know, and those that cannot be set: they would be lost in silence.

    What cannot be set may be sent as it is, so that a body that was fetched can be edited and sent back.
    """

    def to_internal_value(self, data: Any) -> Any:
        given = set(data) if isinstance(data, Mapping) else set()
        refused = dict.fromkeys(map(str, given - set(self.fields)), "There is no such field here.")
        for name in given & set(self.fields):
            if self.fields[name].read_only and not self._is_told(name, data[name]):
                refused[name] = "This cannot be set here."
        if refused:
            raise ValidationError({name: refused[name] for name in sorted(refused)})
        return super().to_internal_value(data)

    def _is_told(self, name: str, value: Any) -> bool:
        """Say whether the value is what a reader is told of the row."""
        if self.instance is None:
            return False
        field = self.fields[name]
        found = field.get_attribute(self.instance)
        shown = None if found is None else field.to_representation(found)
        (told,) = json.loads(JSONRenderer().render([shown]))
        return type(value) is type(told) and value == told


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """The same of a model; what the model demands is checked by its service, in one place for every door."""

    serializer_field_mapping = TEXT_MAPPING

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Return class and options of a field; a sealed line of text is a name, as one in plain is."""
        found, options = super().build_standard_field(field_name, model_field)
        is_line = isinstance(model_field, EncryptedTextField) and model_field.max_length is not None
        return Name if is_line else found, options


@cache
def plain_columns_of(shape: Any, model: type[Model]) -> dict[str, str]:
    """Return name and column of each field of a shape, or nothing when one is more than a plain column."""
    fields = {name: field for name, field in shape().fields.items() if not field.write_only}
    columns = {name: field.source for name, field in fields.items()}
    told = {*plain_columns(model), *sealed_columns_among(columns.values(), model)}
    is_plain = all(type(field).to_representation in TOLD_AS_THEY_ARE for field in fields.values())
    return columns if is_plain and told.issuperset(columns.values()) else {}


def sealed_columns_among(columns: Collection[str], model: type[Model]) -> set[str]:
    """Return the sealed ones of the columns that can be opened with what stands beside them."""
    key: Any = model._meta.pk
    return {
        field.attname
        for field in sealed_fields(model)
        if not field.bound and {field.attname, field.owner, key.attname}.issubset(columns)
    }


class PracticeViewSet(Limited, GenericViewSet):
    """Rows of one model as the asking user may see them; each read leaves one row in the audit.

    A subclass names its `model`, its `serializer_class`, the `noun` of its verbs in the audit (`client` for
    `client.viewed` and `client.listed`), and the `default_ordering` of its lists.
    """

    model: type[Model]
    noun: ClassVar[str] = ""
    client_id_column: ClassVar[str | None] = None  # how a row names its client; None: it has none
    default_ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    filterset_class: type[FilterSet] | None = None
    row_parameters: Collection[str] = ()  # what an address of one row may ask for

    @property
    def by(self) -> Any:
        """Return whoever asks: a user, because the permissions let nobody else in."""
        return self.request.user

    def get_queryset(self) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(self.by)  # type: ignore[attr-defined]
        return visible.order_by(*self.default_ordering)

    def listed(self, rows: QuerySet[Any], *, target: Any = None) -> Response:
        """Return a page of the rows, filtered and ordered as asked, and record the read."""
        shape: Any = self.get_serializer_class()
        with self.damage_shown():
            rows = self.filter_queryset(rows)
            if columns := plain_columns_of(shape, self.model):
                return self._page_of(self._built(rows, columns), columns, target)
            page = self.paginate_queryset(rows) or []
            return self._page(self.get_serializer(page, many=True).data, self._client_ids(page), target)

    def listed_all(self) -> Response:
        """Return a page of all that the asking user may see, in the default order, and record the read."""
        shape: Any = self.get_serializer_class()
        if columns := plain_columns_of(shape, self.model):
            with self.damage_shown():
                return self._page_of(self._all_visible(shape, is_staff=self.by.is_staff), columns)
        return self.listed(self.get_queryset())

    @contextmanager
    def damage_shown(self) -> Iterator[None]:
        """Show what does not open as damaged, and record the place of each, once."""
        with damage_shown() as found:
            yield
        for error in found.values():
            audit.record_refusal(error, by=self.by, door=f"api {type(self).__name__}")

    def _page_of(self, query: BuiltQuery, columns: Mapping[str, str], target: Any = None) -> Response:
        """Answer with a page of tuples: to build instances and to serialise them costs several times as much."""
        given = {"user_id": self.by.pk, "firm_id": self.by.firm_id}
        rows = self.paginator.page_of(query, self.request, **given)  # type: ignore[union-attr]
        client_ids = sorted({row[CLIENT_ID] for row in rows}) if self.client_id_column else []
        return self._page([dict(zip(columns, row, strict=False)) for row in rows], client_ids, target)

    def _page(self, results: Sequence[Any], client_ids: list[str], target: Any) -> Response:
        verb = f"{self.noun}.listed"
        audit.record_read(verb, by=self.by, client_ids=client_ids, target=target, rows=len(results))
        return self.get_paginated_response(results)

    @classmethod
    @cache
    def _all_visible(cls, shape: Any, *, is_staff: bool) -> BuiltQuery:
        """Return the query of all that a user of this kind may see; who it is, is given when it runs."""
        visible = cls.model.objects.visible_to(Somebody(is_staff))  # type: ignore[attr-defined]
        rows = visible.order_by(*cls.default_ordering)
        return cls._built(rows, plain_columns_of(shape, cls.model)).demand_lasting()

    @classmethod
    def _built(cls, rows: QuerySet[Any], columns: Mapping[str, str]) -> BuiltQuery:
        """Return the query of the columns, the id of the client where there is one, and the number of rows."""
        names = list(columns.values())
        sealed = sealed_columns_among(names, cls.model)
        stored = [AsStored(name) if name in sealed else F(name) for name in names]
        client_id = [F(cls.client_id_column)] if cls.client_id_column else []
        total = Total(rows.order_by().values("pk"))
        opened = SealedColumns(cls.model, names).opened if sealed else None
        return BuiltQuery(rows.values_list(*stored, *client_id, total), opened=opened)

    def shown(self, row: Any) -> Response:
        """Return one row and record the read."""
        client_ids = self._client_ids([row])
        audit.record_read(f"{self.noun}.viewed", by=self.by, client_ids=client_ids, target=row)
        return Response(self.get_serializer(row).data, headers=self.version_headers(row))

    @staticmethod
    def version_headers(row: Any) -> dict[str, str]:
        """Return the ETag of a row that has versions."""
        return {"ETag": f'"{row.version}"'} if hasattr(row, "version") else {}

    def demanded_version(self) -> int | None:
        """Return the version that If-Match names, or None; raise StaleVersion for what is no ETag of ours."""
        given = self.request.headers.get("If-Match")
        if given is None or given.strip() == "*":
            return None
        tag = re.fullmatch(ETAG, given.strip())
        if tag is None:
            raise StaleVersion
        return int(tag[1])

    def _client_ids(self, rows: Iterable[Any]) -> list[str]:
        name = self.client_id_column
        return sorted({getattr(row, name) for row in rows}) if name else []


class Listed:
    """Give a view set its list."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        is_narrower = type(self).get_queryset is not PracticeViewSet.get_queryset  # type: ignore[attr-defined]
        if is_narrower or not asks_for_all(request):
            return self.listed(self.get_queryset())  # type: ignore[attr-defined, no-any-return]
        return self.listed_all()  # type: ignore[attr-defined, no-any-return]


class Shown:
    """Give a view set its rows one by one."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.shown(self.get_object())  # type: ignore[attr-defined, no-any-return]
