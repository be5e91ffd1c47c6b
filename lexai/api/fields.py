"""Fields of shapes and of filters that take what they say, and nothing that could be read as it."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lexai.characters import CONTROL


class Text(serializers.CharField):
    """Text: a number or a truth value is none, where REST framework would write it down as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class Name(Text):
    """A line of text: without control characters, those at its ends included, which trimming would hide."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and CONTROL.search(data):
            raise serializers.ValidationError("It holds characters that are not text. Remove them.")
        return super().to_internal_value(data)


class EmailAddress(Name):
    """An e-mail address; the services alone say which is one, and which spelling is kept."""


class Truth(serializers.BooleanField):
    """True or false, and nothing that could be read as it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Several(serializers.ListField):
    """A list that is counted before it is looked at: a million bad entries would cost as many error messages."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError(f"Give at most {self.max_length} entries.")
        entries: list[Any] = super().to_internal_value(data)
        return entries


TEXT_MAPPING = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.CharField: Name,
    models.TextField: Text,
}


class TruthWordField(forms.CharField):
    """`true` or `false`; Django's own field takes every other word for no answer, and would not filter."""

    def to_python(self, value: Any) -> Any:
        word = str(super().to_python(value)).lower()
        if word not in {"", "true", "false"}:
            raise forms.ValidationError("Give true or false.")
        return word == "true" if word else None


@extend_schema_field(OpenApiTypes.BOOL)
class TruthFilter(filters.Filter):
    """Narrow a list by a truth value."""

    field_class = TruthWordField


@extend_schema_field({"type": "integer", "minimum": 1})
class KeyFilter(filters.Filter):
    """Narrow a list by the number of another row."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=1, **options)


class StableOrdering(filters.OrderingFilter):
    """Order by what is asked for, and equals by their key: no row stands on two pages, or on none."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        ordered: QuerySet[Any] = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered
