"""What the pages are measured against: Django as its tutorial has it, that renders the same rows in a table.

This is also the URLconf of the benchmark. A bare view has the middleware of a new project and a signed-in user; it
has no walls, no audit, no limits, no headers of ours and no frame around the rows.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TABLE = Engine().from_string(
    "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1><p>{{ user }}</p><table>"
    "{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
Rows = Callable[[Any], Iterable[tuple[Any, ...]]]
rows_of: dict[str, Rows] = {}


@login_required
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Show the rows of a page."""
    words = {"name": name, "user": request.user.get_full_name(), "rows": rows_of[name](request.user)}
    return HttpResponse(TABLE.render(Context(words)))


urlpatterns = [path("bare/<str:name>/", bare), path("", include("lexai.urls"))]
