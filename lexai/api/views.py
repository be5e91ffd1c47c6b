"""The base of every endpoint and of every shape."""

from collections.abc import Iterable, Mapping
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
from lexai.errors import StaleVersion

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="the ETag of the version that is to be changed"
)


VERSION_DIGITS = 9


class StrictSerializer(serializers.Serializer):
    """A shape that refuses fields it does not know: a misspelt one would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise ValidationError({str(name): "There is no such field here." for name in sorted(unknown)})
        return super().to_internal_value(data)


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """The same of a model; what the model demands is checked by its service, in one place for every door."""


class PracticeViewSet(GenericViewSet):
    """Rows of one model as the asking user may see them; each read leaves one row in the audit.

    A subclass names its `model`, its `serializer_class`, the `noun` of its verbs in the audit (`client` for
    `client.viewed` and `client.listed`), and the `default_ordering` of its lists.
    """

    model: type[Model]
    noun: ClassVar[str] = ""
    client_id_column: ClassVar[str | None] = None  # how a row names its client; None: it has none
    default_ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    filterset_class: type[FilterSet] | None = None

    @property
    def by(self) -> Any:
        """Return whoever asks: a user, because the permissions let nobody else in."""
        return self.request.user

    def get_queryset(self) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(self.by)  # type: ignore[attr-defined]
        return visible.order_by(*self.default_ordering)

    def listed(self, rows: QuerySet[Any], *, target: Any = None) -> Response:
        """Return a page of the rows, filtered and ordered as asked, and record the read.

        A shape of plain columns is read as values: building and serialising instances costs twice as much.
        """
        page = self.paginate_queryset(self._as_shaped(self.filter_queryset(rows))) or []
        results = page if self._columns() else self.get_serializer(page, many=True).data
        client_ids = self._client_ids(page)
        audit.record_read(
            f"{self.noun}.listed",
            by=self.by,
            client_ids=client_ids,
            target=target,
            rows=len(results),
        )
        return self.get_paginated_response(results)

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
        tag = given.strip().strip('"')
        if not (tag.isascii() and tag.isdecimal() and len(tag) <= VERSION_DIGITS):
            raise StaleVersion
        return int(tag)

    def _columns(self) -> dict[str, str]:
        """Return name and column of each field of the shape, or nothing when one is no plain column."""
        shape: Any = self.get_serializer()
        columns = {column.attname for column in self.model._meta.concrete_fields}
        sources = {name: field.source for name, field in shape.fields.items()}
        return sources if set(sources.values()) <= columns else {}

    def _as_shaped(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        columns = self._columns()
        plain = [name for name, column in columns.items() if name == column]
        renamed = {name: F(column) for name, column in columns.items() if name != column}
        return rows.values(*plain, **renamed) if columns else rows

    def _client_ids(self, rows: Iterable[Any]) -> list[str]:
        name = self.client_id_column
        if name is None:
            return []
        return sorted({row[name] if isinstance(row, Mapping) else getattr(row, name) for row in rows})


class Listed:
    """Give a view set its list."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.listed(self.get_queryset())  # type: ignore[attr-defined, no-any-return]


class Shown:
    """Give a view set its rows one by one."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.shown(self.get_object())  # type: ignore[attr-defined, no-any-return]
