"""The doors of health: for load balancers and for people who wonder."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lexai.operations import health


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
    """Answer 200 when database, broker, storage and worker can be used, else 503 and which cannot."""
    parts = health.readiness()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
