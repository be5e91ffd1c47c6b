"""Requests that Django would misread."""

from collections.abc import Iterable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from lexai.web.answers import View, error_response

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


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
