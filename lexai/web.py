"""What every page shares: who asks from where, how long a session lasts, and the translator of refusals."""

import ipaddress
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string

from lexai import audit, crowds
from lexai.audit.tried import row_tried
from lexai.errors import DomainError, Unavailable
from lexai.incoming import WholeBody
from lexai.problems import SENTENCES, problem, problem_of, problem_response, wants_problem

View = Callable[[HttpRequest], HttpResponse]
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what a Unix socket has instead of one; nothing listens here
UNCOUNTED = ("/healthz", "/readyz")  # whoever watches over us sees us in any crowd
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SEEN_SECONDS = 60  # a session's last use is noted this often at most
IPV6_NETWORK_BITS = 64  # one household or office: whoever has one address of it has them all


def error_response(request: HttpRequest, status: int, detail: str = "", field: str = "") -> HttpResponse:
    """Return an error as a problem document to programs and as a page to people."""
    if wants_problem(request):
        detail = detail or SENTENCES.get(status, SENTENCES[400])
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


class HeadersMiddleware:
    """Give every answer the headers that tell browsers what they may do with it.

    It stands outermost, and applies those of Django's SecurityMiddleware again: what that one refuses itself,
    such as an unknown host, would leave without them.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self._security = SecurityMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._security.process_response(request, self.get_response(request))
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the content security policy as it was built once; build another only for a page that changes it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if self.get_policy_parts(request, response) != PolicyParts():
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response

    @cached_property
    def _policy(self) -> str:
        return str(build_policy())


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
    forwarded = [
        one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()
    ]
    proxies: int = settings.PROXY_COUNT
    if proxies and len(forwarded) >= proxies:
        return str(forwarded[-proxies])
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


class CrowdMiddleware:
    """Refuse whoever has too many requests under way, before anything of the body is read.

    A request is under way until its answer is sent. A stream that holds a place of its own kind is not counted
    once more: whoever follows answers shuts out nobody in the same office.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in UNCOUNTED:
            return self.get_response(request)
        place = crowds.requests.enter(request.META["REMOTE_ADDR"])
        if place is None:
            return _crowded(request)
        response: HttpResponseBase = self.get_response(request)
        if isinstance(response, crowds.HeldStream):
            place.leave()
        else:  # as Django closes the request's own files
            response._resource_closers.append(place.leave)  # type: ignore[attr-defined]  # noqa: SLF001
        return response


def _crowded(request: HttpRequest) -> HttpResponse:
    body = request.META.get("wsgi.input")
    if isinstance(body, WholeBody):
        body.abandon()
    return refusal_response(request, crowds.Crowded())


class RequestGuardMiddleware:
    """Refuse what Django would stumble over later, or read as something else.

    That is a method such as TRACE, which views take for GET, U+0000 in an address or a cookie, a body of unknown
    length, and another code than UTF-8.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return _not_allowed(request, METHODS)
        given = [request.path, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values()]
        if any("\0" in one for one in given):
            return error_response(request, 400, "The address or a cookie holds characters that are not text.")
        if "Transfer-Encoding" in request.headers:
            return error_response(request, 411, "Say how long the body is, in the header Content-Length.")
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return error_response(request, 415, "Send the request in UTF-8.")
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return _not_allowed(request, [response["Allow"]])
        return response


def _not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    response = error_response(request, 405)
    response["Allow"] = ", ".join(methods)
    return response


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
    view.shows_refusals = True  # type: ignore[attr-defined]
    return view


def _page_again(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    page = request.resolver_match
    if page is None or request.method != "POST" or not getattr(page.func, "shows_refusals", False):
        return None
    request.refusal = error  # type: ignore[attr-defined]
    response: HttpResponse = page.func(request, *page.args, **page.kwargs)
    response.status_code = error.status
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
        request.refusal = error  # type: ignore[attr-defined]  # the form is shown again, and reads it
        response: HttpResponse = page.func(request, *page.args, **page.kwargs)
        response.status_code = error.status
        return response
    messages.error(request, str(error))
    return HttpResponseRedirect(request.get_full_path())


@contextmanager
def refusal_told(request: HttpRequest, row: str = "") -> Iterator[None]:
    """Translate the refusal of one row among several into a message, so that the others have their turn."""
    try:
        with transaction.atomic():
            yield
    except DomainError as error:
        by: Any = request.user
        audit.record_refusal(error, by=by, door="web")
        messages.error(request, f"{row}: {error}" if row else str(error))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django cannot read."""
    if isinstance(exception, RequestDataTooBig):
        return error_response(request, 413, field="body")
    return error_response(request, 400, field="Host" if isinstance(exception, DisallowedHost) else "body")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """Answer whoever is known and may not."""
    return error_response(request, 403)


def csrf_failed(request: HttpRequest, **_reason: Any) -> HttpResponse:
    """Answer a form that was not sent from one of our own pages."""
    return error_response(
        request, 403, "This form has expired or came from another site. Load the page anew and send it again."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """Answer alike for what is not there and for what may not be seen."""
    return error_response(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when something broke: 503 while the database cannot be used, else 500."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return refusal_response(request, Unavailable())
    return error_response(request, 500)
