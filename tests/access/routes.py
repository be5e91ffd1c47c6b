"""Every address that the product answers: from Django's resolver, and from the API's description."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator


def resolved() -> list[str]:
    """Return the patterns of all routes, as they are written: `api/v1/clients/<str:pk>/`."""
    return sorted(set(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    for one in patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield re.sub(
                r"\^?\(\?P<(\w+)>[^)]*\)(/?)\$", r"<\1>\2", here
            )  # what Django writes as an expression


def description() -> dict[str, Any]:
    """Return the OpenAPI description, made anew."""
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> set[tuple[str, str]]:
    """Return method and path of each operation that the description names, its parameters as `<>`."""
    return {
        (method.upper(), shape(path))
        for path, item in description()["paths"].items()
        for method in item
        if method != "parameters"
    }


def shape(pattern: str) -> str:
    """Return a path with its parameters as `<>`, so that both spellings of a route compare."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "<>", pattern.lstrip("/"))
