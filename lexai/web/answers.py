"""Errors as whoever asks can read them: a page for people, a problem document for programs."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from lexai.errors import DomainError, Unavailable
from lexai.problems import SENTENCES, problem, problem_of, problem_response, wants_problem

View = Callable[[HttpRequest], HttpResponse]
# for people: what an error is called, and what they can do next
PAGES = {
    400: ("This could not be understood", "Go back, load the page anew, and try once more."),
    403: ("This is not open to you", "Do you need it? An administrator of your firm can help."),
    404: (
        "Nothing found",
        "Check the address. What was deleted, and what is kept to others, looks the same from here.",
    ),
    405: ("This page cannot be used like that", "Go back, and use what the page offers."),
    409: ("This cannot be done now", "Go back, and load the page anew: it has changed meanwhile."),
    410: ("This is gone", ""),
    411: ("This could not be understood", "Use a browser that is up to date."),
    412: ("Somebody else was faster", "Go back, load the page anew, and look at what changed."),
    413: ("This is too large", "Send less at once: one file after the other, or a smaller one."),
    415: ("This could not be understood", "Use a browser that is up to date."),
    429: ("That was too often", "What you did before is not lost. Go back after that time, and try again."),
    500: (
        "Something went wrong here",
        "Try once more. If it happens again, tell whoever runs LexAI for you when.",
    ),
    503: ("This has to wait a moment", "Nothing was changed. Load the page anew in a minute."),
}


def error_response(request: HttpRequest, status: int, detail: str = "", field: str = "") -> HttpResponse:
    """Return an error as a problem document to programs and as a page to people."""
    if wants_problem(request):
        detail = detail or SENTENCES.get(status, SENTENCES[400])
        return problem_response(problem(status, detail, errors={field: [detail]} if field else None))
    return _page(request, status, detail)


def refusal_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return a refusal in the form that whoever asks can read."""
    if wants_problem(request):
        return problem_response(problem_of(error), error.retry_after_seconds)
    page = _page(request, error.status, str(error))
    if error.retry_after_seconds:
        page["Retry-After"] = str(error.retry_after_seconds)
    return page


def _page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """Return an error as a page that asks neither the database nor who is signed in: either may be what failed.

    The cookie of a session says enough to offer the sign-in to those alone who have none.
    """
    title, advice = PAGES.get(status, (HTTPStatus(status).phrase, ""))
    words = {
        "title": title,
        "detail": detail or SENTENCES.get(status, SENTENCES[400]),
        "advice": advice,
        "may_sign_in": settings.SESSION_COOKIE_NAME not in request.COOKIES,
        "happened_at": datetime.now(UTC) if status == HTTPStatus.INTERNAL_SERVER_ERROR else None,
    }
    return HttpResponse(render_to_string("error.html", words), status=status)


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
    response = error_response(
        request, 403, "This form has expired or came from another site. Load the page anew and send it again."
    )
    response["HX-Trigger"] = "stale-form"  # a page of ours may get the tokens of the newer session
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """Answer alike for what is not there and for what may not be seen."""
    return error_response(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when something broke: 503 while the database cannot be used, else 500."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return refusal_response(request, Unavailable())
    return error_response(request, 500)
