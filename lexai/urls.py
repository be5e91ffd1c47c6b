"""Every address of the product."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from lexai.operations import views

handler400 = "lexai.web.bad_request"
handler403 = "lexai.web.forbidden"
handler404 = "lexai.web.not_found"
handler500 = "lexai.web.failed"


def absent(_request: HttpRequest) -> HttpResponse:
    """Shut a door of Django's admin that would write past the services."""
    raise Http404


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/password_change/", absent),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/v1/", include("clients.urls")),
    path("api/v1/", include("documents.urls")),
]
