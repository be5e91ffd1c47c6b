"""Pages, filters and the limit of requests."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from lexai import limits

PAGE_PARAMETERS = {"page", "page_size"}


class UserLimit(BaseThrottle):
    """Count every request of a user, or of an address where nobody is signed in; open while Valkey is away."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        key = f"user {user.pk}" if user.is_authenticated else f"address {request.META['REMOTE_ADDR']}"
        limits.count(request, "api", key=key, rate=settings.API_RATE, fails_open=True)
        return True


class Pages(PageNumberPagination):
    """Pages of 50, or of `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        return _whole(request, "page_size", self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        return _whole(request, "page", 1, 1_000_000)


def _whole(request: Request, name: str, default: int, highest: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) <= len(str(highest))):
        raise ValidationError({name: f"Give a whole number from 1 to {highest}."})
    if not 1 <= int(given) <= highest:
        raise ValidationError({name: f"Give a whole number from 1 to {highest}."})
    return int(given)


class DeclaredFilters(DjangoFilterBackend):
    """Filter and order a list by what its FilterSet declares; refuse every other parameter by name."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filters: type[FilterSet] | None = view.filterset_class
        known = {*(filters.base_filters if filters else ()), *PAGE_PARAMETERS}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError(dict.fromkeys(unknown, "There is no such filter here."))
        if filters is None or set(request.query_params) <= PAGE_PARAMETERS:
            return queryset
        bound = filters(data=request.query_params, queryset=queryset, request=request)
        if not bound.is_valid():
            raise ValidationError(bound.errors)
        filtered: QuerySet[Any] = bound.qs
        return filtered
