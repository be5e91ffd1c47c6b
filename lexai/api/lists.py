"""Pages, filters and the limit of requests."""

from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from lexai import limits
from lexai.queries import BuiltQuery, Row

PAGES_MOST = 1_000_000
PAGE_PARAMETERS = {"page", "page_size"}


class Limited:
    """Count every request of a user, or of an address where nobody is signed in; open while Valkey is away.

    It counts before anything is decided: REST framework's throttles come after the permissions, and whoever is
    refused could ask, and fill the audit, without end.
    """

    def check_permissions(self, request: Request) -> None:
        user = request.user
        key = f"user {user.pk}" if user.is_authenticated else f"address {request.META['REMOTE_ADDR']}"
        limits.count(request, "api", key=key, rate=settings.API_RATE, fails_open=True)
        super().check_permissions(request)  # type: ignore[misc]  # the view's


class Pages(PageNumberPagination):
    """Pages of 50, or of `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def page_of(self, query: BuiltQuery, request: Request, **given: Any) -> list[Row]:
        """Return the rows of the page that is asked for; the query's last column tells how many rows there are."""
        self.request = request
        number, size = self.get_page_number(request, None), self.get_page_size(request)
        rows = query.fetch(limit=size, offset=(number - 1) * size, **given)
        if not rows and number > 1:
            raise NotFound
        paginator = Paginator((), size)
        paginator.count = rows[0][-1] if rows else 0
        self.page = Page(rows, number, paginator)
        return rows

    def get_page_size(self, request: Request) -> int:
        return _whole(request, "page_size", self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        return _whole(request, "page", 1, PAGES_MOST)


def _whole(request: Request, name: str, default: int, highest: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) <= len(str(highest))):
        raise ValidationError({name: f"Give a whole number from 1 to {highest}."})
    if not 1 <= int(given) <= highest:
        raise ValidationError({name: f"Give a whole number from 1 to {highest}."})
    return int(given)


def asks_for_all(request: Request) -> bool:
    """Say whether the request filters and orders nothing."""
    return set(request.query_params) <= PAGE_PARAMETERS


class DeclaredFilters(DjangoFilterBackend):
    """Filter and order a list by what its FilterSet declares; refuse every other parameter by name."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        is_one_row = view.lookup_field in view.kwargs
        filters: type[FilterSet] | None = None if is_one_row else view.filterset_class
        of_list = {*(filters.base_filters if filters else ()), *PAGE_PARAMETERS}
        known = view.row_parameters if is_one_row else of_list
        unknown = sorted(set(request.query_params).difference(known))
        if unknown:
            raise ValidationError(dict.fromkeys(unknown, "There is no such filter here."))
        empty = sorted(name for name, value in request.query_params.items() if not value)
        if empty:
            raise ValidationError(dict.fromkeys(empty, "Give a value, or leave it out."))
        if filters is None or asks_for_all(request):
            return queryset
        bound = filters(data=request.query_params, queryset=queryset, request=request)
        if not bound.is_valid():
            raise ValidationError(bound.errors)
        filtered: QuerySet[Any] = bound.qs
        return filtered
