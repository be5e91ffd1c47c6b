"""Problem documents (RFC 9457): how an error reads for a program."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

import orjson
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse

from lexai.errors import DomainError, NotAcceptable

MEDIA_TYPE = "application/problem+json"
API_ROOT = "/api/"
ERRORS_MOST, FIELD_CHARACTERS_MOST = 100, 200  # what was sent wrongly a million times is not sent back
SENTENCES = {
    400: "The request cannot be understood. Check its form.",
    401: "Sign in, or send a valid token.",
    403: "You may not do this.",
    404: "There is nothing here that you may see.",
    405: "This address does not know this method.",
    413: "The request is larger than this system accepts.",
    415: "This address does not read this kind of content.",
    500: "Something went wrong here. It has been noted; nothing was changed.",
    503: "This cannot be served at the moment. Try again in a minute.",
}


def problem(status: int, detail: str = "", *, kind: str = "", errors: Any = None) -> dict[str, Any]:
    """Return a problem document: type, title, status, detail and, where fields are at fault, `errors`.

    `errors` is nested as serializers and models report it; each becomes `{"field": "a.b", "detail": sentence}`.
    """
    document = {
        "type": f"urn:lexai:problem:{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or SENTENCES.get(status, SENTENCES[400]),
    }
    faults = islice(_flattened(errors or {}), ERRORS_MOST)
    listed = [{"field": field[:FIELD_CHARACTERS_MOST], "detail": sentence} for field, sentence in faults]
    return {**document, "errors": listed} if listed else document


def problem_of(error: DomainError) -> dict[str, Any]:
    """Return the problem document of a refusal; its type names the refusal."""
    errors = error.errors if isinstance(error, NotAcceptable) else None
    return problem(error.status, str(error), kind=_kebab(type(error).__name__), errors=errors)


def problem_response(document: dict[str, Any], retry_after_seconds: int | None = None) -> HttpResponse:
    """Return the answer outside REST framework's views: what never reached one, or failed beyond it."""
    headers = {"Retry-After": str(retry_after_seconds)} if retry_after_seconds else {}
    return HttpResponse(
        orjson.dumps(document), status=document["status"], content_type=MEDIA_TYPE, headers=headers
    )


def wants_problem(request: HttpRequest) -> bool:
    """Say whether whoever asks is a program: everything below the API's root is one."""
    return request.path.startswith(API_ROOT)


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _flattened(errors: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            path = field if name in {NON_FIELD_ERRORS, "non_field_errors"} else f"{field}.{name}".lstrip(".")
            yield from _flattened(inner, path)
    elif isinstance(errors, list | tuple):
        for inner in errors:
            yield from _flattened(inner, field)
    else:
        yield field or "body", str(errors)
