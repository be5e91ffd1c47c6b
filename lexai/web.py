"""What every page shares: the translator of refusals, and a guard of addresses."""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from lexai import audit
from lexai.errors import DomainError


class RequestGuardMiddleware:
    """Refuse what Django would stumble over later: U+0000 in an address, a form in another code than UTF-8."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path + unquote(request.META.get("QUERY_STRING", "")):
            return HttpResponseBadRequest("The address holds characters that are not text.")
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return HttpResponse("Send the form in UTF-8.", status=415, content_type="text/plain")
        return self.get_response(request)


class DomainErrorMiddleware:
    """Turn a refusal into its status and its sentence, and record it after the rollback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.user.is_authenticated:
            audit.record_refusal(error, by=request.user, door="web")
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
