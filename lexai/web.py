"""What every page shares: who asks from where, how long a session lasts, and the translator of refusals."""

import ipaddress
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from lexai import audit
from lexai.errors import DomainError, Unavailable
from lexai.problems import SENTENCES, problem, problem_of, problem_response, wants_problem

View = Callable[[HttpRequest], HttpResponse]
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what a Unix socket has instead of one; nothing listens here
SEEN_SECONDS = 60  # a session's last use is noted this often at most
IPV6_NETWORK_BITS = 64  # one household or office: whoever has one address of it has them all


def error_response(request: HttpRequest, status: int, detail: str = "", field: str = "") -> HttpResponse:
    """Return an error as a problem document to programs and as a page to people."""
    if wants_problem(request):
        return problem_response(problem(status, detail, errors={field: [detail]} if field else None))
    return _page(status, detail)


def refusal_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return a refusal in the form that whoever asks can read."""
    if wants_problem(request):
        return problem_response(problem_of(error), error.retry_after_seconds)
    page = _page(error.status, str(error))
    if error.retry_after_seconds:
        page["Retry-After"] = str(error.retry_after_seconds)
    return page


def _page(status: int, detail: str) -> HttpResponse:
    words = {
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail or SENTENCES.get(status, SENTENCES[400]),
    }
    return HttpResponse(render_to_string("error.html", words), status=status)


class ClientAddressMiddleware:
    """Put the caller's address into REMOTE_ADDR: the one that the outermost of our own proxies saw.

    `settings.PROXY_COUNT` says how many proxies stand in front; what is further left in X-Forwarded-For was
    written by the caller and is ignored. An IPv6 address is shortened to its /64 network.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = _counted_address(_address(request))
        return self.get_response(request)


def _address(request: HttpRequest) -> str:
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies: int = settings.PROXY_COUNT
    if proxies and len(forwarded) >= proxies:
        return str(forwarded[-proxies].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def _counted_address(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NO_ADDRESS
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False).network_address)


class RequestGuardMiddleware:
    """Refuse what Django would stumble over later: U+0000 in an address, a form in another code than UTF-8."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path + unquote(request.META.get("QUERY_STRING", "")):
            return error_response(request, 400, "The address holds characters that are not text.")
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return error_response(request, 415, "Send the request in UTF-8.")
        return self.get_response(request)


class SessionLimitsMiddleware:
    """End a session that was idle for too long, or that is too old."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if "_auth_user_id" in session:
            now = time.time()
            seen_at = session.get("seen_at", now)
            is_idle = now - seen_at > settings.SESSION_IDLE_MINUTES * 60
            if is_idle or now - session.setdefault("started_at", now) > settings.SESSION_COOKIE_AGE:
                session.flush()
            elif now - seen_at > SEEN_SECONDS or "seen_at" not in session:
                session["seen_at"] = now
        return self.get_response(request)


class DomainErrorMiddleware:
    """Turn a refusal into its status and its sentence, and record it after the rollback."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError):
            return refusal_response(request, Unavailable())
        is_refusal = isinstance(error, DomainError | PermissionDenied | Http404)
        if is_refusal and request.user.is_authenticated:
            audit.record_refusal(error, by=request.user, door="web")
        return refusal_response(request, error) if isinstance(error, DomainError) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django cannot read."""
    if isinstance(exception, RequestDataTooBig):
        return error_response(request, 413, field="body")
    return error_response(request, 400, field="body")


def forbidden(request: HttpRequest, **_exception: Any) -> HttpResponse:
    """Answer whoever is known and may not."""
    return error_response(request, 403)


def csrf_failed(request: HttpRequest, **_reason: Any) -> HttpResponse:
    """Answer a form that was not sent from one of our own pages."""
    return error_response(
        request, 403, "This form has expired or came from another site. Load the page anew and send it again."
    )


def not_found(request: HttpRequest, **_exception: Any) -> HttpResponse:
    """Answer alike for what is not there and for what may not be seen."""
    return error_response(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when something broke: 503 while the database cannot be used, else 500."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return refusal_response(request, Unavailable())
    return error_response(request, 500)
