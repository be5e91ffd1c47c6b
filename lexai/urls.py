"""Every address of the product."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from accounts import urls as accounts
from clients import urls as clients
from conversations import urls as conversations
from documents import urls as documents
from lexai.operations import views

handler400 = "lexai.web.answers.bad_request"
handler403 = "lexai.web.answers.forbidden"
handler404 = "lexai.web.answers.not_found"
handler500 = "lexai.web.answers.failed"


def absent(_request: HttpRequest, **_asked: str) -> HttpResponse:
    """Shut a door of Django's admin that would write past the services, or that no page of ours leads to."""
    raise Http404


SHUT = ["password_change/", "password_change/done/", "autocomplete/", "r/<path:content_type>/<path:row>/"]

urlpatterns = [
    path("api/v1/", include("clients.urls")),
    path("api/v1/", include("documents.urls")),
    path("api/v1/", include("conversations.urls")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/schema/", views.DescriptionView.as_view(), name="schema"),
    path("api/v1/docs/", views.PageView.as_view(), name="docs"),
    path("", include(accounts.pages)),
    path("", include(clients.pages)),  # before those that take any word for a client
    path("", include(documents.pages)),
    path("", include(conversations.pages)),
    path("favicon.ico", RedirectView.as_view(url=static("lexai/icon.svg"))),
    *[path(f"admin/{door}", absent) for door in SHUT],
    path("admin/", admin.site.urls),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
]
