"""The web server's way in."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.wsgi import get_wsgi_application

from lexai.incoming import WholeBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lexai.settings")


class Answer:
    """An answer on its way out: one to HEAD has no body, and a request's body ends with its answer."""

    def __init__(self, answer: Any, body: WholeBody | None, method: str) -> None:
        self._answer = answer
        self._body = body
        self._is_bare = method == "HEAD"

    def __iter__(self) -> Iterator[bytes]:
        return iter(() if self._is_bare else self._answer)

    def close(self) -> None:
        try:
            if self._body:
                self._body.finish()
        finally:
            self._answer.close()


class Application:
    """Django's application, whose requests come whole or not at all."""

    def __init__(self) -> None:
        self._django = get_wsgi_application()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = _body(environ)
        method = environ["REQUEST_METHOD"]
        if body is None and method != "HEAD":
            return self._django(environ, start_response)
        return Answer(self._django(environ, start_response), body, method)


def _body(environ: dict[str, Any]) -> WholeBody | None:
    """Put a whole body in place of the request's, if it has one, and return it."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not int(length):
        return None
    body = WholeBody(environ["wsgi.input"], int(length), environ.get("gunicorn.socket"))
    environ["wsgi.input"] = body
    return body


application = Application()
