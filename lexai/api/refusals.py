"""The API's translator: whatever a view raises becomes a problem document."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import orjson
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.files.base import File
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from lexai import audit, limits
from lexai.api.bodies import UNREADABLE_FORM, TooLarge
from lexai.audit.tried import row_tried
from lexai.errors import DomainError, Unavailable
from lexai.problems import MEDIA_TYPE, SENTENCES, problem, problem_of
from lexai.system import Actor

Done = TypeVar("Done")
# REST framework's own 404, which is no Http404, speaks of a page that a list does not have
REFUSALS = (DomainError, PermissionDenied, Forbidden, Http404)
_UNREADABLE: dict[type[Exception], str] = {
    TooManyFieldsSent: "The request holds too many fields. Send fewer at once.",
    TooManyFilesSent: "The request holds too many files. Send fewer at once.",
    MultiPartParserError: UNREADABLE_FORM,
    UnreadablePostError: "The body broke off before its end. Send it again.",
}


def translate(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever a view raises into a problem document; record refusals, after the rollback."""
    request = context["request"]
    set_rollback()
    if isinstance(error, OperationalError):
        error = Unavailable()
    if isinstance(error, RequestDataTooBig):
        error = TooLarge(SENTENCES[413])
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        error = ParseError(_UNREADABLE.get(type(error), SENTENCES[400]))
    _record_refusal(error, request, context)
    if isinstance(error, DomainError):
        headers = {"Retry-After": str(error.retry_after_seconds)} if error.retry_after_seconds else {}
        return Response(problem_of(error), error.status, headers=headers, content_type=MEDIA_TYPE)
    response = exception_handler(error, context)
    if response is not None:
        response.data = _problem_of_framework(error, response)
        response.content_type = MEDIA_TYPE
    return response


def attempted(
    deed: Callable[[], Done], *, request: Request, view: Any
) -> tuple[Done | None, dict[str, Any] | None]:
    """Do one deed of several that a request asks for; return what it returns, or the problem, which is recorded.

    The deed is a service with a transaction of its own.
    """
    try:
        return deed(), None
    except DomainError as error:
        _record_refusal(error, request, {"view": view})
        return None, problem_of(error)


def _record_refusal(error: Exception, request: Request, context: dict[str, Any]) -> None:
    is_refusal = isinstance(error, REFUSALS)
    is_flood = isinstance(error, limits.TooManyRequests | Unavailable)
    user = getattr(
        request, "_user", None
    )  # asking for `user` would authenticate once more, and fail once more
    if is_refusal and not is_flood and user is not None and user.is_authenticated:
        door = f"api {type(context['view']).__name__}"
        audit.record_refusal(error, by=user, door=door, tried=row_tried(request, by=user))


def events_told(events: Iterator[bytes], *, by: Actor, door: str) -> Iterator[bytes]:
    """Pass server-sent events on; one that is refused is recorded, and ends them with `problem` in its place."""
    try:
        yield from events
    except DomainError as error:
        if not isinstance(error, Unavailable):
            audit.record_refusal(error, by=by, door=door)
        yield b"event: problem\ndata: %s\n\n" % orjson.dumps(problem_of(error))


class OutgoingFile(File):
    """A file that is an answer: a refusal while it is read is recorded, and breaks the line.

    The status has been sent by then. The web server closes the line before all that was announced has come, so
    that nobody takes a part for the whole.
    """

    def __init__(self, file: Any, request: Request, door: str) -> None:
        super().__init__(file)
        self._request, self._door = request, door

    def read(self, size: int = -1) -> bytes:
        source: Any = self.file
        try:
            content: bytes = source.read(size)
        except DomainError as error:
            by: Any = self._request.user
            audit.record_refusal(error, by=by, door=self._door, tried=row_tried(self._request, by=by))
            raise
        return content


def _problem_of_framework(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        return problem(
            response.status_code, "Some fields cannot be accepted as they are.", errors=response.data
        )
    if isinstance(error, ParseError | TooLarge):
        return problem(response.status_code, str(error.detail), errors={"body": [str(error.detail)]})
    is_constant = response.status_code in {401, 404, 405}
    return problem(response.status_code, "" if is_constant else str(getattr(error, "detail", "")))
