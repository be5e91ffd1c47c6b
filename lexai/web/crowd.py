"""The crowd at the door: how many requests of one address are under way."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from lexai import crowds
from lexai.incoming import WholeBody
from lexai.web.answers import View, refusal_response

UNCOUNTED = ("/healthz", "/readyz")  # whoever watches over us sees us in any crowd


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
        else:
            _closers(response).append(place.leave)
        return response


def _closers(response: HttpResponseBase) -> list[Callable[[], None]]:
    """Return what is called when the answer is sent; Django keeps its request's files there, and names it nowhere."""
    closers: list[Callable[[], None]] = getattr(response, "_resource_closers")  # noqa: B009 - it has no public name
    return closers


def _crowded(request: HttpRequest) -> HttpResponse:
    body = request.META.get("wsgi.input")
    if isinstance(body, WholeBody):
        body.abandon()
    return refusal_response(request, crowds.Crowded())
