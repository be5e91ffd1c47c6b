"""The translator of refusals: each becomes an answer with its sentence, and a row in the audit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch

from lexai import audit
from lexai.audit.record import Audited
from lexai.audit.tried import row_tried
from lexai.errors import DomainError, Unavailable
from lexai.web.answers import View, refusal_response


class DomainErrorMiddleware:
    """Turn a refusal into its status and its sentence, and record it after the rollback."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError):
            return refusal_response(request, Unavailable())
        is_refusal = isinstance(error, DomainError | PermissionDenied | Http404)
        if is_refusal and request.user.is_authenticated:
            audit.record_refusal(
                error, by=request.user, door="web", tried=row_tried(request, by=request.user)
            )
        if not isinstance(error, DomainError):
            return None
        again = _back_office_response(request, error) or _page_again(request, error)
        return again or refusal_response(request, error)


def shows_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose form comes back with the sentence: it reads `request.refusal` when it runs again."""
    view.shows_refusals = True  # type: ignore[attr-defined]  # decorators hand on what hangs on the view
    return view


def about(model: type[Model]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Say of which table the `pk` in a view's address is: the audit of a refusal names the row that was tried."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.model = model  # type: ignore[attr-defined]  # as of a view set of the API
        return view

    return mark


def _page_again(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    page = request.resolver_match
    if page is None or request.method != "POST" or not getattr(page.func, "shows_refusals", False):
        return None
    try:
        response = _again(request, page, error)
    except DomainError:  # it was refused before the view looked at its form
        return None
    if error.retry_after_seconds:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _back_office_response(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return the form as it was sent, or the list, with the sentence on it; None outside the back office."""
    page = request.resolver_match
    is_there = page and page.app_name == "admin" and getattr(request.user, "is_staff", False)
    if page is None or not is_there or request.method != "POST":
        return None
    if str(page.url_name).endswith(("_add", "_change")):
        return _again(request, page, error)
    messages.error(request, str(error))
    return HttpResponseRedirect(request.get_full_path())


def _again(request: HttpRequest, page: ResolverMatch, error: DomainError) -> HttpResponse:
    """Return the page as it was sent, with the refusal on it."""
    request.refusal = error  # type: ignore[attr-defined]  # the view runs once more, and reads it
    response: HttpResponse = page.func(request, *page.args, **page.kwargs)
    response.status_code = error.status
    return response


@contextmanager
def refusal_told(request: HttpRequest, name: str = "", *, row: Audited | None) -> Iterator[None]:
    """Translate the refusal of one row among several into a message, so that the others have their turn.

    The message names it where it has a `name`; `row` is what the audit says was tried, None where it is not
    known or is another firm's.
    """
    try:
        with transaction.atomic():
            yield
    except DomainError as error:
        by: Any = request.user
        audit.record_refusal(error, by=by, door="web", tried=row)
        messages.error(request, f"{name}: {error}" if name else str(error))
