"""The doors that serve no client's papers: health, and the description of the API."""

from functools import cache
from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from lexai.api.lists import Limited
from lexai.operations import health

DESCRIPTION = Path("lexai", "openapi.yaml")
YAML = "application/yaml"  # RFC 9512


@csrf_exempt
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be served."""
    return HttpResponse("ok\n", content_type="text/plain")


@csrf_exempt
@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, broker, storage and both workers can be used, else 503 and which cannot."""
    parts = health.readiness()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


@cache
def description() -> bytes:
    """Return the OpenAPI description as `make schema` wrote it; a test compares it with the code."""
    return (settings.BASE_DIR / DESCRIPTION).read_bytes()


@extend_schema(exclude=True)
class OpenView(Limited, APIView):
    """What anybody may read, as often as the limit allows; there is one form of it, whatever is accepted."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class DescriptionView(OpenView):
    """The OpenAPI description."""

    def get(self, _request: Request) -> HttpResponse:
        return HttpResponse(description(), content_type=YAML)


class PageView(OpenView):
    """The description as a page, on which operations can be tried."""

    # Swagger UI's stylesheet carries its arrows and locks as data: pictures, which cannot run anything.
    @method_decorator(csp_update({"img-src": ["'self'", "data:"]}))
    def get(self, request: Request) -> HttpResponse:
        return render(request, "api.html")
