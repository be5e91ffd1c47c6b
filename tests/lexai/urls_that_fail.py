"""Addresses of views that break, beside the product's own."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from lexai import urls

MARKER = "the-marker-of-a-client"
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


class Broken(APIView):
    """A door that somebody forgot to finish."""

    def get(self, _request: Request) -> Response:
        raise RuntimeError(MARKER)


class Twice(APIView):
    """A door that meets what the database refuses, and no service foresaw."""

    def get(self, _request: Request) -> Response:
        Client.objects.create(pk=MARKER, name=MARKER, firm_id=1)
        Client.objects.create(pk=MARKER, name=MARKER, firm_id=1)
        return Response()


def plain(_request: HttpRequest) -> HttpResponse:
    """Fail outside REST framework, in the words of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [MARKER])
    return HttpResponse()


urlpatterns = [
    path("api/v1/broken/", Broken.as_view()),
    path("api/v1/twice/", Twice.as_view()),
    path("api/v1/plain/", plain),
    path("plain/", plain),
    *urls.urlpatterns,
]
